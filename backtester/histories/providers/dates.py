"""Dates as files write them: the forms that are recognised, and a column of fields in one of them as an index.

A form is a regular expression with the groups `year`, `month` and `day`, or with `one` and `two` in place of the last
two, where some row must show which of them is the day. A date that fits no form, or two, is refused.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.errors import DataError

Parts = dict[str, tuple[str, ...]]  # by the name of a group, its text in each date
MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
SHORT_MONTHS = [month[:3] for month in MONTH_NAMES]
NAMED_MONTH = rf"(?P<month>{'|'.join(f'{month[:3]}(?:{month[3:]})?' for month in MONTH_NAMES)})"
ZONE = r"(?P<zone>Z|UTC|[+-]\d\d:?\d\d)"
CLOCK = rf"(?:[T ](?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d(?:\.\d{{1,9}})?))? ?{ZONE}?)?"
DATE_PATTERNS = tuple(
    re.compile(form + CLOCK, re.ASCII | re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d\d?)(?P=mark)(?P<day>\d\d?)",
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)",
        r"(?P<one>\d\d?)(?P<mark>[-/.])(?P<two>\d\d?)(?P=mark)(?P<year>\d{4}|\d\d)",
        rf"(?P<day>\d\d?)(?P<mark>[-/. ]?){NAMED_MONTH}(?P=mark)(?P<year>\d{{4}}|\d\d)",
        rf"{NAMED_MONTH} (?P<day>\d\d?),? (?P<year>\d{{4}})",
    )
)
ACCEPTED_DATES = "2024-01-31, 2024/01/31, 20240131, 31-Jan-2024 or 12/31/2024"
DIRECTIVES = {  # those of strptime that a --date-format may have
    "Y": r"(?P<year>\d{4})",
    "y": r"(?P<year>\d\d)",
    "m": r"(?P<month>\d\d?)",
    "b": NAMED_MONTH,
    "B": NAMED_MONTH,
    "d": r"(?P<day>\d\d?)",
    "H": r"(?P<hour>\d\d?)",
    "M": r"(?P<minute>\d\d)",
    "S": r"(?P<second>\d\d)",
    "f": r"\d{1,9}",
    "z": ZONE,
    "a": "[A-Za-z]{2,9}",
    "A": "[A-Za-z]{2,9}",
    "%": "%",
}
STYLE = ("mark", "year", "hour", "zone")  # groups that must be written alike in all dates of a file
SAVING_TIME = 60  # minutes by which summer and winter time of one zone differ


def date_patterns(date_format: str | None) -> tuple[re.Pattern[str], ...]:
    """The forms that a file's dates may have: the one that was named, as strptime writes it, or all that are known."""
    if date_format is None:
        return DATE_PATTERNS
    parts = re.split("%(.?)", date_format, flags=re.DOTALL)
    if unknown := [part for part in parts[1::2] if part not in DIRECTIVES]:
        raise DataError(f"date format {date_format!r} has %{unknown[0]}; known: %{', %'.join(DIRECTIVES)}")
    literal = [re.escape(part) for part in parts]
    try:
        form = re.compile(
            "".join(DIRECTIVES[parts[n]] if n % 2 else literal[n] for n in range(len(parts))), re.ASCII | re.IGNORECASE
        )
    except re.error as error:
        raise DataError(f"date format {date_format!r} says a part of the date twice; say it once") from error
    if lacking := [part for part in ("year", "month", "day") if part not in form.groupindex]:
        raise DataError(
            f"date format {date_format!r} has no {lacking[0]}; year (%Y), month (%m) and day (%d) are needed: a value "
            "without its day cannot be placed"
        )
    return (form,)


def is_date(text: str, forms: Sequence[re.Pattern[str]]) -> bool:
    """Whether the text has one of the forms; it may still be no day of the calendar."""
    return any(form.fullmatch(text) for form in forms)


@dataclass(frozen=True)
class DateFields:
    """The fields that should be dates, with the lines of the named file that they stand on."""

    texts: list[str]
    lines: list[int]
    name: str

    def error(self, place: int, text: str) -> DataError:
        """The error of the field at a place, to be raised."""
        return DataError(f"{self.name}, line {self.lines[place]}: {text}")


def read_dates(fields: DateFields, date_format: str | None, note: Callable[[str], None]) -> pd.DatetimeIndex:
    """The dates of the fields, all in the form of the first; ascending or, newest first, descending.

    `note` is called with the order of day and month, if it was inferred from a row. Times of day must be midnight, and
    time zones do not shift the dates. Raise DataError if a field has another form, is no day of the calendar, repeats,
    or breaks the order.
    """
    texts = fields.texts
    form = next(form for form in date_patterns(date_format) if form.fullmatch(texts[0]))
    found = [form.fullmatch(text) for text in texts]
    strange = next((place for place, match in enumerate(found) if match is None), len(texts))
    parts = dict(
        zip(form.groupindex, zip(*(match.groups() for match in found[:strange] if match), strict=True), strict=True)
    )
    _refuse_times(parts, fields)
    styles = list(zip(*(_style(name, parts[name]) for name in STYLE if name in parts), strict=True))
    if (other := next((n for n, style in enumerate(styles) if style != styles[0]), strange)) < len(texts):
        raise fields.error(other, f"{texts[other][:40]!r} is no date like {texts[0]!r} above")
    _refuse_mixed_zones(parts.get("zone", ()), fields)
    if date_format is None and len(parts["year"][0]) == 2:
        text = f"date {texts[0]!r} has a year of two digits; write four, or name the form with --date-format"
        raise fields.error(0, text)
    days, months = ("day", "month") if "day" in parts else _order(parts, fields, note)
    iso = [f"{_year(y)}-{_month(m)}-{d:0>2}" for y, m, d in zip(parts["year"], parts[months], parts[days], strict=True)]
    parsed = pd.to_datetime(pd.Series(iso), format="%Y-%m-%d", errors="coerce")
    wrong = parsed.isna().to_numpy()
    if wrong.any():
        place = int(wrong.argmax())
        raise fields.error(place, f"{texts[place]!r} is no day of the calendar; mend the row")
    index = pd.DatetimeIndex(parsed.to_numpy(), name="date").as_unit("s")
    _refuse_disorder(index, fields)
    return index


def _refuse_times(parts: Parts, fields: DateFields) -> None:
    """Raise DataError if a date has a time of day other than midnight."""
    for name in ("hour", "minute", "second"):
        for place, digits in enumerate(parts.get(name, ())):
            if digits and float(digits):
                raise fields.error(place, f"date {fields.texts[place]!r} has a time of day; give dates alone")


def _style(name: str, texts: tuple[str | None, ...]) -> list[object]:
    """The style (N,) of one group in each date: the mark, the digits of the year, whether there is a time, the zone."""
    if name == "mark":
        return list(texts)
    if name == "zone":
        return [text.upper() if text and text.isalpha() else bool(text) for text in texts]
    return [text is None or len(text) if name == "year" else text is None for text in texts]


def _refuse_mixed_zones(zones: tuple[str | None, ...], fields: DateFields) -> None:
    """Raise DataError if offsets differ by more than summer and winter time of one zone do."""
    offsets = [zone.replace(":", "") for zone in zones if zone and not zone.isalpha()]
    minutes = [int(f"{zone[0]}1") * (60 * int(zone[1:3]) + int(zone[3:])) for zone in offsets]
    if minutes and max(minutes) - min(minutes) > SAVING_TIME:
        place = max(range(len(minutes)), key=lambda n: abs(minutes[n] - minutes[0]))
        text = f"date {fields.texts[place]!r} is in another time zone than {fields.texts[0]!r}"
        raise fields.error(place, f"{text}; give the exchange's own dates alone")


def _order(parts: Parts, fields: DateFields, note: Callable[[str], None]) -> tuple[str, str]:
    """The names of the groups of day and month: the one that exceeds 12 in some row is the day.

    Raise DataError if both do, or neither.
    """
    exceeds = {name: [n for n, digits in enumerate(parts[name]) if int(digits) > 12] for name in ("one", "two")}
    mark, texts = parts["mark"][0], fields.texts
    if exceeds["one"] and exceeds["two"]:
        earlier, later = sorted((exceeds["one"][0], exceeds["two"][0]))
        text = f"{texts[later]!r} and {texts[earlier]!r} above do not have day and month in one order; mend the dates"
        raise fields.error(later, text)
    if not exceeds["one"] and not exceeds["two"]:
        raise fields.error(
            0,
            f"{texts[0]!r} has no field above 12, nor has any row; say which is the day: --date-format "
            f"%d{mark}%m{mark}%Y or %m{mark}%d{mark}%Y",
        )
    [place, *_], order = (exceeds["one"], "day month") if exceeds["one"] else (exceeds["two"], "month day")
    read = f"dates are read as {order.replace(' ', mark)}{mark}year"
    note(f"{fields.name}: {read}, as line {fields.lines[place]} shows: {texts[place]}")
    return ("one", "two") if exceeds["one"] else ("two", "one")


def _year(digits: str) -> str:
    """The year in four digits; as in POSIX, 69 to 99 mean 1969 to 1999, and 00 to 68 mean 2000 to 2068."""
    return digits if len(digits) == 4 else f"{19 if int(digits) >= 69 else 20}{digits}"


def _month(text: str) -> str:
    """The month in two digits, of a number or a name."""
    return text.zfill(2) if text.isdecimal() else f"{1 + SHORT_MONTHS.index(text[:3].lower()):02}"


def _refuse_disorder(index: pd.DatetimeIndex, fields: DateFields) -> None:
    """Raise DataError unless the dates ascend, or descend, each once."""
    newest_first = bool(index[0] > index[-1])
    steps = -np.diff(index.asi8) if newest_first else np.diff(index.asi8)
    if (steps <= 0).any():
        place = int((steps <= 0).argmax()) + 1
        how = "goes forward, in a file with its newest row first" if newest_first else "goes back behind the row above"
        how = how if steps[place - 1] else "repeats"
        raise fields.error(place, f"{index[place].date()} {how}; sort by date, each once")
