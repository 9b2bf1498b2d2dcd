"""Numbers, dates, lists and counts as text."""

from backtester.pages.format import counted, date, listed_words, number, numbered, percent, period, points


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
    assert listed_words(["a", "b", "c"]) == "a, b and c"
    assert [listed_words(["a"]), listed_words([])] == ["a", ""]
    assert [counted(1, "strategy"), counted(12, "strategy")] == ["one strategy", "12 strategies"]
    assert [counted(1, "day"), counted(60, "day")] == ["one day", "60 days"]


def test_decimals_and_signs_unless_asked_for() -> None:
    """Two decimals of a number, one of a percentage; no plus, and none before nothing."""
    assert [number(1.2345), percent(0.12345), points(0.12345)] == ["1.23", "12.3%", "12.3"]
    assert [number(2.0, 0, signed=True), number(0.0, signed=True), number(-2.0, 0, signed=True)] == ["+2", "0.00", "−2"]
    assert [percent(0.5, 0, signed=True), points(0.5, 0, signed=True)] == ["+50%", "+50"]


def test_each_month_and_each_small_number_has_its_word() -> None:
    """January to December; none to nine, and figures from ten on."""
    assert [date(f"2020-{month:02d}-10")[3:6] for month in (1, 2, 12)] == ["Jan", "Feb", "Dec"]
    assert [counted(total, "day") for total in (0, 1, 2, 9, 10, 1000)] == [
        "no days", "one day", "two days", "nine days", "10 days", "1,000 days",
    ]  # fmt: skip
    assert (listed_words(["a", "b"]), listed_words(["a", "b", "c"], "or")) == ("a and b", "a, b or c")


def test_counts_have_their_noun() -> None:
    """One value, no values, a thousand series."""
    assert [numbered(1, "value"), numbered(0, "value")] == ["1 value", "0 values"]
    assert numbered(1000, "series", "series") == "1,000 series"
