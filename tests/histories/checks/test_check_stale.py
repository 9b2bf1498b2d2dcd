"""Values that were carried on, and values that somebody drew."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from backtester.histories.checks.interpolated import check_interpolated
from backtester.histories.checks.stale import check_stale
from backtester.histories.checks.subject import CheckedSeries
from walks import changed, new_york, prices, steps, yields


def replaced(subject: CheckedSeries, first: int, values: "np.typing.NDArray[np.float64]") -> CheckedSeries:
    """The same with a stretch of other values."""
    return changed(subject, **{f"at_{first + place}": float(value) for place, value in enumerate(values)})


def test_a_run_of_one_value_is_told() -> None:
    """A price that stands still for six sessions."""
    subject = prices()
    value = float(subject.values.iloc[500])
    (finding,) = check_stale(replaced(subject, 500, np.full(6, value)))
    assert (finding.first, finding.last) == (subject.dates[500].date(), subject.dates[505].date())
    assert finding.message.startswith(f"6 values in a row are {value:g}; around it ")


def test_the_longest_run_is_first() -> None:
    """Of runs of six, nine and seven values the nine come first, then the seven."""
    subject = prices()
    for first, count in ((300, 6), (600, 9), (900, 7)):
        subject = replaced(subject, first, np.full(count, float(subject.values.iloc[first])))
    assert [finding.first for finding in check_stale(subject)] == [subject.dates[at].date() for at in (600, 900, 300)]


def test_a_rate_that_somebody_sets_is_not_stale() -> None:
    """A policy rate that changes every other month stands still by nature."""
    rate = pd.Series(np.repeat(np.arange(1.0, 21.0) / 4, 45), new_york(900))
    assert check_stale(CheckedSeries("target", rate, "rate")) == []


def test_a_bill_near_zero_is_not_stale() -> None:
    """A yield of a few basis points that repeats itself half the time, as in 2009 to 2015."""
    values = np.round(np.clip(0.05 + 0.01 * np.cumsum(np.round(steps(1500, 0.5))), 0, 0.2), 2)
    assert (np.diff(values) == 0).mean() > 0.4
    assert check_stale(CheckedSeries("bill", pd.Series(values, new_york(1500)), "yield")) == []


def test_single_repeats_beyond_what_rounding_makes_are_told() -> None:
    """Forty repeats in six years of an index that moves by hundreds of ticks; the least likely one is named first."""
    values = 100 + np.cumsum(steps(3000, 1.0))
    values[2000:2020] += np.cumsum(steps(20, 20.0, seed=1))
    places = [*range(100, 1900, 50), 1001, 2010]
    for place in places:
        values[place] = values[place - 1]
    subject = CheckedSeries("index", pd.Series(np.round(values + 200, 2), new_york(3000)), "level")
    (finding,) = check_stale(subject)
    assert finding.message.startswith(f"{len(finding.dates)} values repeat the one before, about ")
    assert finding.dates[0] == subject.dates[2010].date()
    assert len(finding.dates) == len(set(finding.dates))
    assert {subject.dates[place].date() for place in places} <= set(finding.dates)


@pytest.mark.parametrize(("each", "changes", "chance", "excess"), [(50, 2000, 75, 76), (8, 900, 16, 17)])
def test_repeats_beyond_those_by_rounding(each: int, changes: int, chance: int, excess: int) -> None:
    """Of one to ten ticks are ten times `each`, so half of `each` of none are expected, by chance 3 times or 6 sd more.

    Of 25 expected 75 are three times as many (6 sd more: 55); of 4 expected 4 + 6 x 2 = 16 are 6 sd more (12).
    """
    for repeats, count in ((chance, 0), (excess, 1)):
        ticks = np.concatenate([np.repeat(np.arange(1, 11), each), np.arange(100, changes + 100 - 10 * each - repeats)])
        ticks = np.random.default_rng(3).permutation(ticks) * np.tile([1, -1], 1000)[: len(ticks)]
        moves = np.insert(ticks, np.linspace(5, len(ticks) - 5, repeats).astype(int), 0) / 100
        subject = CheckedSeries("index", pd.Series(1000 + np.cumsum(moves).round(2), new_york(changes)), "level")
        assert len(check_stale(subject)) == count


def test_repeats_by_coarse_quotation_are_not_stale() -> None:
    """A share quoted in eighths, then in cents, repeats itself by rounding."""
    walk = 40 * np.exp(np.cumsum(steps(3000, 0.01)))
    walk[:1500] = np.round(walk[:1500] * 8) / 8
    assert check_stale(CheckedSeries("share", pd.Series(np.round(walk, 3), new_york(3000)), "price")) == []


def test_a_straight_line_between_two_values_is_told() -> None:
    """A hole filled by interpolation, in full precision."""
    subject = prices(decimals=6)
    ends = subject.values.iloc[[400, 412]]
    filled = replaced(subject, 400, np.linspace(ends.iloc[0], ends.iloc[1], 13))
    (finding,) = check_interpolated(filled)
    assert (finding.first, finding.last) == (subject.dates[400].date(), subject.dates[412].date())
    assert finding.message.startswith("13 values in a row lie on a straight line from ")


def test_a_line_in_logs_is_told() -> None:
    """A hole filled with a constant growth rate."""
    subject = prices(decimals=6)
    assert check_interpolated(replaced(subject, 400, np.geomspace(100, 120, 12)))


def test_a_line_under_rounding_is_told() -> None:
    """A yield filled in a straight line and rounded to basis points, whose changes are no longer equal."""
    subject = yields()
    line = np.round(np.linspace(float(subject.values.iloc[700]), float(subject.values.iloc[700]) + 0.47, 16), 2)
    (finding,) = check_interpolated(replaced(subject, 700, line))
    assert finding.first <= subject.dates[700].date() <= subject.dates[715].date() <= finding.last


def test_months_filled_to_days_are_told_together() -> None:
    """A monthly series drawn out to days is one finding with all its stretches."""
    values = np.interp(np.arange(1260), np.arange(0, 1281, 21), 100 + np.cumsum(steps(61)))
    subject = CheckedSeries("drawn out", pd.Series(values, new_york(1260)))
    assert sum(len(pd.bdate_range(one.first, one.last)) for one in check_interpolated(subject)) > 1000


def test_a_quiet_yield_is_not_drawn() -> None:
    """A yield that moves by less than a basis point lies near a line by rounding."""
    values = np.round(2 + np.cumsum(steps(3000, 0.004)), 2)
    assert check_interpolated(CheckedSeries("quiet", pd.Series(values, new_york(3000)), "yield")) == []


def test_an_index_of_bills_accrues() -> None:
    """It grows evenly over a month, and stands still where bills earn nothing: neither is told of what accrues."""
    monthly = np.repeat(np.where(np.arange(60) // 12 == 2, 0.0, np.linspace(1e-4, 3e-4, 60)), 21)
    index = CheckedSeries("made", pd.Series(np.cumprod(1 + monthly), new_york(len(monthly))), "total_return")
    assert check_stale(index)
    assert check_interpolated(index)
    accruing = replace(index, accrues=True)
    assert check_stale(accruing) == []
    assert check_interpolated(accruing) == []
