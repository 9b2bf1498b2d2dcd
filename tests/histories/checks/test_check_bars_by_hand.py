"""Bars, adjusted closes and units by hand: where each rule begins to speak."""

import datetime

import numpy as np
import pandas as pd
import pytest

from backtester.arrays import Array
from backtester.histories.checks.adjusted import check_decimals, check_ratio, whole_cents
from backtester.histories.checks.bars import check_bars, unfinished_signs
from backtester.histories.checks.confusion import check_confusion
from backtester.histories.checks.gaps import check_gaps
from backtester.histories.checks.levels import placeholders
from backtester.histories.checks.rounded import check_rounded
from backtester.histories.checks.subject import CheckedSeries
from backtester.histories.checks.units import check_units
from walks import new_york


def made(values: "np.typing.ArrayLike", kind: str | None = None) -> CheckedSeries:
    """A daily series."""
    numbers = np.asarray(values, dtype=float)
    return CheckedSeries("made", pd.Series(numbers, new_york(len(numbers))), kind)


def bars(count: int = 30, **last: float) -> pd.DataFrame:
    """Rows that open at 10, lie between 9 and 11 and close at 10.5, 1,000 traded; the last with other values."""
    row = {"open": 10.0, "high": 11.0, "low": 9.0, "close": 10.5, "volume": 1000.0}
    return pd.DataFrame([row] * (count - 1) + [{**row, **last}], new_york(count))


@pytest.mark.parametrize(
    ("last", "count"),
    [
        ({"high": 10.5}, 0),
        ({"high": 10.49}, 1),
        ({"low": 10.0}, 0),
        ({"low": 10.01}, 1),
        ({"open": 11.01}, 1),
        ({"close": 8.99}, 1),
        ({"close": 11.00001}, 0),
        ({"high": 9.99998, "open": 9.5, "close": 9.99999}, 0),
        ({"high": 9.99996, "open": 9.5, "close": 9.99999}, 1),
        ({"low": 9.00002, "open": 9.00001, "close": 9.5}, 0),
        ({"high": 10.4, "low": 0.0}, 1),
    ],
)
def test_a_row_outside_its_ends(last: dict[str, float], count: int) -> None:
    """Open and close may be the high or the low, to six digits, of which the last may be one off."""
    assert len(check_bars("made", bars(**last))) == count


@pytest.mark.parametrize("column", ["open", "high", "low"])
def test_a_price_of_zero_is_unknown(column: str) -> None:
    """A row with one is a note, and not also one of wrong ends."""
    (finding,) = check_bars("made", bars(**{column: 0.0}))
    assert (finding.severity, finding.message.partition(":")[0]) == ("note", "1 row whose open, high or low is zero")


@pytest.mark.parametrize(("flat", "count"), [(1, 0), (2, 1)])
def test_rows_of_one_price(flat: int, count: int) -> None:
    """More than one in a hundred of them is a note."""
    table = bars(100)
    table.iloc[:flat, :4] = 10.0
    found = check_bars("made", table)
    assert [(one.severity, one.message.partition(":")[0]) for one in found] == [
        ("note", "2 rows whose four prices are one")
    ] * count


@pytest.mark.parametrize(("count", "signs"), [(20, 0), (21, 1)])
def test_twenty_rows_are_compared(count: int, signs: int) -> None:
    """Fewer say nothing of the last."""
    assert len(unfinished_signs(bars(count, volume=1234.0))) == signs
    assert len(unfinished_signs(bars(count, close=10.123))) == signs


def test_rows_before_the_last_twenty_are_not_looked_at() -> None:
    """Odd lots 21 rows before the last are past, 20 rows before it usual; so with fractions of a cent and 3 rows."""
    for place, signs in ((-22, 1), (-21, 0), (-2, 0)):
        for volume in (1001.0, 0.0):
            table = bars(45, volume=1234.0)
            table.iloc[place, table.columns.get_loc("volume")] = volume
            assert len(unfinished_signs(table)) == signs
    for place, signs in ((-5, 1), (-4, 0), (-2, 0)):
        table = bars(45, close=10.123)
        table.iloc[place, table.columns.get_loc("close")] = 10.123
        assert len(unfinished_signs(table)) == signs


def test_a_table_without_volumes() -> None:
    """Prices alone tell by their decimals, all that are odd by name."""
    assert unfinished_signs(bars(close=10.123, high=11.123).drop(columns="volume")) == [
        "its high and close are not in whole cents as all before"
    ]
    assert unfinished_signs(bars().drop(columns="volume")) == []


@pytest.mark.parametrize(
    ("price", "whole"),
    [
        (10.25, True),
        (10.251, False),
        (999.99, True),
        (1000.0, False),
        (10.2500019, True),
        (10.2500021, False),
        (900.00008, True),
        (900.0001, False),
    ],
)
def test_whole_cents(price: float, whole: bool) -> None:
    """To two millionths of a dollar, or a ten-millionth of the price, and below a thousand dollars."""
    assert whole_cents(np.array([price, -price])).tolist() == [whole, whole]


def island(first: int, length: int, count: int = 60) -> CheckedSeries:
    """Adjusted values, among which so many from a place on are whole cents."""
    values = 10.1234567 + np.arange(count) * 0.0123457
    values[first : first + length] = np.round(values[first : first + length], 2)
    return made(values, "total_return")


@pytest.mark.parametrize(
    ("first", "length", "count"),
    [(20, 7, 0), (20, 8, 1), (0, 8, 0), (1, 8, 1), (52, 8, 0), (51, 8, 1), (20, 30, 1), (20, 31, 0)],
)
def test_whole_cents_between_adjusted_values(first: int, length: int, count: int) -> None:
    """Eight in a row with others before and after them; where most are whole the file is in cents."""
    subject = island(first, length)
    found = check_decimals(subject)
    ends = subject.dates[first].date(), subject.dates[first + length - 1].date()
    assert [(one.first, one.last) for one in found] == [ends] * count


@pytest.mark.parametrize("kind", ["yield", "rate", "return"])
def test_what_has_no_dividends_is_not_adjusted(kind: str) -> None:
    """Neither yields nor rates nor returns."""
    assert not check_decimals(made(island(20, 8).values, kind))


@pytest.mark.parametrize(
    ("close", "fall", "count"), [(1000.0, 3e-5, 1), (1000.0, 1e-5, 0), (10.0, 1.2e-3, 1), (10.0, 1e-3, 0)]
)
def test_adjusted_over_unadjusted_falls(close: float, fall: float, count: int) -> None:
    """By more than two hundred-thousandths, or a cent of the price."""
    days = new_york(4)
    ratio = np.array([0.9, 1.0 + fall, 1.0, 1.0])
    found = check_ratio("made", pd.DataFrame({"adj close": close * ratio, "close": close}, days))
    assert [(one.severity, one.dates) for one in found] == [("warning", (days[2].date(),))] * count


def test_a_fall_is_a_share_of_the_ratio() -> None:
    """Of a ratio of a half, three hundred-thousandths are half as much."""
    ratio = 0.5 * np.array([1.0 + 3e-5, 1.0, 1.0])
    found = check_ratio("made", pd.DataFrame({"adj close": 1000 * ratio, "close": 1000.0}, new_york(3)))
    assert [one.severity for one in found] == ["warning", "note"]


@pytest.mark.parametrize(("last", "count"), [(0.9989, 1), (0.9991, 0), (1.0011, 1)])
def test_adjusted_ends_at_unadjusted(last: float, count: int) -> None:
    """To a thousandth; rows without both, or at zero, are left out."""
    ratio = np.array([0.5, last, np.nan, 0.0])
    found = check_ratio("made", pd.DataFrame({"adj close": 100 * ratio, "close": 100.0}, new_york(4)))
    assert [(one.severity, one.first) for one in found] == [("note", new_york(4)[1].date())] * count


def over_years(values: list[float], years: float, kind: str) -> CheckedSeries:
    """Values evenly over so many years."""
    days = np.linspace(0, round(years * 365.25), len(values))
    dates = pd.DatetimeIndex([pd.Timestamp(2000, 1, 1) + datetime.timedelta(days=round(day)) for day in days])
    return CheckedSeries("made", pd.Series(values, dates), kind)


@pytest.mark.parametrize(
    ("values", "years", "count"),
    [
        ([5.25, 4.5, 5.25], 3, 1),
        ([5.25, 4.75, 5.25], 3, 0),
        ([5.25, 4.5, 5.25], 0.9, 0),
        ([5.25, 4.5, 5.25, 19.9], 30, 1),
        ([5.25, 4.5, 5.25, 20.0], 30, 0),
        ([5.25, 4.5, 9.25], 3, 1),
        ([5.251, 4.5, 9.25], 3, 1),
        ([5.2512, 4.5, 9.25], 3, 0),
        ([5.25123457, 4.50123457, 9.25123457], 3, 0),
        ([5.25123457, 4.50123457, 5.25123457], 3, 1),
        ([1.0, 0.80123457, 1.00123457], 3, 0),
        ([10.0, 8.0123457, 10.0123457], 3, 0),
        ([5.25, 0.0, 5.25], 3, 0),
    ],
)
def test_total_returns_that_behave_like_rates(values: list[float], years: float, count: int) -> None:
    """Below 20 for a year or more, with a fall of a tenth, and quoted in steps, or without growth or a usual start."""
    assert len(check_units(over_years(values, years, "total_return"))) == count


@pytest.mark.parametrize(
    ("values", "years", "count"),
    [
        ([0.3, 0.2, 0.1], 2.1, 1),
        ([0.31, 0.2, 0.1], 2.1, 0),
        ([-0.31, 0.2, 0.1], 2.1, 0),
        ([0.3, 0.2, 0.1], 1.9, 0),
        ([0.0, 0.0, 0.0], 3, 0),
        ([50.0, 50.0, 60.0], 1, 0),
        ([50.1, 50.1, 1.0], 1, 1),
    ],
)
def test_yields_that_are_too_small_or_too_large(values: list[float], years: float, count: int) -> None:
    """For two years never beyond 0.3, or mostly above 50."""
    assert len(check_units(over_years(values, years, "yield"))) == count


def test_a_price_is_no_yield() -> None:
    """Only yields and rates are percent a year, and none that accrues."""
    assert not check_units(over_years([0.3, 0.2, 0.1], 3, "price"))
    assert not check_units(CheckedSeries("made", over_years([0.3, 0.2, 0.1], 3, "rate").values, "rate", accrues=True))


@pytest.mark.parametrize(
    ("mean", "size", "form"),
    [
        (1.0, 0.1, "growth factors (1 + return)"),
        (1.09, 0.19, "growth factors (1 + return)"),
        (1.11, 0.1, "returns in fractions"),
        (1.0, 0.21, "returns in percent"),
        (0.0, 0.14, "returns in fractions"),
        (0.0, 0.16, "returns in percent"),
        (0.91, 0.1, "growth factors (1 + return)"),
    ],
)
def test_the_form_of_returns(mean: float, size: float, form: str) -> None:
    """Around one with a deviation under 0.2 they are factors; else above 0.15 they are percent."""
    (finding,) = check_confusion(made(mean + size * np.tile([1.0, -1.0], 50), "price"))
    assert f"looks like {form}:" in finding.message


@pytest.mark.parametrize(("beside", "marks"), [(51.0, [1]), (50.0, []), (49.0, [])])
def test_zeros_far_from_their_neighbours(beside: float, marks: list[int]) -> None:
    """More than fifty ticks, on either side."""
    for values in ([beside, 0.0, 3.0, 4.0], [2.0, 0.0, beside, 4.0]):
        assert np.flatnonzero(placeholders(made(values))).tolist() == marks
    assert not placeholders(made([beside, 0.0, 3.0, 4.0], "yield")).any()
    assert not placeholders(made([0.0, 2e-5, 1.234567, 2e-5, 0.0])).any(), (
        "nothing is before the first or after the last"
    )
    assert not placeholders(made([beside, 0.0, -3.0, 4.0])).any()


def test_zeros_of_a_series_that_stands_still_are_its_own() -> None:
    """Nine changes in ten, and more, are zero."""
    assert not placeholders(made([*[100.0] * 30, 0.0, 101.0])).any()
    assert placeholders(made([*np.linspace(100, 130, 31), 0.0, 101.0])).any()


@pytest.mark.parametrize(
    ("coarse", "fine", "few", "count"),
    [(1, 3, 0, 1), (1, 4, 0, 0), (0, 2, 0, 0), (1, 3, 2, 1), (1, 0, 0, 1), (2, 1, 0, 1)],
)
def test_a_quarter_of_the_years_is_rounded(coarse: int, fine: int, few: int, count: int) -> None:
    """Years with sixty values and steps of half a typical one; years with fewer values count neither way."""
    parts = []
    for year, size in enumerate([60] * (coarse + fine) + [59] * few):
        step = 0.01 if year < coarse else 0.0001
        values: Array = np.tile([0.01, 0.02, 0.02, 0.02, 0.02], 12)[:size] + (0 if year < coarse else step)
        parts.append(pd.Series(values, pd.date_range(f"{2000 + year}-01-03", periods=size)))
    found = check_rounded(CheckedSeries("made", pd.concat(parts), "rate"))
    ends = parts[0].index[0].date(), parts[max(coarse, 1) - 1].index[-1].date()
    assert [(one.first, one.last) for one in found] == [ends] * count


@pytest.mark.parametrize(("kind", "count"), [("level", 0), ("rate", 1), (None, 1)])
def test_levels_may_be_coarse(kind: str | None, count: int) -> None:
    """A level is what it is quoted as; a rate of steps as large as itself is not."""
    assert len(check_rounded(made(np.tile([1.0, 2.0], 40), kind))) == count


@pytest.mark.parametrize(("gone", "severity"), [(1, "note"), (2, "warning")])
@pytest.mark.parametrize("code", ["W-WED", "QS"])
def test_periods_without_a_value(code: str, gone: int, severity: str) -> None:
    """One is a note, more in a row a warning, from the first one's beginning to the last one's end."""
    dates = pd.date_range("2000-01-05", periods=60, freq=code)
    (finding,) = check_gaps(
        CheckedSeries("made", pd.Series(np.arange(1.0, 61 - gone), dates.delete(range(20, 20 + gone))))
    )
    assert finding.severity == severity
    assert finding.first <= dates[20].date() <= finding.last
    assert finding.first > dates[19].date()
    assert finding.first <= dates[19 + gone].date() <= finding.last < dates[20 + gone].date()


@pytest.mark.parametrize(("gone", "found"), [(5, "note"), (6, "warning")])
def test_a_long_gap_is_six_sessions(gone: int, found: str) -> None:
    """Five in a row are still short."""
    subject = made(np.arange(1.0, 301.0))
    values = subject.values.drop(subject.dates[100 : 100 + gone])
    assert [one.severity for one in check_gaps(CheckedSeries("made", values))] == [found]
