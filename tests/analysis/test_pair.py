"""The reference pair: by hand, against a loop that holds units, and by property."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from backtester.analysis.pair import Pair, PairSettings, reference_pair
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
    dates = ["2024-01-02", "2024-01-31", "2024-02-01", "2024-02-02"]
    pair = pair_of([100, 110, 88, 99], [100, 100, 95, 90], dates)
    assert pair.contributions(Window(1, 2)) == pytest.approx((-0.12, -0.02), abs=1e-15)


@pytest.mark.parametrize(
    ("bonds", "kind"), [(99.0, "joint"), (100.0, "joint"), (100 + 1e-12, "joint"), (100 + 1e-7, "hedged")]
)
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
        PairSettings(stocks_weight=weight)
    assert [PairSettings(stocks_weight=one).stocks_weight for one in (0, 1)] == [0, 1]


@pytest.mark.parametrize("fall", [-0.05, -0.4999, -1e-4])
def test_falls_that_are_meant(fall: float) -> None:
    """From a basis point to just below a half."""
    assert PairSettings(stocks_fall=fall, bonds_fall=fall).stocks_fall == fall


@pytest.mark.parametrize(
    ("fall", "words"),
    [
        (0.0, "0 is no fall; a fall is a negative fraction: -0.05 for 5%"),
        (0.03, "0.03 is no fall; a fall is a negative fraction: -0.03 for 3%"),
        (5.0, "5 is no fall; a fall is a negative fraction: -0.05 for 5%"),
        (-1.0, "-1 is no fall; a fall is a negative fraction: -0.01 for 1%"),
        (-7.0, "-7 is no fall; a fall is a negative fraction: -0.07 for 7%"),
        (-100.0, "-100 is no fall; a fall is a negative fraction: -0.05 for 5%"),
        (0.999, "0.999 is no fall; a fall is a negative fraction: -0.00999 for 0.999%"),
        (-1e-9, "-1e-09 is a fall of 1e-07%, less than a basis point; -0.05 is one of 5%"),
        (-0.5, "-0.5 is a fall of 50%, deeper than any; -0.005 is one of 0.5%"),
        (-0.99, "-0.99 is a fall of 99%, deeper than any; -0.0099 is one of 0.99%"),
        (-0.00009, "-9e-05 is a fall of 0.009%, less than a basis point; -0.009 is one of 0.9%"),
    ],
)
def test_falls_that_nobody_means(fall: float, words: str) -> None:
    """Percent, a gain, nothing, a half and more, less than a basis point: what was meant is said."""
    for leg in ("stocks_fall", "bonds_fall"):
        with pytest.raises(ValidationError, match=re.escape(words)):
            PairSettings.model_validate({leg: fall})
    proposed = float(re.findall(r"-[0-9.]+(?= for| is one)", words)[0])
    assert PairSettings(stocks_fall=proposed).stocks_fall == proposed, "what is proposed is taken"


def test_the_usual_lenses() -> None:
    """60% stocks and 40% bonds; 5% and a half percent. The two are not one."""
    usual = PairSettings()
    assert (usual.legs, usual.stocks_weight) == (("stocks", "bonds"), 0.6)
    assert (usual.stocks_fall, usual.bonds_fall) == (-0.05, -0.005)
    with pytest.raises(ValidationError, match="both legs are 'gold'; a pair has two"):
        PairSettings(stocks_role="gold", bonds_role="gold")
    with pytest.raises(ValidationError, match="frozen"):
        setattr(usual, "stocks_weight", 0.5)  # noqa: B010 - which the type checker would refuse


def test_a_gap_in_a_leg_is_named() -> None:
    """How many sessions, and the first and the last of them."""
    nan = float("nan")
    with pytest.raises(DataError) as caught:
        reference_pair(made_market({"stocks": [1.0] * 5, "bonds": [nan, 1.0, nan, nan, 1.0]}))
    assert str(caught.value) == (
        "history 'made' has no bonds on 3 sessions from 2024-01-01 to 2024-01-04, and the pair needs both legs; choose "
        "--start and --end beside them"
    )


def test_a_pair_of_one_session() -> None:
    """It is worth 1, and nothing came of it; another share of stocks is another pair."""
    pair = reference_pair(made_market({"stocks": [3.0], "bonds": [2.0]}))
    assert (pair.nav.tolist(), pair.pnl.to_numpy().tolist()) == ([1.0], [[0.0, 0.0]])
    moved = made_market({"stocks": [1.0, 1.5], "bonds": [1.0, 1.1]})
    quarter = reference_pair(moved, PairSettings(stocks_weight=0.25))
    assert quarter.nav.iloc[1] == pytest.approx(1 + 0.125 + 0.075)
    assert quarter.pnl.iloc[1].tolist() == pytest.approx([0.125, 0.075])
    assert quarter.levels.pair.tolist() == quarter.nav.tolist()
