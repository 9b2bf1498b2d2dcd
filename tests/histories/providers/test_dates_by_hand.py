"""The parts of dates, by hand."""

import pytest

from backtester.errors import DataError
from backtester.histories.providers.dates import DateFields, _month, _refuse_mixed_zones, _style, _year


@pytest.mark.parametrize(
    ("digits", "year"), [("1999", "1999"), ("68", "2068"), ("69", "1969"), ("99", "1999"), ("00", "2000")]
)
def test_years_of_two_digits(digits: str, year: str) -> None:
    """From 69 on of the last century."""
    assert _year(digits) == year


@pytest.mark.parametrize(
    ("text", "month"), [("1", "01"), ("12", "12"), ("Jan", "01"), ("dec", "12"), ("September", "09"), ("MAY", "05")]
)
def test_months_by_number_and_name(text: str, month: str) -> None:
    """In two digits."""
    assert _month(text) == month


@pytest.mark.parametrize(
    ("name", "texts", "style"),
    [
        ("mark", ("-", "/"), ["-", "/"]),
        ("zone", ("z", "+01:00", None), ["Z", True, False]),
        ("year", ("1999", "99", None), [4, 2, True]),
        ("hour", ("00", None), [False, True]),
    ],
)
def test_what_is_the_same_in_all_dates(name: str, texts: tuple[str | None, ...], style: list[object]) -> None:
    """The mark, the letters of a zone or that it is an offset, how many digits a year has, whether there is a time."""
    assert _style(name, texts) == style


@pytest.mark.parametrize(
    ("zones", "line"),
    [
        (("+01:00", "+0200"), None),
        (("-05:00", "-04:00", None), None),
        (("+01:00", "+02:01"), 8),
        (("-01:00", "+01:00", "+01:00"), 8),
        (("+00:30", "-00:30", "-00:31"), 9),
        (("Z", "+05:00"), None),
        (("+10:00", "+11:00"), None),
        (("-10:00", "-08:30"), 8),
        (("+09:30", "+10:30"), None),
        ((), None),
    ],
)
def test_zones_of_one_place(zones: tuple[str | None, ...], line: int | None) -> None:
    """Summer and winter time are an hour apart; what is further off is named by its line."""
    fields = DateFields([f"d{place}" for place in range(len(zones))], list(range(7, 7 + len(zones))), "f")
    if line is None:
        _refuse_mixed_zones(zones, fields)
    else:
        with pytest.raises(
            DataError, match=f"^f, line {line}: date 'd{line - 7}' is in another time zone than 'd0'; give"
        ):
            _refuse_mixed_zones(zones, fields)
