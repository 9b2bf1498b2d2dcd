"""Files and folders of csv, the embedded histories, and the traps in real files."""

from collections import Counter
from pathlib import Path

import pytest

from backtester.errors import DataError
from backtester.histories.checks.files import CheckReport, check_files
from backtester.histories.checks.finding import Finding
from backtester.histories.checks.history import check_history
from backtester.histories.manifest import find_history
from backtester.histories.providers.rows import Dialect
from folders import SHARED, listed, made_folder, weekdays
from walks import new_york, prices

WARNINGS = 64  # on ../shared/data, measured; most are real shocks, and each is listed where the check was decided
FUNDS = ("DBC", "GLD", "HYG", "IEF", "LQD", "SHY", "TIP", "TLT", "UUP")


def written(folder: Path, name: str, text: str) -> Path:
    """A file in the folder."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    return folder / name


def rows(count: int = 100) -> str:
    """A clean csv of one price."""
    values = prices(count).values
    return "date,price\n" + "".join(f"{day.date()},{value}\n" for day, value in values.items())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("date,price\n2024-01-02,1\n2024-01-02,2\n", "line 3: 2024-01-02 repeats; sort by date, each once"),
        ("date,price\n2024-01-03,1\n2024-01-02,2\n2024-01-04,2\n", "line 3: 2024-01-02 goes back behind the row above"),
        ("date,price\n2024-01-03,one\n", "line 2: 'one' is not a finite number"),
        ("date,price\n2024-01-03 09:30:00,1\n", "has a time of day; give dates alone"),
        (
            "date,price\n2024-01-03 00:00:00-05:00,1\n2024-01-04 00:00:00+01:00,1\n",
            "line 3: date '2024-01-04 00:00:00+01:00' is in another time zone than '2024-01-03 00:00:00-05:00'; give",
        ),
        ("date,price\n2024-01-03T05:00:00Z,1\n", "has a time of day; give dates alone"),
        ("date,price\n01/02/2024,1\n", "'01/02/2024' has no field above 12, nor has any row; say which is the day"),
        ("date\n2024-01-03\n", "no column of figures beside the dates; give at least one"),
        ("nothing\n", "no row begins with a date"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_finding(text: str, message: str, tmp_path: Path) -> None:
    """It is refused with its line and the remedy, and the file beside it is checked all the same."""
    written(tmp_path, "bad.csv", text)
    written(tmp_path, "good.csv", rows())
    report = check_files([tmp_path])
    (finding,) = report.findings
    assert (finding.severity, finding.check, finding.series) == ("refused", "file", "bad")
    assert message in finding.message
    assert [subject.name for subject in report.subjects] == ["good"]


def test_how_a_file_was_read_is_noted(tmp_path: Path) -> None:
    """Dates whose order one row shows are noted with the row; said on the command line, nothing is."""
    path = written(tmp_path, "a.csv", "date,price\n12/02/2024,1\n13/02/2024,2\n")
    (finding,) = check_files([path]).findings
    words = "a.csv: dates are read as day/month/year, as line 3 shows: 13/02/2024"
    assert (finding.severity, finding.check, finding.message) == ("note", "file", words)
    assert not check_files([path], dialect=Dialect("%d/%m/%Y")).findings


def test_folders_are_searched_and_other_files_named(tmp_path: Path) -> None:
    """Files in folders within are found; what is no csv is skipped and said to be."""
    written(tmp_path / "deep", "a.csv", rows())
    written(tmp_path, "notes.txt", "no figures")
    report = check_files([tmp_path])
    assert [subject.name for subject in report.subjects] == ["a"]
    assert report.skipped == (tmp_path / "notes.txt",)


def test_what_is_not_there_is_the_user_s_mistake(tmp_path: Path) -> None:
    """A missing path, a folder without csv files and a misspelt column are told at once."""
    with pytest.raises(DataError, match=r"no file or folder .*absent\.csv; give a csv file"):
        check_files([tmp_path / "absent.csv"])
    with pytest.raises(DataError, match=r"no csv file in .*; a history in parquet is checked by name"):
        check_files([tmp_path])
    with pytest.raises(DataError, match="has no column 'prize'; did you mean 'price'"):
        check_files([written(tmp_path, "a.csv", rows())], column="prize")


def test_of_a_table_of_prices_the_closes_are_checked(tmp_path: Path) -> None:
    """Open, high, low and volume are looked at together; an adjusted close that is the close itself is left out."""
    days = new_york(40)
    text = "Date,Adj Close,Close,High,Low,Open,Volume\n" + "".join(
        f"{day.date()},{100 + place},{100 + place},{101 + place},{99 + place},{100 + place},{100 * place}\n"
        for place, day in enumerate(days)
    )
    assert [one.name for one in check_files([written(tmp_path, "a.csv", text)]).subjects] == ["a"]
    assert [one.name for one in check_files([tmp_path], column="volume").subjects] == ["a:Volume"]


def test_an_empty_column_is_told(tmp_path: Path) -> None:
    """A column of missing values alone."""
    text = "date,price,blank\n" + "".join(f"{line},\n" for line in rows().splitlines()[1:])
    (finding,) = check_files([written(tmp_path, "a.csv", text)]).findings
    assert (finding.series, finding.message) == ("a:blank", "a column without any value")


def told(report: CheckReport) -> set[tuple[str, str, str]]:
    """The findings without their words."""
    return {(one.series, one.severity, one.check) for one in report.findings}


def test_the_embedded_histories_are_clean() -> None:
    """Nothing is refused; the warnings are two series that moved so in earnest, all else is a note."""
    findings = [
        (name, check_history(find_history(name))) for name in ("us", "crisis_1987", "crisis_1997", "crisis_2001")
    ]
    assert {one for _, report in findings for one in told(report) if one[1] != "note"} == {
        ("us.sofr", "warning", "jumps"),
        ("us.yield_3m", "warning", "jumps"),
    }
    assert ("us.cpi", "note", "gaps") in told(findings[0][1])


def test_what_the_store_refuses_is_told_by_series(tmp_path: Path) -> None:
    """A price below zero is refused with its series; the others are checked all the same."""
    days = weekdays("2024-01-02", 50)
    columns = {"date": days, "stocks": [1.0] * 49 + [-1.0], "gold": [float(n) for n in range(1, 51)]}
    report = check_history(find_history("made", made_folder(tmp_path / "data", columns)))
    refused = [one for one in report.findings if one.severity == "refused"]
    assert [(one.series, one.check) for one in refused] == [("made.stocks", "file")]
    assert "-1.0 on 2024-03-11 is not above zero" in refused[0].message
    assert [subject.name for subject in report.subjects] == ["made.gold"]


def test_what_alignment_refuses_is_told(tmp_path: Path) -> None:
    """Six sessions without gold are more than a level is carried over."""
    columns = {
        "date": weekdays("2024-01-02", 50),
        "stocks": [float(n) for n in range(1, 51)],
        "gold": [float(n) if not 20 <= n < 27 else None for n in range(1, 51)],
    }
    report = check_history(find_history("made", made_folder(tmp_path / "data", columns)))
    assert ("made", "refused", "alignment") in told(report)


def test_an_unknown_calendar_is_the_user_s_mistake(tmp_path: Path) -> None:
    """The manifest's calendar is read when it is checked, and the history is named."""
    columns = {"date": weekdays("2024-01-02", 50), "stocks": [float(n) for n in range(1, 51)]}
    folder = made_folder(tmp_path / "data", columns, {"stocks": listed("price", "stocks")}, calendar="XNYZ")
    with pytest.raises(DataError, match="unknown calendar 'XNYZ'") as error:
        check_history(find_history("made", folder))
    assert "in the manifest of history 'made'" in error.value.lines()


@pytest.fixture(scope="module")
def shared() -> CheckReport:
    """The report on the providers' files beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("needs ../shared/data, beside the checkout")
    return check_files([SHARED])


def one(report: CheckReport, series: str, check: str) -> Finding:
    """The only finding of a check on a series."""
    (finding,) = [each for each in report.findings if (each.series, each.check) == (series, check)]
    return finding


@pytest.mark.parametrize("fund", FUNDS)
def test_the_unfinished_last_row_is_found(fund: str, shared: CheckReport) -> None:
    """Each fund's row of 2026-03-06 was taken while the market was open."""
    assert str(one(shared, fund, "last row").first) == "2026-03-06"


def test_the_filled_stretch_of_the_30_year_yield_is_found(shared: CheckReport) -> None:
    """DGS30 from 2002-02-19 to 2006-02-08, by name, and no other stretch of any series."""
    finding = one(shared, "DGS30", "fills")
    assert (str(finding.first), str(finding.last)) == ("2002-02-19", "2006-02-08")
    assert [each for each in shared.findings if each.check == "fills"] == [finding]


def test_the_hole_of_the_20_year_yield_is_found(shared: CheckReport) -> None:
    """DGS20 was not published from 1987 to 1993."""
    (hole,) = [
        each for each in shared.findings if (each.series, each.check, each.severity) == ("DGS20", "gaps", "warning")
    ]
    assert (str(hole.first), str(hole.last)) == ("1987-01-02", "1993-09-30")


def test_two_downloads_that_disagree_are_found(shared: CheckReport) -> None:
    """The older of the two files of the dollar's index is of another vintage: up to 0.09 points, from 2003 on."""
    (finding,) = [each for each in shared.findings if each.check == "copies"]
    assert (finding.series, str(finding.first)) == ("DTWEXM_1973_2016", "2003-01-02")
    assert "typically by 0.0037 and at most by 0.0892 (2016-09-26)" in finding.message


def test_the_stale_days_of_move_are_found(shared: CheckReport) -> None:
    """2023-03-15 is among the least likely of its repeats, and so in the words."""
    assert "2023-03-15" in one(shared, "MOVE", "stale").message


def test_the_month_without_consumer_prices_is_found(shared: CheckReport) -> None:
    """October 2025, a note."""
    finding = one(shared, "CPIAUCSL", "gaps")
    assert (finding.severity, str(finding.first)) == ("note", "2025-10-01")


def test_banners_footers_and_marks_are_no_findings(shared: CheckReport) -> None:
    """Ken French's files, M/D/YYYY dates and FRED's dots are read; only the file of times of day is refused."""
    assert [each.series for each in shared.findings if each.severity == "refused"] == ["fomc_surprises_jk"]
    assert str(one(shared, "GSPC", "jumps").first) == "1987-10-19"
    (gaps,) = [each for each in shared.findings if each.series == "GSPC" and each.check == "gaps"]
    assert gaps.message == "1,085 Saturdays of the calendar XNYS without a value: it has no Saturdays"


def test_false_alarms_stay_few(shared: CheckReport) -> None:
    """No more warnings than were counted and looked at, and none from policy rates standing still."""
    counts = Counter(each.severity for each in shared.findings)
    assert counts["warning"] <= WARNINGS
    assert not [each for each in shared.findings if each.series.startswith("DFEDTAR") and each.severity != "note"]
    assert not [each for each in shared.findings if each.series in ("DGS3MO", "DGS1MO") and each.check == "stale"]
