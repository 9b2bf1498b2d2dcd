"""Repeated and drawn values, by hand: how many, beside how many others."""

import numpy as np
import pandas as pd
import pytest

from backtester.arrays import Array
from backtester.histories.checks import interpolated, stale
from backtester.histories.checks.subject import CheckedSeries
from walks import new_york


def standing(run: int, repeats: "list[int] | np.typing.NDArray[np.int64]", count: int = 1401) -> CheckedSeries:
    """A rising yield that stands still for `run` changes from the 600th on, and for one at other places."""
    changes = np.ones(count - 1)
    changes[600 : 600 + run] = 0.0
    changes[repeats] = 0.0
    return CheckedSeries("made", pd.Series(np.cumsum(np.append(1.0, changes)), new_york(count)), "yield")


@pytest.mark.parametrize(
    ("repeats", "run", "count"), [(0, 2, 0), (0, 3, 1), (125, 10, 0), (125, 11, 1), (126, 11, 0), (126, 30, 0)]
)
def test_runs_longer_than_chance(repeats: int, run: int, count: int) -> None:
    """Of 504 changes around 125 of none are a share of 126 / 506: under a quarter, and 11 in a row one time in 3,000.

    Without any other a run of four values is told, one of three is not.
    """
    after = 600 + run
    places = np.concatenate([np.arange(348, 599, 4), np.arange(after + 1, after + 252, 4)])
    assert len(stale._runs(standing(run, places[126 - repeats :]))) == count


@pytest.mark.parametrize(
    ("place", "share"), [(348, "0.4%"), (347, "0.2%"), (605 + 251, "0.4%"), (605 + 252, "0.2%"), (598, "0.4%")]
)
def test_a_year_on_either_side_is_around(place: int, share: str) -> None:
    """252 changes before a run of five and 252 after it; one repeat among them is 2 / 506."""
    (finding,) = stale._runs(standing(5, [place]))
    assert finding.message.startswith("6 values in a row are 60")
    assert finding.message.endswith(f"; around it {share} of values repeat the one before")


def sizes(first: int, counts: int, *, steps: "list[int] | None" = None) -> Array:
    """Eleven sizes of changes, each so often, the later ones once."""
    ladder = first + np.concatenate([[0], np.cumsum(steps or [1] * 12)])
    return np.concatenate([np.repeat(ladder[:10], counts), ladder[10:], [0.0]])


@pytest.mark.parametrize(
    ("size", "tick"),
    [
        (sizes(1, 2), 1.0),
        (sizes(1, 1), 0.0),
        (sizes(2, 2), 1.0),
        (sizes(3, 2), 0.0),
        (sizes(1, 2, steps=[1] * 5 + [3] * 7), 2.0),
        (2 * sizes(1, 2), 2.0),
        (0.5 * sizes(1, 2), 0.5),
        (np.repeat(np.arange(1.0, 11.0), 3), 0.0),
        (np.repeat(np.arange(1.0, 12.0), 3), 1.0),
    ],
)
def test_the_tick_of_changes(size: Array, tick: float) -> None:
    """The median step of the eleven smallest sizes, if ten of them come twice on average and begin below three."""
    assert stale._tick(size) == tick


@pytest.mark.parametrize(("count", "kind", "told"), [(29, "yield", 0), (30, "yield", 1), (30, "return", 0)])
def test_thirty_values_are_needed(count: int, kind: str, told: int) -> None:
    """Fewer say nothing, and returns may repeat."""
    changes = np.ones(count - 1)
    changes[10:15] = 0.0
    values = pd.Series(np.cumsum(np.append(1.0, changes)), new_york(count))
    found = stale.check_stale(CheckedSeries("made", values, kind))
    assert len(found) == told
    words = "6 values in a row are 11; around it 3.8% of values repeat the one before"  # one of 26
    assert {one.message for one in found} <= {words}


@pytest.mark.parametrize(("repeats", "changes", "told"), [(3, 80, 0), (4, 80, 1), (4, 79, 0)])
def test_four_repeats_are_told_where_they_are_rare(repeats: int, changes: int, told: int) -> None:
    """Four of eighty changes are a twentieth: more would be usual. The first change counts as any other.

    The tick is 1 by 100 to 105, and of ten sizes of it only 1 and 2 come: a tenth of a repeat is expected.
    """
    sizes = [1, 2, *[100, 101, 102, 103, 104, 105] * 4, 2000, 3000, 4000]
    sizes += [5000 + 13 * place for place in range(changes - repeats - len(sizes))]
    moves = np.array(sizes) * np.resize([1, -1], len(sizes))
    moves = np.insert(moves, [0, 20, 40, 60][:repeats], 0)
    values = pd.Series(200_000.0 + np.cumsum(np.append(0, moves)), new_york(changes + 1))
    found = stale._repeats(CheckedSeries("made", values, "level"))
    assert [sorted(one.dates)[0] for one in found] == [values.index[1].date()] * told
    assert [one.message.partition(";")[0] for one in found] == [
        "4 values repeat the one before, about 0 would by rounding"
    ] * told


def test_repeats_that_rounding_explains_are_counted_by_ten_sizes() -> None:
    """Four of each of ten sizes, which come with two signs: two of none are usual. The eleventh size does not count,
    and where no two changes are of one size there is no step to round to."""
    large = [5000 + 13 * place for place in range(180)]
    for sizes, told in (
        ([*np.repeat(range(1, 11), 4), *[11] * 20], "12 values repeat the one before, about 2"),
        ([], ""),
    ):
        whole = np.array([*sizes, *large, *(6000 + 17 * place for place in range(60 - len(sizes)))])
        moves = np.insert(whole * np.resize([1, -1], len(whole)), np.arange(12) * 20, 0)
        values = pd.Series(200_000.0 + np.cumsum(np.append(0, moves)), new_york(len(moves) + 1))
        found = stale._repeats(CheckedSeries("made", values, "level"))
        assert [one.message.partition(" would")[0] for one in found] == ([told] if told else [])


@pytest.mark.parametrize(("size", "told"), [(16.0, 1), (15.0, 0)])
def test_changes_of_fifteen_ticks_are_large(size: float, told: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With 12 of 312 that are none the mean change is 15.4 ticks, or 14.4. Ticks are those of a thousand values."""
    lengths: list[int] = []
    monkeypatch.setattr(stale, "_tick", lambda sizes: lengths.append(len(sizes)) or 1.0)
    moves = np.insert(size * np.resize([1.0, -1.0], 300), np.arange(12) * 20, 0.0)
    many = np.tile(moves, 7)
    for changes in (moves, many):
        values = pd.Series(1000.0 + np.cumsum(np.append(0, changes)), new_york(len(changes) + 1))
        assert len(stale._repeats(CheckedSeries("made", values, "level"))) == told
    assert lengths == [312, 1000, 1000, 184]


def bent(count: int, equal: int, change: float = 37.5) -> Array:
    """Squares, no two changes of which are equal, but for some from the 50th on."""
    changes = 2.0 * np.arange(count - 1) + 1
    changes[50 : 50 + equal] = change
    return np.cumsum(np.append(1.0, changes))


@pytest.mark.parametrize(
    ("count", "equal", "change", "found"),
    [(126, 4, 37.5, True), (128, 4, 37.5, False), (126, 3, 37.5, False), (128, 5, 37.5, True), (126, 9, 0.0, False)],
)
def test_equal_changes_beyond_chance(count: int, equal: int, change: float, found: bool) -> None:
    """One in fifty is equal by chance: 124 x 0.02^3 < 0.001 < 126 x 0.02^3; a change of nothing is no line."""
    flags = interpolated._equal_changes(bent(count, equal, change), 0.0)
    assert np.flatnonzero(flags).tolist() == (list(range(50, 51 + equal)) if found else [])


@pytest.mark.parametrize(("change", "found"), [(0.0034, False), (0.0036, True)])
def test_equal_changes_are_more_than_rounding(change: float, found: bool) -> None:
    """4e-7 of the median, 2,927, is what 32-bit floats leave; a change is three times that."""
    assert interpolated._equal_changes(bent(126, 9, change), 0.0).any() == found


@pytest.mark.parametrize(("equal", "found"), [(14, False), (15, True)])
def test_equal_changes_are_usual_where_others_are(equal: int, found: bool) -> None:
    """Where half of the changes around are equal, 0.4 are by chance: 252 x 0.4^13 > 0.001 > 252 x 0.4^14."""
    changes = np.resize([1.0, 1.0, 1.0, 5.0, 9.0], 254)
    changes[100 : 100 + equal] = 37.5
    flags = interpolated._equal_changes(np.cumsum(np.append(1.0, changes)), 0.0)
    assert flags[100 : 101 + equal].all() == flags.any() == found


def repeated(first: int, equal: list[int], count: int) -> Array:
    """A series whose changes grow by one each time, but for ten from the one of that number on and those listed."""
    grows = np.ones(count + 1)
    grows[[one + 1 for one in [*range(first, first + 10), *equal]]] = 0.0
    return np.cumsum(np.append(1.0, np.cumsum(grows)))


@pytest.mark.parametrize(
    ("first", "others", "others_from", "count", "found"),
    [
        (252, 132, 0, 595, True),  # 133 of 506
        (252, 133, 0, 595, False),  # 134 of 506
        (252, 132, 0, 618, True),
        (252, 133, 0, 618, False),
        (253, 133, 0, 595, True),  # the first of them is more than 252 before
        (253, 133, 1, 595, False),
    ],
)
def test_equal_changes_of_a_year_on_either_side(
    first: int, others: int, others_from: int, count: int, found: bool
) -> None:
    """Ten equal changes are too many where those around, one more of two more, are under (0.001 / count)^0.1.

    Of 595 changes that is 0.26456, of 618 0.26356: between 133 and 134 of 506.
    """
    before = [others_from + 2 * place for place in range(66)]
    after = [first + 10 + 251 - 2 * place for place in range(others - 66)]
    flags = interpolated._equal_changes(repeated(first, [*before, *after], count), 0.0)
    assert flags.any() == found
    beyond = [*before[1:], *after, first + 10 + 252]
    assert others_from or interpolated._equal_changes(repeated(first, beyond, count), 0.0).any() == (others < 134)


@pytest.mark.parametrize(
    ("change", "step", "found"), [(3.0, 0.0, False), (3.5, 0.0, True), (3.5, 0.9, True), (3.5, 1.0, False)]
)
def test_a_thousandth_of_a_tick_is_rounding(change: float, step: float, found: bool) -> None:
    """With a tick of 1,000 changes are equal to within 1, and more than 3: a hundred of them between jumps of 10^6."""
    changes = np.resize([1e6, -1e6, 1e6, -1.5e6, 0.5e6], 1000)
    changes[400:500] = change + np.resize([0.0, step], 100)
    flags = interpolated._equal_changes(np.cumsum(np.append(0.0, changes)), 1000.0)
    assert np.flatnonzero(flags).tolist() == (list(range(400, 501)) if found else [])


def test_equal_growth_is_a_line_in_logs_of_positive_values() -> None:
    """A fund that grows by the same share each day, from whatever level; a series that reaches 0 has no logs."""
    growth = np.resize([1.01, 1.03, 0.97, 1.02, 0.99, 1.005], 120) + np.arange(120) * 1e-5
    growth[60:72] = 1.02
    values = pd.Series(0.01 * np.cumprod(growth), new_york(120))
    (finding,) = interpolated.check_interpolated(CheckedSeries("made", values, "price"))
    assert finding.message.startswith("13 values in a row")
    assert (
        interpolated.check_interpolated(
            CheckedSeries("made", values.where(values.index != values.index[5], 0.0), "yield")
        )
        == []
    )


def lined(length: int, rise: float, bump: float = 0.0, jump: float = 50.0) -> Array:
    """A series that jumps at each step, but for a stretch from the 40th on that lies on a rounded line."""
    numbers = np.resize([0.0, jump], 100)
    numbers[40 : 40 + length] = np.round(4 * jump + np.linspace(0, rise, length))
    numbers[45] += bump
    return numbers


@pytest.mark.parametrize(
    ("length", "rise", "bump", "found"),
    [(12, 6, 0, 12), (12, 5, 0, 0), (11, 6, 0, 0), (13, 12, 0, 13), (12, 11, 1, 12), (12, 11, -1, 12), (12, 11, 2, 0)],
)
def test_within_a_tick_of_a_line(length: int, rise: float, bump: float, found: int) -> None:
    """Twelve values that move by more than five ticks, none of them more than one off the line."""
    flags = interpolated._on_a_line(lined(length, rise, bump), 1.0)
    assert np.flatnonzero(flags).tolist() == list(range(40, 40 + found))
    assert not interpolated._on_a_line(lined(length, rise, bump), 0.0).any()


def test_a_line_through_a_quiet_series_is_chance() -> None:
    """Where steps are no larger than ticks a line is nothing."""
    assert not interpolated._on_a_line(np.arange(100.0), 1.0).any()
    assert interpolated._on_a_line(lined(12, 11)[:52], 1.0)[40:].all()


@pytest.mark.parametrize(("chance", "found"), [(0.30, True), (0.33, False)])
def test_ten_values_are_near_a_line_by_chance(chance: float, found: bool) -> None:
    """Each of the ten between the ends with the chance of two ticks: 100 x 0.30^10 < 0.001 < 100 x 0.33^10."""
    jump = 2 / (2.5066 * chance) * 2**0.5 / (2 * 1.4826)  # a zigzag's second differences are twice its jump
    assert interpolated._on_a_line(lined(12, 11, jump=jump), 1.0).any() == found


def test_roughness_is_of_thirty_values_on_either_side() -> None:
    """One bend among even ones is seen by the 30 before it and the 30 after, and not by itself."""
    bends = np.full(120, 2.0)
    bends[50] = 100.0
    rough = interpolated._roughness(np.cumsum(np.append(0.0, np.cumsum(np.append(0.0, bends)))))
    seen = np.flatnonzero(~np.isclose(rough, 2 * 1.4826 / 2**0.5))
    assert seen.tolist() == [place for place in range(20, 81) if place != 50]


def test_the_chance_of_a_small_value() -> None:
    """A width over the root of 2 pi times the deviation; certain where there is none."""
    assert interpolated._chance(np.array([1.0, 2.0, 0.0]), 0.5).tolist() == pytest.approx([0.19947, 0.09974, 1.0], 1e-4)


def test_roughness_is_of_second_differences() -> None:
    """Those of squares are 2 throughout: 1.4826 times as much over the root of 2."""
    assert interpolated._roughness(np.arange(9.0) ** 2).tolist() == pytest.approx([2 * 1.4826 / 2**0.5] * 7)


@pytest.mark.parametrize(
    ("count", "kind", "code", "told"),
    [
        (59, "yield", "B", 0),
        (60, "yield", "B", 1),
        (60, "return", "B", 0),
        (60, "rate", "YS", 0),
        (60, "yield", "YS", 1),
        (60, "rate", "B", 1),
    ],
)
def test_what_is_looked_at_for_lines(count: int, kind: str, code: str, told: int) -> None:
    """Sixty values that are no returns, nor the irregular steps of a rate that somebody sets."""
    values = pd.Series(bent(count, 8), pd.date_range("1900-01-01", periods=count, freq=code))
    assert len(interpolated.check_interpolated(CheckedSeries("made", values, kind))) == told


def test_the_longest_line_is_first() -> None:
    """With its ends in words."""
    values = bent(300, 8)
    values[150:] += 0.25
    numbers = np.diff(values)
    numbers[200:220] = 11.5
    values = pd.Series(np.cumsum(np.append(1.0, numbers)), new_york(300))
    first, second = interpolated.check_interpolated(CheckedSeries("made", values, "yield"))
    ends = f"from {values.iloc[200]:g} to {values.iloc[220]:g}"
    assert first.message == f"21 values in a row lie on a straight line {ends}"
    assert second.first == values.index[50].date()
