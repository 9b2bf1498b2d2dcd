"""What a check says, as a thing and in words."""

import datetime

import pandas as pd

from backtester.histories.checks.finding import Finding, dated_finding, listed_dates, span_finding

DATES = pd.date_range("2024-01-01", periods=8)


def test_dates_are_listed_up_to_six() -> None:
    """Six dates are all named, of seven and eight six, and the others counted."""
    six = "2024-01-01, 2024-01-02, 2024-01-03, 2024-01-04, 2024-01-05, 2024-01-06"
    assert [listed_dates(DATES[:count]) for count in (6, 7, 8)] == [six, f"{six} and 1 more", f"{six} and 2 more"]


def test_first_and_last_are_the_earliest_and_the_latest() -> None:
    """Whatever the order in which the dates are given, which is kept; without dates there is neither."""
    finding = dated_finding("note", "gaps", "gold", DATES[[3, 0, 5]], "three")
    first, last = datetime.date(2024, 1, 1), datetime.date(2024, 1, 6)
    assert finding == Finding("note", "gaps", "gold", "three", first, last, (datetime.date(2024, 1, 4), first, last))
    assert dated_finding("note", "gaps", "gold", DATES[:0], "none") == Finding("note", "gaps", "gold", "none")
    assert span_finding("note", "gaps", "gold", (DATES[0], DATES[5]), "six") == Finding(
        "note", "gaps", "gold", "six", first, last
    )


def test_as_json_dates_are_texts() -> None:
    """In ISO form, and null where there are none."""
    assert dated_finding("warning", "jumps", "gold", DATES[:2], "two").to_dict() == {
        "severity": "warning",
        "check": "jumps",
        "series": "gold",
        "first": "2024-01-01",
        "last": "2024-01-02",
        "message": "two",
        "dates": ["2024-01-01", "2024-01-02"],
    }
    nothing = Finding("note", "gaps", "gold", "none").to_dict()
    assert (nothing["first"], nothing["last"], nothing["dates"]) == (None, None, [])
