"""The best job, given that it was chosen: a walk forward, and a test with all jobs resampled together.

At most 200 jobs that stand for clusters of jobs that move together are carried out again for it, session by session.
"""

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
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
from backtester.batch.jobs import Job
from backtester.batch.ranking import sign_of
from backtester.batch.rows import SCORECARD
from backtester.batch.workers import AnswerTasks, Failure, each
from backtester.histories.market import Market

MOST_CLUSTERS = 200  # jobs that stand for all
A_TASK, RESAMPLES, SEED = 8, 500, 1
FEWEST_SELLOFFS = 10  # as for a run's intervals
CHOICE_YEARS = 3  # of past before the first choice, and what a rolling one looks back on; choices are a year apart


@dataclass(frozen=True)
class Choice:
    """A job that was chosen, and the dates from which and to which it is held."""

    start: str
    end: str
    job: str


@dataclass(frozen=True)
class Walked:
    """Choosing every year: the figure of what came after, all of it at once, and how many choices changed the job."""

    figure: float
    choices: tuple[Choice, ...]

    @property
    def changes(self) -> int:
        """The number of choices that differ from the one before."""
        return sum(one.job != other.job for one, other in pairwise(self.choices))


@dataclass(frozen=True)
class RealityCheck:
    """The best job's figure, what it is measured against, its interval after choosing the best of all, and the
    probability of a best so far above that if none were above: White's and Hansen's, None where nothing is its natural
    benchmark."""

    best: str
    figure: float
    benchmark: float
    low: float
    high: float
    white: float | None
    hansen: float | None
    resamples: int
    block_sessions: int


@dataclass(frozen=True)
class Contested:
    """The contest of jobs that stand for all of a study, by the figure `by`: `jobs` of them, from a date on, none of
    the others correlating less than `closeness` with the one that its cluster was made round. `hindsight` is the
    figure, over the sessions that choices are held in, of the job that is best over all, `benchmark` its benchmark's.

    A part that could not be made is None, and `reason` says why; that nothing was walked, `unwalked`.
    """

    by: str
    jobs: int
    of: int
    closeness: float
    start: str
    check: RealityCheck | None
    anchored: Walked | None
    rolling: Walked | None
    hindsight: float | None
    benchmark: float | None
    reason: str | None
    unwalked: str | None = None


def hold_contest(
    jobs: Sequence[Job], table: pa.Table, excess: Array, rank_by: str, market: Market, answers: AnswerTasks
) -> Contest | None:
    """The contest of jobs that stand for all, given their rows and their excess returns by month (N, M); None where
    each fails when carried out again, has no mix, or was ruined."""
    merit = sign_of(rank_by) * np.array(table[rank_by].to_numpy(), float)
    merit[np.isnan(merit)] = -np.inf
    clusters = make_clusters(excess, int(merit.argmax()), at_most=MOST_CLUSTERS)
    chosen = sorted(clusters.best(merit).tolist())
    date = max(table["start"].take(pa.array(chosen)).to_pylist())
    groups: dict[str, list[Job]] = defaultdict(list)
    for place in chosen:
        groups[jobs[place].terms].append(jobs[place])
    tasks = [(tuple(group[at : at + A_TASK]), date) for group in groups.values() for at in range(0, len(group), A_TASK)]
    order = {job.key: place for place, job in enumerate(job for group in groups.values() for job in group)}
    came = [answer for _, answer in answers(track_jobs, each(tasks)) if not isinstance(answer, Failure)]
    contest = make_contest(rank_by, sorted(came, key=lambda one: order[one.jobs[0].key]), market, date)
    if not contest.jobs:
        return None
    return replace(contest, of=len(jobs), closeness=clusters.closeness)


def contested(contest: Contest, threads: int = 1) -> Contested:
    """The results of the contest, found on so many threads, at most one a core."""
    rows = np.arange(len(contest.sessions) - 1)
    merit = contest.merit(rows)
    best = int(np.where(np.isfinite(merit), merit, -np.inf).argmax())
    reason, check = _unchecked(contest, merit), None
    if reason is None:
        plan = make_plan(contest.tracks[0], resamples=RESAMPLES, seed=SEED, fewest=contest.block_sessions)
        drawn = _draw(contest, plan, threads)
        check, reason = _check(contest, plan, drawn, best)
    starts, since = _starts(contest.sessions)
    walks = [None if contest.unwalked else _walked(contest, starts, window) for window in ((), since)]
    hindsight = benchmark = None
    if walks[0] is not None:
        later = contest.scores(rows[contest.place(walks[0].choices[0].start) :])
        hindsight, benchmark = _known(later.figures[best]), _known(later.benchmark[best])
    return Contested(
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


def _unchecked(contest: Contest, merit: Array) -> str | None:
    """Why nothing is resampled, None where something is."""
    windows = min(len(period.windows.joint) for period in contest.periods)
    if contest.column in SCORECARD and windows < FEWEST_SELLOFFS:
        return f"there are {windows} joint sell-offs, and resamples of fewer than {FEWEST_SELLOFFS} say nothing"
    return None if np.isfinite(merit).any() else f"no job has a {contest.column}"


def _draw(contest: Contest, plan: ResamplePlan, threads: int) -> Array:
    """Each job's figure less its benchmark's in each resample (R, K); all use the same sessions."""
    sessions = len(contest.sessions) - 1
    pool = ThreadPoolExecutor(min(threads, cpu_count() or 1))
    try:
        drawn = list(pool.map(lambda number: contest.merit(draw_rows(plan, number, sessions)), range(plan.resamples)))
    finally:
        pool.shutdown(cancel_futures=True)
    return np.array(drawn)


def _check(contest: Contest, plan: ResamplePlan, drawn: Array, best: int) -> tuple[RealityCheck | None, str | None]:
    """The check and, where it cannot be made, why: jobs without a figure in more than 5% of the resamples are left out,
    then resamples in which one of the others has none."""
    rows = np.arange(len(contest.sessions) - 1)
    scores, merit = contest.scores(rows), contest.merit(rows)
    kept = np.isfinite(merit) & (np.isnan(drawn).mean(axis=0) <= UNDEFINED_AT_MOST)
    if not kept[best]:
        return None, "the best job's figure is undefined in more than 5% of the resamples"
    drawn = drawn[np.isfinite(drawn[:, kept]).all(axis=1)][:, kept]
    chosen, sign = int(kept[:best].sum()), sign_of(contest.column)
    ends = interval_after_choice(merit[kept], drawn, chosen)
    benchmark = float(scores.benchmark[best])
    low, high = sorted(benchmark + sign * end for end in ends)
    found = reality_check(merit[kept], drawn, len(rows))
    natural = contest.column not in WITHOUT_BENCHMARK
    return RealityCheck(
        best=contest.title(best),
        figure=float(scores.figures[best]),
        benchmark=benchmark,
        low=low,
        high=high,
        white=found.white if natural else None,
        hansen=found.hansen if natural else None,
        resamples=len(drawn),
        block_sessions=plan.block_sessions,
    ), None


def _starts(sessions: pd.DatetimeIndex) -> tuple[list[int], list[int]]:
    """The session returns before which choices are made, a year apart, and those that a rolling one looks back to."""
    dates = pd.date_range(sessions[0] + pd.DateOffset(years=CHOICE_YEARS), sessions[-1], freq=pd.DateOffset(years=1))
    back = dates - pd.DateOffset(years=CHOICE_YEARS)
    places = sessions.searchsorted(dates)
    return places[places < len(sessions) - 1].tolist(), sessions.searchsorted(back).tolist()


def _walked(contest: Contest, starts: list[int], window: Sequence[int]) -> Walked | None:
    """Choosing by what is past at each start; None where nothing could be chosen."""
    walk = walk_forward(starts, lambda first, end: contest.merit(np.arange(first, end)), window=window)
    if not len(walk.starts):
        return None
    dates = [date.date().isoformat() for date in contest.sessions]
    ends = [*walk.starts[1:].tolist(), len(dates) - 1]
    held = zip(walk.starts.tolist(), ends, walk.chosen.tolist(), strict=True)
    figure, _ = contest.of_choices(walk)
    return Walked(figure, tuple(Choice(dates[start], dates[end], contest.title(job)) for start, end, job in held))


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
