"""A history with a path after it: replays give the past's own returns again, and an empty path changes nothing."""

import datetime
from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest

from backtester.engine.evaluate import evaluate
from backtester.engine.execution import Execution
from backtester.errors import ScenarioError
from backtester.histories.derived import par_bond_returns
from backtester.histories.series_inputs import Figures
from backtester.plugins.loader import Library
from backtester.plugins.recipes import parse_recipe
from backtester.stress import extend as extending
from backtester.stress.extend import _bill_returns, extend, unstated_rules
from backtester.stress.figures import NewSessions
from backtester.stress.path import Path
from backtester.stress.replay import dated_window, named_window, replay
from backtester.stress.starting_point import StartingPoint, read_starting_point

FIRST, LAST = datetime.date(2020, 3, 9), datetime.date(2020, 3, 18)


@pytest.fixture(scope="module")
def us_ground() -> StartingPoint:
    """All of the embedded history."""
    return read_starting_point("us")


@pytest.mark.parametrize("at", [FIRST, LAST, None])
def test_a_replay_reproduces_the_returns(us_ground: StartingPoint, at: datetime.date | None) -> None:
    """Where it happened, right after it happened and today, every asset returns what it returned then."""
    window = dated_window(us_ground, FIRST, LAST)
    path = replay(us_ground, window)
    again = extend(read_starting_point("us", at=at), path).returns.iloc[-window.sessions :]
    then = us_ground.market.returns.iloc[window.start + 1 : window.end + 1]
    priced = ["stocks", "bonds", "long_bonds", "short_bonds", "linkers", "gold", "dollar"]
    assert np.abs(again[priced].to_numpy() - then[priced].to_numpy()).max() <= 1e-12
    if at == FIRST:  # futures and options follow from these, from bills and from VIX
        assert np.abs(again.to_numpy() - then.to_numpy()).max() <= 1e-12


def test_a_replay_where_it_happened_is_the_history(us_ground: StartingPoint) -> None:
    """Put on the close before the window, the path gives back every observable of the history too."""
    path = replay(us_ground, dated_window(us_ground, FIRST, LAST))
    again = extend(read_starting_point("us", at=FIRST), path)
    then = us_ground.market.observables.loc[again.sessions]
    assert again.sessions[-1].date() == LAST
    np.testing.assert_allclose(again.observables.to_numpy(), then.to_numpy(), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(again.bill_returns, us_ground.market.bill_returns[: len(again.bill_returns)], rtol=1e-12)


def test_a_replay_of_another_history_says_what_it_lacks(us_ground: StartingPoint) -> None:
    """Black Monday has no 30-year yield: it moves as the 10-year does, and VIX stays."""
    source, window = named_window("crisis_1987:1987-10-13..1987-10-19", "us")
    path = replay(source, window)
    rules = unstated_rules(us_ground, path)
    assert rules["yield_30y"] == "moves as yield_10y does"
    assert rules["vix"] == "stays as it is"
    assert "stocks" not in rules
    market = extend(us_ground, path)
    before, after = (market.observables[["yield_10y", "yield_30y"]].iloc[place] for place in (-window.sessions, -1))
    assert market.returns["stocks"].iloc[-1] == pytest.approx(-0.2047, abs=1e-4)
    assert (after - before)["yield_30y"] == pytest.approx((after - before)["yield_10y"], abs=1e-12)


def test_cash_goes_on_as_in_the_last_month() -> None:
    """An index of bills returned 1 basis point a day in its last 21 sessions, and 100 before: 1 a day it is."""
    past, days = np.append(np.full(30, 0.01), np.full(21, 0.0001)), np.append(np.full(30, 9.0), np.full(21, 1.0))
    ground = SimpleNamespace(
        history=SimpleNamespace(series={"bills": object()}), market=SimpleNamespace(bill_returns=past, days=days)
    )
    days = np.array([1.0, 3.0, 1.0])
    assert _bill_returns(cast(StartingPoint, ground), Path(3), days) == pytest.approx([1e-4, 3e-4, 1e-4])
    vars(ground.history)["series"] = {}
    assert _bill_returns(cast(StartingPoint, ground), Path(3), days).tolist() == [0, 0, 0], "a history without bills"


def test_a_path_without_moves_changes_nothing(us_ground: StartingPoint, library: Library) -> None:
    """After it prices, yields and inflation are what they were, and up to it so are market and portfolio."""
    market, count = extend(us_ground, Path(5)), len(us_ground.market.sessions)
    assert (market.levels[["stocks", "gold"]].iloc[count:] == market.levels[["stocks", "gold"]].iloc[count - 1]).all(
        axis=None
    )
    assert (market.observables.iloc[-1] - market.observables.iloc[count - 1])[["vix", "fed_target"]].tolist() == [0, 0]
    before = us_ground.market
    assert market.levels.iloc[:count].equals(before.levels)
    assert market.observables.iloc[:count].equals(before.observables)
    recipe = parse_recipe("sixty_forty + vol_target", library)
    own, longer = (evaluate(recipe, one, Execution()).accounts.nav for one in (before, market))
    assert longer.iloc[:count].tolist() == own.tolist()
    assert market.sha256 != before.sha256


def test_inflation_goes_on_at_its_pace(us_ground: StartingPoint) -> None:
    """Over two quiet years inflation, which a path says nothing of, stays where it stood; a path adds points to it."""
    stood = us_ground.market.observables["inflation"].iloc[-1]
    assert extend(us_ground, Path(504)).observables["inflation"].iloc[-504:].tolist() == pytest.approx([stood] * 504)
    risen = Path(504, shifts={"cpi": np.full(504, 4 / 504)})
    assert extend(us_ground, risen).observables["inflation"].iloc[-1] == pytest.approx(stood + 3.85, abs=0.01)


def test_linkers_accrue_where_nobody_reads_inflation(us_ground: StartingPoint) -> None:
    """Prices by which bonds accrue go on month by month also in a ground without the role `inflation`."""
    roles = [role for role in us_ground.history.series if role != "inflation"]
    risen = Path(90, shifts={"cpi": np.full(90, 0.05)})
    part, whole = (extend(ground, risen) for ground in (read_starting_point("us", roles=roles), us_ground))
    assert part.levels["linkers"].tolist() == pytest.approx(whole.levels["linkers"].tolist(), nan_ok=True, abs=1e-12)


def test_bonds_earn_their_yield_after_a_window_that_is_replayed(us_ground: StartingPoint) -> None:
    """Three still months after a fall of 5% the yield is where that took it, and bonds have earned it."""
    market = extend(us_ground, Path(1, returns={"bonds": np.array([-0.05])}).lengthened(64))
    yields, returns = market.observables["yield_10y"].iloc[-63:], market.returns["bonds"].iloc[-64:]
    assert returns.iloc[0] == pytest.approx(-0.05, abs=1e-12)
    assert yields.tolist() == pytest.approx([yields.iloc[0]] * 63, abs=1e-12)
    assert float(np.prod(1 + returns.iloc[1:])) - 1 == pytest.approx(
        float(yields.iloc[0]) / 100 * float(market.days[-63:].sum()) / 365.25, rel=0.01
    )


def test_bonds_are_repriced_exactly(us_ground: StartingPoint) -> None:
    """A jump of 100 basis points gives the bond the return of its exact price, not that of its duration."""
    path = Path(1, shifts={"yield_10y": np.array([1.0])})
    market = extend(us_ground, path)
    start, days = float(us_ground.figures["yield_10y"].values.iloc[-1]), float(market.days[-1])
    exact = par_bond_returns(np.array([start, start + 1]) / 100, np.array([0.0, days]), maturity_years=10)[1]
    assert market.returns["bonds"].iloc[-1] == pytest.approx(exact, abs=1e-14)
    coupon, step = start / 200, 1 + (start + 1) / 200
    price = sum(coupon / step ** (half - 2 * days / 365.25) for half in range(1, 21)) + 1 / step ** (
        20 - 2 * days / 365.25
    )
    assert exact == pytest.approx(price - 1, abs=1e-13), "each payment discounted by itself"
    assert market.observables["yield_10y"].iloc[-1] < start + 1, "a yield is published a session late"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (
            Path(1, shifts={"yield_10y": np.array([-6.0])}),
            r"takes yield_10y to -1\.50% on 2026-05-27; yields and rates",
        ),
        (Path(1, shifts={"fed_target": np.array([-9.0])}), r"takes fed_target to -5\.25%"),
        (Path(1, shifts={"vix": np.array([-90.0])}), "takes vix to .* a level stays above zero"),
        (Path(1, returns={"gold": np.array([-1.2])}), "has gold lose 120% in a session"),
        (Path(1, returns={"gold": np.array([-1.0])}), "has gold lose 100% in a session"),
    ],
)
def test_what_cannot_happen_is_refused(us_ground: StartingPoint, path: Path, message: str) -> None:
    """A yield below -1%, a VIX below zero and a loss beyond everything are refused with date or role."""
    with pytest.raises(ScenarioError, match=message):
        extend(us_ground, path)


@pytest.mark.parametrize(
    ("at", "message"),
    [
        (datetime.date(2020, 3, 8), "2020-03-08 is no session of history 'us'; those beside it are 2020-03-06 and"),
        (datetime.date(2030, 1, 1), "it covers 2007-01-04 to 2026-05-26"),
    ],
)
def test_a_path_starts_after_a_session(at: datetime.date, message: str) -> None:
    """A date that is no session is refused, and the nearest sessions are named."""
    with pytest.raises(ScenarioError, match=message):
        read_starting_point("us", at=at)


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("dash for cash", ("2020-03-09", "2020-03-18")),
        ("2025-04-02..2025-04-21", ("2025-04-02", "2025-04-21")),
        ("joint:2020-03-18", ("2020-03-04", "2020-03-18")),
        ("Black Monday", ("1987-10-13", "1987-10-19")),
    ],
)
def test_windows_are_named_in_four_ways(text: str, dates: tuple[str, str]) -> None:
    """A crisis by name, also one of another history, two dates, and a joint sell-off by a date inside it."""
    source, window = named_window(text, "us")
    sessions = source.market.sessions
    assert (str(sessions[window.start].date()), str(sessions[window.end].date())) == dates


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dash for cas", "no crisis 'dash for cas'; did you mean 'Dash for cash'?"),
        ("2020-03-18..2020-03-09", "the window from 2020-03-18 to 2020-03-09 has no session; name the earlier"),
        ("2020-03-09..soon", "'soon' is no date; write it like 2020-03-09"),
        ("joint:2017-06-01", "no joint sell-off of history 'us' holds 2017-06-01; the last begin on"),
    ],
)
def test_windows_that_are_none_are_refused(text: str, message: str) -> None:
    """What names no window is answered with what would."""
    with pytest.raises(ScenarioError, match=message.replace("?", r"\?").replace("(", r"\(")):
        named_window(text, "us")


def stretch(*bills: float) -> NewSessions:
    """So many sessions, one calendar day apart, on which bills return that."""
    sessions = pd.bdate_range("2024-01-02", periods=len(bills))
    return NewSessions(sessions, np.ones(len(bills)), np.array(bills))


def test_the_lowest_yields(us_ground: StartingPoint) -> None:
    """-1% itself is a yield, and -3% a real one; a hundredth of a point less is none."""
    extending._check_lowest("yield_10y", np.array([2.0, -1.0]), stretch(0.0, 0.0))
    with pytest.raises(ScenarioError, match=r"takes yield_10y to -1\.01% on 2024-01-03; .* stay at -1% or above"):
        extending._check_lowest("yield_10y", np.array([2.0, -1.01]), stretch(0.0, 0.0))
    last = float(us_ground.figures["real_yield_10y"].values.iloc[-1])
    extend(us_ground, Path(1, shifts={"real_yield_10y": np.array([-3.0 - last])}))
    with pytest.raises(ScenarioError, match=r"takes real_yield_10y to -3\.01% .* stay at -3% or above"):
        extend(us_ground, Path(1, shifts={"real_yield_10y": np.array([-3.01 - last])}))


def test_new_figures_by_hand() -> None:
    """An index of bills grows as cash does; an asset without a last level has ended; a level may not reach zero."""
    series = {
        "bills": SimpleNamespace(kind="total_return", is_asset=True),
        "gold": SimpleNamespace(kind="total_return", is_asset=True),
        "ended": SimpleNamespace(kind="total_return", is_asset=True),
        "vix": SimpleNamespace(kind="level", is_asset=False),
    }
    days = pd.bdate_range("2023-12-28", periods=2)
    levels = {"gold": [np.nan, 200.0], "ended": [200.0, np.nan]}
    figures = {role: Figures(pd.Series([100.0, 200.0], days)) for role in series}
    market = SimpleNamespace(levels=pd.DataFrame(levels, days))
    table = SimpleNamespace(close="16:00")
    ground = cast(StartingPoint, SimpleNamespace(
        history=SimpleNamespace(series=series, table=table), market=market, figures=figures))  # fmt: skip

    def values(role: str, path: Path) -> list[float] | None:
        found = extending._new_figures(ground, role, path, stretch(0.5, 0.25))
        return None if found is None else found.values.tolist()

    fall = Path(2, shifts={"vix": np.array([-50.0, -150.0])}, returns={"gold": np.array([-0.5, np.nan])})
    assert values("bills", fall) == pytest.approx([300, 375])
    assert values("gold", fall) == pytest.approx([100, 100])
    assert values("ended", fall) is None
    with pytest.raises(ScenarioError, match=r"the path takes vix to 0 on 2024-01-03; a level stays above zero"):
        values("vix", fall)
    assert values("vix", Path(2, shifts={"vix": np.array([-50.0, -149.0])})) == pytest.approx([150, 1])
