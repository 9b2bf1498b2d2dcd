"""The reference pair: by hand, against a loop that holds units, and by property."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from backtester.analysis.pair import Lenses, Pair, reference_pair
from backtester.analysis.windows import Drawdown, Window, drawdowns
from backtester.errors import DataError
from backtester.histories.market import Market
from builders import made_market


def moved_market(stocks: list[float], bonds: list[float]) -> Market:
    """A market with those session returns, sessions ten days apart so that months pass."""
    dates = [str(day.date()) for day in pd.date_range("2024-01-05", periods=len(stocks), freq="10D")]
    levels = {"stocks": np.cumprod(1 + np.array(stocks)), "bonds": np.cumprod(1 + np.array(bonds))}
    return made_market({role: list(values) for role, values in levels.items()}, dates=dates)


def pair_by_loop(market: Market) -> pd.DataFrame:
    """Nav and each leg's P&L by holding units from one month-end close to the next."""
    levels = market.levels[["stocks", "bonds"]].to_numpy()
    months = [session.month for session in market.sessions]
    units = np.array([0.6, 0.4]) / levels[0]
    rows = [(1.0, 0.0, 0.0)]
    for now in range(1, len(levels)):
        made = units * (levels[now] - levels[now - 1])
        nav = rows[-1][0] + made.sum()
        rows.append((nav, *made))
        if now + 1 < len(levels) and months[now + 1] != months[now]:
            units = np.array([0.6, 0.4]) * nav / levels[now]
    return pd.DataFrame(rows, market.sessions, ["nav", "stocks", "bonds"])


@st.composite
def markets(draw: st.DrawFn) -> Market:
    """Markets of 2 to 30 sessions."""
    count = draw(st.integers(2, 30))
    moves = st.lists(st.floats(-0.3, 0.3), min_size=count, max_size=count)
    return moved_market(draw(moves), draw(moves))


def pair_of(stocks: list[float], bonds: list[float], dates: list[str]) -> Pair:
    return reference_pair(made_market({"stocks": stocks, "bonds": bonds}, dates=dates))


def test_is_brought_back_at_the_month_end_close() -> None:
    """Stocks +10% in January make 1.06; back at 60/40, stocks +10% in February make 1.06 squared."""
    pair = pair_of([100, 110, 121], [1, 1, 1], ["2024-01-02", "2024-01-31", "2024-02-01"])
    assert list(pair.nav) == pytest.approx([1, 1.06, 1.06**2], abs=1e-15)


def test_drifts_within_a_month() -> None:
    """Stocks +10% twice within January make 0.6 x 1.21 + 0.4."""
    pair = pair_of([100, 110, 121], [1, 1, 1], ["2024-01-02", "2024-01-03", "2024-01-04"])
    assert list(pair.nav) == pytest.approx([1, 1.06, 1.126], abs=1e-15)


def test_last_session_of_the_history_ends_no_month() -> None:
    """The pair is the same whether or not the history goes on after a session inside a month."""
    dates = ["2024-01-02", "2024-01-03", "2024-01-31", "2024-02-01"]
    whole = pair_of([1, 2, 3, 4], [4, 3, 2, 1], dates)
    part = pair_of([1, 2, 3], [4, 3, 2], dates[:3])
    assert list(part.nav) == list(whole.nav)[:3]


def test_contributions_by_hand() -> None:
    """From 1.06, stocks -20% on 0.6 and bonds -5% on 0.4 of it contribute -12% and -2%."""
    pair = pair_of([100, 110, 88], [100, 100, 95], ["2024-01-02", "2024-01-31", "2024-02-01"])
    assert pair.contributions(Window(1, 2)) == pytest.approx((-0.12, -0.02), abs=1e-15)


@pytest.mark.parametrize(("bonds", "kind"), [(99.0, "joint"), (100.0, "joint"), (100.01, "hedged")])
def test_kind_is_joint_when_bonds_returned_nothing_or_less(bonds: float, kind: str) -> None:
    """A fall is joint with bonds at or below where they were at the peak, else hedged."""
    pair = pair_of([100, 80], [100, bonds], ["2024-01-02", "2024-01-03"])
    assert pair.kind(Drawdown(0, 1, None, -0.1)) == kind


def test_needs_both_legs() -> None:
    """A history without bonds is refused by name."""
    with pytest.raises(DataError) as caught:
        reference_pair(made_market({"stocks": [1, 2]}))
    assert str(caught.value) == "history 'made' has no funded asset 'bonds' for the pair; known: stocks"


@given(markets())
def test_equals_a_loop_that_holds_units(market: Market) -> None:
    """Nav and P&L are those of holding units and resetting them at month-ends."""
    pair, slow = reference_pair(market), pair_by_loop(market)
    assert np.allclose(pair.nav, slow["nav"], rtol=1e-12, atol=0)
    assert np.allclose(pair.pnl, slow[["stocks", "bonds"]], rtol=0, atol=1e-12 * pair.nav.max())


def test_equals_the_loop_on_the_embedded_history(us: Market) -> None:
    """The same over 4,879 real sessions."""
    assert np.allclose(reference_pair(us).nav, pair_by_loop(us)["nav"], rtol=1e-11, atol=0)


@given(markets(), st.data())
def test_contributions_add_up_to_the_return(market: Market, data: st.DataObject) -> None:
    """Over any window both legs' contributions add up to the pair's return."""
    pair = reference_pair(market)
    start = data.draw(st.integers(0, len(market.sessions) - 2))
    end = data.draw(st.integers(start + 1, len(market.sessions) - 1))
    whole = pair.nav.iloc[end] / pair.nav.iloc[start] - 1
    assert sum(pair.contributions(Window(start, end))) == pytest.approx(whole, abs=1e-12)


@given(markets())
def test_units_of_the_levels_do_not_matter(market: Market) -> None:
    """Levels in other units make the same pair to the last bit."""
    other = made_market(
        {"stocks": list(market.levels["stocks"] * 4), "bonds": list(market.levels["bonds"] / 8)},
        dates=[str(day) for day in market.sessions],
    )
    assert list(reference_pair(other).nav) == list(reference_pair(market).nav)


@given(markets())
def test_inputs_stay_as_they_were(market: Market) -> None:
    """Making a pair changes no level."""
    before = market.levels.copy()
    drawdowns(np.asarray(reference_pair(market).nav), at_least=0.0)
    pd.testing.assert_frame_equal(market.levels, before)


def test_falls_of_the_embedded_history(us: Market) -> None:
    """Bonds rose from December 2007 to March 2009, a hedged fall; from 2021 to 2022 they fell too, a joint one."""
    pair = reference_pair(us)
    falls = drawdowns(np.asarray(pair.nav), at_least=0.15)
    dates = [(us.sessions[fall.peak].date().isoformat(), us.sessions[fall.trough].date().isoformat()) for fall in falls]
    assert list(zip(dates, map(pair.kind, falls), strict=True)) == [
        (("2007-12-10", "2009-03-09"), "hedged"),
        (("2020-02-19", "2020-03-23"), "hedged"),
        (("2021-12-27", "2022-10-14"), "joint"),
    ]
    assert [fall.depth for fall in falls] == pytest.approx([-0.3246, -0.1839, -0.2162], abs=5e-5)


@pytest.mark.parametrize("weight", [-0.01, 1.01])
def test_a_share_beyond_the_whole_is_refused(weight: float) -> None:
    """The share of stocks is from 0 to 1, both included."""
    with pytest.raises(ValidationError):
        Lenses(stocks_weight=weight)
    assert [Lenses(stocks_weight=one).stocks_weight for one in (0, 1)] == [0, 1]
