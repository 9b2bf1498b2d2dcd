"""What checks say of several series, of one file or history, and of many findings, by hand."""

import datetime
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from backtester.histories.checks import files, series
from backtester.histories.checks import history as histories
from backtester.histories.checks.finding import Finding
from backtester.histories.checks.history import check_history
from backtester.histories.manifest import find_history
from folders import listed, made_folder, weekdays
from walks import new_york, steps

FIRST, LATER = datetime.date(2024, 1, 2), datetime.date(2024, 1, 5)


def some(count: int, severity: str = "note") -> list[Finding]:
    """So many findings of a check, the later ones of earlier days; the last of a stretch, and one without any date."""
    days = [FIRST - datetime.timedelta(days=at) for at in range(count - 2)]
    told = [Finding("note", "gaps", "gold", f"no {at}", day, day, (day, LATER)) for at, day in enumerate(days)]
    told += [Finding("note", "gaps", "gold", "a stretch", FIRST, LATER), Finding("note", "gaps", "gold", "no day")]
    return told if severity == "note" else [replace(one, severity="warning") for one in told]


def test_three_findings_are_apart() -> None:
    """Of each severity, in the order in which they come."""
    found = [*some(3), *some(3, "warning")]
    assert series.merged_findings(found) == found


def test_more_than_three_are_one() -> None:
    """With their number, the first three in full, from the first day of any to the last of any, each day once."""
    [note, *warnings] = series.merged_findings([*some(5), *some(2, "warning")])
    assert warnings == some(2, "warning")
    assert note == Finding(
        "note",
        "gaps",
        "gold",
        "5 findings, the gravest 3: 2024-01-02: no 0; 2024-01-01: no 1; 2023-12-31: no 2",
        datetime.date(2023, 12, 31),
        LATER,
        (datetime.date(2023, 12, 31), datetime.date(2024, 1, 1), FIRST, LATER),
    )
    stretch = some(4)[2]
    assert series.merged_findings([stretch] * 4)[0].message.startswith(
        "4 findings, the gravest 3: 2024-01-02 to 2024-01-05: a stretch; "
    )


def test_a_table_of_four_prices_is_checked_as_bars() -> None:
    """It needs no other column; an adjusted close needs the close alone."""
    days = new_york(30)
    bars = pd.DataFrame({"Open": 10.0, "High": 9.0, "Low": 9.0, "Close": 10.0}, days)
    assert {one.check for one in files._check_table("made", bars)} == {"bars"}
    adjusted = pd.DataFrame({"Close": 10.0, "Adj Close": 9.0}, days)
    assert [one.check for one in files._check_table("made", adjusted)] == ["appended"]


def test_an_adjusted_close_that_is_the_close_is_no_series() -> None:
    """Also where the file has no other column."""
    table = pd.DataFrame({"Close": [10.0, 11.0], "Adj Close": [10.0, 11.0]}, new_york(2))
    assert [one.name for one in files._subjects("made", table, None, None, "")] == ["made"]
    table["Adj Close"] /= 2
    assert [one.name for one in files._subjects("made", table, None, None, "")] == ["made", "made:Adj Close"]


def test_columns_that_differ_in_case_are_all_series() -> None:
    """None is dropped, and the one that is asked for is that of the same letters."""
    table = pd.DataFrame({"Close": [10.0, 11.0], "close": [20.0, 21.0]}, new_york(2))
    found = {one.name: one.values.iloc[0] for one in files._subjects("made", table, None, None, "")}
    assert found == {"made:Close": 10.0, "made:close": 20.0}
    assert [files._subjects("made", table, one, None, "")[0].values.iloc[0] for one in table] == [10.0, 20.0]


def test_bills_accrue_and_stocks_have_the_calendar(tmp_path: Path) -> None:
    """What is carried for want of a value is a note from the first session to the last."""
    days = weekdays("2024-01-01", 100)
    walk = {role: (100 + np.cumsum(steps(100, seed=at))).tolist() for at, role in enumerate(("stocks", "bills"))}
    vix: list[float | None] = (15 + np.cumsum(steps(100, 0.3, seed=3))).round(2).tolist()
    folder = made_folder(tmp_path, {"date": days, **walk, "vix": [*vix[:50], None, *vix[51:]]},
                         {**{role: listed("total_return", role) for role in walk},
                          "vix": listed("level", "vix", lag_sessions=0)}, calendar="weekdays")  # fmt: skip
    report = check_history(find_history("made", folder))
    assert [(one.name, one.calendar, one.accrues) for one in report.subjects] == [
        ("made.stocks", "weekdays", False), ("made.bills", None, True), ("made.vix", None, False),
    ]  # fmt: skip


@pytest.mark.parametrize(("carried", "words"), [({"gold": 0, "vix": 2}, ["vix 2"]), ({"gold": 0}, []), ({}, [])])
def test_what_is_carried_is_a_note(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, carried: dict[str, int], words: list[str]
) -> None:
    """Of the series that carry a level on some session, from the history's first session to its last."""
    history = find_history("made", made_folder(tmp_path, {"date": weekdays("2024-01-01", 5), "stocks": [1.0] * 5}))
    market = type("Market", (), {"carried": carried, "sessions": new_york(5)})
    monkeypatch.setattr(histories, "build_market", lambda history: market)
    text = "sessions on which a level is carried for want of a value: "
    days = new_york(5)
    assert histories._alignment(history) == [
        Finding("note", "alignment", "made", text + word, days[0].date(), days[-1].date()) for word in words
    ]
