"""Dates in text files: the patterns that are recognised, and a column of texts in one of them as an index.

A pattern is a regular expression with the groups `year`, `month` and `day`. Where the order of day and month is not
certain, as in 01/02/2024, these two groups are called `left` and `right`, and some row must show which is the day, by a
number above 12. Dates that fit no pattern, or whose order nothing shows, are refused.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.errors import DataError

DateParts = dict[str, tuple[str, ...]]  # by the name of a group, its text in each date
MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
SHORT_MONTHS = [month[:3] for month in MONTH_NAMES]
NAMED_MONTH = rf"(?P<month>{'|'.join(f'{month[:3]}(?:{month[3:]})?' for month in MONTH_NAMES)})"
ZONE = r"(?P<zone>Z|UTC|[+-]\d\d:?\d\d)"
TIME_OF_DAY = rf"(?:[T ](?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d(?:\.\d{{1,9}})?))? ?{ZONE}?)?"
DATE_PATTERNS = tuple(
    re.compile(date + TIME_OF_DAY, re.ASCII | re.IGNORECASE)
    for date in (
        r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d\d?)(?P=mark)(?P<day>\d\d?)",
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)",
        r"(?P<left>\d\d?)(?P<mark>[-/.])(?P<right>\d\d?)(?P=mark)(?P<year>\d{4}|\d\d)",
        rf"(?P<day>\d\d?)(?P<mark>[-/. ]?){NAMED_MONTH}(?P=mark)(?P<year>\d{{4}}|\d\d)",
        rf"{NAMED_MONTH} (?P<day>\d\d?),? (?P<year>\d{{4}})",
    )
)
ACCEPTED_DATES = "2024-01-31, 2024/01/31, 20240131, 31-Jan-2024 or 12/31/2024"
STRPTIME_DIRECTIVES = {  # that a --date-format may have, without the %
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
STYLE_GROUPS = ("mark", "year", "hour", "zone")  # groups that must be written alike in all dates of a file
DAYLIGHT_SAVING_MINUTES = 60  # by which summer and winter time of one zone differ


def date_patterns(date_format: str | None) -> tuple[re.Pattern[str], ...]:
    """The patterns of a file's dates: that of `date_format`, in strptime's notation, or without it all known ones.

    Raise DataError if the format has an unknown directive, one twice, or lacks the year, month or day.
    """
    if date_format is None:
        return DATE_PATTERNS
    pieces = re.split("%(.?)", date_format, flags=re.DOTALL)  # text and directives in turn
    if unknown := [piece for piece in pieces[1::2] if piece not in STRPTIME_DIRECTIVES]:
        raise DataError(f"date format {date_format!r} has %{unknown[0]}; known: %{', %'.join(STRPTIME_DIRECTIVES)}")
    expressions = [STRPTIME_DIRECTIVES[piece] if n % 2 else re.escape(piece) for n, piece in enumerate(pieces)]
    try:
        pattern = re.compile("".join(expressions), re.ASCII | re.IGNORECASE)
    except re.error as error:
        raise DataError(f"date format {date_format!r} says a part of the date twice; say it once") from error
    if lacking := [part for part in ("year", "month", "day") if part not in pattern.groupindex]:
        raise DataError(
            f"date format {date_format!r} has no {lacking[0]}; year (%Y), month (%m) and day (%d) are needed: a value "
            "without its day cannot be placed"
        )
    return (pattern,)


def is_date(text: str, patterns: Sequence[re.Pattern[str]]) -> bool:
    """Whether the text fits one of the patterns; it may still be no day of the calendar."""
    return any(pattern.fullmatch(text) for pattern in patterns)


@dataclass(frozen=True)
class DateFields:
    """The texts of a column of dates, the numbers of their lines in the file, and the file's name."""

    texts: list[str]
    lines: list[int]
    name: str

    def error(self, place: int, text: str) -> DataError:
        """The error about the text at a place in the column, to be raised."""
        return DataError(f"{self.name}, line {self.lines[place]}: {text}")


def read_dates(fields: DateFields, date_format: str | None, note: Callable[[str], None]) -> pd.DatetimeIndex:
    """The dates of the fields, all written like the first; ascending or, newest first, descending.

    `note` is called with the order of day and month, if it was inferred from a row. Times of day must be midnight, and
    time zones do not shift the dates. Raise DataError if a field is written in another way, is no day of the calendar,
    repeats, or breaks the order.
    """
    texts = fields.texts
    pattern = next(pattern for pattern in date_patterns(date_format) if pattern.fullmatch(texts[0]))
    matches = [pattern.fullmatch(text) for text in texts]
    unmatched = next((place for place, match in enumerate(matches) if match is None), len(texts))  # the first
    groups = zip(*(match.groups() for match in matches[:unmatched] if match), strict=True)
    parts = dict(zip(pattern.groupindex, groups, strict=True))
    _refuse_times(parts, fields)
    styles = list(zip(*(_style(name, parts[name]) for name in STYLE_GROUPS if name in parts), strict=True))
    unlike_first = next((place for place, style in enumerate(styles) if style != styles[0]), unmatched)
    if unlike_first < len(texts):
        raise fields.error(unlike_first, f"{texts[unlike_first][:40]!r} is no date like {texts[0]!r} above")
    _refuse_mixed_zones(parts.get("zone", ()), fields)
    if date_format is None and len(parts["year"][0]) == 2:
        text = f"date {texts[0]!r} has a year of two digits; write four, or name the form with --date-format"
        raise fields.error(0, text)
    day, month = ("day", "month") if "day" in parts else _day_and_month_groups(parts, fields, note)
    iso = [f"{_year(y)}-{_month(m)}-{d:0>2}" for y, m, d in zip(parts["year"], parts[month], parts[day], strict=True)]
    parsed = pd.to_datetime(pd.Series(iso), format="%Y-%m-%d", errors="coerce")
    is_no_day = parsed.isna().to_numpy()
    if is_no_day.any():
        place = int(is_no_day.argmax())
        raise fields.error(place, f"{texts[place]!r} is no day of the calendar; mend the row")
    index = pd.DatetimeIndex(parsed.to_numpy(), name="date").as_unit("s")
    _refuse_disorder(index, fields)
    return index


def _refuse_times(parts: DateParts, fields: DateFields) -> None:
    """Raise DataError if a date has a time of day other than midnight."""
    for name in ("hour", "minute", "second"):
        for place, digits in enumerate(parts.get(name, ())):
            if digits and float(digits):
                raise fields.error(place, f"date {fields.texts[place]!r} has a time of day; give dates alone")


def _style(name: str, texts: tuple[str | None, ...]) -> list[object]:
    """The style (N,) of a group in each date: a value that must be the same in all dates of a file.

    For `mark` the text; for `zone` its name, or whether there is an offset; for `year` the number of its digits; for
    `hour` whether there is a time of day.
    """
    if name == "mark":
        return list(texts)
    if name == "zone":
        return [text.upper() if text and text.isalpha() else bool(text) for text in texts]
    return [text is None or len(text) if name == "year" else text is None for text in texts]


def _refuse_mixed_zones(zones: tuple[str | None, ...], fields: DateFields) -> None:
    """Raise DataError if offsets from UTC differ by more than summer and winter time of one zone do."""
    offsets = [zone.replace(":", "") for zone in zones if zone and not zone.isalpha()]  # such as +0530
    signs = [-1 if offset.startswith("-") else 1 for offset in offsets]
    minutes = [sign * (60 * int(text[1:3]) + int(text[3:])) for sign, text in zip(signs, offsets, strict=True)]
    if minutes and max(minutes) - min(minutes) > DAYLIGHT_SAVING_MINUTES:
        place = max(range(len(minutes)), key=lambda n: abs(minutes[n] - minutes[0]))
        text = f"date {fields.texts[place]!r} is in another time zone than {fields.texts[0]!r}"
        raise fields.error(place, f"{text}; give the exchange's own dates alone")


def _day_and_month_groups(parts: DateParts, fields: DateFields, note: Callable[[str], None]) -> tuple[str, str]:
    """The name of the group of days and that of months: the one that exceeds 12 in some row is the day.

    Raise DataError if both do, or neither.
    """
    left, right = ([n for n, digits in enumerate(parts[name]) if int(digits) > 12] for name in ("left", "right"))
    mark, texts = parts["mark"][0], fields.texts
    if left and right:
        earlier, later = sorted((left[0], right[0]))
        text = f"{texts[later]!r} and {texts[earlier]!r} above do not have day and month in one order; mend the dates"
        raise fields.error(later, text)
    if not left and not right:
        raise fields.error(
            0,
            f"{texts[0]!r} has no field above 12, nor has any row; say which is the day: --date-format "
            f"%d{mark}%m{mark}%Y or %m{mark}%d{mark}%Y",
        )
    place = left[0] if left else right[0]
    order = f"day{mark}month{mark}year" if left else f"month{mark}day{mark}year"
    note(f"{fields.name}: dates are read as {order}, as line {fields.lines[place]} shows: {texts[place]}")
    return ("left", "right") if left else ("right", "left")


def _year(digits: str) -> str:
    """The year in four digits; of two digits, as in POSIX, 69 to 99 mean 1969 to 1999, 00 to 68 mean 2000 to 2068."""
    return digits if len(digits) == 4 else f"{19 if int(digits) >= 69 else 20}{digits}"


def _month(text: str) -> str:
    """The month in two digits, from a number or an English name."""
    return text.zfill(2) if text.isdecimal() else f"{1 + SHORT_MONTHS.index(text[:3].lower()):02}"


def _refuse_disorder(index: pd.DatetimeIndex, fields: DateFields) -> None:
    """Raise DataError unless all dates ascend, or all descend, and none repeats."""
    newest_first = bool(index[0] > index[-1])
    steps = -np.diff(index.asi8) if newest_first else np.diff(index.asi8)
    if (steps <= 0).any():
        place = int((steps <= 0).argmax()) + 1
        mistake = (
            "goes forward, in a file with its newest row first" if newest_first else "goes back behind the row above"
        )
        mistake = mistake if steps[place - 1] else "repeats"
        raise fields.error(place, f"{index[place].date()} {mistake}; sort by date, each once")
