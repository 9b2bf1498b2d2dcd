"""Numbers, dates, lists and counts as text."""

from backtester.pages.format import counted, date, listed, number, percent, period, points


def test_numbers() -> None:
    """Numbers have a true minus sign, groups of thousands, and no negative zero."""
    assert number(-1234.567) == "−1,234.57"
    assert number(-0.001) == "0.00"
    assert number(0.5, 1, signed=True) == "+0.5"
    assert percent(-0.12345) == "−12.3%"
    assert points(0.12345, 2) == "12.35"


def test_no_negative_zero() -> None:
    """What rounds to zero from below reads as what rounds to it from above."""
    for shown in (number, percent, points):
        assert shown(-0.0004, 1) == shown(0.0004, 1)
        assert shown(-0.0004, 1, signed=True) == shown(0.0, 1)


def test_undefined_is_not_available() -> None:
    """What is null in the document is n/a on the page."""
    assert [number(None), percent(None), points(None), date(None)] == ["n/a"] * 4


def test_dates() -> None:
    """A period tells its year once where both ends share it."""
    assert date("2020-03-04") == "4 Mar 2020"
    assert period("2020-03-04", "2020-03-18") == "4 Mar to 18 Mar 2020"
    assert period("2021-12-28", "2022-01-27") == "28 Dec 2021 to 27 Jan 2022"


def test_words() -> None:
    """Lists and counts read as in a sentence."""
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert [listed(["a"]), listed([])] == ["a", ""]
    assert [counted(1, "strategy"), counted(12, "strategy")] == ["one strategy", "12 strategies"]
    assert [counted(1, "day"), counted(60, "day")] == ["one day", "60 days"]
