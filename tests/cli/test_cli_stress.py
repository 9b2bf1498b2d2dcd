"""`backtester stress`: its commands, their documents and pages, and mistakes in a line or two."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backtester.cli.main import cli
from backtester.cli.stress_analyses import basis
from backtester.errors import BacktesterError
from backtester.stress.basis import BasisTerms
from interface import taken, written

RECIPE = "sixty_forty + gold_overlay"


def called(*words: str) -> Result:
    """The command line's answer."""
    return CliRunner().invoke(cli, ["stress", *words], catch_exceptions=False)


@pytest.fixture(scope="module")
def folder(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of two scenarios on the small history."""
    out = tmp_path_factory.mktemp("stress") / "out"
    words = ("--scenario", "capital_war", "--scenario", "Dash for cash", "--history", "small", "--data", str(small))
    answer = called("run", RECIPE, *words, "--scale", "0.5", "--slow", "2", "--fed", "off", "--out", str(out))
    assert answer.exit_code == 0
    assert "Paid over its mix, in points" in answer.stdout
    assert "Which survives a capital war? Gold 10%, financed" in answer.stdout
    return out


def test_run_writes_document_page_and_tables(folder: Path) -> None:
    """Half as large, twice as slow and without the Fed: all of it stands in the document, and the page has its csv."""
    document = json.loads((folder / "stress.json").read_text(encoding="utf-8"))
    stress = document["stress"]
    assert (stress["scale"], stress["slow"], stress["fed"]) == (0.5, 2, False)
    assert [one["sessions"] for one in stress["scenarios"]] == [48, 14]
    assert set(document["manifest"]["scenarios"]) == {"capital_war", "Dash for cash"}
    names = {path.name for path in folder.rglob("*") if path.is_file()}
    assert names == {
        *("stress.json", "stress.html"),
        *("stress-table.csv", "stress-assets-table.csv", "stress-outcomes-table.csv"),
    }
    assert "Which of these hedges survives" in (folder / "stress.html").read_text(encoding="utf-8")


def test_run_prints_its_document(small: Path, folder: Path, tmp_path: Path) -> None:
    """With --json stdout is the document and nothing else; the same words give the same document."""
    words = ("--scenario", "capital_war", "--scenario", "Dash for cash", "--history", "small", "--data", str(small))
    out = ("--out", str(tmp_path / "out"), "--json")
    answer = called("run", RECIPE, *words, "--scale", "0.5", "--slow", "2", "--fed", "off", *out)
    assert answer.stdout == (folder / "stress.json").read_text(encoding="utf-8")


def test_hedged_purchases_are_a_word_of_the_command(small: Path, tmp_path: Path) -> None:
    """With --fed hedged the spiral's yields peak below those without the Fed; document and page say how it bought."""
    falls = {}
    for fed in ("off", "hedged", "on"):
        out = tmp_path / fed
        words = ("--scenario", "basis_unwind", "--history", "small", "--data", str(small), "--fed", fed)
        assert called("run", RECIPE, *words, "--out", str(out)).exit_code == 0
        stress = json.loads((out / "stress.json").read_text(encoding="utf-8"))["stress"]
        falls[fed] = stress["scenarios"][0]["assets"]["bonds"], stress["fed"]
    assert falls["off"] < falls["hedged"] < falls["on"]
    assert [fed for _, fed in falls.values()] == [False, "hedged", True]
    assert "with hedged purchases of the Fed" in (tmp_path / "hedged" / "stress.html").read_text(encoding="utf-8")
    assert called("reverse", *words, "--lose", "0.05", "--out", str(tmp_path / "reverse")).exit_code == 0
    answer = called("run", "--fed", "partly")
    assert answer.exit_code == 2
    assert "'on', 'off', 'hedged'" in answer.stderr


def test_a_role_that_is_missing_is_said(small: Path, tmp_path: Path) -> None:
    """The small history has no dollar, which the shock of a file moves: a warning, on stderr."""
    path = tmp_path / "mine.toml"
    called("new", str(path))
    path.write_text(path.read_text() + '\n[[shock]]\nrole = "dollar"\npercent = 5\n')
    words = ("--history", "small", "--data", str(small), "--out", str(tmp_path / "out"))
    answer = called("run", RECIPE, "--scenario", str(path), *words)
    assert "mine: history 'small' has no dollar; left out of the path" in answer.stderr


def test_list_and_show() -> None:
    """Every scenario by name; one of them with its words, and what it does to the embedded history."""
    assert "capital_war" in called("list").stdout
    assert {one["name"] for one in json.loads(called("list", "--json").stdout)["scenarios"]} >= {"term_premium"}
    text = called("show", "default_scare").stdout
    assert "in 2011 bonds rose" in text.lower().replace("\n", " ")
    assert "Sofr" not in text
    assert "SOFR: not named; stays as it is" in text
    assert re.search("Gold +\\+7.0%\\n.*VIX +\\+29.59\\n", text, re.DOTALL)
    shown = json.loads(called("show", "term_premium", "--json").stdout)
    assert shown["returns"]["stocks"] == pytest.approx(-0.065, abs=0.001)
    assert shown["sessions"] == 57


def test_new_writes_a_file_that_runs(tmp_path: Path) -> None:
    """It is read as it stands, never written over anything, and has the ending by which it is known."""
    path = tmp_path / "mine.toml"
    assert called("new", str(path)).stdout == f"Scenario: {path}\n"
    for wrong, words in ((path, "is there already"), (tmp_path / "mine.txt", r"does not end in \.toml")):
        with pytest.raises(BacktesterError, match=words):
            called("new", str(wrong))


def test_basis_says_that_it_is_not_identified(tmp_path: Path) -> None:
    """The headline stands first on screen and page; the map has a box, and 100 times needs lower margins."""
    answer = called("basis", "--out", str(tmp_path / "basis"))
    headline = "Public data do not identify this model"
    assert answer.stdout.startswith(headline)
    page = (tmp_path / "basis" / "basis.html").read_text(encoding="utf-8")
    assert page.index(headline) < page.index("<table")
    assert page.count("box-top") - page.count("td.box-top") >= 4
    assert "no basis unwind" in page
    assert called("basis", "--leverage", "100").exit_code == 2
    document = json.loads(
        called("basis", "--leverage", "100", "--margin", "0.01", "--json", "--out", str(tmp_path / "b")).stdout
    )
    assert document["terms"]["leverage"] == 100
    assert document["calibration"]["kappa"] == pytest.approx(9.9, abs=0.5)


def test_the_values_that_options_have_are_those_of_the_model() -> None:
    """`BasisTerms` and the options of `stress basis` state the same defaults."""
    terms = vars(BasisTerms())
    options = {option.name: option.default for option in basis.params if option.name in terms}
    assert {**options, "kappa": terms["kappa"]} == terms


def test_the_fewest_paths_are_two(small: Path, tmp_path: Path) -> None:
    """A spread needs two; one is refused, with the range."""
    words = ("frequency", "sixty_forty", "--history", "small", "--data", str(small), "--out", str(tmp_path / "f"))
    assert called(*words, "--paths", "2", "--years", "1").exit_code == 0
    answer = called(*words, "--paths", "1")
    assert (answer.exit_code, "2<=x<=100000" in answer.stderr) == (2, True)


def test_reverse_and_frequency_on_a_small_history(small: Path, tmp_path: Path) -> None:
    """Both write their page and document; a frequency that cannot be reached is refused."""
    words = ("--history", "small", "--data", str(small))
    reversed_ = called(
        "reverse", RECIPE, "--scenario", "capital_war", "--lose", "0.1", *words, "--out", str(tmp_path / "r"), "--json"
    )
    found = json.loads(reversed_.stdout)
    assert found["most_fragile"]["scenario"] == "capital_war"
    assert set(found["scenarios"][0]["helps"]) == {RECIPE}
    drawn = ("--paths", "20", "--dynamic-paths", "2", "--years", "2", "--times", "1.2", *words)
    frequent = called("frequency", RECIPE, *drawn, "--out", str(tmp_path / "f"), "--json")
    document = json.loads(frequent.stdout)
    assert [at["times"] for at in document["at"]] == [1, 1.2]
    assert document["static"] == [True, True]
    assert document["at"][0]["strategies"][RECIPE]["paths"] == 20
    assert (tmp_path / "f" / "frequency.html").is_file()
    assert (tmp_path / "r" / "tables" / "reverse-table.csv").is_file()
    with pytest.raises(BacktesterError, match="cannot be 90 times as frequent"):
        called("frequency", RECIPE, "--times", "90", "--paths", "20", "--years", "2", *words)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--scenario", "capital_wr"), r"unknown scenario 'capital_wr'; did you mean 'capital_war'\?"),
        (("--scenario", "nowhere.toml"), r"cannot read the scenario nowhere\.toml"),
        (("--at", "2020-03-08"), "2020-03-08 is no session of history 'small'; those beside it are 2020-03-06"),
        (("--scale", "50"), "in a session; scale it less"),
    ],
)
def test_mistakes_are_one_or_two_lines(small: Path, words: tuple[str, ...], message: str) -> None:
    """Names, files, dates and scales that are none are refused with the remedy."""
    base = ("--history", "small", "--data", str(small))
    chosen = words if "--scenario" in words else ("--scenario", "2020-03-09..2020-03-18", *words)
    with pytest.raises(BacktesterError, match=message) as caught:
        called("run", RECIPE, *base, *chosen)
    assert len(caught.value.lines()) <= 2


def test_a_folder_of_other_files_is_left_alone(small: Path, tmp_path: Path) -> None:
    """What is not ours is not written over."""
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(BacktesterError, match="holds other files"):
        called("run", RECIPE, "--history", "small", "--data", str(small), "--out", str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("command", ["stress"])
def test_what_it_takes(command: str) -> None:
    """Every option with its type, bounds and default, as scripts depend on it: `interface.txt`."""
    assert taken(command) == written(command)
