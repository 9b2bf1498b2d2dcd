"""Events along a time axis: where they stand, and what stands over them."""

import pytest

from backtester.pages.strip import Span, strip

YEARS = Span("1962-01-02", "2026-05-26")


def test_dots_stand_in_time() -> None:
    """The span's ends stand at its margins, what lies outside at the nearer one; a dot keeps whether it is filled."""
    made = strip("", "", YEARS, [("1962-01-02", True), ("2026-05-26", False), ("2030-01-01", False)], [])
    assert made.dots == ((1.0, True), (99.0, False), (99.0, False))
    assert 0 < Span("2020-01-01", "2020-01-01").place("2020-01-01") < 100


def test_stretches_reach_the_ends() -> None:
    """A stretch that goes on beyond the span ends where the strip does, and neighbours meet."""
    made = strip("", "", YEARS, [], [("0001-01-01", "1997-12-31", "1 of 2"), ("1998-01-01", "9999-12-31", "3 of 4")])
    (first, meeting, text), (again, last, _) = made.stretches
    assert (first, last, text) == (0.0, 100.0, "1 of 2")
    assert meeting == pytest.approx(again, abs=0.01)


@pytest.mark.parametrize(
    ("span", "ticks"),
    [
        (YEARS, ["1970", "1980", "1990", "2000", "2010", "2020"]),
        (Span("2007-01-03", "2026-05-26"), ["2010", "2015", "2020", "2025"]),
        (Span("2020-02-01", "2020-12-31"), []),
    ],
)
def test_ticks_are_round_years(span: Span, ticks: list[str]) -> None:
    """Ticks are years inside the span, round ones where it is long."""
    assert [text for _, text in strip("", "", span, [], []).ticks] == ticks
