"""Base rates: whether bonds cushioned falls of stocks, and how many joint sell-offs there are by chance."""

import numpy as np
import pandas as pd
import pytest

from backtester.analysis.base_rates import ROTATIONS, Cushion, cushion, rotated_windows, rotation_counts
from backtester.analysis.pair import PairSettings, reference_pair
from backtester.analysis.period import Period, measure_period
from backtester.histories.market import Market, load_market
from builders import made_market
from witness import sell_offs

PAIR_SETTINGS = PairSettings(stocks_weight=0.5, stocks_fall=-0.03, bonds_fall=-0.01)


def counted(found: Cushion) -> dict[str, tuple[int, int]]:
    """In how many of how many, by period."""
    return {one.name: (one.both_fell, one.stock_sell_offs) for one in found.periods}


def test_the_textbook_was_a_twenty_year_exception() -> None:
    """On `us_1962` bonds fell too in 49 of 74 to 1997, 10 of 59 to 2019, 9 of 16 since."""
    market = load_market("us_1962", roles=["stocks", "bonds"])
    first = int(market.levels[["stocks", "bonds"]].notna().all(axis=1).to_numpy().argmax())
    found = cushion(measure_period(market.since(first)))
    assert counted(found) == {"from 1962 to 1997": (49, 74), "from 1998 to 2019": (10, 59), "since 2020": (9, 16)}
    assert [one.base_rate for one in found.periods] == pytest.approx([0.39, 0.42, 0.5], abs=0.05)


def test_the_default_history_has_two_stories(us: Market) -> None:
    """On `us` bonds fell too in 2 of 34 to 2019 and in 9 of 16 since; falls are those of the definition."""
    period = measure_period(us)
    found = cushion(period)
    assert counted(found) == {"from 2007 to 2019": (2, 34), "since 2020": (9, 16)}
    windows = sell_offs.stock_sell_offs(period.pair.levels, period.rule)
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
    assert (count.name, count.both_fell, count.stock_sell_offs, count.base_rate) == ("since 2024", 1, 1, 0.4)


def test_no_fall_has_no_period() -> None:
    """Where stocks never fell there is nothing to count."""
    found = cushion(measure_period(made_market({"stocks": list(np.arange(1.0, 30)), "bonds": [1.0] * 29})))
    assert (found.falls, found.periods) == ((), ())


def made(count: int, seed: int = 1, shared: float = 0.0) -> Period:
    """Legs that fall now and then, bonds with a part of what stocks do."""
    noise = np.random.default_rng(seed).normal(0, 0.01, (2, count))
    bonds = 0.6 * noise[1] + shared * noise[0]
    return period_of(list(np.cumprod(1 + noise[0])), list(np.cumprod(1 + bonds)))


def period_of(stocks: list[float], bonds: list[float]) -> Period:
    return measure_period(market_of(stocks, bonds), PAIR_SETTINGS)


def market_of(stocks: list[float], bonds: list[float]) -> Market:
    return made_market({"stocks": stocks, "bonds": bonds})


def counts_of(period: Period, seed: int = 1) -> list[int]:
    return [len(windows) for windows in rotated_windows(period, seed=seed)]


def test_each_rotation_has_the_windows_of_the_definition() -> None:
    """A market made of the rotated returns, its pair and its joint sell-offs, found the plain way."""
    period = made(300)
    levels = period.market.levels
    moves = levels["bonds"].pct_change().to_numpy()[1:]
    amounts = np.random.default_rng(1).integers(21, len(moves) - 21, ROTATIONS, endpoint=True)
    found = rotated_windows(period, seed=1)
    assert len(found) == ROTATIONS
    for amount, windows in zip(amounts[:40], found, strict=False):
        rotated = [moves[(t - amount) % len(moves)] for t in range(len(moves))]
        other = market_of(list(levels["stocks"]), list(np.cumprod([1, *(1 + np.array(rotated))])))
        expected = sell_offs.joint_sell_offs(reference_pair(other, PAIR_SETTINGS).levels, period.rule)
        np.testing.assert_array_equal(windows, expected)
    assert len(set(counts_of(period))) > 1


def test_the_same_twice() -> None:
    """The same seed gives the same counts each time, another seed others."""
    period = made(200)
    assert counts_of(period) == counts_of(period) != counts_of(period, seed=2)


def test_legs_that_fall_together_have_fewer_when_rotated() -> None:
    """Where bonds share stocks' falls the count is far above that of the rotations; where they do not, within it."""
    for shared, is_above in ((0.5, True), (0.0, False)):
        period = made(2000, shared=shared)
        everywhere = np.ones(len(period.sessions))
        [of_all] = rotation_counts(period.windows.joint, rotated_windows(period, seed=1), [("all", everywhere)])
        assert (of_all.count > of_all.high) == is_above
        assert of_all.low <= of_all.mean <= of_all.high


def test_counts_are_by_the_session_on_which_a_window_starts() -> None:
    """Of windows that start at 3, 8 and 9 one is in the first half and two in the second; and so for rotations."""
    half = np.repeat([1.0, 0.0], 6)
    own = np.array([[3, 7], [8, 9], [9, 11]])
    rotated = [own[:1], own[1:], own[:0], own]
    first, second = rotation_counts(own, rotated, [("first", half), ("second", 1 - half)])
    assert (first.name, first.count, first.rotations, first.mean) == ("first", 1, 4, 0.5)
    assert (second.count, second.mean) == (2, 1.0)
    assert (second.low, second.high) == pytest.approx((0, 2))


def test_halves_add_up_to_the_whole() -> None:
    """Every window has one name, in the sample and in each rotation."""
    period = made(600, shared=0.3)
    half = (np.arange(len(period.sessions)) < 300) * 1.0
    labels = [("all", half * 0 + 1), ("first", half), ("second", 1 - half)]
    whole, first, second = rotation_counts(period.windows.joint, rotated_windows(period, seed=1), labels)
    assert whole.count == first.count + second.count > 0
    assert whole.mean == pytest.approx(first.mean + second.mean)


def test_too_short_to_rotate() -> None:
    """A period of two windows' length has no rotations, and says so by undefined figures; one session more has all."""
    period = made(43)
    assert rotated_windows(period, seed=1) == []
    assert len(rotated_windows(made(44), seed=1)) == ROTATIONS
    [of_all] = rotation_counts(period.windows.joint, [], [("all", np.ones(43))])
    assert of_all.rotations == 0
    assert np.isnan([of_all.mean, of_all.low, of_all.high]).all()


def test_inputs_stay_as_they_were() -> None:
    """Rotating changes no leg."""
    period = made(100)
    before = period.pair.bonds.copy()
    rotated_windows(period, seed=1)
    pd.testing.assert_series_equal(period.pair.bonds, before)


def test_bonds_that_stand_still_did_not_fall() -> None:
    """From the first session to the last; of two falls of stocks bonds stood still in one, up to rounding, and fell in
    the other."""
    stocks = [1.0] * 90 + [0.9] * 90 + [0.8] * 60
    market = made_market({"stocks": stocks, "bonds": [1.0] * 90 + [1 - 1e-15] * 90 + [0.99] * 60})
    found = cushion(measure_period(market))
    assert (found.history, found.first, found.last) == ("made", market.sessions[0], market.sessions[-1])
    assert [fall.bonds for fall in found.falls] == pytest.approx([0.0, -0.01])
    assert [fall.stocks for fall in found.falls] == pytest.approx([-0.1, 0.8 / 0.9 - 1])
    [count] = found.periods
    assert (count.both_fell, count.stock_sell_offs, count.first_year, count.last_year) == (1, 2, 2024, 2024)


@pytest.mark.parametrize(
    ("begins", "names"),
    [
        ("1996-01-01", ["from 1996 to 1997", "from 1998 to 1999"]),
        ("2018-06-01", ["from 2018 to 2019", "since 2020"]),
    ],
)
def test_periods_begin_and_end_with_their_years(begins: str, names: list[str]) -> None:
    """A fall at every turn of the year belongs to the period of its first session."""
    dates = [str(day.date()) for day in pd.bdate_range(begins, periods=1000)]
    level = 0.9 ** (np.arange(1000) // 90)
    found = cushion(measure_period(made_market({"stocks": level.tolist(), "bonds": [1.0] * 1000}, dates=dates)))
    assert [one.name for one in found.periods] == names
    assert sum(one.stock_sell_offs for one in found.periods) == len(found.falls) == 11
    assert {one.base_rate for one in found.periods} == {0.0}


def test_rotations_of_the_shortest_period() -> None:
    """Of 43 moves every amount from 21 to 22; of 42 none. Chances of one count are that count."""
    assert rotated_windows(made(43), seed=1) == []
    assert len(rotated_windows(made(44), seed=1)) == ROTATIONS == 200
    own = np.array([[0, 3], [5, 6]])
    [one] = rotation_counts(own, [own, own[:1]], [("a", np.array([1.0, 0, 0, 0, 0, 1.0]))])
    assert (one.count, one.rotations, one.mean, one.low, one.high) == (2, 2, 1.5, 1.05, 1.95)


def test_a_fall_over_new_year_is_of_the_year_before() -> None:
    """Stocks fall from the last close of 2019 to the first of 2020."""
    dates = [str(day.date()) for day in pd.bdate_range("2019-11-01", periods=80)]
    level = [1.0 if date < "2020-01-01" else 0.9 for date in dates]
    [count] = cushion(measure_period(made_market({"stocks": level, "bonds": [1.0] * 80}, dates=dates))).periods
    assert (count.name, count.stock_sell_offs) == ("from 2019 to 2019", 1)
