"""Jobs side by side, session by session, so that any stretch of time, or any resample, can be scored by one figure.

1. `track_jobs` has a worker carry some jobs out again: their net asset values and their mixes'.
2. `make_contest` puts them into tracks, one for all jobs that share the settings of the run.
3. `Contest.scores` gives the figure of every job over sessions in any order, and `Contest.of_choices` that of holding
   now one job, now another.
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
from backtester.batch.jobs import Bench, Job
from backtester.batch.ranking import sign_of, title_of
from backtester.batch.rows import OF_RETURNS, SCORECARD
from backtester.engine.evaluate import Evaluation, evaluate_many
from backtester.errors import BacktesterError
from backtester.histories.derived import DAYS_A_YEAR
from backtester.histories.market import Market

OTHERWISE = "sharpe"  # scored by, where a study is ranked by what returns do not say: costs, placebos
LOSS, REFERENCE_LOSS = SCORECARD.index("mean_loss_strategy"), SCORECARD.index("mean_loss_reference")
HIT_RATE_INDEX = SCORECARD.index("beyond_reference_hit_rate")
WITHOUT_BENCHMARK = {"acted", "mean_loss_reference", "mean_loss_mix"} | {
    f"beyond_{other}_{how}" for other in ("reference", "mix") for how in ("better", "worse")
}


@dataclass(frozen=True, eq=False)
class Tracked:
    """Jobs that share their settings, over the same sessions (T,): net asset values of the reference (T,), of the jobs
    and of their mixes (B, T), NaN throughout where a job has no mix."""

    jobs: tuple[Job, ...]
    reference: Array
    own: Array
    mix: Array


def track_jobs(task: tuple[tuple[Job, ...], datetime.date], bench: Bench) -> Tracked:
    """Jobs that share their settings, carried out and measured from a date on; raise BacktesterError if one fails."""
    jobs, date = task
    settings = jobs[0].settings
    asked = [(bench.recipe(job.recipe), settings.execution) for job in jobs]
    runs: list[Evaluation] = [bench.reference(settings)]
    for run in evaluate_many(asked, bench.market, bench.cache):
        if isinstance(run, BacktesterError):
            raise run
        runs.append(run)
    period = bench.period(settings, int(bench.market.sessions.searchsorted(pd.Timestamp(date))))
    analysis = analyse(runs, runs[0], period)
    return Tracked(jobs, analysis.nav[0], analysis.nav[1:], analysis.mix_nav[1:])


def scored_by(column: str) -> str:
    """The column itself, if it is one that returns give; else the Sharpe ratio."""
    return column if column in OF_RETURNS or column in SCORECARD else OTHERWISE


@dataclass(frozen=True, eq=False)
class Scores:
    """The figures of all jobs (K,), NaN where undefined, and what they are measured against (K,): the reference's, or
    zero for a figure that is a difference already."""

    figures: Array
    benchmark: Array


@dataclass(frozen=True, eq=False)
class Contest:
    """K jobs, `jobs`, over the same T sessions, to be scored by `column`; tracks and periods by the settings of the run
    that jobs share, in the order of the jobs. They stand for `of` jobs, which correlate with the one that their cluster
    was made round by `closeness` at least."""

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
        """The fewest sessions that a block of a resample has in the mean."""
        return self.periods[0].market.rhythm.block_sessions

    @property
    def unwalked(self) -> str | None:
        """Why now one job and now another cannot be scored; None where they can."""
        pairs = {one.pair_settings.model_dump_json(include=set(PairSettings.model_fields)) for one in self.periods}
        if self.column in SCORECARD and len(pairs) > 1:
            return "its jobs differ in the pair, and so in the sell-offs that what is held would be judged by"
        return None

    def title(self, place: int) -> str:
        """The name of a job."""
        return title_of(self.jobs[place].name, self.jobs[place].point)

    def place(self, date: str) -> int:
        """The session of a date."""
        return int(self.sessions.searchsorted(pd.Timestamp(date)))

    def scores(self, rows: Integers) -> Scores:
        """The scores of the session returns in that order; row t is the return from session t to the next."""
        pairs = zip(self.tracks, self.periods, strict=True)
        found = [_scores(self.column, tracks, period, rows) for tracks, period in pairs]
        return Scores(*(np.concatenate(parts) for parts in zip(*found, strict=True)))

    def merit(self, rows: Integers) -> Array:
        """The figure (K,) of each job less that of its benchmark: the higher the better."""
        scores = self.scores(rows)
        return sign_of(self.column) * (scores.figures - scores.benchmark)

    def of_choices(self, walk: Walk) -> tuple[float, float]:
        """The figure of holding what was chosen, from its first session to the last, and what it is measured against;
        the pair is that of the first job."""
        own = np.hstack([one.returns[:, STRATEGIES : STRATEGIES + one.strategies] for one in self.tracks])
        mix = np.hstack([one.returns[:, STRATEGIES + one.strategies :] for one in self.tracks])
        held = np.repeat(walk.chosen, np.diff(walk.starts, append=len(own)))
        rows = np.arange(walk.starts[0], len(own))
        first = self.tracks[0]
        returns = [first.returns[rows, :STRATEGIES], own[rows, held][:, None], mix[rows, held][:, None]]
        tracks = TrackRecords(np.ascontiguousarray(np.hstack(returns)), first.days[rows], first.fitted_legs)
        figures, benchmark = _scores(self.column, tracks, self.periods[0], np.arange(len(rows)))
        return float(figures[0]), float(benchmark[0])


def make_contest(column: str, found: Sequence[Tracked], market: Market, date: datetime.date) -> Contest:
    """The contest of jobs that were tracked from that date on, those that have no mix, or were ruined, left out."""
    jobs: list[Job] = []
    tracks, periods = [], []
    whole = market.since(int(market.sessions.searchsorted(pd.Timestamp(date))))
    for terms in dict.fromkeys(one.jobs[0].terms for one in found):
        group = [one for one in found if one.jobs[0].terms == terms]
        own, mix = (np.vstack([getattr(one, name) for one in group]) for name in ("own", "mix"))
        alive = np.isfinite(mix).all(axis=1) & (own > 0).all(axis=1)
        if not alive.any():
            continue
        mine = [job for one in group for job in one.jobs]
        jobs += [job for job, lives in zip(mine, alive, strict=True) if lives]
        periods.append(measure_period(whole, mine[0].settings))
        tracks.append(make_track_records(group[0].reference, own[alive], mix[alive], periods[-1]))
    return Contest(scored_by(column), tuple(jobs), tuple(tracks), tuple(periods))


def _scores(column: str, tracks: TrackRecords, period: Period, rows: Integers) -> tuple[Array, Array]:
    """The figures and benchmarks (S,) of one group."""
    if column in SCORECARD:
        place = SCORECARD.index(column)
        cards, _, _ = resample(tracks, rows, period.rule)
        against = {LOSS: cards[:, REFERENCE_LOSS], HIT_RATE_INDEX: np.full(len(cards), 0.5)}
        return cards[:, place], against.get(place, np.zeros(len(cards)))
    own = slice(STRATEGIES, STRATEGIES + tracks.strategies)
    moves = np.vstack([tracks.returns[rows, REFERENCE], tracks.returns[rows, own].T])
    measured = measure_books(_levels(moves), _measure_inputs(tracks, period, rows))[:, MEASURE_NAMES.index(column)]
    return measured[1:], np.full(tracks.strategies, np.nan_to_num(measured[0]))


def _measure_inputs(tracks: TrackRecords, period: Period, rows: Integers) -> MeasureInputs:
    """What measures read: the sessions in the order given, as if the first of them were the first of the period."""
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


def _levels(moves: Array) -> Array:
    """Levels from 1 (B, T + 1) of returns (B, T)."""
    return np.asarray(np.cumprod(np.insert(1 + moves, 0, 1.0, axis=1), axis=1), np.float64)
