"""Jobs side by side, session by session, so that any stretch of time, or any resample, can be scored by one figure.

A job is a recipe with its settings. Its mix is the stocks, bonds and bills, in fixed shares, that moved as it did; the
reference is the recipe that all are compared with.

1. `track_jobs` has a worker run some jobs again: their net asset values and those of their mixes.
2. `make_contest` puts them into `TrackRecords`, one for all jobs that share the settings of the run.
3. `Contest.scores` gives the figure of every job over sessions in any order, and `Contest.of_choices` that of holding
   one job after another, as a walk forward does.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.analysis.analyse import analyse
from backtester.analysis.measures import MEASURE_NAMES, MeasureInputs, measure_books
from backtester.analysis.overfitting import Walk
from backtester.analysis.pair import PairSettings
from backtester.analysis.period import Period, measure_period
from backtester.analysis.resample import BILLS, REFERENCE, STRATEGIES, TrackRecords, make_track_records, resample
from backtester.arrays import Array, Integers
from backtester.batch.jobs import Job, WorkerState
from backtester.batch.ranking import figure_sign, job_title
from backtester.batch.rows import RETURN_MEASURES, SCORECARD
from backtester.engine.evaluate import Evaluation, evaluate_many
from backtester.errors import BacktesterError
from backtester.histories.derived import DAYS_A_YEAR
from backtester.histories.market import Market

SUBSTITUTE = "sharpe"  # scores jobs of a study that is ranked by a column which returns do not give: costs, placebos
# columns of the scorecard, the figures on joint sell-offs of stocks and bonds
LOSS, REFERENCE_LOSS = SCORECARD.index("mean_loss_strategy"), SCORECARD.index("mean_loss_reference")
HIT_RATE_INDEX = SCORECARD.index("beyond_reference_hit_rate")
# figures that cannot be held against the reference's
WITHOUT_BENCHMARK = {"acted", "mean_loss_reference", "mean_loss_mix"} | {
    f"beyond_{yardstick}_{count}" for yardstick in ("reference", "mix") for count in ("better", "worse")
}


@dataclass(frozen=True, eq=False)
class TrackedJobs:
    """Net asset values, over the same sessions (T,), of the reference (T,), `nav` of jobs that share their settings
    (B, T), and `mix_nav` of their mixes (B, T): NaN throughout where a job has no mix."""

    jobs: tuple[Job, ...]
    reference: Array
    nav: Array
    mix_nav: Array


def track_jobs(task: tuple[tuple[Job, ...], datetime.date], worker: WorkerState) -> TrackedJobs:
    """Run jobs that share their settings, and measure them from a date on: `task` has both. Raise BacktesterError if
    one fails."""
    jobs, date = task
    settings = jobs[0].settings
    to_evaluate = [(worker.recipe(job.recipe), settings.execution) for job in jobs]
    runs: list[Evaluation] = [worker.reference(settings)]
    for run in evaluate_many(to_evaluate, worker.market, worker.cache):
        if isinstance(run, BacktesterError):
            raise run
        runs.append(run)
    period = worker.period(settings, int(worker.market.sessions.searchsorted(pd.Timestamp(date))))
    analysis = analyse(runs, runs[0], period)
    return TrackedJobs(jobs, analysis.nav[0], analysis.nav[1:], analysis.mix_nav[1:])


def scored_by(column: str) -> str:
    """The column by which jobs are scored: the given one, if returns alone give it, else the Sharpe ratio."""
    return column if column in RETURN_MEASURES or column in SCORECARD else SUBSTITUTE


@dataclass(frozen=True, eq=False)
class Scores:
    """The figures of all jobs (K,), NaN where undefined, and their benchmarks (K,): the reference's figure, one half
    for a hit rate, or zero if the figure is a difference already."""

    figures: Array
    benchmark: Array


@dataclass(frozen=True)
class Contest:
    """K jobs over the same T sessions, to be scored by `column`.

    `tracks` and `periods` have an item for each group of jobs that share the settings of the run, in the order of the
    jobs. The jobs stand for `of` jobs in clusters; each of these correlates by `closeness` or more with the one that
    stands for its cluster.
    """

    column: str
    jobs: tuple[Job, ...]
    tracks: tuple[TrackRecords, ...]
    periods: tuple[Period, ...]
    of: int = 0
    closeness: float = 1.0

    @property
    def sessions(self) -> pd.DatetimeIndex:
        """The dates (T,)."""
        return self.periods[0].sessions

    @property
    def block_sessions(self) -> int:
        """The lowest mean length, in sessions, of a block in a resample."""
        return self.periods[0].market.rhythm.block_sessions

    @property
    def unwalked(self) -> str | None:
        """The reason why holding one job after another cannot be scored; None if it can."""
        pairs = {
            period.pair_settings.model_dump_json(include=set(PairSettings.model_fields)) for period in self.periods
        }
        if self.column in SCORECARD and len(pairs) > 1:
            return "its jobs differ in the pair, and so in the sell-offs that what is held would be judged by"
        return None

    def title(self, index: int) -> str:
        """The name of the job at an index, with the settings of the run that its grid varies."""
        return job_title(self.jobs[index].name, self.jobs[index].point)

    def session_of(self, date: str) -> int:
        """The index of the first session on or after an ISO date."""
        return int(self.sessions.searchsorted(pd.Timestamp(date)))

    def scores(self, rows: Integers) -> Scores:
        """The scores over session returns in the given order; row t is the return from session t to the next."""
        groups = zip(self.tracks, self.periods, strict=True)
        scores = [_scores(self.column, tracks, period, rows) for tracks, period in groups]
        return Scores(*(np.concatenate(parts) for parts in zip(*scores, strict=True)))

    def merit(self, rows: Integers) -> Array:
        """The merit (K,) of each job: its figure less its benchmark's, with the sign that makes more better."""
        scores = self.scores(rows)
        return figure_sign(self.column) * (scores.figures - scores.benchmark)

    def of_choices(self, walk: Walk) -> tuple[float, float]:
        """The figure of holding the jobs that a walk forward chose, from its first session to the last, and the figure
        of its benchmark; joint sell-offs are those of the first job's pair."""
        returns = np.hstack([tracks.returns[:, STRATEGIES : STRATEGIES + tracks.strategies] for tracks in self.tracks])
        mix_returns = np.hstack([tracks.returns[:, STRATEGIES + tracks.strategies :] for tracks in self.tracks])
        held = np.repeat(walk.chosen, np.diff(walk.starts, append=len(returns)))  # by session the job that is held
        rows = np.arange(walk.starts[0], len(returns))
        first = self.tracks[0]
        columns = [first.returns[rows, :STRATEGIES], returns[rows, held][:, None], mix_returns[rows, held][:, None]]
        joined = TrackRecords(np.ascontiguousarray(np.hstack(columns)), first.days[rows], first.fitted_legs)
        figures, benchmark = _scores(self.column, joined, self.periods[0], np.arange(len(rows)))
        return float(figures[0]), float(benchmark[0])


def make_contest(column: str, tracked: Sequence[TrackedJobs], market: Market, date: datetime.date) -> Contest:
    """The contest of jobs that were tracked from that date on; jobs without a mix and ruined ones are left out."""
    jobs: list[Job] = []
    tracks, periods = [], []
    measured = market.since(int(market.sessions.searchsorted(pd.Timestamp(date))))
    for settings_text in dict.fromkeys(part.jobs[0].settings_text for part in tracked):
        group = [part for part in tracked if part.jobs[0].settings_text == settings_text]
        nav, mix_nav = (np.vstack([getattr(part, name) for part in group]) for name in ("nav", "mix_nav"))
        is_sound = np.isfinite(mix_nav).all(axis=1) & (nav > 0).all(axis=1)
        if not is_sound.any():
            continue
        group_jobs = [job for part in group for job in part.jobs]
        jobs += [job for job, sound in zip(group_jobs, is_sound, strict=True) if sound]
        periods.append(measure_period(measured, group_jobs[0].settings))
        tracks.append(make_track_records(group[0].reference, nav[is_sound], mix_nav[is_sound], periods[-1]))
    return Contest(scored_by(column), tuple(jobs), tuple(tracks), tuple(periods))


def _scores(column: str, tracks: TrackRecords, period: Period, rows: Integers) -> tuple[Array, Array]:
    """The figures and benchmarks (S,) of one group of jobs over session returns in the given order."""
    if column in SCORECARD:
        index = SCORECARD.index(column)
        cards, _, _ = resample(tracks, rows, period.rule)
        benchmarks = {LOSS: cards[:, REFERENCE_LOSS], HIT_RATE_INDEX: np.full(len(cards), 0.5)}
        return cards[:, index], benchmarks.get(index, np.zeros(len(cards)))
    of_jobs = slice(STRATEGIES, STRATEGIES + tracks.strategies)
    returns = np.vstack([tracks.returns[rows, REFERENCE], tracks.returns[rows, of_jobs].T])
    measured = measure_books(_levels(returns), _measure_inputs(tracks, period, rows))[:, MEASURE_NAMES.index(column)]
    return measured[1:], np.full(tracks.strategies, np.nan_to_num(measured[0]))


def _measure_inputs(tracks: TrackRecords, period: Period, rows: Integers) -> MeasureInputs:
    """The inputs of the measures for the sessions in the given order, as if that were their order in time."""
    elapsed = np.append(0.0, np.cumsum(tracks.days[rows]))
    return MeasureInputs(
        sessions=period.sessions,
        elapsed=elapsed,
        years=float(elapsed[-1] / DAYS_A_YEAR),
        month_ends=np.append(period.month_ends.to_numpy()[: len(rows)], True),
        bills=np.append(0.0, tracks.returns[rows, BILLS]),
        reference=_levels(tracks.returns[rows, REFERENCE][None])[0],
        sessions_a_year=float(period.market.rhythm.sessions_a_year),
    )


def _levels(returns: Array) -> Array:
    """Levels (B, T + 1) that start at 1, of returns (B, T)."""
    return np.asarray(np.cumprod(np.insert(1 + returns, 0, 1.0, axis=1), axis=1), np.float64)
