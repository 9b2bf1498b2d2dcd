"""Strategies on a path: what they return, how far they fall, what they hold, and what they are paid over their mix."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest

from backtester.analysis.analyse import analyse
from backtester.analysis.period import Period, measure_period
from backtester.arrays import Array, Integers
from backtester.engine.evaluate import Evaluation, evaluate
from backtester.engine.execution import Execution
from backtester.plugins.loader import Library
from backtester.plugins.recipes import Recipe, parse_recipe
from backtester.stress import outcomes
from backtester.stress.build import path_and_market
from backtester.stress.choose import choose_scenarios
from backtester.stress.outcomes import ScenarioResult, StressInputs, _outcome, days_to_recover, mix_nav, run_scenario
from backtester.stress.read import read_scenario
from backtester.stress.scenario import Scenario
from backtester.stress.starting_point import StartingPoint, read_starting_point

TEXTS = ("sixty_forty", "sixty_forty + gold_overlay", "sixty_forty + vol_target", "sixty_forty + bills_for_bonds")


@pytest.fixture(scope="module")
def us_ground() -> StartingPoint:
    """All of the embedded history."""
    return read_starting_point("us")


@pytest.fixture(scope="module")
def recipes(library: Library) -> list[Recipe]:
    """The reference and three hedges."""
    return [parse_recipe(text, library) for text in TEXTS]


@pytest.fixture(scope="module")
def inputs(us_ground: StartingPoint, recipes: list[Recipe]) -> StressInputs:
    """The recipes with the shares of their mixes, fitted on all of the history."""
    runs = [evaluate(recipe, us_ground.market, Execution()) for recipe in recipes]
    period = measure_period(us_ground.market.since(max(run.first for run in runs)))
    return StressInputs(recipes, shares=analyse(runs, runs[0], period).shares)


@pytest.fixture(scope="module")
def war(us_ground: StartingPoint, inputs: StressInputs) -> ScenarioResult:
    """A capital war, lived through."""
    return run_scenario(read_scenario("capital_war"), us_ground, inputs)


def test_a_replay_is_what_the_book_returned(us_ground: StartingPoint, inputs: StressInputs) -> None:
    """Right after the close before it, a window gives a book that never looks at anything what history gave it."""
    (scenario,) = choose_scenarios(["2020-03-09..2020-03-18"], "us")
    ground = read_starting_point("us", at=pd.Timestamp("2020-03-09").date())
    lived = run_scenario(scenario, ground, StressInputs(inputs.recipes))
    for place, outcome in enumerate(lived.outcomes):
        whole = evaluate(inputs.recipes[place], us_ground.market, Execution()).accounts.nav
        assert outcome.total == pytest.approx(whole["2020-03-18"] / whole["2020-03-09"] - 1, abs=1e-12), outcome.recipe
        assert np.isnan(outcome.payoff), "without shares there is no mix"
    for role, moved in lived.assets.items():
        level = us_ground.market.levels[role]
        assert moved == pytest.approx(level["2020-03-18"] / level["2020-03-09"] - 1, abs=1e-12), role


def test_the_reference_is_its_own_mix(war: ScenarioResult) -> None:
    """60/40 holds both legs and nothing else: it is paid nothing over its mix, and its cash is none."""
    reference = war.outcomes[0]
    assert abs(reference.payoff) < 1e-4
    assert reference.held["cash"] == pytest.approx(0, abs=1e-9)
    assert reference.held["stocks"] == pytest.approx(0.6, abs=0.05)


def test_figures_are_those_of_the_curve(war: ScenarioResult) -> None:
    """Return, deepest fall and worst session are those of the curve, which starts at 1 on the close before."""
    for outcome in war.outcomes:
        nav = outcome.nav.to_numpy()
        assert outcome.nav.index[1:].equals(war.sessions)
        assert len(nav) == len(war.sessions) + 1 == 25
        assert nav[0] == 1
        assert outcome.total == nav[-1] - 1
        assert outcome.worst_session == pytest.approx((nav[1:] / nav[:-1] - 1).min())
        assert outcome.deepest_fall == pytest.approx((nav / np.maximum.accumulate(nav) - 1).min())


def test_gold_is_paid_in_a_capital_war(war: ScenarioResult) -> None:
    """The war lifts gold by more than a tenth: a tenth of the portfolio in it is paid more than a point."""
    gold = war.outcomes[1]
    assert gold.payoff > 0.01
    assert gold.held["gold"] == pytest.approx(0.1, abs=0.02)
    assert war.assets["gold"] > 0.1


def test_dynamic_strategies_react(us_ground: StartingPoint, inputs: StressInputs) -> None:
    """In two years of stagflation volatility targeting holds fewer stocks than on the same path without noise."""
    scenario = read_scenario("stagflation_slow")
    lived, still = (
        run_scenario(one, us_ground, inputs) for one in (scenario, scenario.model_copy(update={"noise": 0.0}))
    )
    assert still.outcomes[2].held["stocks"] > 1.2 * lived.outcomes[2].held["stocks"]
    assert still.outcomes[0].held["stocks"] == pytest.approx(lived.outcomes[0].held["stocks"], abs=0.02)
    again = run_scenario(scenario, us_ground, inputs)
    assert [one.total for one in again.outcomes] == [one.total for one in lived.outcomes]


def test_the_feds_put_fires_on_a_path(us_ground: StartingPoint, library: Library) -> None:
    """Stocks at 715.63 on 29 April 2026, a meeting, set the strike at 644.07; 754.86 less a fifth is below, on 29 May.

    So 20% go from bonds to stocks on that close and are held from the next. The Fed cuts on 5 June, and 63 sessions
    from there, on 4 September, the base is back. A fall of 12%, to 664.28, does not reach the strike.
    """
    assert us_ground.market.levels["stocks"].loc[["2026-04-29", "2026-05-26"]].tolist() == [715.63, 754.86]
    cut = {"role": "fed_target", "bp": -50, "shape": "jump", "first": 8}
    words = dict.fromkeys(("name", "title", "about", "source", "calibrated_on", "differs"), "a fall")
    for percent, days in ((-20, ["2026-05-29", "2026-09-04"]), (-12, [])):
        fall = {"role": "stocks", "percent": percent, "shape": "jump", "first": 3}
        scenario = Scenario.model_validate({**words, "sessions": 90, "shock": [fall, cut]})
        run = evaluate(
            parse_recipe("sixty_forty + fed_put", library), path_and_market(scenario, us_ground)[1], Execution()
        )
        targets, held = run.targets["2026-05-26":], run.accounts.weights["2026-05-26":]
        changed = targets.index[targets["stocks"].diff().fillna(0) != 0]
        assert [day.date().isoformat() for day in changed] == days
        assert set(targets["stocks"].round(12)) == ({0.6, 0.8} if days else {0.6})
        assert (targets["stocks"] + targets["bonds"]).to_numpy() == pytest.approx(1)
        if days:
            assert held.loc["2026-05-29", "stocks"] < 0.56
            assert held.loc["2026-06-01", ["stocks", "bonds"]].tolist() == pytest.approx([0.8, 0.2], abs=1e-9)
            assert held.loc["2026-09-08", ["stocks", "bonds"]].tolist() == pytest.approx([0.6, 0.4], abs=1e-9)


def test_what_a_scenario_does_not_name_is_said(us_ground: StartingPoint, inputs: StressInputs) -> None:
    """Real yields move as nominal ones, rates of funding stay, and what follows from others is not listed."""
    rules = run_scenario(read_scenario("stagflation_slow"), us_ground, inputs).rules
    assert rules["real_yield_10y"] == "moves as yield_10y does"
    assert rules["sofr"] == "stays as it is"
    assert not {"bonds", "put", "inflation", "fomc", "funding_stress"} & set(rules)


def test_days_to_recover_are_calendar_days() -> None:
    """From the peak of 2 January to the first close back at it, on the 8th; never, or without a fall, NaN and 0."""
    dates = pd.bdate_range("2024-01-01", periods=6)
    assert days_to_recover(pd.Series([1.0, 1.1, 0.9, 1.0, 1.05, 1.1], dates)) == 6
    assert np.isnan(days_to_recover(pd.Series([1.0, 0.9, 0.95], dates[:3])))
    assert days_to_recover(pd.Series([1.0, 1.1], dates[:2])) == 0


def test_an_outcome_by_hand() -> None:
    """Of five sessions the last three are the path: from 2 to 1.8, 2.2 and 2.1, against a mix that gains 1%.

    Half in stocks and a tenth in a future, which uses no cash, on average at the closes before its sessions.
    """
    days = pd.bdate_range("2024-01-01", periods=5)
    weights = pd.DataFrame({"stocks": [9.0, 0.3, 0.5, 0.7, 9.0], "future": [9.0, 0.1, 0.1, 0.1, 9.0]}, days)
    accounts = SimpleNamespace(nav=pd.Series([1.0, 2.0, 1.8, 2.2, 2.1], days), weights=weights)
    history = SimpleNamespace(is_funded=lambda name: name == "stocks")
    book = SimpleNamespace(market=SimpleNamespace(history=history))
    run = SimpleNamespace(accounts=accounts, book=book, recipe=SimpleNamespace(name="made"))
    found = _outcome(cast("Evaluation", run), np.array([1.0, 1.0, 1.0, 1.01]), 3)
    assert list(found.nav) == pytest.approx([1.0, 0.9, 1.1, 1.05])
    assert (found.total, found.deepest_fall, found.worst_session) == pytest.approx((0.05, -0.1, -0.1))
    assert (found.days_to_recover, found.payoff) == (2, pytest.approx(0.04))
    assert found.held == {"stocks": pytest.approx(0.5), "future": pytest.approx(0.1), "cash": pytest.approx(0.5)}


def test_a_mix_over_a_path_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two tranches that are worth 2, 3 and 6 on average at the last three closes: 1, 1.5 and 3; without shares NaN."""
    given = []

    def kept(shares: Array, trading: str, chosen: Integers) -> SimpleNamespace:
        given.append((shares.tolist(), trading, chosen.tolist()))
        return SimpleNamespace(nav=np.array([[1.0, 2.0, 4.0, 8.0], [1.0, 2.0, 2.0, 4.0]]))

    monkeypatch.setattr(outcomes, "mix_trading", lambda runs, period: f"trading of {len(runs)}")
    monkeypatch.setattr(outcomes, "keep_mixes", kept)
    run, period = cast(Evaluation, SimpleNamespace()), cast(Period, SimpleNamespace())
    assert mix_nav(run, np.array([0.6, 0.4]), period, 2).tolist() == [1.0, 1.5, 3.0]
    assert given == [([[0.6, 0.4]], "trading of 1", [0])]
    assert np.isnan(mix_nav(run, np.array([0.6, np.nan]), period, 2)).tolist() == [True] * 3


def test_of_a_strategy_that_was_ruined_before_nothing_is_known() -> None:
    """From nothing there is no return, on the close before and in all three sessions; nothing fell, nothing is held."""
    days = pd.bdate_range("2024-01-01", periods=5)
    accounts = SimpleNamespace(nav=pd.Series(0.0, days), weights=pd.DataFrame({"stocks": 0.0}, days))
    book = SimpleNamespace(market=SimpleNamespace(history=SimpleNamespace(is_funded=lambda name: True)))
    run = SimpleNamespace(accounts=accounts, book=book, recipe=SimpleNamespace(name="made"))
    found = _outcome(cast("Evaluation", run), np.full(4, np.nan), 3)
    assert (len(found.nav), found.nav.isna().all(), np.isnan(found.total)) == (4, True, True)
    assert (found.worst_session, found.held) == (0.0, {"cash": 1.0})
