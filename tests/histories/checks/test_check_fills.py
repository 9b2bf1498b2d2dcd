"""Stretches that stand apart from a companion: how long, how far, how lasting, beside whom."""

import numpy as np
import pandas as pd
import pytest

from backtester.arrays import Array
from backtester.histories.checks import fills
from backtester.histories.checks.subject import CheckedSeries
from walks import new_york, steps

FIRST = 300


def apart(
    length: int, *, step: float = 40.0, sessions: int = 900, hole: int | None = None, unit: float = 1.0
) -> set[tuple[int, int]]:
    """The stretches of a rest of 1 and -1 in turn with a noisier one between a step in and, so many later, one out."""
    rest = np.resize([1.0, -1.0], sessions)
    rest[FIRST + 1 : FIRST + length] *= 2
    rest[FIRST], rest[FIRST + length] = step, -step
    rest[0] = 0.0
    companion = np.zeros(sessions)
    companion[0] = 1.0  # which explains nothing of it
    holes = np.zeros(sessions, dtype=bool)
    if hole is not None:
        holes[hole] = True
    return fills._differing_stretches(unit * rest, companion, holes)


@pytest.mark.parametrize(("length", "found"), [(19, False), (20, True), (21, True)])
def test_a_stretch_is_twenty_sessions(length: int, found: bool) -> None:
    """What lasts less is a misprint or two."""
    assert apart(length) == ({(FIRST, FIRST + length)} if found else set())


@pytest.mark.parametrize(("length", "found"), [(12 * 252, True), (12 * 252 + 1, False)])
def test_a_stretch_is_twelve_years_at_most(length: int, found: bool) -> None:
    """What lasts longer is the series."""
    assert apart(length, sessions=4000) == ({(FIRST, FIRST + length)} if found else set())


@pytest.mark.parametrize(("step", "found"), [(7.1 * 1.4826, True), (7.0 * 1.4826, False), (6.9 * 1.4826, False)])
def test_a_step_is_seven_deviations(step: float, found: bool) -> None:
    """Of changes of 1 and -1 the deviation is 1.4826 by their median."""
    assert bool(apart(25, step=step)) == found


@pytest.mark.parametrize("place", [FIRST, FIRST + 25])
def test_a_step_across_a_hole_is_none(place: int) -> None:
    """Days without values lie between: the difference had time to move, in whatever unit."""
    assert apart(25, hole=place) == apart(25, hole=place, unit=1 / 40) == set()


def test_a_hole_is_more_than_ten_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten days from one common date to the next are none, eleven are one."""
    seen: list[list[bool]] = []
    monkeypatch.setattr(
        fills, "_differing_stretches", lambda own, its, over_gap: seen.append(over_gap.tolist()) or set()
    )
    dates = pd.Timestamp("2020-01-01") + pd.to_timedelta([0, 1, 11, 22, 23], "D")
    own, its = (CheckedSeries(name, pd.Series([1.0, 2.0, 4.0, 3.0, 5.0], dates), "yield") for name in ("own", "its"))
    assert fills._stretches(own, its) == []
    assert seen == [[False, False, True, False]]


@pytest.mark.parametrize(("side", "found"), [(62, False), (63, True)])
def test_each_side_is_a_quarter_of_a_year(side: int, found: bool) -> None:
    """Noise is compared with 63 sessions before and after, at least."""
    sides, within = np.resize([1.0, -1.0], 100), np.resize([3.0, -3.0], 30)
    before = np.concatenate([sides[:side], [40.0], within, [-40.0], sides])
    after = np.concatenate([sides, [40.0], within, [-40.0], sides[:side]])
    assert fills._stands_apart(before, side, side + 31) is found
    assert fills._stands_apart(after, 100, 131) is found


def test_a_year_on_either_side_is_compared() -> None:
    """Within 252 sessions the noise is another, before those it is the same."""
    side, far, within = np.resize([1.0, -1.0], 252), np.resize([3.0, -3.0], 5000), np.resize([2.0, -2.0], 30)
    rest = np.concatenate([far, side, [40.0], within, [-40.0], side, far])
    assert fills._stands_apart(rest, 5252, 5283)


@pytest.mark.parametrize(("still", "usable"), [(251, True), (252, False)])
def test_what_stands_still_on_half_of_all_days_is_not_used(still: int, usable: bool) -> None:
    """Of 504 changes."""
    move = np.append(np.zeros(still), np.full(504 - still, 0.1))
    assert fills._usable(yields(10 + np.cumsum(np.append(0.0, move)))) is usable


@pytest.mark.parametrize("place", [0, 29])
def test_all_between_the_steps_is_compared(place: int) -> None:
    """The first and the last session too: with one of 6 the mean size is 1.55, without it 1.4 and no other noise."""
    side, within = np.resize([1.0, -1.0], 100), np.resize([1.4, -1.4], 30)
    within[place] = 6.0
    assert fills._stands_apart(np.concatenate([side, [40.0], within, [-40.0], side]), 100, 131)


@pytest.mark.parametrize(("kept", "lasts"), [(3.805, True), (3.795, False)])
def test_a_step_lasts_a_month(kept: float, lasts: bool) -> None:
    """A step of 8 and then `kept`: with (8 + 20 x 3.8) / 21 half of it would be left on average."""
    rest = np.zeros(80)
    rest[30], rest[31] = 8.0, kept - 8.0
    assert fills._lasts(rest, 30) is lasts
    rest[0] = 8.0
    assert not fills._lasts(rest, 0)  # nothing is before it


def test_the_part_that_a_companion_does_not_explain() -> None:
    """1, 2 and 3 beside 1, 1 and 0: it moves one and a half times as much, which leaves -0.5, 0.5 and 3."""
    assert fills._residual(np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0, 0.0])).tolist() == [-0.5, 0.5, 3.0]


def yields(values: Array, name: str = "made", kind: str = "yield") -> CheckedSeries:
    """A daily series."""
    return CheckedSeries(name, pd.Series(values, new_york(len(values))), kind)


def test_the_companion_is_the_one_that_moves_most_alike() -> None:
    """Of three relatives each has its nearest; a copy is none, and neither is what goes its own way."""
    move = steps(900, 0.06)
    near, far = move + steps(900, 0.01, seed=1), move + steps(900, 0.03, seed=2)
    values = {"own": move, "near": near, "far": far, "copy": 2 * move, "other": steps(900, 0.06, seed=3)}
    members = [yields(10 + np.cumsum(one), name) for name, one in values.items()]
    found = [(one.name, other.name) for one, other in fills._companions(members)]
    assert found == [("own", "near"), ("near", "own"), ("far", "own"), ("copy", "near")]


@pytest.mark.parametrize(("noise", "found"), [(0.69, 2), (0.81, 0)])
def test_companions_are_related(noise: float, found: int) -> None:
    """The correlation is 1 / sqrt(1 + noise^2): 0.82 and 0.78, and 0.8 is asked."""
    move, other = np.tile([1.0, -1.0, 1.0, -1.0], 200), np.tile([1.0, 1.0, -1.0, -1.0], 200)
    members = [yields(100 + np.cumsum(one)) for one in (move, move + noise * other)]
    assert len(fills._companions(members)) == found


@pytest.mark.parametrize(
    ("count", "still", "kind", "usable"),
    [(505, 0.0, "yield", True), (504, 0.0, "yield", False), (505, 0.0, "return", False), (505, 0.6, "yield", False)],
)
def test_which_series_are_compared(count: int, still: float, kind: str, usable: bool) -> None:
    """Those of more than two years that are not returns and move on most days."""
    move = np.where(np.arange(count) % 10 < 10 * still, 0.0, 0.1)
    assert fills._usable(yields(10 + np.cumsum(move), kind=kind)) is usable


def test_a_series_by_the_week_is_not_compared() -> None:
    """Its stretches are of other lengths."""
    weekly = pd.Series(10 + 0.1 * np.arange(600.0), pd.date_range("2000-01-05", periods=600, freq="7D"))
    assert not fills._usable(CheckedSeries("made", weekly, "yield"))


@pytest.mark.parametrize("unit", [1e-4, 1e4])
def test_what_is_found_does_not_hang_on_the_unit(unit: float) -> None:
    """Hundredths of a percent or thousands of dollars: deviations are compared with deviations."""
    assert apart(25, unit=unit) == {(FIRST, FIRST + 25)}
    assert apart(25, step=6.9 * 1.4826, unit=unit) == set()


def test_steps_the_same_way_are_no_stretch() -> None:
    """Nor is one whose step out is taken back at once, however small the unit."""
    side, within = np.resize([1.0, -1.0], 100), np.resize([3.0, -3.0], 30)
    for unit in (1e-4, 1.0):
        rest = np.concatenate([side, [40.0], within, [40.0], side])
        assert not fills._stands_apart(unit * rest, 100, 131)
        rest = np.concatenate([side, [40.0], within, [-40.0], [40.0], side])
        assert not fills._stands_apart(unit * rest, 100, 131)
        alike = np.concatenate([side, [40.0], side[:30], [-40.0], side])
        assert not fills._stands_apart(unit * alike, 100, 131), "the noise is the same"


@pytest.mark.parametrize(("kept", "lasts"), [(3.9, True), (3.7, False)])
def test_a_step_in_the_first_month_is_compared_with_all_before_it(kept: float, lasts: bool) -> None:
    """The sixth of the changes: five are before it."""
    rest = np.zeros(80)
    rest[5], rest[6] = 8.0, kept - 8.0
    assert fills._lasts(rest, 5) is lasts


@pytest.mark.parametrize(("into", "out", "found"), [(40, 20, False), (20, 40, False), (40, 21, True), (21, 40, True)])
def test_a_step_is_less_than_twice_the_other(into: float, out: float, found: bool) -> None:
    """Whichever of the two is larger."""
    side, within = np.resize([1.0, -1.0], 100), np.resize([3.0, -3.0], 30)
    for sign in (1, -1):
        rest = np.concatenate([side, [sign * into], within, [-sign * out], side])
        assert fills._stands_apart(rest, 100, 131) is found


@pytest.mark.parametrize("place", [250, 251])
def test_the_end_of_the_year_after_a_stretch_counts(place: int) -> None:
    """One session of 200 makes the year's mean 1.79 instead of 1: 1.8 is no other noise beside that."""
    side, within = np.resize([1.0, -1.0], 252), np.resize([1.8, -1.8], 30)
    after = np.resize([1.0, -1.0], 300)
    assert fills._stands_apart(np.concatenate([side, [40.0], within, [-40.0], after]), 252, 283)
    after[place] = 200.0
    assert not fills._stands_apart(np.concatenate([side, [40.0], within, [-40.0], after]), 252, 283)


def test_a_year_after_a_stretch_is_compared() -> None:
    """252 sessions after it have the noise of the side, all that follow another: the 253rd would show."""
    side, within = np.resize([1.0, -1.0], 252), np.resize([1.6, -1.6], 30)
    rest = np.concatenate([side, [40.0], within, [-40.0], side, np.full(600, 40.0) * np.resize([1, -1], 600)])
    assert fills._stands_apart(rest, 252, 283)


@pytest.mark.parametrize("at", range(8))
@pytest.mark.parametrize(
    ("others", "reported"),
    [
        ([(25, 80), (70, 110), (71, 105)], [(40, 70), (71, 105)]),
        ([(70, 110)], [(40, 70)]),
        ([(71, 110)], [(40, 70), (71, 110)]),
        ([(0, 40)], [(40, 70)]),
        ([(1, 39)], [(40, 70), (1, 39)]),
    ],
)
def test_of_stretches_that_overlap_the_shortest_is_reported(
    monkeypatch: pytest.MonkeyPatch, at: int, others: list[tuple[int, int]], reported: list[tuple[int, int]]
) -> None:
    """Others that share a session with it are not; one that only follows or precedes it is. The shorter come first."""
    stretches = {(at + first, at + last) for first, last in [(40, 70), *others]}
    monkeypatch.setattr(fills, "_differing_stretches", lambda own, its, over_gap: stretches)
    move = steps(200, 0.06)
    own, its = (yields(10 + np.cumsum(one)) for one in (move, move + steps(200, 0.01, seed=1)))
    found = [finding for _, finding in fills._stretches(own, its)]
    dates = own.dates[1:]
    assert [(one.first, one.last) for one in found] == [
        (dates[at + first].date(), dates[at + last - 1].date()) for first, last in reported
    ]


@pytest.mark.parametrize("unit", [1e-4, 1.0])
def test_how_far_a_series_moved_at_both_ends(monkeypatch: pytest.MonkeyPatch, unit: float) -> None:
    """Of changes of 1 and -1, whose deviation is 1.4826, at each end 1 / 1.4826, in whatever unit."""
    monkeypatch.setattr(fills, "_differing_stretches", lambda own, its, over_gap: {(40, 70)})
    move = unit * np.resize([1.0, -1.0], 200)
    own, its = (yields(np.cumsum(np.append(0.0, one))) for one in (move, move / 2))
    [(strength, _)] = fills._stretches(own, its)
    assert strength == pytest.approx(2 / 1.4826)
