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
    ],
)
def test_ticks_are_round_years(ends: tuple[str, str], ticks: list[str]) -> None:
    """Ticks are years inside the strip, round ones where it is long."""
    assert [text for _, text in Strip("", "", *ends).ticks] == ticks
