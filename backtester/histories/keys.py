"""The types of values in a manifest: dates, ranges of dates, numbers and colours."""

import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator

Colour = Literal["blue", "sky", "violet", "amber", "green", "teal", "brick", "olive"]  # of pages.palette


def as_date(value: object) -> object:
    """The value as a date. Raise ValueError unless it is one, or text such as 2020-01-31; numbers are not dates."""
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise ValueError(f"{value!r} is no date; write it like 2020-01-31") from error


def _in_order(dates: tuple[datetime.date, datetime.date]) -> tuple[datetime.date, datetime.date]:
    """The first and last date of a range. Raise ValueError if the last is the earlier one."""
    first, last = dates
    if last < first:
        raise ValueError(f"the stretch ends on {last}, before it begins on {first}; swap the two")
    return dates


def _as_number(value: object) -> object:
    """The value as it is. Raise ValueError if it is true, false or text, which pydantic would turn into a number."""
    if isinstance(value, bool | str):
        shown = str(value).lower() if isinstance(value, bool) else repr(value)
        raise ValueError(f"{shown} is no number; write it bare")
    return value


BARE_NUMBER = BeforeValidator(_as_number)  # for numbers written bare: text, true and false are refused
Date = Annotated[datetime.date, BeforeValidator(as_date)]
DateRange = Annotated[tuple[Date, Date], AfterValidator(_in_order)]  # both ends included
