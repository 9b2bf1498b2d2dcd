"""Histories and their series as documents, by hand."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from backtester.cli.actions.described import _known, described_history, listed_histories
from backtester.histories.series import Quoted
from folders import listed, made_folder, weekdays


def test_a_history_begins_and_ends_with_its_sessions(tmp_path: Path) -> None:
    """In the list and by itself; each of its series with the values that it has."""
    dates = weekdays("2024-01-01", 30)
    columns = {"date": dates, "stocks": [100.0 + at for at in range(30)], "vix": [None, None, *[15.0] * 26, None, None]}
    series = {"stocks": listed("total_return", "stocks"), "vix": listed("level", "vix", lag_sessions=1)}
    folder = made_folder(tmp_path, columns, series)
    row = next(one for one in listed_histories(folder) if one["name"] == "made")
    found = described_history("made", folder)
    assert row == {name: found[name] for name in found if name != "series"} | {"error": None, "series": 2}
    assert (row["first"], row["last"], row["sessions"]) == ("2024-01-01", "2024-02-09", 30)
    stocks, vix = found["series"]
    assert (stocks["first"], stocks["last"], stocks["known"]) == ("2024-01-01", "2024-02-09", "")
    assert (vix["first"], vix["last"], vix["known"]) == ("2024-01-03", "2024-02-07", "1 session later")


@pytest.mark.parametrize(
    ("times", "lag", "words"),
    [
        ((), 0, "same close"), (("a",), 1, "1 session later"), ((), 2, "2 sessions later"),
        (("a", "b"), 1, "once published"),
    ],
)  # fmt: skip
def test_when_a_value_can_be_used(times: tuple[str, ...], lag: int, words: str) -> None:
    """At the close of its date, sessions later, or when it was published if that has times of its own."""
    assert _known(cast(Quoted, SimpleNamespace(times=times, lag_sessions=lag))) == words
