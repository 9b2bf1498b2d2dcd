"""Events along a time axis: where they stand, and what stands over them."""

import pytest

from backtester.pages.strip import Strip

YEARS = ("1962-01-02", "2026-05-26")


def test_dots_stand_in_time() -> None:
    """The strip's ends stand at its margins, what lies outside at the nearer one; a dot keeps whether it is filled."""
    made = Strip("", "", *YEARS, (("1962-01-02", True), ("2026-05-26", False), ("2030-01-01", False)))
    assert made.dots == ((1.0, True), (99.0, False), (99.0, False))
    assert 0 < Strip("", "", "2020-01-01", "2020-01-01").place("2020-01-01") < 100


def test_stretches_reach_the_ends() -> None:
    """A period that goes on beyond the strip ends where the strip does, and neighbours meet."""
    periods = (("0001-01-01", "1997-12-31", "1 of 2"), ("1998-01-01", "9999-12-31", "3 of 4"))
    (first, meeting, text), (again, last, _) = Strip("", "", *YEARS, periods=periods).stretches
    assert (first, last, text) == (0.0, 100.0, "1 of 2")
    assert meeting == pytest.approx(again, abs=0.01)


@pytest.mark.parametrize(
    ("ends", "ticks"),
    [
        (YEARS, ["1970", "1980", "1990", "2000", "2010", "2020"]),
        (("2007-01-03", "2026-05-26"), ["2010", "2015", "2020", "2025"]),
        (("2020-02-01", "2020-12-31"), []),
        (("2020-01-01", "2027-12-31"), [str(year) for year in range(2021, 2028)]),
        (("2020-01-01", "2028-12-31"), ["2022", "2024", "2026", "2028"]),
        (("2000-01-01", "2016-12-31"), ["2005", "2010", "2015"]),
        (("2000-01-01", "2040-12-31"), ["2010", "2020", "2030", "2040"]),
        (("1900-01-01", "2000-12-31"), ["1920", "1940", "1960", "1980", "2000"]),
        (("1800-01-01", "1960-12-31"), ["1850", "1900", "1950"]),
        (("1700-01-01", "2100-12-31"), ["1800", "1900", "2000", "2100"]),
        (("1000-01-01", "2026-12-31"), ["2000"]),
    ],
)
def test_ticks_are_round_years(ends: tuple[str, str], ticks: list[str]) -> None:
    """Ticks are years inside the strip, round ones where it is long."""
    assert [text for _, text in Strip("", "", *ends).ticks] == ticks


def test_places_by_hand() -> None:
    """Of a hundred days, on 98 parts of the width; a tick stands on its year's first day."""
    made = Strip("", "", "2019-12-22", "2020-03-31", (("2019-12-27", True), ("2019-01-01", False)))
    assert [place for place, _ in made.dots] == pytest.approx([5.9, 1.0])
    assert made.ticks == ((pytest.approx(10.8), "2020"),)
    assert Strip("", "", "2020-01-01", "2020-01-01").place("2020-01-01") == 1.0
    assert (made.sides, made.radius) == (None, 3.4)


def test_a_period_that_ends_with_the_strip_goes_to_its_edge() -> None:
    """One that begins or ends inside has its place, on the first or the last day it is at the edge."""
    periods = (("2019-12-22", "2020-01-01", "a"), ("2019-12-23", "2020-03-31", "b"), ("2019-12-23", "2020-03-30", "c"))
    made = Strip("", "", "2019-12-22", "2020-03-31", periods=periods)
    assert [round(place, 2) for first, last, _ in made.stretches for place in (first, last)] == [
        0.0, 10.8, 1.98, 100.0, 1.98, 98.02
    ]  # fmt: skip
