"""What the words of options become."""

import datetime

import click
import pytest

from backtester.cli.options import Day, parse_band, parse_named, refuse_nan
from interface import taken, written

SERIES = click.Option(["--series"], metavar="NAME=FILE.csv")
CONTEXT = click.Context(click.Command("run"))


def test_a_day_is_written_one_way() -> None:
    """Year, month and day with hyphens, and a day that there is; not weeks or bare digits, which ISO allows."""
    assert Day().convert("2020-02-29", SERIES, CONTEXT) == datetime.date(2020, 2, 29)
    for word in ("2021-02-29", "2021", "20200229", "2020-W09-6", "2020-02-29 16:00", ""):
        with pytest.raises(click.BadParameter, match=f"'{word}' is no date; write it like 2020-03-23"):
            Day().convert(word, SERIES, CONTEXT)


def test_named_values_are_read() -> None:
    """What stands before the first equals sign is the name; the value may have others."""
    assert parse_named(CONTEXT, SERIES, ("cta=cta.csv", "x=a=b.csv")) == {"cta": "cta.csv", "x": "a=b.csv"}


@pytest.mark.parametrize("word", ["cta", "cta=", "=cta.csv", "="])
def test_a_name_and_a_value_are_needed(word: str) -> None:
    """Neither of them may be empty."""
    with pytest.raises(click.BadParameter, match=f"'{word}' is not NAME=FILE.csv"):
        parse_named(CONTEXT, SERIES, (word,))


def test_a_name_twice_is_refused() -> None:
    """Two values of one name are a mistake, two names of one value are not."""
    with pytest.raises(click.BadParameter, match="a name is given twice"):
        parse_named(CONTEXT, SERIES, ("a=1", "b=1", "a=2"))
    assert parse_named(CONTEXT, SERIES, ("a=1", "b=1")) == {"a": "1", "b": "1"}


def test_bands_are_fractions_or_none() -> None:
    """From 0 to 1, or infinite for none; nothing else is a band."""
    assert [parse_band(CONTEXT, SERIES, word) for word in ("0", "0.05", "1", "None")] == [0.0, 0.05, 1.0, float("inf")]
    assert parse_band(CONTEXT, SERIES, None) is None
    for word in ("-0.01", "1.01", "nan", "wide"):
        with pytest.raises(click.BadParameter, match=f"'{word}' is not a band"):
            parse_band(CONTEXT, SERIES, word)


def test_no_number_is_refused() -> None:
    """NaN, which click's ranges take, is refused, and no value is none."""
    with pytest.raises(click.BadParameter, match="nan is not a number"):
        refuse_nan(CONTEXT, SERIES, float("nan"))
    assert [refuse_nan(CONTEXT, SERIES, value) for value in (None, 0.0, 1.5)] == [None, 0.0, 1.5]


def test_what_options_of_many_commands_take() -> None:
    """Every option of `run`, most of which are others' too, with its type, bounds and default: `interface.txt`."""
    assert taken("run") == written("run")
