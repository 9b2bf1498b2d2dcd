"""A series that is added to a history for one run, by hand."""

import datetime
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from backtester.errors import DataError
from backtester.histories.added import absent_at_end, add_series, refuse_slower, validated_series
from backtester.histories.align import OPEN_END
from backtester.histories.manifest import find_history
from backtester.histories.rhythm import RHYTHMS
from folders import WORDS, made_folder, weekdays
from walks import steps

DAYS = weekdays("2024-01-01", 100)
KEYS = {"kind": "price", **WORDS}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A history of stocks."""
    return made_folder(tmp_path, {"date": DAYS, "stocks": [100.0 + at for at in range(100)]})


def values(*numbers: float) -> "pd.Series[float]":
    """Values of the first days."""
    return pd.Series(numbers, pd.DatetimeIndex(DAYS[: len(numbers)]))


def test_a_series_is_held_beside_those_of_the_history(folder: Path) -> None:
    """By its role, from a file of its own; the history stays as it was."""
    history = find_history("made", folder)
    walk = values(*(100 + np.cumsum(steps(100))))
    added = add_series(history, "mine", KEYS, walk, ("mine.csv", "abc"))
    assert (list(history.series), list(added.history.series)) == (["stocks"], ["stocks", "mine"])
    assert added.history.in_memory["mine"] is walk
    assert added.history.table.files["mine.csv"] == "sha256 abc"
    assert added.notes == ()
    with pytest.raises(DataError, match=r"'made' has a series 'stocks' already; give the one of mine.csv another name"):
        add_series(history, "stocks", KEYS, walk, ("mine.csv", "abc"))
    with pytest.raises(DataError, match="mine"):
        add_series(history, "mine", KEYS, -walk, ("mine.csv", "abc"))
    with pytest.raises(DataError, match=r"^mine: unknown kind 'pric'; did you mean 'price'"):
        validated_series("mine", KEYS | {"kind": "pric"})


def test_what_an_import_would_warn_of_is_noted(folder: Path) -> None:
    """A price that jumps is; that it lacks a day is good to know, and no more. Bills may grow evenly."""
    history = find_history("made", folder)
    walk = values(*(100 + np.cumsum(steps(100))))
    jumped = walk.where(walk.index != walk.index[50], 500.0).drop(walk.index[20])
    notes = add_series(history, "mine", KEYS, jumped, ("mine.csv", "abc")).notes
    assert any(note.startswith("mine: spike, taken back by the next value") for note in notes)
    assert not any("without a value" in note for note in notes)
    even = values(*1.000123 ** np.arange(100.0))
    said = {role: add_series(history, role, KEYS | {"kind": "total_return"}, even, ("m", "a")).notes
            for role in ("bills", "mine")}  # fmt: skip
    assert (said["bills"], len(said["mine"]) > 0) == ((), True)


@pytest.mark.parametrize(("days", "is_absent"), [(0, False), (10, False), (11, True)])
def test_an_asset_that_ends_long_before_is_absent(days: int, is_absent: bool) -> None:
    """More than ten days: from the next day on, for good."""
    series = values(1.0, 2.0, 3.0)
    keys, notes = absent_at_end("mine", series, series.index[-1] + pd.Timedelta(days=days))
    assert keys == ({"absent": [[datetime.date(2024, 1, 4), OPEN_END]]} if is_absent else {})
    assert (
        notes
        == ["mine ends on 2024-01-03 and is cash from then on; --end 2024-01-03 measures only what it has"] * is_absent
    )


@pytest.mark.parametrize(
    ("code", "sessions_a_year", "refused"),
    [
        ("ME", 252, True),
        ("ME", 24.1, True),
        ("ME", 24, False),
        ("W-FRI", 252, True),
        ("B", 252, False),
        ("YS", 12, False),
    ],
)
def test_a_slower_asset_is_refused(code: str, sessions_a_year: float, refused: bool) -> None:
    """One with fewer than half as many values as there are sessions; what keeps no rhythm is not."""
    slow = pd.Series(1.0, pd.date_range("2020-01-01", periods=40, freq=code))
    rhythm = replace(RHYTHMS["daily"], sessions_a_year=sessions_a_year)
    if refused:
        with pytest.raises(DataError, match=r"^mine is .*, and the sessions of history 'made' are daily; measure"):
            refuse_slower("mine", slow, "made", rhythm)
    else:
        refuse_slower("mine", slow, "made", rhythm)
