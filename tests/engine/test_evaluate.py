"""Recipes carried out: whose rhythm holds, what overlays are given, and the whole against two other calculations."""

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from backtester.engine.costs import NO_COSTS, Costs
from backtester.engine.evaluate import Evaluation, evaluate, evaluate_many
from backtester.engine.execution import Execution, trigger_of
from backtester.engine.schedule import decisions, parse_schedule
from backtester.errors import DataError, PluginError, RecipeError
from backtester.histories.market import Market
from backtester.plugins.loader import Library
from backtester.plugins.recipes import Recipe, parse_recipe
from builders import made_library, made_market
from witness import reference

STOCKS = "def weights():\n    return {'stocks': 1.0}\n"
SAME = "def weights(base):\n    return base\n"
EVERYTHING = (
    "sixty_forty + gold_overlay(size=0.3) + dollar_overlay + fed_put + bills_for_bonds + vol_target(max_leverage=2)"
)
FREE = Execution(lag=0, band=np.inf, costs=NO_COSTS)


def recipe(text: str, **sources: str) -> Recipe:
    """The recipe of strategies in a few lines of source each."""
    return parse_recipe(text, made_library(**sources))


def rhythm(base: str = "", overlay: str = "", last: str = "", **execution: object) -> tuple[str, float]:
    """Schedule and band of three strategies that begin with those lines."""
    made = recipe(
        "base + overlay + last", base=base + "\n" + STOCKS, overlay=overlay + "\n" + SAME, last=last + "\n" + SAME
    )
    told = trigger_of(made, Execution.model_validate(execution))
    return str(told.schedule), told.band


def test_the_default_rhythm() -> None:
    """Where nobody states a rhythm it is month-ends and a band of 5 points."""
    assert rhythm() == ("month", 0.05)


def test_the_last_in_the_recipe_wins() -> None:
    """Of several strategies that state REBALANCE or BAND the last counts, for each of the two by itself."""
    assert rhythm("REBALANCE = 'year'; BAND = 0.2") == ("year", 0.2)
    assert rhythm("REBALANCE = 'year'; BAND = 0.2", "REBALANCE = 'week+1'") == ("week+1", 0.2)
    assert rhythm("REBALANCE = 'year'", "REBALANCE = 'week'; BAND = 0", "BAND = 0.3") == ("week", 0.3)


def test_the_command_line_beats_all() -> None:
    """What the run states holds whatever the strategies state, and also where it is zero or infinite."""
    stated = ("REBALANCE = 'year'; BAND = 0.2", "", "REBALANCE = 'week'")
    assert rhythm(*stated, rebalance="never") == ("never", 0.2)
    assert rhythm(*stated, band=0) == ("week", 0.0)
    assert rhythm(*stated, rebalance="day", band=np.inf) == ("day", np.inf)
    assert [Execution(band=band).band for band in (0.0, 1.0, None)] == [0.0, 1.0, None]


@pytest.mark.parametrize("band", ["'wide'", "True", "-0.1", "float('nan')", "[0.1]", "5", "1.01"])
def test_refuses_a_band_that_is_no_number(band: str) -> None:
    """A BAND that is no fraction, and not infinite, is refused: 5 for 5 points too."""
    with pytest.raises(PluginError) as raised:
        rhythm(f"BAND = {band}")
    expected = f"BAND is {eval(band)!r}; a fraction of 1 such as 0.05, or infinity for none, is needed"
    assert str(raised.value) == expected


def test_refuses_an_unknown_rhythm() -> None:
    """A REBALANCE that is no schedule is refused like one on the command line."""
    with pytest.raises(
        RecipeError, match=r"^REBALANCE of strategy 'base': unknown schedule 'mnth'; did you mean 'month'\?"
    ):
        rhythm("REBALANCE = 'mnth'")
    with pytest.raises(
        RecipeError,
        match=r"^REBALANCE of strategy 'base': a schedule of type int; it is text, such as month or month\+5",
    ):
        rhythm("REBALANCE = 5")
    with pytest.raises(RecipeError, match=r"^REBALANCE of strategy 'base': unknown schedule ''; known: day, "):
        rhythm("REBALANCE = ''")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("lag", -1), ("lag", 253), ("lag", 0.5), ("band", -0.01), ("band", np.nan), ("delay", 1)],
        *[("min_trade", -0.01), ("min_trade", 1), ("min_trade", np.nan), ("min_trade", np.inf)],
        *[("relative_band", 0), ("relative_band", 2.01), ("relative_band", np.nan), ("relative_band", np.inf)],
    ],
)
def test_refuses_an_execution_that_cannot_be(name: str, value: float) -> None:
    """A lag outside of 0 to 252 whole sessions, a band or least trade out of bounds or NaN, and a word that is none."""
    with pytest.raises(ValidationError, match=name):
        Execution.model_validate({name: value})


@pytest.mark.parametrize(
    ("name", "value"), [("min_trade", 0), ("min_trade", 0.999), ("relative_band", 2), ("lag", 252)]
)
def test_takes_an_execution_at_its_bounds(name: str, value: float) -> None:
    """The least and the most that are allowed are taken as they are."""
    assert getattr(Execution.model_validate({name: value}), name) == value


LATE = """
import numpy as np
import pandas as pd

def weights(stocks):
    return pd.DataFrame({'stocks': [np.nan, np.nan, 0.6, np.nan, np.nan, 0.9]}, stocks.index)
"""
RISING = made_market({"stocks": (100.0, 110.0, 121.0, 133.1, 146.41, 161.051), "gold": (10.0,) * 6})


def test_base_is_filled() -> None:
    """An overlay sees its base carried forward, zero before the first target, with every asset as a column."""
    evaluation = evaluate(recipe("late + same", late=LATE, same=SAME), RISING, FREE)
    base = evaluation.layers[1].inputs["base"]
    pd.testing.assert_frame_equal(
        base, pd.DataFrame({"stocks": [0.0, 0.0, 0.6, 0.6, 0.6, 0.9], "gold": 0.0}, RISING.sessions)
    )
    assert evaluation.layers[0].raw["stocks"].isna().tolist() == [True, True, False, True, True, False]


def test_a_layer_keeps_what_its_step_was_given() -> None:
    """A step that writes into its inputs changes neither market, nor its layer's record, nor the layer below."""
    careless = """
def weights(base, stocks, returns, portfolio, calendar):
    for table in (stocks, returns, portfolio):
        table.iloc[:] = 7.0
    calendar.iloc[:] = True
    base['gold'] = 0.5
    return base
"""
    evaluation = evaluate(recipe("late + careless", late=LATE, careless=careless), RISING, FREE)
    inputs = evaluation.layers[1].inputs
    assert inputs["base"]["gold"].tolist() == [0.0] * 6
    for stocks in (inputs["stocks"], RISING.levels["stocks"]):
        assert stocks.tolist() == [100.0, 110.0, 121.0, 133.1, 146.41, 161.051]
    assert inputs["portfolio"].iloc[0] == 1.0
    assert not RISING.calendar.to_numpy().all()
    assert evaluation.layers[0].raw["gold"].dropna().eq(0.0).all()
    assert evaluation.targets["gold"].tolist() == [0.5] * 6


def test_the_first_target_is_traded_whatever_the_schedule() -> None:
    """A strategy that warms up is in cash until its first target, which is traded though no period ends there."""
    evaluation = evaluate(recipe("late", late=LATE), RISING, FREE.model_copy(update={"rebalance": "never"}))
    assert evaluation.accounts.turnover.gt(0).tolist() == [False, False, True, False, False, False]
    assert evaluation.accounts.weights["stocks"].iloc[2] == pytest.approx(0.6, abs=1e-15)


def test_an_overlay_on_a_waiting_base_invests_when_the_base_does() -> None:
    """An overlay that returns a base in its warm-up unchanged does not put the first trade off to a period's end."""
    execution = FREE.model_copy(update={"rebalance": "never"})
    alone = evaluate(recipe("late", late=LATE), RISING, execution)
    below = evaluate(recipe("late + same", late=LATE, same=SAME), RISING, execution)
    assert below.accounts.turnover.tolist() == alone.accounts.turnover.tolist()


def test_refuses_to_hold_what_never_has_a_value() -> None:
    """A recipe that holds an asset without a level at the window's end is refused by the asset's name."""
    market = made_market({"stocks": (100.0, 101.0), "gold": (np.nan, np.nan)})
    made = recipe("gold", gold="def weights():\n    return {'gold': 1.0}\n")
    with pytest.raises(DataError, match=r"^the recipe holds 'gold', which has no value in this window"):
        evaluate(made, market, FREE)


def test_a_recipe_starts_when_what_it_needs_has_begun() -> None:
    """Accounts begin with 1 on the first session on which all that is read has begun; targets cover every session."""
    market = made_market({"stocks": (100.0, 110.0, 121.0, 133.1)}, observables={"vix": (np.nan, np.nan, 20.0, 30.0)})
    reads = "def weights(vix):\n    return {'stocks': 1.0}\n"
    made = recipe("reads", reads=reads)
    evaluation = evaluate(made, market, FREE)
    assert evaluation.recipe is made
    assert evaluation.first == 2
    assert evaluation.targets["stocks"].tolist() == [1.0] * 4
    assert evaluation.accounts.nav.index.tolist() == market.sessions[2:].tolist()
    assert evaluation.accounts.nav.tolist() == pytest.approx([1.0, 1.1], abs=1e-15)


def test_portfolio_is_the_base_simulated_as_the_run_is(us: Market, library: Library) -> None:
    """What an overlay reads as `portfolio` is its base's NAV with the run's lag, costs and the schedule of all."""
    market = us.since(len(us.sessions) - 600)
    weekly = "REBALANCE = 'week+2'\ndef weights(base, portfolio):\n    return base\n"
    both = Library({**library.strategies, **made_library(weekly=weekly).strategies})
    execution = Execution(lag=2, costs=Costs(trade_bps=50))
    layered = evaluate(parse_recipe("sixty_forty + gold_overlay + weekly", both), market, execution)
    alone = parse_recipe("sixty_forty + gold_overlay", both)
    below = evaluate(alone, market, execution.model_copy(update={"rebalance": "week+2"}))
    pd.testing.assert_series_equal(layered.layers[2].inputs["portfolio"], below.accounts.nav, check_exact=True)
    monthly = evaluate(alone, market, execution)
    assert not monthly.accounts.nav.equals(below.accounts.nav)


def test_portfolio_is_nan_before_its_first_session() -> None:
    """Before the base can be simulated `portfolio` has no value, though it has a row."""
    market = made_market({"stocks": (100.0,) * 4}, observables={"vix": (np.nan, np.nan, 20.0, 30.0)})
    reads = "def weights(vix):\n    return {'stocks': 1.0}\n"
    watcher = "def weights(base, portfolio):\n    return base\n"
    evaluation = evaluate(recipe("reads + watcher", reads=reads, watcher=watcher), market, FREE)
    assert evaluation.layers[1].inputs["portfolio"].isna().tolist() == [True, True, False, False]


def test_monthly_sixty_forty_is_what_pandas_says(us: Market, library: Library) -> None:
    """Without lag, costs and band, month-end 60/40 is each month's growth of both legs, compounded."""
    nav = evaluate(parse_recipe("sixty_forty", library), us, FREE).accounts.nav
    levels = us.levels.loc[nav.index, ["stocks", "bonds"]]
    trades = us.calendar["month"].loc[nav.index].copy()
    trades.iloc[0] = True
    bought_at = levels.where(trades).ffill().shift()
    month_to_date = (levels / bought_at) @ np.array([0.6, 0.4])
    month_to_date.iloc[0] = 1.0
    months_before = month_to_date.where(trades, 1.0).cumprod().shift(fill_value=1.0)
    np.testing.assert_allclose(nav, months_before * month_to_date, rtol=1e-12)


@pytest.mark.parametrize("lag", [1, 2, 21])
def test_lag_shifts_every_trade(us: Market, library: Library, lag: int) -> None:
    """With a lag of k the same trades are made k sessions later, the first one too."""
    sixty_forty = parse_recipe("sixty_forty", library)
    prompt = evaluate(sixty_forty, us, FREE).accounts.turnover
    late = evaluate(sixty_forty, us, FREE.model_copy(update={"lag": lag})).accounts.turnover
    expected = np.flatnonzero(prompt > 0) + lag
    assert np.flatnonzero(late > 0).tolist() == expected[expected < len(late)].tolist()


def by_reference(evaluation: Evaluation, market: Market, execution: Execution) -> reference.Path:
    """The accounts of a recipe by the plain loop, from the targets that the strategies gave."""
    part, targets = market.since(evaluation.first), evaluation.targets.iloc[evaluation.first :]
    costs, history = execution.costs, market.history
    rates = [(costs.trade_bps if history.is_funded(asset) else costs.unfunded_trade_bps) / 10_000 for asset in targets]
    return reference.simulate(
        part.returns[list(targets)].fillna(0.0).to_numpy().tolist(),
        part.bill_returns.tolist(),
        part.days.tolist(),
        targets.to_numpy().tolist(),
        decisions(evaluation.schedule, part.calendar, first=0).tolist(),
        reference.Rules(
            funded=[history.is_funded(asset) for asset in targets],
            lag=execution.lag,
            band=evaluation.book.band,
            buy=rates,
            sell=rates,
            cash_spread=costs.cash_spread_bps / 10_000,
            borrow_spread=costs.borrow_spread_bps / 10_000,
            short_fee=costs.short_fee_bps / 10_000,
            fee=costs.management_fee_bps / 10_000,
        ),
    )


@pytest.mark.parametrize("text", ["sixty_forty", EVERYTHING])
def test_agrees_with_the_reference_on_the_embedded_history(us: Market, library: Library, text: str) -> None:
    """Over two decades of sessions a recipe's accounts are those of the plain loop, and they add up."""
    execution = Execution(costs=Costs(cash_spread_bps=10, management_fee_bps=25))
    evaluation = evaluate(parse_recipe(text, library), us, execution)
    accounts, path = evaluation.accounts, by_reference(evaluation, us, execution)
    held = (evaluation.targets != 0).any().to_numpy()
    assert list(accounts.weights.columns) == list(evaluation.targets.columns[held])  # what is never held has no account
    for name in ("nav", "weights", "gains", "lines", "turnover"):
        expected = np.array(getattr(path, name))
        expected = expected[:, held] if name in ("weights", "gains") else expected
        np.testing.assert_allclose(getattr(accounts, name), expected, rtol=1e-12, atol=1e-12, err_msg=name)
    signs = pd.Series({"interest": 1.0, "financing": -1.0, "costs": -1.0, "fees": -1.0})
    change = accounts.gains.sum(axis=1) + accounts.lines @ signs
    np.testing.assert_allclose(accounts.nav.diff().iloc[1:], change.iloc[1:], rtol=0, atol=1e-12)


def test_the_schedule_decides_where_the_period_ends(us: Market, library: Library) -> None:
    """Without a band 60/40 trades on the session after each month's last, and on no other but the second."""
    execution = Execution(band=np.inf)
    turnover = evaluate(parse_recipe("sixty_forty", library), us, execution).accounts.turnover
    flags = decisions(parse_schedule("month"), us.calendar.loc[turnover.index], first=0)
    assert np.flatnonzero(turnover > 0).tolist() == (np.flatnonzero(flags) + 1).tolist()


def test_errors_name_the_recipe() -> None:
    """What goes wrong in a strategy is told with the recipe that it stands in."""
    fails = "def weights(base):\n    return {'tin': 1.0}\n"
    with pytest.raises(PluginError) as raised:
        evaluate(recipe("stocks+fails", stocks=STOCKS, fails=fails), RISING, FREE)
    what, where = raised.value.lines()
    assert what.startswith("strategy 'fails' (fails.py): weights name 'tin', which cannot be held; ")
    assert where == "in the recipe 'stocks + fails'"
    late = "REBALANCE = 'mnth'\n" + STOCKS
    with pytest.raises(RecipeError) as mistaken:
        evaluate(recipe("late", late=late), RISING, FREE)
    assert mistaken.value.lines()[1:] == ["in the recipe 'late'"]


def test_a_market_without_bills_cannot_be_traded() -> None:
    """A history without bills shows its series but runs no recipe."""
    market = made_market({"stocks": (100.0,) * 3}, bills=[np.nan] * 3)
    with pytest.raises(DataError, match=r"^history 'made' has no bills, "):
        evaluate(recipe("stocks", stocks=STOCKS), market, FREE)


def test_recipes_together_call_a_shared_layer_once() -> None:
    """Three recipes on one base call it once, and are what they are alone; a portfolio is one's own way of trading."""
    base = "calls = []\ndef weights(stocks):\n    calls.append(1)\n    return {'stocks': 0.5 * stocks / stocks}\n"
    reader = "def weights(base, portfolio, *, by=1.0):\n    return base.mul(by * portfolio, axis=0)\n"
    library = made_library(base=base, reader=reader, same=SAME)
    texts = ["base", "base + reader", "base + reader(by=0.5)", "base + same + reader", "base + reader(by=0.5)"]
    asked = [(parse_recipe(text, library), FREE) for text in texts]
    asked[-1] = (asked[-1][0], FREE.model_copy(update={"lag": 1}))
    together = evaluate_many(asked, RISING)
    assert library.find("base").weights.__globals__["calls"] == [1]
    for (made, execution), one in zip(asked, together, strict=True):
        alone = evaluate(made, RISING, execution)
        assert isinstance(one, Evaluation)
        pd.testing.assert_series_equal(one.accounts.nav, alone.accounts.nav, check_exact=True)
        pd.testing.assert_frame_equal(one.accounts.gains, alone.accounts.gains, check_exact=True)
    assert not together[2].accounts.nav.equals(together[4].accounts.nav)


def test_an_error_in_a_shared_layer_is_that_of_every_recipe_on_it() -> None:
    """Both recipes on a base that fails say so in their own names; the one beside them is carried out.

    Dask, which has copies of errors share what they hold once it is imported, changes nothing.
    """
    import distributed  # noqa: F401 - for what it does to copies

    library = made_library(fails="def weights(stocks):\n    return {'tin': 1.0}\n", same=SAME, stocks=STOCKS)
    texts = ["fails + same", "stocks", "fails"]
    one, fine, other = evaluate_many([(parse_recipe(text, library), FREE) for text in texts], RISING)
    assert isinstance(fine, Evaluation)
    assert one.lines()[1:] == ["in the recipe 'fails + same'"]
    assert other.lines()[1:] == ["in the recipe 'fails'"]
