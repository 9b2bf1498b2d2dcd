"""`data check` on the command line: the report, the document, the exit status and the mistakes."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from backtester.cli.actions.datacheck import _is_path, finding_line, read_dialect
from backtester.cli.main import cli
from backtester.errors import DataError
from backtester.histories.checks.finding import Finding
from folders import made_folder, weekdays

DATES = weekdays("2024-01-02", 12)
GOOD = "date,price\n" + "".join(f"{day},{100 + place}\n" for place, day in enumerate(DATES))
BAD = "date,price\n2024-01-03,1\n2024-01-02,2\n2024-01-04,2\n"


def called(*words: str) -> Result:
    """What the command answers."""
    return CliRunner().invoke(cli, ["data", "check", *words])


def test_a_folder_is_reported_gravest_first(tmp_path: Path) -> None:
    """The refused file leads, what was skipped is named, the counts end the report, and the exit status is 1."""
    (tmp_path / "good.csv").write_text(GOOD)
    (tmp_path / "bad.csv").write_text(BAD)
    (tmp_path / "notes.txt").write_text("no figures")
    answer = called(str(tmp_path))
    lines = answer.stdout.splitlines()
    assert answer.exit_code == 1
    assert lines[0] == "Refused (not fit for use)"
    assert lines[1].startswith("  bad  file: bad.csv, line 3: 2024-01-02 goes back behind the row above")
    assert f"Skipped: {tmp_path}/notes.txt is not a csv file" in lines
    assert lines[-1].startswith("1 series checked: 1 refused, ")


def test_a_clean_file_exits_with_0(tmp_path: Path) -> None:
    """Warnings and notes do not fail a check."""
    (tmp_path / "good.csv").write_text(GOOD)
    answer = called(str(tmp_path / "good.csv"), "--kind", "price")
    assert (answer.exit_code, answer.stdout) == (0, "1 series checked: 0 refused, 0 warnings, 0 notes.\n")


def test_json_is_one_document(tmp_path: Path) -> None:
    """Counts, findings with ISO dates, series and skipped files; the exit status as without."""
    (tmp_path / "good.csv").write_text(GOOD)
    (tmp_path / "bad.csv").write_text(BAD)
    answer = called(str(tmp_path), "--json")
    told: dict[str, Any] = json.loads(answer.stdout)
    assert answer.exit_code == 1
    assert list(told) == ["refused", "warnings", "notes", "findings", "series", "skipped"]
    assert told["findings"][0]["severity"] == "refused"
    assert list(told["findings"][0]) == ["severity", "check", "series", "first", "last", "message", "dates"]
    assert told["series"] == [{"name": "good", "kind": None, "first": "2024-01-02", "last": "2024-01-17", "values": 12}]


def test_without_a_name_every_history_is_checked(tmp_path: Path) -> None:
    """The embedded ones and those of --data, with nothing refused."""
    made_folder(tmp_path / "data", {"date": DATES, "stocks": [float(n) for n in range(1, 13)]})
    told = json.loads(called("--data", str(tmp_path / "data"), "--json").stdout)
    assert {one["name"].split(".")[0] for one in told["series"]} >= {"us", "crisis_1987", "made"}
    assert told["refused"] == 0


def test_a_history_can_be_named() -> None:
    """Only that one is checked."""
    answer = called("crisis_1987")
    assert answer.exit_code == 0
    assert answer.stdout.splitlines()[-1].startswith("4 series checked: 0 refused, 0 warnings, ")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["uss"], "unknown history 'uss'; did you mean 'us'?"),
        (["nowhere/x.csv"], "no file or folder nowhere/x.csv; give a csv file, a folder of them, or a history"),
        (["us", "--kind", "price"], "--kind given for a history; its manifest says what each series is"),
        (["us", "--date-format", "%Y"], "--date-format given for a history; its manifest says what each series is"),
        (["--column", "Close"], "--column given for a history; its manifest says what each series is"),
    ],
)
def test_mistakes_are_told(words: list[str], message: str) -> None:
    """What the user got wrong, with what is accepted; exit status 2 is the command's own."""
    answer = called(*words)
    assert isinstance(answer.exception, DataError)
    assert message in str(answer.exception)


@pytest.mark.parametrize(
    ("name", "is_path"),
    [("us", False), ("here", True), ("a/b", True), ("file.CSV", True), ("file.txt", False), (".", True), ("..", True)],
)
def test_a_path_looks_like_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, is_path: bool) -> None:
    """A slash, a csv, a dot or two, or a folder that is there; any other word is a history."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path)
    assert _is_path(name) is is_path


def test_how_a_csv_is_written_can_be_said(tmp_path: Path) -> None:
    """With its date form, decimal mark and separator a file is checked that leaves them open."""
    (tmp_path / "open.csv").write_text("date\tprice\n01/02/2024\t1,500\n01/03/2024\t1,250\n")
    path = str(tmp_path / "open.csv")
    assert "--date-format %d/%m/%Y or %m/%d/%Y" in called(path).output
    assert "--decimal . or --decimal ," in called(path, "--date-format", "%d/%m/%Y").output
    words = ("--date-format", "%d/%m/%Y", "--decimal", ",", "--sep", "tab")
    assert called(path, *words).stdout == "1 series checked: 0 refused, 0 warnings, 0 notes.\n"


def test_an_unknown_kind_lists_the_kinds(tmp_path: Path) -> None:
    """A kind that there is not is a wrong use of the option."""
    answer = called(str(tmp_path), "--kind", "prices")
    assert answer.exit_code == 2
    assert "'price', 'total_return', 'yield', 'rate', 'level', 'return'" in answer.output


def test_a_finding_on_a_line() -> None:
    """With its dates where it has any, one where both are the same."""
    first, last = datetime.date(2024, 1, 2), datetime.date(2024, 1, 3)
    found = [Finding("note", "gaps", "us.gold", "one", *ends) for ends in ((None, None), (first, first), (first, last))]
    assert [finding_line(one) for one in found] == [
        "us.gold  gaps: one",
        "us.gold 2024-01-02  gaps: one",
        "us.gold 2024-01-02 to 2024-01-03  gaps: one",
    ]


def test_a_tab_is_said_in_a_word() -> None:
    """Every other sign stands for itself."""
    seps = [read_dialect({"date_format": None, "decimal": None, "sep": sep}).sep for sep in ("tab", ";", None)]
    assert seps == ["\t", ";", None]
