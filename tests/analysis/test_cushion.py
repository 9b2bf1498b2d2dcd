"""Whether bonds cushioned falls of stocks: the counts of the histories that everyone has, and base rates by hand."""

import numpy as np
import pytest

from backtester.analysis.cushion import Cushion, cushion
from backtester.analysis.period import measure_period
from backtester.analysis.selloffs import legs_of
from backtester.histories.market import Market, load_market
from builders import made_market
from witness import selloffs


def counted(found: Cushion) -> dict[str, tuple[int, int]]:
    """In how many of how many, by period."""
    return {one.name: (one.both_fell, one.stock_sell_offs) for one in found.periods}


def test_the_textbook_was_a_twenty_year_exception() -> None:
    """DESIGN section 7 on `us_1962`: 49 of 74 to 1997, 10 of 59 to 2019, 9 of 16 since."""
    market = load_market("us_1962", roles=["stocks", "bonds"])
    first = int(market.levels[["stocks", "bonds"]].notna().all(axis=1).to_numpy().argmax())
    found = cushion(measure_period(market.since(first)))
    assert counted(found) == {"to 1997": (49, 74), "from 1998 to 2019": (10, 59), "since 2020": (9, 16)}
    assert [one.base_rate for one in found.periods] == pytest.approx([0.39, 0.42, 0.5], abs=0.05)


def test_the_default_history_has_two_stories(us: Market) -> None:
    """On `us` bonds fell too in 2 of 34 to 2019 and in 9 of 16 since; falls are those of the definition."""
    period = measure_period(us)
    found = cushion(period)
    assert counted(found) == {"from 1998 to 2019": (2, 34), "since 2020": (9, 16)}
    windows = selloffs.stock_selloffs(legs_of(period.pair), period.rule)
    dates, bonds = period.sessions, period.pair.bonds.to_numpy()
    assert [(fall.start, fall.end) for fall in found.falls] == [(dates[start], dates[end]) for start, end in windows]
    assert [fall.bonds for fall in found.falls] == pytest.approx(
        [bonds[end] / bonds[start] - 1 for start, end in windows]
    )
    assert all(fall.stocks <= -0.05 for fall in found.falls)


def test_base_rate_by_hand() -> None:
    """Stocks fall once, over one session; bonds fell in two of the five windows of one session."""
    market = made_market({"stocks": [1, 1.01, 0.9, 1, 1, 1], "bonds": [1, 1.1, 1.0, 1.1, 1.2, 1.1]})
    [count] = cushion(measure_period(market)).periods
    assert (count.name, count.both_fell, count.stock_sell_offs, count.base_rate) == ("since 2020", 1, 1, 0.4)


def test_no_fall_has_no_period() -> None:
    """Where stocks never fell there is nothing to count."""
    found = cushion(measure_period(made_market({"stocks": list(np.arange(1.0, 30)), "bonds": [1.0] * 29})))
    assert (found.falls, found.periods) == ((), ())
