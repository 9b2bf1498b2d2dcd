"""The best job, allowing for its having been chosen: a walk forward, and a test with all jobs resampled together.

A job is a recipe with its settings. Jobs that move together form clusters. One job of each cluster, at most 200 in all,
is run again, so that its return in every session is known, and stands for the others. Its merit is its figure less its
benchmark's, such as the reference's, with the sign that makes more better.
"""

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from os import cpu_count

import numpy as np
import pandas as pd
import pyarrow as pa

from backtester.analysis.blocks import ResamplePlan, draw_rows
from backtester.analysis.clusters import make_clusters
from backtester.analysis.overfitting import walk_forward
from backtester.analysis.reality_check import interval_after_choice, reality_check
from backtester.analysis.resample import UNDEFINED_AT_MOST, make_plan
from backtester.arrays import Array
from backtester.batch.contest import WITHOUT_BENCHMARK, Contest, make_contest, track_jobs
from backtester.batch.contest_result import Choice, ContestResult, RealityCheck, WalkForward
from backtester.batch.jobs import Job
from backtester.batch.ranking import figure_sign
from backtester.batch.rows import SCORECARD
from backtester.batch.workers import AnswerTasks, Failure, one_by_one
from backtester.histories.market import Market

MOST_CLUSTERS = 200  # and so jobs that are run again
TRACKED_PER_TASK = 8  # jobs of a worker's task
RESAMPLES, SEED = 500, 1
FEWEST_SELLOFFS = 10  # joint sell-offs that resamples need, as for a run's intervals
CHOICE_YEARS = 3  # history before the first choice, and the window of the rolling walk; choices are a year apart


def hold_contest(
    jobs: Sequence[Job], table: pa.Table, excess: Array, rank_by: str, market: Market, answers: AnswerTasks
) -> Contest | None:
    """The contest among one job of each cluster, given the rows of all jobs and their monthly excess returns (N, M).

    `rank_by` is the column that ranks the study. None if each of the jobs that stand for clusters fails when it is run
    again, has no mix, or was ruined.
    """
    more_is_better = figure_sign(rank_by) * np.array(table[rank_by].to_numpy(), float)
    more_is_better[np.isnan(more_is_better)] = -np.inf
    clusters = make_clusters(excess, int(more_is_better.argmax()), at_most=MOST_CLUSTERS)
    chosen = sorted(clusters.best(more_is_better).tolist())
    date = max(table["start"].take(pa.array(chosen)).to_pylist())
    groups: dict[str, list[Job]] = defaultdict(list)  # by the settings of the run, which a task's jobs share
    for index in chosen:
        groups[jobs[index].settings_text].append(jobs[index])
    size = TRACKED_PER_TASK
    tasks = [
        (tuple(group[first : first + size]), date) for group in groups.values() for first in range(0, len(group), size)
    ]
    order = {job.key: index for index, job in enumerate(job for group in groups.values() for job in group)}
    tracked = [answer for _, answer in answers(track_jobs, one_by_one(tasks)) if not isinstance(answer, Failure)]
    contest = make_contest(rank_by, sorted(tracked, key=lambda part: order[part.jobs[0].key]), market, date)
    if not contest.jobs:
        return None
    return replace(contest, of=len(jobs), closeness=clusters.closeness)


def judge_contest(contest: Contest, threads: int = 1) -> ContestResult:
    """The result of the contest, computed by `threads` threads, at most one for each core."""
    rows = np.arange(len(contest.sessions) - 1)
    merit = contest.merit(rows)
    best = int(np.where(np.isfinite(merit), merit, -np.inf).argmax())
    reason, check = _why_not_resampled(contest, merit), None
    if reason is None:
        plan = make_plan(contest.tracks[0], resamples=RESAMPLES, seed=SEED, fewest=contest.block_sessions)
        drawn = _resampled_merits(contest, plan, threads)
        check, reason = _check(contest, plan, drawn, best)
    starts, window_starts = _starts(contest.sessions)
    walks = [None if contest.unwalked else _walked(contest, starts, window) for window in ((), window_starts)]
    hindsight = benchmark = None
    if walks[0] is not None:
        scores = contest.scores(rows[contest.session_of(walks[0].choices[0].start) :])
        hindsight, benchmark = _finite(scores.figures[best]), _finite(scores.benchmark[best])
    return ContestResult(
        by=contest.column,
        jobs=len(contest.jobs),
        of=contest.of,
        closeness=contest.closeness,
        start=contest.sessions[0].date().isoformat(),
        check=check,
        anchored=walks[0],
        rolling=walks[1],
        hindsight=hindsight,
        benchmark=benchmark,
        reason=reason,
        unwalked=contest.unwalked,
    )


def _why_not_resampled(contest: Contest, merit: Array) -> str | None:
    """The reason why the jobs cannot be resampled, None if they can."""
    windows = min(len(period.windows.joint) for period in contest.periods)
    if contest.column in SCORECARD and windows < FEWEST_SELLOFFS:
        return f"there are {windows} joint sell-offs, and resamples of fewer than {FEWEST_SELLOFFS} say nothing"
    return None if np.isfinite(merit).any() else f"no job has a {contest.column}"


def _resampled_merits(contest: Contest, plan: ResamplePlan, threads: int) -> Array:
    """The merit of each job in each resample (R, K); in a resample all jobs have the same sessions."""
    sessions = len(contest.sessions) - 1
    pool = ThreadPoolExecutor(min(threads, cpu_count() or 1))
    try:
        drawn = list(pool.map(lambda number: contest.merit(draw_rows(plan, number, sessions)), range(plan.resamples)))
    finally:
        pool.shutdown(cancel_futures=True)
    return np.array(drawn)


def _check(contest: Contest, plan: ResamplePlan, drawn: Array, best: int) -> tuple[RealityCheck | None, str | None]:
    """The check, or None and the reason why it cannot be made.

    Jobs without a figure in more than 5% of the resamples are left out, then resamples in which another has none.
    """
    rows = np.arange(len(contest.sessions) - 1)
    scores, merit = contest.scores(rows), contest.merit(rows)
    is_kept = np.isfinite(merit) & (np.isnan(drawn).mean(axis=0) <= UNDEFINED_AT_MOST)
    if not is_kept[best]:
        return None, "the best job's figure is undefined in more than 5% of the resamples"
    drawn = drawn[np.isfinite(drawn[:, is_kept]).all(axis=1)][:, is_kept]
    best_among_kept, sign = int(is_kept[:best].sum()), figure_sign(contest.column)
    ends = interval_after_choice(merit[is_kept], drawn, best_among_kept)
    benchmark = float(scores.benchmark[best])
    low, high = sorted(benchmark + sign * end for end in ends)
    probabilities = reality_check(merit[is_kept], drawn, len(rows))
    has_benchmark = contest.column not in WITHOUT_BENCHMARK
    return RealityCheck(
        best=contest.title(best),
        figure=float(scores.figures[best]),
        benchmark=benchmark,
        low=low,
        high=high,
        white=probabilities.white if has_benchmark else None,
        hansen=probabilities.hansen if has_benchmark else None,
        resamples=len(drawn),
        block_sessions=plan.block_sessions,
    ), None


def _starts(sessions: pd.DatetimeIndex) -> tuple[list[int], list[int]]:
    """The indices of the session returns before which a choice is made, a year apart, and of those at which the window
    of a rolling choice starts."""
    dates = pd.date_range(sessions[0] + pd.DateOffset(years=CHOICE_YEARS), sessions[-1], freq=pd.DateOffset(years=1))
    window_dates = dates - pd.DateOffset(years=CHOICE_YEARS)
    starts = sessions.searchsorted(dates)
    return starts[starts < len(sessions) - 1].tolist(), sessions.searchsorted(window_dates).tolist()


def _walked(contest: Contest, starts: list[int], window: Sequence[int]) -> WalkForward | None:
    """The walk forward that chooses on the past at each start; None if nothing could be chosen.

    `window` has the first session of the past that each choice sees; empty for all the past.
    """
    walk = walk_forward(starts, lambda first, end: contest.merit(np.arange(first, end)), window=window)
    if not len(walk.starts):
        return None
    dates = [date.date().isoformat() for date in contest.sessions]
    ends = [*walk.starts[1:].tolist(), len(dates) - 1]
    held = zip(walk.starts.tolist(), ends, walk.chosen.tolist(), strict=True)
    figure, _ = contest.of_choices(walk)
    return WalkForward(figure, tuple(Choice(dates[start], dates[end], contest.title(job)) for start, end, job in held))


def _finite(value: float) -> float | None:
    """The value; None for NaN and infinity."""
    return float(value) if np.isfinite(value) else None
