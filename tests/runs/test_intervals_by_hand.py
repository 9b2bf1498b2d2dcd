"""Resampled intervals on made resamples: whose they are, from how many, and why there are none."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from backtester.analysis.pair import PairSettings
from backtester.analysis.resample import ResamplePlan, Resamples
from backtester.analysis.scorecard import PAYOFF_INDEX, SCORECARD_FIGURES
from backtester.analysis.sell_offs import Rule
from backtester.errors import DataError
from backtester.histories.rhythm import DAILY
from backtester.runs import intervals
from backtester.runs.intervals import (
    FEWEST_SELL_OFFS,
    LONG_BONDS,
    PayoffAtDefinition,
    resampled_payoffs,
    run_resamples,
)
from backtester.runs.settings import RunSettings

RUNS = cast("list[Any]", [SimpleNamespace(recipe=SimpleNamespace(name=name)) for name in ("base", "gone", "gold")])
NAN = float("nan")


def period(windows: int = 10) -> Any:
    """A period with so many joint sell-offs, and a market without long bonds."""
    market = SimpleNamespace(rhythm=DAILY, assets=["stocks", "bonds"])
    joint = np.column_stack([np.zeros(windows, int), np.ones(windows, int)])
    rule = Rule(-0.05, -0.005)
    return SimpleNamespace(windows=SimpleNamespace(joint=joint), market=market, rule=rule, legs="legs")


def analysis() -> Any:
    """Of three strategies the second has no mix; payoffs of 0, NaN and 0.1 in any window."""
    nav = np.array([[1.0, 1.0], [1.0, 1.0], [1.0, 1.2]])
    mix = np.array([[1.0, 1.0], [1.0, NAN], [1.0, 1.1]])
    cards = np.zeros((3, len(SCORECARD_FIGURES)))
    cards[:, PAYOFF_INDEX] = [0.0, NAN, 0.1]
    return SimpleNamespace(nav=nav, mix_nav=mix, scorecards=cards, placebos=(None, None, None))


def asked(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> list[tuple[ResamplePlan, int]]:
    """Resamples of which each has its number for a figure, and ten times it for the second strategy drawn."""
    made: list[tuple[ResamplePlan, int]] = []

    def bootstrap(
        tracks: Any, plan: ResamplePlan, rule: Rule, *, elsewhere: Any = (), progress: Any = None
    ) -> Resamples:
        assert tracks == (2, [0, 2])
        made.append((plan, len(elsewhere)))
        if progress:
            progress(plan.resamples // 2)
        figures = np.zeros((plan.resamples, 2, len(SCORECARD_FIGURES)))
        figures += np.arange(plan.resamples)[:, None, None] * np.array([1.0, 10.0])[None, :, None]
        others = np.full((min(200, plan.resamples), 2, len(elsewhere)), 7.0)
        return Resamples(plan, figures, np.full(plan.resamples, 12), others)

    monkeypatch.setattr(intervals, "bootstrap", bootstrap)

    def tracks(found: Any, of: Any) -> tuple[int, list[int]]:
        return 2, intervals._resampled_indices(found).tolist()

    monkeypatch.setattr(intervals, "_tracks", tracks)
    monkeypatch.setattr(intervals, "_resample", lambda settings, found, of, report, *, definitions: bootstrap(
        tracks(found, of), ResamplePlan(settings.resamples, 63, settings.seed), of.rule, elsewhere=list(definitions)
    ))  # fmt: skip
    definitions = {"other": lambda legs: np.array([[0, 1], [0, 1]])}
    monkeypatch.setattr(intervals, "other_definitions", lambda rule, rhythm: definitions)
    monkeypatch.setattr(intervals, "own_definition", lambda rule, rhythm: "own")
    for name, value in changes.items():
        monkeypatch.setattr(intervals, name, value)
    return made


def test_intervals_are_of_those_that_were_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first and the third of three; quantiles of all resamples, at other definitions of the first 200."""
    made = asked(monkeypatch)
    drawn = run_resamples(RunSettings(resamples=401, seed=5), RUNS, analysis(), period(), lambda *words: None)
    assert made == [(ResamplePlan(401, 63, 5), 1)]
    assert (drawn.used, drawn.reason, drawn.joint_sell_offs) == (401, None, (12.0, 12.0))
    assert drawn.intervals[1] == {}
    assert [set(drawn.intervals[place]) == set(SCORECARD_FIGURES) for place in (0, 2)] == [True, True]
    assert set(drawn.intervals[2].values()) == {drawn.intervals[2][SCORECARD_FIGURES[0]]}
    assert drawn.intervals[2][SCORECARD_FIGURES[0]] == pytest.approx((200, 3800))
    assert drawn.payoffs.shape == (401, 3)
    assert list(drawn.payoffs) == ["base", "gone", "gold"]
    assert np.isnan(drawn.payoffs["gone"]).all()
    assert drawn.payoffs["gold"].iloc[3] == 30.0
    base, gone, gold = drawn.sensitivity
    assert gold == (PayoffAtDefinition("own", 10, pytest.approx(0.1), pytest.approx((99.5, 1890.5))),
                    PayoffAtDefinition("other", 2, pytest.approx(0.1), (7.0, 7.0)))  # fmt: skip
    assert base[1] == PayoffAtDefinition("other", 2, 0.0, (7.0, 7.0))
    assert [one.interval for one in gone] == [None, None]


@pytest.mark.parametrize(
    ("resamples", "windows", "ruined", "reason"),
    [
        (0, 10, False, "no resamples were asked for"),
        (
            9,
            FEWEST_SELL_OFFS - 1,
            False,
            "there are 9 joint sell-offs, and with fewer than 10 each window must speak for itself",
        ),
        (9, FEWEST_SELL_OFFS, True, "the reference was ruined, and what is ruined cannot be drawn again"),
        (9, FEWEST_SELL_OFFS, False, None),
    ],
)
def test_why_there_are_none(
    monkeypatch: pytest.MonkeyPatch, resamples: int, windows: int, ruined: bool, reason: str | None
) -> None:
    """None asked for, too few windows, or a reference in ruin: payoffs are empty, and figures have none."""
    made, found = asked(monkeypatch), analysis()
    if ruined:
        found.nav[0, 1] = 0.0
    settings = RunSettings(resamples=resamples and 100)
    drawn = run_resamples(settings, RUNS, found, period(windows), lambda *words: None)
    payoffs, ends = resampled_payoffs(settings, found, period(windows))
    assert drawn.reason == reason
    if reason is None:
        assert (len(made), len(payoffs), ends[1]) == (2, settings.resamples, None)
        return
    assert (drawn.plan, drawn.used, drawn.joint_sell_offs, drawn.intervals) == (None, 0, None, ({}, {}, {}))
    assert (drawn.payoffs.shape, payoffs.shape, ends, made) == ((0, 3), (0, 3), [None] * 3, [])
    assert [one.interval for one in drawn.sensitivity[2]] == [None, None]


@pytest.mark.parametrize("resamples", [150, 300])
def test_long_bonds_for_bonds(monkeypatch: pytest.MonkeyPatch, resamples: int) -> None:
    """Drawn again with those, 200 times at most, where the pair is the usual one and they cover the period."""
    roles: list[str] = []

    def measured(market: Any, pair_settings: PairSettings) -> Any:
        roles.append(pair_settings.bonds_role)
        if len(roles) == 2:
            raise DataError("a gap")
        return period(11)

    made = asked(monkeypatch, measure_period=measured, analyse=lambda runs, reference, of: analysis())
    of = period()
    of.market.assets.append(LONG_BONDS)
    settings, plan = RunSettings(resamples=resamples), ResamplePlan(resamples, 63, 5)
    [row] = list(intervals._with_long_bonds(settings, RUNS, of, plan))
    assert made == [(ResamplePlan(min(200, resamples), 63, 5), 0)]
    most = min(200, resamples) - 1
    assert row[2] == PayoffAtDefinition("long bonds for bonds", 11, 0.1, pytest.approx((0.5 * most, 9.5 * most)))
    assert (row[0].payoff_mean, row[1].interval) == (0.0, None)
    assert list(intervals._with_long_bonds(settings, RUNS, of, plan)) == []
    assert roles == [LONG_BONDS, LONG_BONDS]
    other = settings.model_copy(update={"stocks_role": "gold"})
    assert list(intervals._with_long_bonds(other, RUNS, of, plan)) == []
    assert list(intervals._with_long_bonds(settings, RUNS, period(), plan)) == []
