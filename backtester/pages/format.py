"""Numbers and dates as text: with a minus sign instead of a hyphen, no negative zero, and n/a for None."""

import re
from collections.abc import Sequence

MISSING = "n/a"
MINUS = "\N{MINUS SIGN}"
MONTH_LABELS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def number(value: float | None, places: int = 2, *, signed: bool = False) -> str:
    """The number with `places` decimals; with `signed`, one above zero has a plus."""
    if value is None:
        return MISSING
    rounded = round(value, places)
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return f"{sign}{abs(rounded):,.{places}f}"


def percent(value: float | None, places: int = 1, *, signed: bool = False) -> str:
    """A fraction in percent, with a percent sign: 0.123 is 12.3%."""
    return MISSING if value is None else number(100 * value, places, signed=signed) + "%"


def points(value: float | None, places: int = 1, *, signed: bool = False) -> str:
    """A fraction in percent without a percent sign, for tables whose caption says percent."""
    return MISSING if value is None else number(100 * value, places, signed=signed)


def date(iso: str | None) -> str:
    """An ISO date as text: 4 Mar 2020."""
    if iso is None:
        return MISSING
    year, month, day = iso.split("-")
    return f"{int(day)} {MONTH_LABELS[int(month) - 1]} {year}"


def period(start: str, end: str) -> str:
    """Two ISO dates as text: 4 Mar to 18 Mar 2020; a year that they share is written once."""
    first = date(start)
    if start[:4] == end[:4]:
        first = first.removesuffix(f" {start[:4]}")
    return f"{first} to {date(end)}"


def listed_words(words: Sequence[str], last: str = "and") -> str:
    """The words as a list in a sentence, with `last` before the last of them: a, b and c."""
    return f" {last} ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def numbered(count: int, singular: str, plural: str | None = None) -> str:
    """A count in digits with its noun: "1 value", "2 values"; the plural ends in s if none is given."""
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def counted(count: int, noun: str) -> str:
    """A count with its noun, below ten in words: "one strategy", "12 strategies"."""
    plural = noun[:-1] + "ies" if re.search("[^aeiou]y$", noun) else noun + "s"
    word = NUMBER_WORDS[count] if count < len(NUMBER_WORDS) else f"{count:,}"
    return f"{word} {noun if count == 1 else plural}"
