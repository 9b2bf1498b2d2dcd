"""Numbers and dates as text: a true minus sign, no negative zero, and n/a for what is undefined."""

import re
from collections.abc import Sequence

MISSING = "n/a"
MINUS = "\N{MINUS SIGN}"
MONTH_LABELS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def number(value: float | None, places: int = 2, *, signed: bool = False) -> str:
    """The number with so many decimals; signed puts a plus before what is above zero."""
    if value is None:
        return MISSING
    rounded = round(value, places)
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return f"{sign}{abs(rounded):,.{places}f}"


def percent(value: float | None, places: int = 1, *, signed: bool = False) -> str:
    """A fraction in percent, with its sign: 0.123 is 12.3%."""
    return MISSING if value is None else number(100 * value, places, signed=signed) + "%"


def points(value: float | None, places: int = 1, *, signed: bool = False) -> str:
    """A fraction in percent without the sign, for tables whose caption says percent."""
    return MISSING if value is None else number(100 * value, places, signed=signed)


def date(iso: str | None) -> str:
    """An ISO date as 4 Mar 2020."""
    if iso is None:
        return MISSING
    year, month, day = iso.split("-")
    return f"{int(day)} {MONTH_LABELS[int(month) - 1]} {year}"


def period(start: str, end: str) -> str:
    """Two ISO dates as 4 Mar to 18 Mar 2020, the year once where both have the same."""
    first = date(start)
    return f"{first[:-5] if start[:4] == end[:4] else first} to {date(end)}"


def listed_words(words: Sequence[str], last: str = "and") -> str:
    """The words as a list in a sentence: a, b and c."""
    return f" {last} ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def numbered(number: int, one: str, many: str | None = None) -> str:
    """The number in figures with its noun: `1 value`, `2 values`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def counted(total: int, noun: str) -> str:
    """A small count in words with its noun: one strategy, five strategies."""
    plural = noun[:-1] + "ies" if re.search("[^aeiou]y$", noun) else noun + "s"
    word = NUMBER_WORDS[total] if total < len(NUMBER_WORDS) else f"{total:,}"
    return f"{word} {noun if total == 1 else plural}"
