"""Each built-in scenario moves by the figures of its window, with the difference that it states."""

import numpy as np
import pytest

from backtester.stress.build import make_path
from backtester.stress.extend import extend
from backtester.stress.read import read_scenario, scenario_names
from backtester.stress.starting_point import StartingPoint, read_starting_point

TOLERANCE = {
    "stocks": 0.35,  # points of a return; a scale works on each session's return and not on the whole
    "gold": 0.35,
    "dollar": 0.55,  # it holds interest of its window and has that of today taken out
    "yield_10y": 3.0,  # basis points: carry from today's yields
    "yield_30y": 6.0,
    "long_bonds": 2.6,  # points: a par bond of 30 years beside the fund of 20 and more
    "vix": 0.005,  # times what it was before
}
CASH = {"stocks": -12.5, "gold": -10.8, "dollar": 6.0, "vix": 76.45 / 54.46}  # 9 to 18 March 2020
FACTS = {  # moves from close to close: Yahoo (SPY, TLT, GLD), H.15, broad dollar, Cboe
    "basis_unwind": CASH,
    "capital_war": {"stocks": -9.0 * 1.5, "gold": 9.5 * 1.5, "dollar": -3.2 * 1.5}
    | {"yield_10y": 22 * 1.5, "yield_30y": 37 * 1.5, "long_bonds": -5.9 * 1.5},
    "dash_for_cash": CASH | {"long_bonds": -15.7},
    "default_scare": {"stocks": -16.6, "gold": 7.0, "dollar": 1.5, "yield_10y": 59, "yield_30y": 70},
    "fed_steps_in": {
        "stocks": 100 * (0.875 * 1.166 - 1),
        "gold": 100 * (0.892 * 1.128 - 1),
        "dollar": 100 * (1.06 * 0.986 - 1),
        "vix": 76.45 / 54.46 * 41.67 / 76.45,
    },
    "flight_to_quality": {"stocks": -39.8, "gold": -2.8, "dollar": 12.9}
    | {"yield_10y": -64, "yield_30y": -68, "long_bonds": 10.8, "vix": 80.86 / 25.66},
    "inflation_2022": {"stocks": -24.3, "gold": -9.1, "long_bonds": -30.6, "vix": 32.02 / 16.6},
    "stagflation_slow": {"stocks": -33, "gold": 40, "dollar": 0, "yield_10y": 155, "yield_30y": 135},
    "swap_spread_unwind": {"stocks": 5.7, "gold": 6.5, "dollar": -1.4, "yield_10y": 47 + 23, "yield_30y": 44 + 30},
    "tariffs_and_inflation": {
        "stocks": 100 * (0.879 * 0.919 - 1),
        "gold": 100 * (0.955 * 0.972 - 1),
        "dollar": 100 * (1.004 * 1.033 - 1),
        "yield_10y": 6 + 72,
        "yield_30y": 17 + 60,
    },
    "term_premium": {"stocks": -6.5, "gold": 0.4, "long_bonds": -16.5},
}
LONGER = {  # yields that must rise further than the window's, since from today's the same loss takes more of them
    "dash_for_cash": (64, 78),
    "inflation_2022": (237, 198),
    "term_premium": (101, 109),
    "basis_unwind": (64, 78),  # by the model: twice as many are held
}


@pytest.fixture(scope="module")
def ends() -> dict[str, dict[str, float]]:
    """What each scenario does from the close before it to its last: %, basis points, and VIX times what it was."""
    ground = read_starting_point("us")
    return {name: _ends(ground, name) for name in scenario_names()}


def _ends(ground: StartingPoint, name: str) -> dict[str, float]:
    path = make_path(read_scenario(name), ground)
    last = len(ground.market.sessions) + path.sessions - 1
    market = extend(ground, path.lengthened(path.sessions + 2))  # by then what is published late is known
    before = {role: float(ground.figures[role].values.iloc[-1]) for role in ("yield_10y", "yield_30y", "vix")}
    known = market.observables.iloc[-1]
    moved = 100 * (market.levels.iloc[last] / ground.market.levels.iloc[-1] - 1)
    cash = float(np.prod(1 + market.bill_returns[last - path.sessions + 1 : last + 1]))
    dollar = 100 * ((1 + moved["dollar"] / 100) / cash - 1)
    yields = {role: 100 * (float(known[role]) - before[role]) for role in ("yield_10y", "yield_30y")}
    return {**moved.to_dict(), "dollar": dollar, **yields, "vix": float(known["vix"]) / before["vix"]}


@pytest.mark.parametrize("name", FACTS)
def test_the_figures_of_its_window(ends: dict[str, dict[str, float]], name: str) -> None:
    """Stocks, gold, dollar, yields and VIX move as far as they did then, and as its file says that they differ."""
    assert set(FACTS) == set(scenario_names())
    for role, expected in FACTS[name].items():
        assert ends[name][role] == pytest.approx(expected, abs=TOLERANCE[role]), role
    for role, least in zip(("yield_10y", "yield_30y"), LONGER.get(name, ()), strict=False):
        assert least < ends[name][role] < 2 * least, role


def test_the_fed_takes_yields_down(ends: dict[str, dict[str, float]]) -> None:
    """From where the dash for cash leaves them, by -45 and -42 basis points, as to 9 April 2020."""
    for role, move in (("yield_10y", -45), ("yield_30y", -42)):
        assert ends["fed_steps_in"][role] - ends["dash_for_cash"][role] == pytest.approx(move, abs=0.5), role
