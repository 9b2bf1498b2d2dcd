"""A stranger's strategy, from `strategies new` alone: it runs in a batch, has its paragraph, and is caught cheating."""

import json
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from folders import CHECKOUT
from mistakes import called
from small import small_folder

FILLED = {
    "FILL IN, in one line: what calmer does.": "Hold less of everything in a downtrend.",
    "FILL IN why it should pay when stocks and bonds fall together.": "Falls come in runs.",
    "FILL IN when it does not, with a date.": "The turn is quick (April 2020).",
    "FILL IN the paper, or say that it is a choice.": "Faber (2007), Journal of Wealth Management 9(4), 69-79.",
}
STUDY = """name = "calmer"
history = "small"
data = {data!r}
plugins = ["calmer.py"]

[[grid]]
recipe = "sixty_forty + calmer(less={{less}})"
less = [0.25, 0.5]
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history `small` that begins a year before the spring of 2020, so that its mean of a year is known there."""
    return small_folder(tmp_path_factory.mktemp("data") / "small", first="2018-06-01")


@pytest.fixture
def folder(tmp_path: Path, data: Path) -> Path:
    """A folder with the strategy, its docstring filled in, and a study of it."""
    assert called(tmp_path, "strategies", "new", "calmer", "--overlay")[0] == 0
    text = (tmp_path / "calmer.py").read_text()
    for blank, words in FILLED.items():
        assert blank in text
        text = text.replace(blank, words)
    (tmp_path / "calmer.py").write_text(text)
    (tmp_path / "study.toml").write_text(STUDY.format(data=str(data)))
    return tmp_path


def test_the_readme_names_what_it_takes() -> None:
    """The command that writes a strategy, the one that lists roles, and the line that gives it to a study."""
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    assert all(words in readme for words in ("strategies new NAME", "data show us`", '`plugins = ["my_'))


def test_it_runs_in_a_batch(folder: Path) -> None:
    """Every job of a study of it has figures, by a worker that was sent the file's bytes."""
    status, _, err = called(folder, "batch", "study.toml", "--out", "study", "--workers", "1")
    assert status == 0, err
    table = pq.read_table(folder / "study" / "results.parquet").to_pydict()
    assert table["recipe"] == [f"sixty_forty(stocks=0.6) + calmer(less={less})" for less in (0.25, 0.5)]
    assert table["error"] == [None, None]
    assert len(set(table["final_nav"])) == 2


def test_it_has_its_paragraph(folder: Path, data: Path) -> None:
    """What its docstring says stands in the tearsheet, section by section."""
    words = ("--plugins", "calmer.py", "--history", "small", "--data", str(data), "--out", "run")
    status, _, err = called(folder, "run", "sixty_forty + calmer", *words)
    assert status == 0, err
    page = (folder / "run" / "tearsheet.html").read_text()
    for words in FILLED.values():
        assert words in page


def test_it_is_caught_when_it_cheats(folder: Path, data: Path) -> None:
    """Once it looks a session ahead a run ends with status 1 and says so, and the check names rule, column and date."""
    honest = (folder / "calmer.py").read_text()
    (folder / "calmer.py").write_text(honest.replace("below = stocks <", "below = stocks.shift(-1) <"))
    where = ("--history", "small", "--data", str(data))
    status, out, _ = called(folder, "run", "sixty_forty + calmer", "--plugins", "calmer.py", *where, "--json")
    assert (status, [one["causal"] for one in json.loads(out)["strategies"]]) == (1, [True, False])
    status, out, _ = called(folder, "strategies", "check", "calmer.py", *where)
    assert status == 1
    assert re.search(r"breaks 'knows only the past': (stocks|bonds) on 20\d\d-\d\d-\d\d is ", out), out
