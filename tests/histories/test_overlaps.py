"""Copies of one series: whether they are, and where they disagree (overlaps.py, checks/copies.py)."""

import numpy as np
import pandas as pd
import pytest

from backtester.histories.checks.copies import check_copies
from backtester.histories.checks.subject import CheckedSeries
from backtester.histories.overlaps import Disagreement, _last_digit, are_copies, disagreement
from folders import weekdays
from walks import new_york, prices, steps


def by_date(*values: float) -> "pd.Series[float]":
    """Values of consecutive weekdays from 2024-01-01 on."""
    return pd.Series(values, pd.DatetimeIndex(weekdays("2024-01-01", len(values))))


def test_differences_are_told_by_hand() -> None:
    """Of five common dates two differ, by 0.2 and 0.5."""
    older, newer = by_date(1.1, 2.1, 3.1, 4.1, 5.1), by_date(1.1, 2.3, 3.1, 4.6, 5.1, 6.1)
    assert disagreement(older, newer) == Disagreement(
        5, 2, pd.Timestamp("2024-01-02"), pd.Timestamp("2024-01-04"), pytest.approx(0.35), pytest.approx(0.5)
    )


def test_rounding_is_no_difference() -> None:
    """One file has two decimals, the other four: the last digit of the coarser is all that they can differ by."""
    fine = by_date(1.2345, 2.3456, 3.4567)
    assert disagreement(fine, fine.round(2)) is None
    assert disagreement(fine.astype(np.float32).astype(float), fine) is None
    assert disagreement(fine, by_date(1.25, 2.35, 3.46)) is not None
    assert disagreement(by_date(1.23, 2.345), by_date(1.2300099, 2.3400099)) is None


def test_seven_digits_are_rounding_whatever_the_size() -> None:
    """A number of a million that was kept in 32 bits is off by a sixteenth at most."""
    fine = by_date(1e6 + 0.123456, 2e6 + 0.234567, 3e6 + 0.345678)
    assert disagreement(fine.astype(np.float32).astype(float), fine) is None
    assert disagreement(fine + 2.0, fine) is not None


@pytest.mark.parametrize(
    ("values", "unit"),
    [
        ([1.25] * 100, 0.01),
        ([*[1.25] * 99, 1.234567], 0.01),
        ([*[1.25] * 98, *[1.234567] * 2], 1e-6),
        ([1.0, 20.0], 1.0),
        ([1.23456789] * 3, 0.0),
    ],
)
def test_the_last_digit_of_nearly_all_values(values: list[float], unit: float) -> None:
    """Of 99 in a hundred; of more than six decimals there is none."""
    assert _last_digit(np.array(values)) == unit


def test_nothing_in_common_is_no_difference() -> None:
    """Series without a common date cannot disagree."""
    assert disagreement(by_date(1.0), pd.Series([1.0], pd.DatetimeIndex(["2020-01-01"]))) is None
    assert not are_copies(by_date(1.0), by_date(1.0))


def walk(seed: int) -> "pd.Series[float]":
    """Prices of a thousand sessions."""
    return prices(1000, seed=seed).values


def test_another_vintage_is_the_same_series() -> None:
    """Small revisions, a new base and false dividend steps leave it one series; another market is none."""
    one, noise = walk(1), np.random.default_rng(2)
    revised = one * (1 + noise.normal(0, 1e-5, len(one)))
    steps = np.where(np.arange(len(one)) % 60 == 0, 0.996, 1.0)
    assert are_copies(one, revised)
    assert are_copies(one, one * 7)
    assert are_copies(one, one * np.cumprod(steps))
    assert not are_copies(one, walk(3))
    assert not are_copies(one, one * np.exp(np.cumsum(noise.normal(0, 3e-4, len(one)))))  # a fund on the index


def test_rates_that_stand_still_are_not_one_series_for_that() -> None:
    """Two policy rates, unchanged on nearly every day, are told apart by the days on which they move."""
    upper = pd.Series(np.repeat(np.arange(1.0, 11), 100), pd.DatetimeIndex(weekdays("2000-01-03", 1000)))
    other = pd.Series(np.repeat(np.arange(5.0, 25), 50), upper.index)
    assert not are_copies(upper, other)


def test_files_of_one_folder_are_compared() -> None:
    """A warning names both; columns of one file, another folder's and equal copies are left alone."""
    one = walk(1)
    later = one.copy()
    later.iloc[500:] *= 1.001
    named = [
        CheckedSeries("a", one, group="x"),
        CheckedSeries("b", later, group="x"),
        CheckedSeries("a:other", later, group="x"),
    ]
    told = check_copies([*named, CheckedSeries("c", later, group="y"), CheckedSeries("d", one, group="x")])
    assert [(finding.severity, finding.series) for finding in told] == [
        ("warning", name) for name in ("a", "b", "a:other")
    ]
    assert told[0].first == one.index[500].date()
    assert told[0].message.startswith("it and b carry one series and disagree: 500 of 1,000 common dates differ, from ")


@pytest.mark.parametrize(
    ("count", "noise", "alike"), [(20, 0.04, True), (19, 0.0, False), (20, 0.06, False), (200, 0.04, True)]
)
def test_values_near_each_other_are_of_one_series(count: int, noise: float, alike: bool) -> None:
    """Nine in ten within a twentieth of a typical change, on twenty dates at least; changes here are 1."""
    values = np.arange(float(count)) - 5.0  # some below zero, so that changes in logs say nothing
    assert are_copies(by_date(*values), by_date(*(values + noise))) is alike


@pytest.mark.parametrize(("few", "alike"), [(2, True), (3, False)])
def test_a_tenth_may_be_off(few: int, alike: bool) -> None:
    """Of 21 values two may be far from the other's."""
    values = np.arange(21.0) - 5.0
    other = values.copy()
    other[:few] += 50
    assert are_copies(by_date(*values), by_date(*other)) is alike


@pytest.mark.parametrize(("drift", "alike"), [(4e-5, True), (6e-5, False)])
def test_series_that_move_in_step_are_one(drift: float, alike: bool) -> None:
    """Changes of 1% are to be within a two-hundredth of that; a series based anew has other values throughout."""
    moves = np.resize([0.01, -0.01, 0.0], 59)
    one, other = (np.exp(np.append(0.0, np.cumsum(part))) for part in (moves, moves + drift * (moves != 0)))
    assert are_copies(by_date(*one), by_date(*(7 * other))) is alike


def test_what_stands_still_is_not_in_step() -> None:
    """Two rates that nobody changed have nothing in common."""
    assert not are_copies(by_date(*[1.0] * 30), by_date(*[2.0] * 30))
    assert are_copies(by_date(*[1.0] * 30), by_date(*[1.0] * 30))


@pytest.mark.parametrize("place", [0, 1])
def test_what_is_zero_has_no_logs(place: int) -> None:
    """Such series are no copies unless their values are near each other."""
    both = [np.arange(30.0) + 1, 7 * (np.arange(30.0) + 1)]
    both[place][0] = 0.0
    assert not are_copies(by_date(*both[0]), by_date(*both[1]))


def test_steps_are_of_the_older() -> None:
    """What is near is a share of its typical change, whatever the other does once."""
    moves = np.resize([0.01, -0.01], 59)
    other = moves + 6e-5
    other[30] = 5.0
    one, two = (np.exp(np.append(0.0, np.cumsum(part))) for part in (moves, other))
    assert not are_copies(by_date(*one), by_date(*(7 * two)))
    assert are_copies(by_date(*(7 * two)), by_date(*one))


@pytest.mark.parametrize(("gap", "found"), [(0.0100, False), (0.0102, True)])
def test_a_last_digit_may_differ(gap: float, found: bool) -> None:
    """Both in cents: a cent is rounding; nine figures are all of one file's precision, so most of them are whole."""
    older, newer = by_date(1.01, 2.02, 3.03), by_date(1.01 + gap, 2.02, 3.03)
    assert (disagreement(older, newer.round(2) if gap == 0.01 else newer) is not None) == found


def test_copies_disagree_up_to_the_end_of_the_shorter() -> None:
    """From the first day on which they differ."""
    days = new_york(60)
    values = pd.Series(100 + np.cumsum(steps(60)).round(2), days)
    other = values.copy()
    other.iloc[30] += 0.02
    for cut in (values[:50], other), (values, other[:50]):
        [found] = check_copies([CheckedSeries(f"{name}:x", one) for name, one in zip("ab", cut, strict=True)])
        assert (found.first, found.last) == (days[30].date(), days[49].date())
