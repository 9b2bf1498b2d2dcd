"""What the past-only rule says of failures and differences, and the noise that it puts in, by hand."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest

from backtester.contract import past_only
from backtester.contract.cuts import choose_cuts
from backtester.contract.past_only import (
    NOISE_DEVIATION,
    PAST_ONLY_RULE,
    SHORT_HISTORY_RULE,
    AskStrategy,
    CutAnswers,
    StepAnswer,
    _compare_states,
    _digits,
    _fresh,
    _short_history,
    _with_noise,
    knows_only_the_past,
    without_figures,
)
from backtester.contract.rules import BrokenRule
from backtester.engine.layers import Layer
from backtester.engine.targets import StepInputs
from backtester.errors import PluginError
from backtester.histories.market import Market
from backtester.plugins.recipes import Step
from backtester.plugins.strategy import Strategy
from builders import made_market

DAYS = pd.bdate_range("2024-01-01", periods=400)
MARKET = cast(Market, SimpleNamespace(sessions=DAYS))


@pytest.mark.parametrize(
    ("one", "other", "digits"),
    [
        (0.5, 0.6, ("0.5", "0.6")),
        (0.12344, 0.12356, ("0.1234", "0.1236")),
        (0.123441, 0.123442, ("0.123441", "0.123442")),
        (1 / 3, 1 / 3 + 1e-9, ("0.333333333333", "0.333333334333")),
    ],
)
def test_numbers_have_the_digits_in_which_they_differ(one: float, other: float, digits: tuple[str, str]) -> None:
    """Four where these tell them apart, else twelve."""
    assert _digits(one, other) == digits


@pytest.mark.parametrize(
    ("cuts", "failed", "rule", "cut"),
    [
        ([2, 3, 10, 20], [2, 3], SHORT_HISTORY_RULE, 3),  # it needs more than three sessions
        ([2, 3, 10, 20], [2, 10], PAST_ONLY_RULE, 10),  # it answered on three
        ([2, 3, 10, 20, 30], [2, 20, 30], PAST_ONLY_RULE, 20),  # the first of those
        ([2, 3, 4, 5, 6, 7, 8, 9], [2, 3, 4, 5, 6, 7], SHORT_HISTORY_RULE, 7),  # a quarter is answered
        ([2, 3, 4, 5, 6, 7, 8, 9, 10], [2, 3, 4, 5, 6, 7, 8], PAST_ONLY_RULE, 8),  # less than a quarter
        ([2, 3], [2, 3], PAST_ONLY_RULE, 3),
    ],
)
def test_which_failures_are_a_look_ahead(cuts: list[int], failed: list[int], rule: str, cut: int) -> None:
    """Those on a history longer than one that is answered, and those on nearly all; others are a warning."""
    found = _short_history(MARKET, cuts, {one: PluginError(f"broke at {one}") for one in failed})
    end = DAYS[cut - 1]
    where = (
        f"the first {cut} sessions, up to {end.date()}"
        if rule == SHORT_HISTORY_RULE
        else f"the history up to {end.date()}"
    )
    assert found == BrokenRule(rule, f"fails on {where}: broke at {cut}", end, warning=rule == SHORT_HISTORY_RULE)
    assert _short_history(MARKET, cuts, {}) is None


def test_noise_is_in_what_came_after_the_cut() -> None:
    """Levels go on from their own by factors, returns by themselves, both with a deviation of a half; the calendar and
    numbers are known in advance."""
    ones = pd.DataFrame({"stocks": 1.0, "bonds": 1.0}, DAYS)
    calendar = pd.DataFrame({"month": False}, DAYS)
    given = {"stocks": ones["stocks"], "base": ones, "returns": ones, "calendar": calendar, "sessions_a_year": 252.0}
    found = _with_noise(given, 100)
    assert found["sessions_a_year"] == 252.0
    pd.testing.assert_frame_equal(found["calendar"], calendar)
    for name in ("stocks", "base", "returns"):
        values = np.asarray(found[name])
        assert (values[:100] == 1.0).all()
        assert (values[100:] != 1.0).all()
        after = values[100:] if name == "returns" else np.log(values[100:])
        assert (after.mean(), after.std()) == (pytest.approx(0, abs=0.1), pytest.approx(NOISE_DEVIATION, abs=0.05))
    factors = np.asarray(_with_noise({"base": ones}, 100)["base"])[100:]
    added = np.asarray(_with_noise({"returns": ones}, 100)["returns"])[100:]
    np.testing.assert_allclose(np.log(factors), added, atol=1e-6)  # the same draws, of which float32 keeps 7 digits
    assert NOISE_DEVIATION == 0.5
    assert (ones == 1.0).all(axis=None), "what was given stays as it was"


def layer(raw: list[float], state: "pd.Series[str] | None" = None) -> Layer:
    """A layer whose strategy wants so much of stocks in each session, and that reads nothing."""
    weights = pd.DataFrame({"stocks": raw}, DAYS[: len(raw)])
    return cast(Layer, SimpleNamespace(step=None, inputs={}, raw=weights, state=state))


@pytest.mark.parametrize("noisy", [0.7, None])
def test_the_history_to_the_cut_is_compared_before_the_noise(noisy: float | None) -> None:
    """What is found there is said, whatever the noise does; without such a finding the noise's counts."""
    made = layer([0.5] * 9)
    market = made_market({"stocks": range(1, 10), "bonds": range(1, 10)})

    def answers(known: float) -> AskStrategy:
        def ask(inputs: StepInputs, cut: int) -> CutAnswers:
            other = None if noisy is None else StepAnswer(layer([noisy] * cut).raw, None)
            return CutAnswers(StepAnswer(layer([known] * cut).raw, None), other)

        return ask

    [finding] = knows_only_the_past(made, market, ask=answers(0.6)).findings
    assert finding.message == "stocks on 2024-01-01 is 0.6 with the history up to 2024-01-02 and 0.5 with all of it"
    found = [one.message for one in knows_only_the_past(made, market, ask=answers(0.5)).findings]
    said = "stocks on 2024-01-01 is 0.7 with noise after 2024-01-02 and 0.5 with all of it"
    assert found == ([] if noisy is None else [said])


def test_an_eighth_of_the_cuts_are_at_the_largest_moves() -> None:
    """Of eight cuts one, of sixteen two, beside the first move and the last two."""
    raw = [0.0] * 300
    for place, size in ((100, 0.1), (131, 0.9), (171, 0.8), (201, 0.7), (233, 0.1), (266, 0.1)):
        raw[place:] = [one + size for one in raw[place:]]
    market = made_market({"stocks": [1.0] * 300, "bonds": [1.0] * 300})
    for cuts, largest in ((8, {132}), (16, {132, 172})):
        asked: set[int] = set()

        def ask(inputs: StepInputs, cut: int, asked: set[int] = asked) -> CutAnswers:
            asked.add(cut)
            return CutAnswers(StepAnswer(layer(raw[:cut]).raw, None), None)

        assert knows_only_the_past(layer(raw), market, cuts=cuts, ask=ask).findings == ()
        assert asked - set(choose_cuts(market, cuts).tolist()) == {101, 234, 267} | largest


def test_states_are_compared_up_to_the_cut() -> None:
    """The first that differs is said; what comes after the cut is not looked at, nor is a strategy without states."""
    whole = pd.Series(["a", "a", "b", "b"], DAYS[:4])
    other = pd.Series(["a", "b", "b", "a"], DAYS[:4])
    found = _compare_states(layer([0.0], whole), other, 3, "with noise")
    assert found is not None
    assert found.message == "state on 2024-01-02 is 'b' with noise and 'a' with all of it"
    assert _compare_states(layer([0.0], whole), other, 1, "with noise") is None
    assert _compare_states(layer([0.0], whole), None, 3, "with noise") is None
    assert _compare_states(layer([0.0]), other, 3, "with noise") is None


def test_a_file_is_executed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that nothing of it remembers a call; a function stays as it is."""
    monkeypatch.setattr(past_only, "load_anew", lambda strategy: strategy.anew)
    anew = SimpleNamespace(made_of="file")
    steps = [Step(cast(Strategy, SimpleNamespace(made_of=made_of, anew=anew)), {}, ()) for made_of in ("file", "code")]
    assert [_fresh(step).strategy for step in steps] == [anew, steps[1].strategy]


def test_a_market_without_figures() -> None:
    """Its sessions and assets stay, and nothing of what they did."""
    market = made_market({"stocks": [1.0, 2.0], "bonds": [1.0, 3.0]}, observables={"vix": [20.0, 30.0]})
    bare = without_figures(market)
    assert (list(bare.levels), list(bare.observables)) == (["stocks", "bonds", "bills"], [])
    assert bare.levels.isna().all(axis=None)
    assert np.isnan(bare.bill_returns).all()
    assert (len(bare.bill_returns), list(bare.sessions)) == (2, list(market.sessions))
