"""From files to a series: columns added up, returns grown, pieces joined, releases dated; and every refusal."""

import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from backtester.errors import DataError
from backtester.histories.blueprints.assemble import assemble, release_times
from backtester.histories.blueprints.blueprint import Blueprint, Release, SourceFile
from backtester.histories.blueprints.sources import source_level
from bounds import takes

WORDS = {"kind": "price", "unit": "index", "source": "made for a test", "licence": "none"}


def values(text: str, **keys: Any) -> "pd.Series[float]":
    """The values of a source with those keys in that csv."""
    return level({"x.csv": text}, file="x.csv", **keys)


def level(files: dict[str, str], **keys: Any) -> "pd.Series[float]":
    """The level of a source with those keys among those files."""
    return source_level(SourceFile.model_validate({"provider": "csv", **keys}), lambda file: files[file].encode())


def assembled(files: dict[str, str], plan: dict[str, Any], **keys: Any) -> pd.DataFrame:
    """The table of a blueprint with one series `x`."""
    blueprint = Blueprint.model_validate({"title": "Made", "series": {"x": WORDS | plan}, **keys})
    return assemble(blueprint, lambda file: files[file].encode(), [].append)


def pieces(*names: str, **keys: Any) -> dict[str, Any]:
    """A series from several files."""
    return {"from": [{"provider": "csv", "file": name} for name in names], **keys}


def test_columns_are_added_up() -> None:
    """Several columns are one series, their sum; where one is missing there is no value."""
    found = values("date,a,b\n2024-01-02,1,10\n2024-01-03,,20\n2024-01-04,3,30\n", columns=["a", "b"])
    assert list(found) == [11, 33]
    assert list(found.index.day) == [2, 4]


def test_returns_in_percent_grow_a_level() -> None:
    """From 1 on the weekday before the first return: +10% on a Monday, then -50%."""
    found = values("date,a\n2024-01-08,10\n2024-01-09,-50\n", form="returns_percent")
    np.testing.assert_allclose(found, [1, 1.1, 0.55], rtol=1e-15)
    assert [str(day.date()) for day in found.index] == ["2024-01-05", "2024-01-08", "2024-01-09"]


def test_a_return_that_loses_all_is_refused() -> None:
    """No level goes on after -100%; the worst return is named with its date."""
    with pytest.raises(DataError, match=r"^x.csv: a return of -120% on 2024-01-09 leaves nothing$"):
        values("date,a\n2024-01-08,-100\n2024-01-09,-120\n", form="returns_percent")
    with pytest.raises(DataError, match=r"^x.csv: a return of -100% on 2024-01-08 leaves nothing$"):
        values("date,a\n2024-01-08,-100\n2024-01-09,1\n", form="returns_percent")


def test_missing_marks_of_ken_french() -> None:
    """-99.99 and -999 are missing in his files, and figures in others."""
    text = "date,a\n2024-01-02,-99.99\n2024-01-03,-999\n2024-01-04,1\n"
    assert list(values(text, provider="french")) == [1]
    assert list(values(text)) == [-99.99, -999, 1]


def test_stretches_and_the_end_are_left_out() -> None:
    """`without` leaves out both its ends, `until` keeps its own."""
    text = "date,a\n" + "".join(f"2024-01-{day:02},{day}\n" for day in range(1, 10))
    found = values(text, without=[["2024-01-03", "2024-01-05"]], until="2024-01-08")
    assert list(found) == [1, 2, 6, 7, 8]
    with pytest.raises(
        DataError, match=r"^x.csv has no value to take; see its columns, 'without', 'since' and 'until'$"
    ):
        values(text, until="2023-12-31")


def test_which_column_is_taken() -> None:
    """The only one; of Yahoo's the adjusted close, of Cboe's the close; of others the one that is named."""
    assert list(values("date,a\n2024-01-02,5\n")) == [5]
    assert list(values("Date,Open,Close,Adj Close\n2024-01-02,1,2,3\n")) == [3]
    assert list(values("DATE,OPEN,CLOSE\n01/31/2024,1,2\n")) == [2]
    with pytest.raises(DataError, match="has no column Adj Close; a Close may lack dividends"):
        values("Date,Open,Close\n2024-01-02,1,2\n", provider="yahoo")
    assert list(values("Date,Open,Close,Adj Close\n2024-01-02,1,2,3\n", provider="yahoo")) == [3]
    words = r"^x.csv has columns bid, ask; say which: 'columns' in a blueprint, or --column$"
    with pytest.raises(DataError, match=words):
        values("date,bid,ask\n2024-01-02,1,2\n")


def test_a_source_says_how_its_file_is_written() -> None:
    """What a csv leaves open is said in the blueprint: its dates, its decimal mark and its separator."""
    keys = {"date_format": "%d/%m/%Y", "decimal": ",", "sep": ";"}
    found = values("date;a\n01/02/2024;1,500\n01/03/2024;2\n", **keys)
    assert list(found) == [1.5, 2]
    assert list(found.index.month) == [2, 3]


OLD = "date,a\n2024-01-02,10\n2024-01-03,20\n2024-01-04,30\n"
NEW = "date,a\n2024-01-03,200\n2024-01-04,100\n2024-01-05,150\n"


@pytest.mark.parametrize(("join", "expected"), [("returns", [100, 200, 100, 150]), ("values", [10, 200, 100, 150])])
def test_pieces_are_joined(join: str, expected: list[float]) -> None:
    """By returns the older is scaled to meet the newer; by values the newer takes over on its first date."""
    found = assembled({"old": OLD, "new": NEW}, pieces("old", "new", join=join))
    assert list(found["x"]) == expected
    assert found.index.name == "date"


def test_refusals_name_the_series() -> None:
    """What is wrong with a file is told with the series that it is for."""
    with pytest.raises(DataError, match="have no date in common") as told:
        assembled({"old": OLD, "new": "date,a\n2025-01-02,1\n"}, pieces("old", "new", join="returns"))
    assert told.value.__notes__ == ["in the series 'x'"]


def test_the_history_ends_where_it_says() -> None:
    """`until` cuts every series; one of which nothing is left is refused."""
    assert list(assembled({"old": OLD}, pieces("old"), until="2024-01-03")["x"]) == [10, 20]
    with pytest.raises(DataError, match=r"^the series 'x' has no value up to 2024-01-01; choose a later 'until'$"):
        assembled({"old": OLD}, pieces("old"), until="2024-01-01")


def test_a_history_can_end_where_what_is_held_is_covered() -> None:
    """`covered` is the last date on which every asset has a figure; one that is only looked at may end before it."""
    files = {"p": OLD, "q": NEW, "v": "date,a\n2024-01-02,1\n"}
    series = {"p": WORDS | pieces("p"), "q": WORDS | pieces("q"), "v": WORDS | pieces("v") | {"kind": "level"}}
    blueprint = Blueprint.model_validate({"title": "Made", "until": "covered", "series": series})
    table = assemble(blueprint, lambda file: files[file].encode(), [].append)
    assert [str(day.date()) for day in table.index] == ["2024-01-02", "2024-01-03", "2024-01-04"]
    assert list(table["q"].dropna()) == [200, 100]
    with pytest.raises(ValueError, match="'never' is no date"):
        Blueprint.model_validate({"title": "Made", "until": "never", "series": {}})


def test_dates_that_are_known_ahead_go_on_past_the_end() -> None:
    """`until` cuts what was observed, and not a schedule."""
    files = {"p": OLD, "m": "date,a\n2024-01-03,1\n2024-03-20,1\n"}
    series = {"p": WORDS | pieces("p"), "m": WORDS | pieces("m") | {"kind": "schedule"}}
    blueprint = Blueprint.model_validate({"title": "Made", "until": "2024-01-03", "series": series})
    table = assemble(blueprint, lambda file: files[file].encode(), [].append)
    assert [str(day.date()) for day in table.index] == ["2024-01-02", "2024-01-03", "2024-03-20"]
    assert list(table["p"].dropna()) == [10, 20]


def test_a_bond_is_covered_as_far_as_its_yield() -> None:
    """It has no figures of its own, and what is built from nothing that is read is not waited for."""
    bond = {**WORDS, "kind": "bond", "maturity_years": 10}
    series = {"y": WORDS | pieces("y") | {"kind": "yield"}, "b": bond | {"yield": "y"}, "p": WORDS | pieces("p")}
    blueprint = Blueprint.model_validate({"title": "Made", "until": "covered", "series": series})
    table = assemble(blueprint, lambda file: {"y": OLD, "p": NEW}[file].encode(), [].append)
    assert str(table.index[-1].date()) == "2024-01-04"


def test_releases_stand_beside_their_values() -> None:
    """A value of Wednesday that is published a working day later, on Thursday at 16:30."""
    found = assembled({"old": OLD}, pieces("old", kind="level", release={"time": "16:30", "working_days": 1}))
    assert list(found["x_known"]) == [pd.Timestamp(2024, 1, day, 16, 30) for day in (3, 4, 5)]


def test_a_role_in_the_place_of_release_times_is_refused() -> None:
    """`x_known` cannot be both the times of x and a series."""
    release = pieces("old", kind="level", release={"time": "16:30", "working_days": 1})
    told = {"title": "Made", "series": {"x": WORDS | release, "x_known": WORDS | pieces("old")}}
    with pytest.raises(DataError, match=r"^a role x_known and a release of 'x' take the same column; rename the role$"):
        assemble(Blueprint.model_validate(told), lambda file: OLD.encode(), [].append)


def test_working_days_are_those_of_federal_offices() -> None:
    """Over a weekend with Martin Luther King's day, and over a day that was closed by order."""
    dates = pd.DatetimeIndex(["2024-01-12", "2024-12-23"])
    told = release_times(dates, (Release(time="16:30", working_days=1, closed=(datetime.date(2024, 12, 24),)),))
    assert list(told) == [pd.Timestamp("2024-01-16 16:30"), pd.Timestamp("2024-12-26 16:30")]


def test_a_day_of_the_next_month_and_late_ones() -> None:
    """January's value on 22 February, December's in the next year, and one that came later than the rule."""
    dates = pd.DatetimeIndex(["2024-01-01", "2024-12-01", "2025-09-01"])
    late = {datetime.date(2025, 9, 1): datetime.datetime(2025, 10, 24, 8, 30)}
    told = release_times(dates, (Release(time="08:30", day_of_next_month=22, late=late),))
    assert [str(time) for time in told] == ["2024-02-22 08:30:00", "2025-01-22 08:30:00", "2025-10-24 08:30:00"]


def test_rules_of_publication_follow_one_another() -> None:
    """Each value takes the first rule that holds for its date; without one it is refused."""
    first = Release(time="09:30", working_days=1, until=datetime.date(1993, 12, 31))
    dates = pd.DatetimeIndex(["1993-12-31", "1994-02-04"])
    told = release_times(dates, (first, Release(time="14:15", working_days=0)))
    assert [str(time) for time in told] == ["1994-01-03 09:30:00", "1994-02-04 14:15:00"]
    with pytest.raises(DataError, match=r"^no release for 1994-02-04; leave 'until' out of the last rule$"):
        release_times(dates, (first,))


def test_a_decision_of_a_sunday_is_known_on_monday() -> None:
    """With no working day to wait for, a value of a day off counts from the next working day, never from Friday."""
    told = release_times(pd.DatetimeIndex(["2020-03-15"]), (Release(time="14:15", working_days=0),))
    assert list(told) == [pd.Timestamp("2020-03-16 14:15")]


def test_a_release_by_its_name() -> None:
    """A name stands for the rules that come with the program; an unknown one is refused with the nearest."""
    plan = {"title": "Made", "series": {"x": WORDS | pieces("old", release="balance_sheet")}}
    (rule,) = Blueprint.model_validate(plan).series["x"].release
    assert (rule.working_days, rule.time) == (1, "16:30")
    with pytest.raises(ValueError, match=r"no release 'balance_sheets'; did you mean 'balance_sheet'\?"):
        Blueprint.model_validate({"title": "Made", "series": {"x": WORDS | pieces("old", release="balance_sheets")}})


DAILY = "date,a\n2024-01-30,1\n2024-01-31,2\n2024-02-01,3\n2024-02-02,4\n"


def test_returns_of_months_are_spread_over_the_sessions_of_another_file() -> None:
    """Two sessions of a month share its return; one for each session is repeated; a month without a row is left out."""
    files = {"m": "\n,RF\n202401,0.21\n\nyears\n,RF\n2024,5\n", "d": DAILY}
    found = level(files, file="m", columns=["RF"], form="month_returns_percent", dates="d")
    np.testing.assert_allclose(found, [1, 1.0021**0.5, 1.0021], rtol=1e-15)
    assert [str(day.date()) for day in found.index] == ["2024-01-29", "2024-01-30", "2024-01-31"]
    found = level(
        {"m": "month,v\n2024-01,1\n2024-02,2\n", "d": DAILY}, file="m", form="session_returns_percent", dates="d"
    )
    np.testing.assert_allclose(found, [1, 1.01, 1.01**2, 1.01**2 * 1.02, 1.01**2 * 1.02**2], rtol=1e-15)


def test_a_rate_pays_from_session_to_session() -> None:
    """The rate of the session before, or the last before that, over the days that passed / 365."""
    files = {
        "r": "date,v\n2024-01-04,3.65\n2024-01-08,7.3\n",
        "d": "date,v\n2024-01-04,1\n2024-01-05,1\n2024-01-08,1\n2024-01-09,1\n",
    }
    found = level(files, file="r", form="rate_percent", dates="d", since="2024-01-04")
    np.testing.assert_allclose(found, np.cumprod([1, 1.0001, 1.0003, 1.0002]), rtol=1e-15)


def test_returns_are_added_to_returns() -> None:
    """An excess return and the bills' beneath it, which a second source of them continues."""
    files = {
        "x": "date,a\n2024-01-31,1\n2024-02-01,2\n",
        "m": "month,v\n2024-01,0.5\n",
        "n": "month,v\n2024-01,9\n2024-02,0.25\n",
    }
    plus = [{"provider": "csv", "file": file, "form": "session_returns_percent", "dates": "x"} for file in ("m", "n")]
    found = level(files, file="x", form="returns_percent", plus=plus)
    np.testing.assert_allclose(found, [1, 1.015, 1.015 * 1.0225], rtol=1e-15)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"form": "rate_percent"}, "'dates' names the file whose dates a form of"),
        ({"form": "returns_percent", "dates": "d"}, "'dates' names the file whose dates a form of"),
        ({"plus": [{"provider": "csv", "file": "x", "form": "returns_percent"}]}, "'plus' adds returns to returns"),
        ({"form": "returns_percent", "plus": [{"provider": "csv", "file": "x"}]}, "'plus' adds returns to returns"),
    ],
)
def test_keys_that_do_not_go_together_are_refused(keys: dict[str, Any], message: str) -> None:
    """`dates` goes with the forms that are spread, and `plus` with returns."""
    with pytest.raises(ValueError, match=message):
        SourceFile.model_validate({"provider": "csv", "file": "x", **keys})


def notes_of(old: str, new: str, **keys: Any) -> list[str]:
    """What is noted when a series is joined from two files."""
    told: list[str] = []
    plan = WORDS | pieces("old", "new", **keys)
    files = {"old": old, "new": new}
    assemble(
        Blueprint.model_validate({"title": "Made", "series": {"x": plan}}), lambda f: files[f].encode(), told.append
    )
    return told


def test_pieces_that_disagree_are_noted() -> None:
    """Where both files have a value and they differ by more than their last digit, how often and how much is told."""
    old = "date,x\n2024-01-02,1.11\n2024-01-03,2.22\n2024-01-04,4.01\n2024-01-05,5.01\n"
    new = "date,x\n2024-01-03,2.22\n2024-01-04,4.51\n2024-01-05,5.02\n"
    assert notes_of(old, new) == [
        "x: new takes over from old, where both have values; 1 of 3 common dates differ, from 2024-01-04 on, typically "
        "by 0.5 and at most by 0.5 (2024-01-04)"
    ]


def test_pieces_joined_by_returns_are_compared_on_one_scale() -> None:
    """A newer file in another unit agrees where its returns do."""
    old = "date,x\n2024-01-02,1.1\n2024-01-03,2.1\n2024-01-04,4.2\n"
    assert notes_of(old, "date,x\n2024-01-03,21\n2024-01-04,42\n", join="returns") == []
    (note,) = notes_of(old, "date,x\n2024-01-03,21\n2024-01-04,62\n", join="returns")
    assert note.endswith("differ, from 2024-01-04 on, typically by 20 and at most by 20 (2024-01-04)")


@pytest.mark.parametrize(
    ("model", "name", "least", "most", "below", "above"),
    [
        (Release, "working_days", 0, 60, -1, 61),
        (Release, "day_of_next_month", 1, 28, 0, 29),
        (Release, "time", "00:00", "23:59", "24:00", "23:60"),
        (Blueprint, "sessions_a_year", 1e-9, 366, 0, 366.1),
    ],
)
def test_bounds(model: type, name: str, least: Any, most: Any, below: Any, above: Any) -> None:
    """The least and the most are taken, and what is just beyond them is refused."""
    assert [takes(model, name, value) for value in (least, most, below, above)] == [True, True, False, False]
