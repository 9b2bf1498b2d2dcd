"""Jobs side by side, session by session: what is scored, by hand."""

import datetime
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from backtester.analysis.overfitting import Walk
from backtester.analysis.pair import PairSettings
from backtester.analysis.period import Period
from backtester.analysis.resample import BILLS, REFERENCE, STRATEGIES, TrackRecords
from backtester.arrays import Array
from backtester.batch import contest as contests
from backtester.batch.contest import (
    HIT_RATE_INDEX,
    LOSS,
    REFERENCE_LOSS,
    Contest,
    TrackedJobs,
    _levels,
    _measure_inputs,
    _scores,
)
from backtester.batch.jobs import Job
from backtester.errors import BacktesterError

NAN = float("nan")
LEGS = np.array([0, 1])


def tracks(strategies: int, first: int = 0, sessions: int = 5) -> TrackRecords:
    """Returns that tell session, tens, and column, ones, of so many strategies; days 1, 2, 3 ..."""
    columns = STRATEGIES + 2 * strategies
    values = first + 10.0 * np.arange(sessions)[:, None] + np.arange(columns) / 100
    return TrackRecords(values, np.arange(1.0, sessions + 1), LEGS)


def period(*month_ends: bool) -> Period:
    """A period with a month-end at some of its sessions."""
    market = SimpleNamespace(rhythm=SimpleNamespace(sessions_a_year=252))
    made = {"sessions": "the sessions", "month_ends": pd.Series(month_ends), "market": market, "rule": "the rule"}
    return cast(Period, SimpleNamespace(**made))


def test_what_is_held_is_the_chosen_job_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first choice on, each job from its start to the next one's, with its own mix, of all tracks together."""
    asked: list[tuple[Any, ...]] = []
    monkeypatch.setattr(
        contests, "_scores", lambda *given: asked.append(given) or (np.array([7.0, 1.0]), np.array([3.0, 1.0]))
    )
    two, one = tracks(2), tracks(1, first=1000)
    made = Contest("cagr", (), (two, one), (period(), period()))
    walk = Walk(np.array([1, 3]), np.array([1, 2]))
    assert made.of_choices(walk) == (7.0, 3.0)
    [(column, held, where, rows)] = asked
    assert (column, where, rows.tolist()) == ("cagr", made.periods[0], [0, 1, 2, 3])
    own = [two.returns[1, 6], two.returns[2, 6], one.returns[3, 5], one.returns[4, 5]]
    mix = [two.returns[1, 8], two.returns[2, 8], one.returns[3, 6], one.returns[4, 6]]
    assert held.returns.tolist() == np.column_stack([two.returns[1:, :STRATEGIES], own, mix]).tolist()
    assert (held.days.tolist(), held.strategies) == ([2.0, 3.0, 4.0, 5.0], 1)


def test_levels_begin_at_one() -> None:
    """And grow by the returns of each."""
    assert _levels(np.array([[0.5, -0.5], [0.0, 1.0]])).tolist() == [[1.0, 1.5, 0.75], [1.0, 1.0, 2.0]]


def test_drawn_sessions_are_measured_as_if_they_came_so() -> None:
    """Days and bills of the rows in their order, month-ends by place; the last session ends a month."""
    drawn = tracks(1)
    found = _measure_inputs(drawn, period(False, True, False, False, True, False), np.array([3, 0, 0, 4]))
    assert found.elapsed.tolist() == [0.0, 4.0, 5.0, 6.0, 11.0]
    assert found.years == pytest.approx(11 / 365.25, rel=1e-12)
    assert found.month_ends.tolist() == [False, True, False, False, True]
    assert found.bills.tolist() == [0.0, *drawn.returns[[3, 0, 0, 4], BILLS]]
    assert found.reference.tolist() == pytest.approx(np.cumprod([1, *(1 + drawn.returns[[3, 0, 0, 4], REFERENCE])]))
    assert (found.sessions, found.sessions_a_year) == ("the sessions", 252.0)


@pytest.mark.parametrize(
    ("column", "place", "benchmark"),
    [
        ("mean_loss_strategy", LOSS, [float(REFERENCE_LOSS), REFERENCE_LOSS + 100.0]),
        ("beyond_reference_hit_rate", HIT_RATE_INDEX, [0.5, 0.5]),
        ("beyond_mix_payoff_mean", None, [0.0, 0.0]),
    ],
)
def test_what_a_card_is_held_against(
    monkeypatch: pytest.MonkeyPatch, column: str, place: int | None, benchmark: list[float]
) -> None:
    """A loss against the reference's, a hit rate against a half, a difference against nothing."""
    cards = np.arange(len(contests.SCORECARD), dtype=float) + np.array([[0.0], [100.0]])
    monkeypatch.setattr(contests, "resample", lambda given, rows, rule: (cards, None, None))
    figures, against = _scores(column, tracks(2), period(), np.arange(5))
    own = contests.SCORECARD.index(column) if place is None else place
    assert (figures.tolist(), against.tolist()) == ([own, own + 100.0], benchmark)


@pytest.mark.parametrize(("reference", "against"), [(0.25, [0.25] * 2), (NAN, [0.0] * 2)])
def test_measures_are_held_against_the_reference_s(
    monkeypatch: pytest.MonkeyPatch, reference: float, against: list[float]
) -> None:
    """Nothing where that is undefined. Books are those of the reference and of the strategies, without mixes."""
    seen: list[Array] = []

    def measured(levels: Array, ground: object) -> Array:
        seen.append(levels)
        return np.array([[0.0] * len(contests.MEASURE_NAMES)] * 3) + np.array([[reference], [1.0], [2.0]])

    monkeypatch.setattr(contests, "measure_books", measured)
    given, rows = tracks(2), np.array([2, 0])
    figures, benchmark = _scores("cagr", given, period(*[False] * 5), rows)
    assert (figures.tolist(), benchmark.tolist()) == ([1.0, 2.0], against)
    columns = [REFERENCE, STRATEGIES, STRATEGIES + 1]
    assert seen[0].tolist() == _levels(given.returns[np.ix_(rows, columns)].T).tolist()


def test_jobs_without_a_mix_or_ruined_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """In tracks by their settings, from the date on; settings of which no job is left have none."""
    days = pd.bdate_range("2024-01-01", periods=5)
    market = SimpleNamespace(sessions=days, since=lambda place: f"market from {place}")
    monkeypatch.setattr(contests, "measure_period", lambda market, settings: (market, settings))
    monkeypatch.setattr(
        contests, "make_track_records", lambda reference, own, mix, period: (reference, own, mix, period)
    )
    good, ruined, flat = np.array([1.0, 0.5, 2.0]), np.array([1.0, 0.5, 0.0]), np.array([1.0, 1.0, 1.0])
    mixless = np.array([1.0, NAN, 1.0])

    def tracked(terms: str, key: str, own: list[Array], mix: list[Array]) -> TrackedJobs:
        jobs = tuple(
            cast(Job, SimpleNamespace(settings_text=terms, settings=terms, key=f"{key}{at}")) for at in range(len(own))
        )
        return TrackedJobs(jobs, cast(Array, f"reference of {key}"), np.array(own), np.array(mix))

    found = [
        tracked("a", "x", [good, ruined], [flat, flat]),
        tracked("b", "y", [good], [mixless]),
        tracked("a", "z", [good, flat], [mixless, flat]),
    ]
    made = contests.make_contest("placebo", found, cast(Any, market), datetime.date(2024, 1, 3))
    assert (made.column, [job.key for job in made.jobs]) == ("sharpe", ["x0", "z1"])
    assert made.periods == (("market from 2", "a"),)
    [(reference, own, mix, _)] = cast(Any, made.tracks)
    assert (reference, own.tolist(), mix.tolist()) == (
        "reference of x",
        [good.tolist(), flat.tolist()],
        [flat.tolist()] * 2,
    )


def test_how_far_a_job_is_beyond(monkeypatch: pytest.MonkeyPatch) -> None:
    """The higher the better, whichever way a figure goes; groups one after the other."""
    parts = {2: (np.array([0.5, 0.25]), np.array([0.25, 0.5])), 1: (np.array([3.0]), np.array([1.0]))}
    monkeypatch.setattr(contests, "_scores", lambda column, given, where, rows: parts[given.strategies])
    for column, sign in (("cagr", 1), ("volatility", -1)):
        made = Contest(column, (), (tracks(2), tracks(1)), (period(), period()))
        assert made.merit(np.arange(5)).tolist() == [sign * 0.25, sign * -0.25, sign * 2.0]


@pytest.mark.parametrize(
    ("column", "scored"),
    [
        ("cagr", "cagr"),
        ("beyond_mix_payoff_mean", "beyond_mix_payoff_mean"),
        ("turnover_annual", "sharpe"),
        ("beyond_mix_placebo_shifts", "sharpe"),
    ],
)
def test_what_jobs_are_scored_by(column: str, scored: str) -> None:
    """What returns give, alone or in sell-offs; costs and placebos are no figures of other stretches of time."""
    assert contests.scored_by(column) == scored


@pytest.mark.parametrize(
    ("column", "second", "walked"),
    [
        ("beyond_mix_payoff_mean", PairSettings(), True),
        ("beyond_mix_payoff_mean", PairSettings(bonds_role="gold"), False),
        ("cagr", PairSettings(bonds_role="gold"), True),
    ],
)
def test_jobs_of_several_pairs_are_not_walked(column: str, second: PairSettings, walked: bool) -> None:
    """By a figure of sell-offs, which are another pair's; other figures are the same whatever the pair."""
    days = pd.bdate_range("2024-01-01", periods=3)
    market = SimpleNamespace(rhythm=SimpleNamespace(block_sessions=63))
    periods = [SimpleNamespace(pair_settings=one, market=market, sessions=days) for one in (PairSettings(), second)]
    jobs = (SimpleNamespace(name="a", point={}), SimpleNamespace(name="b", point={}))
    made = Contest(column, cast(Any, jobs), (tracks(1), tracks(1)), cast(Any, tuple(periods)))
    assert (made.unwalked is None) is walked
    assert (made.block_sessions, list(made.sessions), made.title(1)) == (63, list(days), "b")
    assert [made.session_of(date) for date in ("2024-01-01", "2024-01-03")] == [0, 2]
    assert (made.of, made.closeness) == (0, 1.0)


def test_jobs_are_tracked_beside_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the date on, those of one task together; if one of them fails, so does the task."""
    nav, mix = np.array([[1.0, 1.5], [2.0, 2.5], [3.0, 3.5]]), np.array([[4.0, 4.5], [5.0, 5.5], [6.0, 6.5]])
    seen: list[Any] = []
    monkeypatch.setattr(contests, "analyse", lambda *given: seen.append(given) or SimpleNamespace(nav=nav, mix_nav=mix))
    answers: list[Any] = ["a carried out", "b carried out"]
    monkeypatch.setattr(contests, "evaluate_many", lambda asked, market, cache: seen.append(asked) or answers)
    settings = SimpleNamespace(execution="by the book")
    jobs = tuple(cast(Job, SimpleNamespace(recipe=recipe, settings=settings)) for recipe in "ab")
    bench = SimpleNamespace(
        recipe=lambda text: f"recipe {text}",
        reference=lambda settings: "the reference",
        market=SimpleNamespace(sessions=pd.bdate_range("2024-01-01", periods=5)),
        cache="the cache",
        period=lambda settings, place: f"period from {place}",
    )
    found = contests.track_jobs((jobs, datetime.date(2024, 1, 3)), cast(Any, bench))
    runs = ["the reference", *answers]
    assert seen == [[("recipe a", "by the book"), ("recipe b", "by the book")], (runs, runs[0], "period from 2")]
    assert (found.reference.tolist(), found.nav.tolist(), found.mix_nav.tolist()) == (
        nav[0].tolist(),
        nav[1:].tolist(),
        mix[1:].tolist(),
    )
    answers[1] = BacktesterError("b broke")
    with pytest.raises(BacktesterError, match="b broke"):
        contests.track_jobs((jobs, datetime.date(2024, 1, 3)), cast(Any, bench))
