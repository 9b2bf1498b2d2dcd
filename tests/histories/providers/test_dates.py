"""Dates in the forms in which files have them, and what is refused because two forms could be meant."""

import pandas as pd
import pytest

from backtester.errors import DataError
from backtester.histories.providers.dates import DateFields, date_patterns, is_date, read_dates


def read(*texts: str, date_format: str | None = None) -> tuple[list[str], list[str]]:
    """The dates of some fields, and what is noted."""
    notes: list[str] = []
    index = read_dates(DateFields(list(texts), list(range(2, 2 + len(texts))), "x"), date_format, notes.append)
    assert index.dtype == "datetime64[s]"
    return [str(day.date()) for day in index], notes


def refused(*texts: str, date_format: str | None = None) -> str:
    """What is said of some fields."""
    with pytest.raises(DataError) as error:
        read(*texts, date_format=date_format)
    return str(error.value)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2024-01-02", "2024-01-03"),
        ("2024-1-2", "2024-01-03"),
        ("2024/01/02", "2024/01/03"),
        ("2024.01.02", "2024.01.03"),
        ("20240102", "20240103"),
        ("02-Jan-2024", "03-JAN-2024"),
        ("2 January 2024", "3 Jan 2024"),
        ("02/jan/2024", "03/jan/2024"),
        ("02Jan2024", "03Jan2024"),
        ("Jan 2 2024", "Jan 3 2024"),
        ("January 02, 2024", "January 03, 2024"),
        ("2024-01-02 00:00", "2024-01-03 00:00"),
        ("2024-01-02 00:00:00", "2024-01-03 00:00:00"),
        ("2024-01-02T00:00:00", "2024-01-03T00:00:00"),
        ("2024-01-02T00:00:00.000Z", "2024-01-03T00:00:00.000Z"),
        ("2024-01-02 00:00:00-05:00", "2024-01-03 00:00:00-04:00"),
        ("2024-01-02 00:00:00 UTC", "2024-01-03 00:00:00 UTC"),
        ("2024-01-02T00:00:00.000+0900", "2024-01-03T00:00:00.000+0900"),
        ("02-Jan-2024 00:00:00", "03-Jan-2024 00:00:00"),
    ],
)
def test_forms_that_leave_nothing_open(first: str, second: str) -> None:
    """Each is the second and third of January 2024, the date that is written in whatever zone; nothing is noted."""
    assert read(first, second) == (["2024-01-02", "2024-01-03"], [])


@pytest.mark.parametrize("mark", ["/", "-", "."])
def test_a_field_above_12_is_the_day(mark: str) -> None:
    """One row shows in which order day and month stand in all, and that is noted with the row."""
    days = [text.replace("/", mark) for text in ("01/02/2024", "02/02/2024", "13/02/2024")]
    months = [text.replace("/", mark) for text in ("01/02/2024", "02/02/2024", "02/13/2024")]
    order = f"x: dates are read as day{mark}month{mark}year, as line 4 shows: 13{mark}02{mark}2024"
    assert read(*days) == (["2024-02-01", "2024-02-02", "2024-02-13"], [order])
    order = f"x: dates are read as month{mark}day{mark}year, as line 4 shows: 02{mark}13{mark}2024"
    assert read(*months) == (["2024-01-02", "2024-02-02", "2024-02-13"], [order])


def test_months_that_could_be_days() -> None:
    """Forty-eight months from 01/01/2020 to 01/12/2023 show nothing: refused, or read as is said."""
    texts = [f"01/{month:02}/{year}" for year in range(2020, 2024) for month in range(1, 13)]
    assert refused(*texts) == (
        "x, line 2: '01/01/2020' has no field above 12, nor has any row; say which is the day: --date-format %d/%m/%Y "
        "or %m/%d/%Y"
    )
    assert read(*texts, date_format="%d/%m/%Y")[0][-1] == "2023-12-01"


@pytest.mark.parametrize(
    ("date_format", "text", "date"),
    [
        ("%d/%m/%Y", "2/3/2024", "2024-03-02"),
        ("%m/%d/%y", "02/03/68", "2068-02-03"),
        ("%m/%d/%y", "02/03/69", "1969-02-03"),
        ("%d-%b-%y", "30-Apr-20", "2020-04-30"),
        ("%A, %d %B %Y", "Tuesday, 02 January 2024", "2024-01-02"),
        ("%Y%m%d %H:%M:%S.%f%z", "20240102 00:00:00.000+01:00", "2024-01-02"),
        ("(%Y) %d.%m.", "(2024) 02.01.", "2024-01-02"),
        ("%Y-%m-%dT16:00:00Z", "2024-01-02T16:00:00Z", "2024-01-02"),
    ],
)
def test_a_format_can_be_said(date_format: str, text: str, date: str) -> None:
    """As strptime has it; what is no directive stands for itself, and a fixed time can be written out."""
    assert read(text, date_format=date_format) == ([date], [])


@pytest.mark.parametrize(
    ("date_format", "says"),
    [
        ("%d/%m", "'%d/%m' has no year; year (%Y), month (%m) and day (%d) are needed: a value without its day "),
        ("%Y-%m", "'%Y-%m' has no day; year (%Y), month (%m) and day (%d) are needed: a value without its day cannot"),
        ("DD/MM/YYYY", "'DD/MM/YYYY' has no year; year (%Y), month (%m) and day (%d) are needed"),
        ("%Y-%m-%d %q", "'%Y-%m-%d %q' has %q; known: %Y, %y, %m, "),
        ("%Y-%m-%d%", "'%Y-%m-%d%' has %; known: "),
        ("%Y-%m-%d-%y", "'%Y-%m-%d-%y' says a part of the date twice; say it once"),
    ],
)
def test_a_format_that_is_none(date_format: str, says: str) -> None:
    """A format names year, month and day, each once, and nothing else that varies but a time."""
    with pytest.raises(DataError) as error:
        date_patterns(date_format)
    assert str(error.value).startswith(f"date format {says}")


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        (["2024-01-02", "2024/01/03"], "line 3: '2024/01/03' is no date like '2024-01-02' above"),
        (["2024-01-02", "2024-01-03 00:00"], "line 3: '2024-01-03 00:00' is no date like '2024-01-02' above"),
        (["2024-01-02 09:30"], "line 2: date '2024-01-02 09:30' has a time of day; give dates alone"),
        (["2024-01-02 00:00:00.001"], "line 2: date '2024-01-02 00:00:00.001' has a time of day; give dates alone"),
        (["31/02/2024"], "line 2: '31/02/2024' is no day of the calendar; mend the row"),
        (["13/13/2024"], "line 2: '13/13/2024' and '13/13/2024' above do not have day and month in one order"),
        (["01-02-24"], "line 2: date '01-02-24' has a year of two digits; write four, or name the form with"),
        (["2024-01-02", "2024-01-02"], "line 3: 2024-01-02 repeats; sort by date, each once"),
        (["2024-01-02", "2024-01-03", "2024-01-03"], "line 4: 2024-01-03 repeats; sort by date, each once"),
        (["2024-01-02", "2024-01-05", "2024-01-03"], "line 4: 2024-01-03 goes back behind the row above; sort by"),
        (["2024-01-02", "2024-01-05", "2024-01-02"], "line 4: 2024-01-02 goes back behind the row above; sort by"),
        (["2024-01-05", "2024-01-02", "2024-01-03"], "line 4: 2024-01-03 goes forward, in a file with its newest row"),
    ],
)
def test_refused_with_the_line(texts: list[str], says: str) -> None:
    """What is no date of the file's own form is never read as another."""
    assert refused(*texts).startswith(f"x, {says}")


def test_newest_first() -> None:
    """Dates that descend from the first to the last are read in that order."""
    assert read("2024-01-04", "2024-01-03", "2024-01-01")[0] == ["2024-01-04", "2024-01-03", "2024-01-01"]
    assert read("2024-01-04", "2024-01-03")[0] == ["2024-01-04", "2024-01-03"]
    assert read("2024-01-04")[0] == ["2024-01-04"]


@pytest.mark.parametrize("text", ["", "2024", "2024-01", "45293", "1.5", "100", "2024-01/02", "may 2024", "n/a"])
def test_what_is_no_date(text: str) -> None:
    """Years, months, numbers and words are none."""
    assert not is_date(text, date_patterns(None))


def test_every_day_of_a_century_comes_back() -> None:
    """Written with points and the day first."""
    days = pd.date_range("1900-01-01", "1999-12-31")
    assert read(*days.strftime("%d.%m.%Y"))[0] == [str(day.date()) for day in days]
