"""The scales that several checks measure by, each by hand."""

import datetime

import numpy as np
import pandas as pd
import pytest

from backtester.arrays import Array
from backtester.histories.checks.subject import (
    CheckedSeries,
    changes_by_unit,
    holds_returns,
    local_scale,
    looks_like_changes,
    significant,
    tick_size,
    true_runs,
)
from walks import new_york


def made(values: "np.typing.ArrayLike", kind: str | None = None) -> CheckedSeries:
    """A series of New York's sessions."""
    numbers = np.asarray(values, dtype=float)
    return CheckedSeries("made", pd.Series(numbers, new_york(len(numbers))), kind)


@pytest.mark.parametrize(
    ("number", "rounded"),
    [
        (123456789.0, 123456800.0),
        (-1234567.8, -1234568.0),
        (0.0012345678, 0.001234568),
        (1.23456e-12, 1.235e-12),
        (1.2345678901234e20, 1.2345678901e20),
        (0.0, 0.0),
        (np.inf, np.inf),
    ],
)
def test_seven_digits(number: float, rounded: float) -> None:
    """All but the first seven digits are rounded off, between the fifteenth decimal and ten thousand millions."""
    assert significant(np.array([number]))[0] == pytest.approx(rounded, rel=1e-14)


def test_as_many_digits_as_are_asked() -> None:
    """Three of 1,234 are 1,230."""
    assert significant(np.array([1234.0, 0.12345]), 3).tolist() == [1230.0, 0.123]


@pytest.mark.parametrize(
    ("values", "tick"),
    [
        ([1, 2, 3], 1.0),
        ([1.5, 2, 3], 0.1),
        ([1.25, 2, 3], 0.01),
        ([1.125, 2, 3], 0.001),
        ([1.0625, 2, 3], 1e-4),
        ([1.03125, 2, 3], 0.0),
        ([1.0009, 2, 3], 1.0),
        ([1.0011, 2, 3], 1e-4),
        ([1.25] + [2.0] * 99, 1.0),
        ([1.25, 1.75] + [2.0] * 98, 0.01),
    ],
)
def test_the_tick_is_the_step_of_nearly_all(values: list[float], tick: float) -> None:
    """Of a hundred values one may be finer, and a thousandth of the step is rounding; past four decimals is none."""
    assert tick_size(np.array(values, float)) == pytest.approx(tick)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("yield", [[1.0, 2.0]]),
        ("rate", [[1.0, 2.0]]),
        ("price", [[np.log(2), np.log(2)]]),
        ("return", [[2.0, 4.0]]),
        (None, [[1.0, 2.0], [np.log(2), np.log(2)]]),
    ],
)
def test_moves_by_kind(kind: str | None, expected: list[list[float]]) -> None:
    """1, 2, 4: points of a yield, logs of a price, itself of returns, and both ways where the kind is unknown."""
    found = changes_by_unit(made([1, 2, 4], kind))
    assert [one.tolist() for one in found] == [pytest.approx(one) for one in expected]


def test_returns_without_a_kind_are_moves_by_their_looks() -> None:
    """Sixty values that change sign at each step are moves; said to be a yield they are levels all the same."""
    values = np.tile([1.0, -1.0], 30)
    assert holds_returns(made(values))
    assert not holds_returns(made(values, "yield"))
    assert holds_returns(made(np.arange(60.0), "return"))
    assert not holds_returns(made(np.arange(60.0)))


def test_what_does_not_move_does_not_look_like_changes() -> None:
    """One value throughout says nothing of the next; a small move and back does."""
    assert not looks_like_changes(np.full(60, 0.5))
    assert looks_like_changes(0.5 + 1e-9 * np.tile([1.0, -1.0], 30))


@pytest.mark.parametrize(
    ("floor", "expected"),
    [
        (0.0, [2 * 1.2533, 2 * 1.4826, 3 * 1.4826, 4 * 1.4826, 4.5 * 1.4826]),
        (3.0, [3.0, 3.0, 3 * 1.4826, 4 * 1.4826, 4.5 * 1.4826]),
    ],
)
def test_the_local_scale_by_hand(floor: float, expected: list[float]) -> None:
    """1, -2, 3, -4, 5 by a neighbour on either side: medians 1.5, 2, 3, 4, 4.5, the others' means 2, 2, 3, 4, 4."""
    scale = local_scale(np.array([1.0, -2, 3, -4, 5]), floor, window=1)
    assert scale.tolist() == pytest.approx(expected)


def test_a_change_alone_has_its_own_scale() -> None:
    """There are no others whose mean could be taken."""
    assert local_scale(np.array([2.0])).tolist() == pytest.approx([2 * 1.4826])


@pytest.mark.parametrize(("place", "expected"), [(252, 1.2533 / 252), (253, 0.0)])
def test_a_year_on_either_side(place: int, expected: float) -> None:
    """One change 252 sessions away counts among the 252 others, one of 253 sessions away does not."""
    changes: Array = np.zeros(600)
    changes[place] = 1.0
    assert local_scale(changes)[0] == pytest.approx(expected)


def test_runs_by_hand() -> None:
    """Each as its first place and one past its last, those at the ends too."""
    assert true_runs(np.array([True, True, False, True, False, True])) == [(0, 2), (3, 4), (5, 6)]
    assert true_runs(np.array([False, False])) == []


def test_a_stretch_is_absent_from_its_first_day_to_its_last() -> None:
    """Both ends are in it, the days beside them are not."""
    stretch = datetime.date(2024, 1, 3), datetime.date(2024, 1, 5)
    subject = CheckedSeries("made", pd.Series([1.0], new_york(1)), absent=(stretch,))
    assert subject.is_absent(pd.date_range("2024-01-02", "2024-01-06")).tolist() == [False, True, True, True, False]
