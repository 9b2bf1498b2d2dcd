"""`report` and `compare` through the command line: pages from folders, one JSON document, mistakes told in a line."""

import json
import shutil
from pathlib import Path

import plotly
import pytest
from click.testing import CliRunner, Result

from backtester.cli.main import cli
from interface import taken, written
from mistakes import contents, refusal

SCRIPT = f"plotly-{plotly.__version__}.min.js"


def called(*words: str) -> Result:
    return CliRunner().invoke(cli, words, catch_exceptions=False)


@pytest.fixture(scope="module")
def made(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the runs `gold` and `vol`, and `late`, which starts later."""
    place = tmp_path_factory.mktemp("runs")
    late = ("--start", "2019-09-02")
    for name, overlay, *more in (("gold", "gold_overlay"), ("vol", "vol_target"), ("late", "vol_target", *late)):
        words = ("run", f"sixty_forty + {overlay}", *more, "--history", "small", "--data", str(small))
        assert called(*words, "--out", str(place / name)).exit_code == 0
    return place


@pytest.fixture
def runs(made: Path, tmp_path: Path) -> Path:
    """A copy of the runs that a test may change."""
    shutil.copytree(made, tmp_path / "runs")
    return tmp_path / "runs"


def test_report_gives_the_same_bytes(runs: Path) -> None:
    """Page and tables made again are those that came with the run, and nothing else is touched."""
    before = contents(runs / "gold")
    (runs / "gold" / "tearsheet.html").unlink()
    shutil.rmtree(runs / "gold" / "tables")
    answer = called("report", str(runs / "gold"))
    assert (answer.exit_code, answer.stdout) == (0, f"Tearsheet: {runs / 'gold' / 'tearsheet.html'}\n")
    assert contents(runs / "gold") == before


def test_full_report_opens_all_that_folds(runs: Path) -> None:
    """Folds are closed in the page of a run, and open in a full one."""
    page = runs / "gold" / "tearsheet.html"
    closed = page.read_text(encoding="utf-8")
    assert '<details class="fold">' in closed
    assert called("report", str(runs / "gold"), "--full").exit_code == 0
    opened = page.read_text(encoding="utf-8")
    assert opened.count('<details class="fold" open>') == closed.count('<details class="fold">')
    assert '<details class="fold">' not in opened


def test_report_of_several_shares_one_plotly(runs: Path) -> None:
    """Several runs in one folder get one copy of plotly.js there, and small pages."""
    answer = called("report", str(runs / "gold"), str(runs / "vol"), "--json")
    assert [one["run"] for one in json.loads(answer.stdout)["reports"]] == [str(runs / "gold"), str(runs / "vol")]
    assert [path.name for path in runs.rglob("plotly*")] == [SCRIPT]
    for name in ("gold", "vol"):
        page = (runs / name / "tearsheet.html").read_text(encoding="utf-8")
        assert f'<script src="../{SCRIPT}"></script>' in page
        assert len(page) < 1_500_000


def test_report_of_runs_far_apart(runs: Path) -> None:
    """Runs that share no folder have a copy each beside their pages; asked to, pages carry their own."""
    (runs / "deep").mkdir()
    shutil.move(runs / "vol", runs / "deep" / "vol")
    words = ("report", str(runs / "gold"), str(runs / "deep" / "vol"))
    assert called(*words).exit_code == 0
    assert {path.parent.name for path in runs.rglob(SCRIPT)} == {"gold", "vol"}
    assert called(*words, "--plotly", "inside").exit_code == 0
    assert "<script src=" not in (runs / "gold" / "tearsheet.html").read_text(encoding="utf-8")


def test_run_with_plotly_beside(small: Path, tmp_path: Path) -> None:
    """A run puts plotly.js beside its page when asked to."""
    words = ("run", "sixty_forty", "--history", "small", "--data", str(small), "--out", str(tmp_path / "out"))
    assert called(*words, "--plotly", "beside").exit_code == 0
    assert (tmp_path / "out" / SCRIPT).is_file()
    assert f'<script src="{SCRIPT}"></script>' in (tmp_path / "out" / "tearsheet.html").read_text(encoding="utf-8")


def test_report_with_the_classic_page(small: Path, runs: Path) -> None:
    """--classic writes quantstats' page and links it, and a report made later keeps the link."""
    words = ("run", "sixty_forty + gold_overlay", "--history", "small", "--data", str(small), "--classic")
    assert called(*words, "--out", str(runs / "gold")).exit_code == 0
    before = contents(runs / "gold")
    assert '<a href="classic.html">' in (runs / "gold" / "tearsheet.html").read_text(encoding="utf-8")
    assert called("report", str(runs / "gold")).exit_code == 0
    assert contents(runs / "gold") == before


def test_compare_writes_a_folder_like_a_run_s(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The document on stdout is result.json, the page has every strategy, and report works on the folder."""
    monkeypatch.chdir(runs)
    answer = called("compare", "gold", "vol", "--json")
    [folder] = (runs / "runs").iterdir()
    assert folder.name.startswith("compare-")
    assert answer.stdout == (folder / "result.json").read_text(encoding="utf-8")
    assert answer.stderr == ""
    told = json.loads(answer.stdout)
    assert {*told["files"].values(), "result.json"} <= {path.name for path in folder.iterdir()}
    page = (folder / "tearsheet.html").read_text(encoding="utf-8")
    assert "+ gold_overlay" in page
    assert "+ vol_target" in page
    assert "<dt>Run gold</dt><dd>backtester run &#39;sixty_forty + gold_overlay&#39;" in page
    before = contents(folder)
    assert called("report", str(folder)).exit_code == 0
    assert contents(folder) == before
    assert called("compare", "gold", "vol").exit_code == 0
    assert contents(folder) == before


def test_compare_for_people(runs: Path) -> None:
    """A line a strategy, and where the tearsheet is."""
    answer = called("compare", str(runs / "gold"), str(runs / "vol"), "--out", str(runs / "both"))
    assert answer.exit_code == 0
    named = [
        word
        for line in answer.stdout.splitlines()
        for word in ("Gold 10%", "Volatility target")
        if line.startswith(word)
    ]
    assert named == ["Gold 10%", "Volatility target"] * 2
    assert f"Tearsheet: {runs / 'both' / 'tearsheet.html'}" in answer.stdout


def test_differences_for_people(runs: Path) -> None:
    """Headings, and values to 24 signs: of a longer one 23 and a sign that there is more."""
    path = runs / "vol" / "manifest.json"
    stored = json.loads(path.read_text(encoding="utf-8"))
    stored["versions"] |= {"numpy": "n" * 24, "pandas": "p" * 25}
    path.write_text(json.dumps(stored), encoding="utf-8")
    answer = called("compare", "--differences", str(runs / "gold"), str(runs / "vol"))
    rows = [line.split() for line in answer.stdout.splitlines()]
    assert ["Setting", "gold", "vol"] in rows
    assert ["Strategy", "Figure", "gold", "vol"] in rows
    assert [row[-1] for row in rows if row[:1] in (["versions.numpy"], ["versions.pandas"])] == [
        "n" * 24,
        "p" * 23 + "…",
    ]


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("report", "Missing argument 'RUN...'."),
        ("report nowhere", "nowhere is not a run's folder: it has no result.json; name one that run wrote"),
        ("report .", ". is not a run's folder: it has no result.json; name one that run wrote"),
        ("report gold/result.json", "Invalid value for 'RUN...': Directory 'gold/result.json' is a file."),
        ("report gold nowhere", "nowhere is not a run's folder: it has no result.json; name one that run wrote"),
        ("report gold --plotly remote", "Invalid value for '--plotly': 'remote' is not one of 'inside', 'beside'."),
        ("compare gold", "one run alone; name two or more, or use report to make its page again"),
        ("compare gold gold", "one run alone; name two or more, or use report to make its page again"),
        ("compare gold nowhere", "nowhere is not a run's folder: it has no result.json; name one that run wrote"),
        ("compare gold late", "gold runs from 2019-06-03 to 2021-09-30, which others do not; carry it out again with"),
        ("compare gold vol --out .", ". holds other files and no run; name a new folder, or a run's, with --out"),
        ("run sixty_forty --out .", ". holds other files and no run; name a new folder, or a run's, with --out"),
    ],
)
def test_mistakes_are_told(runs: Path, line: str, first: str) -> None:
    """One or two lines, status 2, and every file is as it was."""
    assert refusal(runs, *line.split())[0].startswith(first)


def damaged(run: Path, file: str, path: tuple[str, ...], value: object) -> None:
    """The value stands at that place of a run's JSON file."""
    told = place = json.loads((run / file).read_text(encoding="utf-8"))
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    (run / file).write_text(json.dumps(told), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "path", "value", "said"),
    [
        ("result.json", ("chance",), {"all": []}, "KeyError"),
        ("result.json", ("history", "first"), "2019-13-01", "IndexError: tuple index out of range"),
        ("manifest.json", ("sources", "gold"), {}, "KeyError: 'kind'"),
        ("manifest.json", ("versions",), {"python": float("nan")}, "ValueError: Out of range float values"),
    ],
)
def test_compare_tells_what_it_cannot_show(
    runs: Path, file: str, path: tuple[str, ...], value: object, said: str
) -> None:
    """Runs that read well and agree, and are damaged all the same, are told in a line, and nothing is written."""
    for run in ("gold", "vol"):
        damaged(runs / run, file, path, value)
    [line] = refusal(runs, "compare", "gold", "vol", "--out", "both")
    assert line.startswith("a run's folder is damaged: a page cannot be made of it (")
    assert said in line


def test_compare_commands_no_terminal(runs: Path) -> None:
    """What a run's folder says is shown as text: signs that would command the terminal are escaped."""
    for run in ("gold", "vol"):
        damaged(runs / run, "result.json", ("history", "title"), "\x1b[2Jgone\u202e")
    answer = called("compare", str(runs / "gold"), str(runs / "vol"), "--out", str(runs / "both"))
    assert answer.stdout.startswith(r"\x1b[2Jgone\u202e: 2019-")


def test_a_comparison_says_itself_where_its_page_is(runs: Path) -> None:
    """The names of files are the program's, whatever a run's folder says of them."""
    damaged(runs / "gold", "result.json", ("files", "tearsheet"), "../../x.html")
    damaged(runs / "vol", "result.json", ("files",), {})
    answer = called("compare", str(runs / "gold"), str(runs / "vol"), "--out", str(runs / "both"))
    assert answer.stdout.endswith(f"Tearsheet: {runs / 'both' / 'tearsheet.html'}\n")


def test_a_link_to_elsewhere_is_not_followed(runs: Path) -> None:
    """Tables are not put behind a link that stands in their folder's place, and what is there is not removed."""
    (runs / "gold" / "tables").rename(runs / "elsewhere")
    (runs / "gold" / "tables").symlink_to("../elsewhere")
    for words in (("report", "gold"), ("compare", "gold", "vol", "--out", "gold")):
        [told] = refusal(runs, *words)
        assert told.startswith("cannot write gold/tables/")
        assert told.endswith("/tables is a link or a file; remove it")


def test_what_is_gone_is_named(runs: Path) -> None:
    """A file that is missing or cut short is named, and no page is made."""
    (runs / "gold" / "weights.parquet").unlink()
    [told] = refusal(runs, "report", "gold")
    assert told == "gold is not a run's folder: it has no weights.parquet; name one that run wrote"
    (runs / "vol" / "nav.parquet").write_bytes(b"PAR1")
    [told] = refusal(runs, "report", "vol")
    assert told.startswith("vol/nav.parquet is damaged: ")


@pytest.mark.parametrize("command", ["compare", "report"])
def test_what_it_takes(command: str) -> None:
    """Every option with its type, bounds and default, as scripts depend on it: `interface.txt`."""
    assert taken(command) == written(command)
