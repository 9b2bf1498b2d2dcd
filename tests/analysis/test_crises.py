"""Crises: reading their file, and finding them among sessions."""

import datetime
from pathlib import Path

import pandas as pd
import pytest

from backtester.analysis.crises import Crisis, crisis_of, find_window, read_crises
from backtester.analysis.windows import Window
from backtester.errors import DataError
from backtester.histories.rhythm import RHYTHMS

TABLE = """
[[crisis]]
name = "A fall"
start = {start}
end = 2024-01-12
cause = "growth"
summary = "It fell."
source = "made for a test"
history = "us"
"""


def write(folder: Path, text: str) -> Path:
    (folder / "crises.toml").write_text(text, encoding="utf-8")
    return folder


def crisis(start: str, end: str) -> Crisis:
    dates = [datetime.date.fromisoformat(date) for date in (start, end)]
    return Crisis(name="A fall", start=dates[0], end=dates[1], cause="growth", summary="", source="", history="us")


SESSIONS = pd.DatetimeIndex(["2024-01-02", "2024-01-05", "2024-01-08", "2024-01-12"])


@pytest.mark.parametrize(
    ("start", "end", "window"),
    [
        ("2024-01-02", "2024-01-12", Window(0, 3)),
        ("2024-01-07", "2024-01-09", Window(1, 2)),
        ("2024-01-01", "2024-01-05", None),
        ("2024-01-05", "2024-01-13", None),
        ("2024-01-09", "2024-01-11", None),
    ],
)
def test_window_is_between_the_last_closes_on_or_before_its_dates(start: str, end: str, window: Window | None) -> None:
    """Weekends go back to Friday; what begins before or ends after the sessions, or holds none, is not covered."""
    assert find_window(crisis(start, end), SESSIONS) == window


def test_among_months_a_crisis_is_held_by_its_window() -> None:
    """Of 19 February to 23 March it is the end of January to that of March: the crash is in it."""
    months = pd.DatetimeIndex(["2020-01-31", "2020-02-28", "2020-03-31", "2020-04-30"])
    assert find_window(crisis("2020-02-19", "2020-03-23"), months, RHYTHMS["monthly"]) == Window(0, 2)
    assert find_window(crisis("2020-03-04", "2020-03-31"), months, RHYTHMS["monthly"]) == Window(1, 2)
    assert find_window(crisis("2020-04-04", "2020-05-01"), months, RHYTHMS["monthly"]) is None


def test_a_window_belongs_to_the_crisis_that_it_shares_most_with() -> None:
    """The share is of the sessions of either: a short crisis has its own. One session shared is enough, none is not."""
    long, short = (
        (crisis("2024-01-02", "2024-01-12"), Window(0, 40)),
        (crisis("2024-01-05", "2024-01-12"), Window(12, 20)),
    )
    assert crisis_of(Window(10, 14), [long, short]) == short[0]  # 4 of 40 and 2 of 10
    assert crisis_of(Window(39, 43), [long]) == long[0]
    assert crisis_of(Window(40, 43), [long, short]) is None
    assert crisis_of(Window(19, 60), [short]) == short[0]
    assert crisis_of(Window(10, 14), [long, (short[0], long[1])]) == long[0]


def test_a_crisis_is_an_ordinary_one_unless_it_is_said() -> None:
    """It stands among the others, not among those then and now, and is called by its name."""
    one = crisis("2024-01-02", "2024-01-12")
    assert (one.then_and_now, one.headline) == (False, None)


def test_a_folder_has_its_own_crises(tmp_path: Path) -> None:
    """A data folder's crises.toml is read instead of the embedded one."""
    assert [one.name for one in read_crises(write(tmp_path, TABLE.format(start="2024-01-02")))] == ["A fall"]


def test_a_folder_without_a_file_has_the_embedded_crises(tmp_path: Path) -> None:
    """Without one the embedded crises hold, from 1987 to the latest."""
    assert read_crises(tmp_path) == read_crises()
    assert {1987, 1997, 2001, 2008, 2020, 2022, 2025} <= {one.start.year for one in read_crises()}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TABLE.format(start="2024-01-12"), "[crisis.0] crisis 'A fall' ends on 2024-01-12, not after"),
        (TABLE.format(start="2024-01-02") + "colour = 1", "[crisis.0.colour] Extra inputs are not permitted"),
        ("[[crisis]]\nname = 'x'", "[crisis.0.start] Field required"),
        ("crisis = [", "Invalid value"),
    ],
)
def test_a_wrong_file_is_told(tmp_path: Path, text: str, message: str) -> None:
    """The file, the key and what is wrong with it are named."""
    with pytest.raises(DataError) as caught:
        read_crises(write(tmp_path, text))
    assert str(tmp_path / "crises.toml") in str(caught.value)
    assert message in str(caught.value)


def test_a_file_that_is_not_text_is_told(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are an error that names the file."""
    (tmp_path / "crises.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match=r"cannot read .*crises\.toml: .*; it is a TOML file of \[\[crisis\]\] tables"):
        read_crises(tmp_path)
