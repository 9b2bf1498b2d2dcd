"""Strategies that choose sizes: fixed mixes, risk parity, a target for volatility, a floor under the value."""

import numpy as np
import pandas as pd
import pytest

from backtester.engine.costs import NO_COSTS
from backtester.engine.evaluate import Evaluation, evaluate
from backtester.engine.execution import Execution
from backtester.errors import PluginError, RecipeError
from backtester.histories.market import Market, load_market
from backtester.plugins.loader import Library
from backtester.plugins.recipes import parse_recipe
from builders import made_market

FREE = Execution(lag=0, costs=NO_COSTS)


def evaluated(text: str, library: Library, market: Market, execution: Execution = FREE) -> Evaluation:
    """The recipe without costs and lag."""
    return evaluate(parse_recipe(text, library), market, execution)


def test_fixed_mixes_hold_what_they_say(library: Library) -> None:
    """Shares of any assets are held as they are given, and what they leave is cash."""
    market = made_market({"stocks": [1, 2], "bonds": [1, 1], "long_bonds": [1, 1], "gold": [1, 1]})
    mix = evaluated("static_mix(shares={'gold': 0.5, 'stocks': -0.25})", library, market).targets
    assert mix.iloc[0].to_dict() == {"stocks": -0.25, "bonds": 0.0, "long_bonds": 0.0, "gold": 0.5}
    quarters = evaluated("permanent", library, market)
    assert quarters.targets.iloc[1].to_dict() == {"stocks": 0.25, "bonds": 0.0, "long_bonds": 0.25, "gold": 0.25}
    assert str(quarters.schedule) == "year"


def test_fixed_mixes_refuse_what_is_no_mix(library: Library) -> None:
    """No share, one out of bounds, cash by name, and an asset that is not there are refused by name."""
    for shares in ("{}", "{'stocks': 3.5}"):
        with pytest.raises(RecipeError, match="static_mix: setting shares="):
            parse_recipe(f"static_mix(shares={shares})", library)
    market = made_market({"stocks": [1, 2], "bonds": [1, 1]})
    for asset, words in (("bills", "weights name 'bills'; cash is what"), ("goold", "weights name 'goold', which")):
        with pytest.raises(PluginError, match=words):
            evaluated(f"static_mix(shares={{'{asset}': 0.5}})", library, market)


def shares(library: Library, returns: dict[str, list[float]], **settings: object) -> pd.DataFrame:
    """What risk parity answers to those daily returns."""
    found: pd.DataFrame = library.find("risk_parity").weights(pd.DataFrame(returns), 252.0, window=10, **settings)
    return found


def test_risk_parity_is_inverse_to_volatility(library: Library) -> None:
    """Twice the volatility has half the share, once ten returns are known; ties share alike; shares add up."""
    calm, wild = [0.01, -0.01] * 6, [0.02, -0.02] * 6
    found = shares(library, {"stocks": wild, "bonds": calm}, invested=1.5)
    assert found.iloc[:9].isna().all(axis=None)
    np.testing.assert_allclose(found.iloc[9:], [[0.5, 1.0]] * 3)
    np.testing.assert_allclose(shares(library, {"stocks": calm, "bonds": calm}).iloc[9:], 0.5)


def test_risk_parity_leaves_out_what_has_no_risk(library: Library) -> None:
    """An asset that stands still, or has not begun, has no share; where none has risk there is no target."""
    moving, still, late = [0.01, -0.01] * 6, [0.0] * 12, [np.nan] * 11 + [0.01]
    found = shares(library, {"stocks": moving, "bonds": still, "gold": late}, assets=("stocks", "bonds", "gold"))
    np.testing.assert_allclose(found.iloc[9:], [[1.0, 0.0, 0.0]] * 3)
    assert shares(library, {"stocks": still, "bonds": still}).isna().all(axis=None)


def scaled(library: Library, estimate: str, vix: list[float] | None) -> list[float]:
    """The leverage of a portfolio of fourteen returns of 1% up and down, by the last ten, at a target of 8%."""
    base = pd.DataFrame({"stocks": [1.0] * 14})
    path = pd.Series(np.cumprod(1 + 0.01 * np.resize([1.0, -1.0], 14)))
    seen = None if vix is None else pd.Series(vix)
    found = library.find("vol_target").weights(base, path, 252.0, seen, window=10, max_leverage=3.0, estimate=estimate)
    leverage: list[float] = found["stocks"].tolist()
    return leverage


def test_volatility_is_estimated_three_ways(library: Library) -> None:
    """Of ten returns; of all with the newest weighted most; of ten times VIX over its mean of ten."""
    deviation = np.std([0.01, -0.01] * 5, ddof=1) * 252**0.5
    assert scaled(library, "realised", None)[9:] == pytest.approx([1.0] + [0.08 / deviation] * 4)
    returns = pd.Series(0.01 * np.resize([-1.0, 1.0], 13))  # the first level has no return
    ages = (1 - 2 / 11) ** np.arange(13.0)[::-1]
    mean = np.average(returns, weights=ages)
    bias = ages.sum() ** 2 / (ages.sum() ** 2 - (ages**2).sum())
    weighted = (np.average((returns - mean) ** 2, weights=ages) * bias * 252) ** 0.5
    assert scaled(library, "ewma", None)[13] == pytest.approx(0.08 / weighted)
    doubled = scaled(library, "vix", [10.0] * 13 + [20.0])
    assert doubled[12:] == pytest.approx([0.08 / deviation, 0.08 / (deviation * 20 / 11)])
    assert scaled(library, "vix", [np.nan] * 14) == pytest.approx(scaled(library, "realised", None))


def test_volatility_by_vix_needs_vix(library: Library) -> None:
    """Where the history has no VIX the estimate by it is refused; the others need none."""
    market = made_market({"stocks": np.linspace(1, 2, 30), "bonds": [1] * 30})
    with pytest.raises(PluginError, match="estimate='vix' needs a history with a series 'vix'"):
        evaluated("sixty_forty + vol_target(estimate='vix')", library, market)
    assert evaluated("sixty_forty + vol_target", library, market).first == 0


def floor_held(library: Library, market: Market, multiplier: float) -> float:
    """The least that the value of stocks under control stood at, over the floor of 85% of its highest so far."""
    recipe = f"sixty_forty(stocks=1.0) + drawdown_control(multiplier={multiplier}, max_exposure=3.0)"
    nav = evaluated(recipe, library, market).accounts.nav
    return float((nav / (0.85 * nav.cummax())).min())


@pytest.mark.parametrize(("loss", "holds"), [(-0.2, True), (-0.199, True), (-0.201, False)])
def test_the_floor_holds_exactly(library: Library, loss: float, holds: bool) -> None:
    """While no session loses 1/m the value keeps its floor, and stands on it at just that; a little more breaks it."""
    levels = np.cumprod([1, 1.05, 1.1, 0.95, 1 + loss, 1.3, 1.0, 1 + loss, 1.02])
    least = floor_held(library, made_market({"stocks": levels, "bonds": [1] * 9}), 5)
    assert (least >= 1 - 1e-12) == holds
    if loss == -0.2:
        assert least == pytest.approx(1.0, abs=1e-12)


def test_the_floor_of_a_value_beyond_all_numbers(library: Library) -> None:
    """Held by half, what goes from 1 to 100 and back makes 25 times the value each time: a thousand times is no number,
    and the exposure stays a half."""
    path, still = pd.Series(np.resize([1.0, 100.0], 2000)), pd.Series(np.ones(2000))
    base = pd.DataFrame({"stocks": np.ones(2000)})
    found = library.find("drawdown_control").weights(base, path, still, loss=0.9, multiplier=1.0, max_exposure=0.5)
    assert (found["stocks"] == 0.5).all()


def test_what_is_ruined_stays_in_bills(library: Library) -> None:
    """A session that takes more than all there is leaves nothing to hold, whatever comes after."""
    path, still = pd.Series([1.0, 1.0, 0.5, 1.0]), pd.Series(np.ones(4))
    base = pd.DataFrame({"stocks": np.ones(4)})
    found = library.find("drawdown_control").weights(base, path, still, multiplier=20.0, max_exposure=3.0)
    assert found["stocks"].tolist() == [3.0, 3.0, 0.0, 0.0]


def test_it_says_when_it_holds_less_than_half(library: Library) -> None:
    """At its highest a loss of 20% and a multiplier of 3 hold 0.6; after a fall of a sixth, 0.9 of it, 1/3: that is
    more than half of 0.6; after one more, 0.94444 of that, 0.176: less. It holds half of at most 0.3 then too."""
    path, still = pd.Series([1.0, 5 / 6, 0.6944444444, 2.0]), pd.Series(np.ones(4))
    asked = {"loss": 0.2, "multiplier": 3.0}
    rule = library.find("drawdown_control")
    held = rule.weights(pd.DataFrame({"stocks": np.ones(4)}), path, still, **asked)["stocks"].tolist()
    assert held == pytest.approx([0.6, 1 / 3, 3 * (1 - 0.8 / 0.85), 0.6])
    assert rule.state(path, still, **asked, max_exposure=1.0).tolist() == ["", "", "below half", ""]
    assert rule.state(path, still, **asked, max_exposure=0.3).tolist() == ["", "", "", ""]


def test_black_monday_broke_floors(library: Library) -> None:
    """19 October 1987 broke a multiplier of 6 on all US stocks (-17.4%), and one of 5 on the S&P index (-20.5%)."""
    stocks = load_market("us_1962", roles=["stocks", "bonds", "bills"]).rows(slice(6300, 6550))
    assert stocks.sessions[0] < pd.Timestamp("1987-10-19") < stocks.sessions[-1]
    assert floor_held(library, stocks, 5) > 1 > floor_held(library, stocks, 6)
    index = load_market("crisis_1987", roles=["stocks"]).levels["stocks"]
    market = made_market({"stocks": index, "bonds": [1] * len(index)}, dates=[str(day.date()) for day in index.index])
    assert floor_held(library, market, 4) > 1 > floor_held(library, market, 5)
