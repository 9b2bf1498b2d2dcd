"""The ledger's journal of a few sessions, by hand."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from backtester.engine.book import Book
from backtester.engine.costs import Costs
from backtester.engine.ledger_units import MONEY, Holdings, Journal, _gap_share, keep_journal
from builders import made_market

FREE = {"trade_bps": 0, "unfunded_trade_bps": 0, "borrow_spread_bps": 0, "short_fee_bps": 0}


def journal(levels: dict[str, list[float]], weight: float, flags: list[bool], **costs: float) -> Journal:
    """Of a million, so much of it in each asset; the future is not funded. A session is a tenth of a year."""
    market = made_market(levels, unfunded=["future"])
    market.days[:] = 36.5
    targets = pd.DataFrame(weight, market.sessions, list(levels))
    return keep_journal(Book(market, targets, np.array(flags), 0, np.inf, Costs(**FREE | costs)), np.array(flags), 1e6)


def test_three_sessions_by_hand() -> None:
    """Half in stocks and half in a future, bought twice, for 100 an order; the second time at 1.2 and 1.1.

    Of 999,800 half is 499,900. They rise by 99,980 and 49,990: half of 1,149,770 less 200 is 574,785. The future then
    falls by a tenth, and cash with it. Margin is short by the notional; fees of even sessions are sold by the sixth
    column and bought by the seventh, those of odd ones the other way round.
    """
    kept = journal({"stocks": [100, 120, 132], "future": [100, 110, 99]}, 0.5, [True, True, False], fixed_bps=1)
    assert list(kept.prices) == ["stocks", "future", *MONEY]
    assert kept.prices.iloc[-1].tolist() == pytest.approx([1.32, 0.99, 1, 1, 1, 1, 1])
    held, left = [574_785 / 1.2, 574_785 / 1.1], 574_785 * 0.9
    expected = [
        [499_900, 499_900, 499_900, 0, -499_900, -200, 200],
        [*held, 574_785, 0, -574_785, 0, 0],
        [*held, left, 0, -left, 0, 0],
    ]
    for row, wanted in zip(kept.units.tolist(), expected, strict=True):
        assert row == pytest.approx(wanted, abs=1e-6)
    assert kept.fees.tolist() == [[0, 0, 0, 0, 0, 200, 0], [0, 0, 0, 0, 0, 0, 200], [0] * 7]
    assert not kept.rates.any()


def test_costs_of_a_year_by_hand() -> None:
    """A twelfth of 120 basis points less on cash, half of NAV; 50 of management on all of it, at the close before."""
    kept = journal({"stocks": [100, 110]}, 0.5, [True, False], management_fee_bps=50, cash_spread_bps=120)
    fee = 1e6 * 0.005 / 10
    assert kept.prices["cash lent"].tolist() == pytest.approx([1, 1 - 0.0012])
    assert kept.fees[1].tolist() == pytest.approx([0, 0, 0, 0, 0, fee])
    assert kept.units[1].tolist() == pytest.approx([5e5, 5e5 - fee / 0.9988, 0, 0, fee, -fee])


def test_debt_and_shorts_by_hand() -> None:
    """Twice stocks owes all it has, at 100 basis points a year; what is short pays 200 of what it borrowed."""
    twice = journal({"stocks": [100, 110]}, 2.0, [True, False], borrow_spread_bps=100)
    assert twice.prices["cash owed"].tolist() == pytest.approx([1, 1.001])
    assert twice.units.tolist() == [pytest.approx([2e6, 0, -1e6, 0, 0, 0])] * 2
    short = journal({"stocks": [100, 110]}, -0.5, [True, False], short_fee_bps=200)
    assert short.fees[:, -1].tolist() == pytest.approx([0, 5e5 * 0.02 / 10])
    assert short.units[1, :2].tolist() == pytest.approx([-5e5, 1.5e6 - 1000])


def test_what_ends_is_paid_out_at_no_cost() -> None:
    """Gold ends after the second session: from the third on it is cash, and only the purchases paid a rate."""
    kept = journal({"stocks": [100, 100, 100], "gold": [100, 200, np.nan]}, 0.25, [True, False, True], trade_bps=100)
    bought = 0.25e6 / (1 + 0.01 * 0.5)
    assert kept.rates[0, :2].tolist() == [0.01, 0.01]
    assert kept.rates[2, 1] == 0
    assert kept.units[:, 1].tolist() == pytest.approx([bought, bought, 0])
    assert kept.units[2, 0] > bought, "a quarter of more"


FUNDED, UNFUNDED = [True, True], [True, False]


@pytest.mark.parametrize(
    ("gaps", "wanted", "funded", "bands", "share"),
    [
        ([0.25, -0.125], [0.5, 0.5], FUNDED, {"band": 0.25}, 1.0),  # half of 0.25, 0.125 and 0.125 of cash
        ([0.25, -0.125], [0.5, 0.5], FUNDED, {"band": 0.2501}, 0.0),
        ([0.25, 0.125], [0.5, 0.5], FUNDED, {"band": 0.375}, 1.0),  # cash is off by as much
        ([0.25, 0.125], [0.5, 0.5], UNFUNDED, {"band": 0.375}, 1.0),  # the notional in full, and uses no cash
        ([0.25, 0.125], [0.5, 0.5], UNFUNDED, {"band": 0.3751}, 0.0),
        ([0.25, -0.25], [0.5, 0.5], FUNDED, {"band": 0.125, "to_edge": True}, 0.5),
        ([0.25, -0.25], [0.5, 0.5], FUNDED, {"band": 0.25, "to_edge": True}, 0.0),  # at the edge already
        ([0.125, 0.0], [0.5, 0.5], FUNDED, {"relative_band": 0.25}, 1.0),
        ([0.124, 0.0], [0.5, 0.5], FUNDED, {"relative_band": 0.25}, 0.0),
        ([0.0, -0.125], [0.5, -0.5], FUNDED, {"relative_band": 0.25}, 1.0),  # of a short by its size
        ([1e-13, 0.0], [0.0, 0.5], FUNDED, {"relative_band": 0.25}, 0.0),  # rounding about a target of nothing
        ([1e-6, 0.0], [0.0, 0.5], FUNDED, {"relative_band": 0.25}, 1.0),
        ([0.25, -0.25], [0.25, 0.5], FUNDED, {"band": 0.125, "relative_band": 0.25, "to_edge": True}, 0.75),
        ([0.25, -0.25], [0.5, 0.5], FUNDED, {}, 0.0),
    ],
)
def test_what_bands_call_for(
    gaps: list[float], wanted: list[float], funded: list[bool], bands: dict[str, Any], share: float
) -> None:
    """The whole gap, or to the nearest edge that is reached: half of what funded weights and cash are off, and all of
    what a notional is, against the band; each asset's gap against its part of the target."""
    book = SimpleNamespace(**{"band": np.inf, "relative_band": np.inf, "to_edge": False} | bands)
    found = _gap_share(cast(Book, book), *(np.array(one) for one in (gaps, wanted, funded)))
    assert found == share


def test_cash_is_lent_at_one_price_and_owed_at_another() -> None:
    """Behind two assets stand the prices of a bill that lends and of one that borrows; notionals are worth nothing."""
    row = np.array([10.0, 100.0, 2.0, 4.0])
    lends, owes = (Holdings(np.array(UNFUNDED), np.array([3.0, 1.0]), bills) for bills in (5.0, -5.0))
    assert (lends.cash(row), owes.cash(row)) == (10.0, -20.0)
    assert (lends.worth(row), owes.worth(row)) == (40.0, 10.0)
    for cash, bills in ((8.0, 4.0), (-8.0, -2.0), (0.0, 0.0), (0.5, 0.25)):
        lends.set_cash(cash, row)
        assert lends.bills == bills
