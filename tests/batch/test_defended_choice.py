"""From a TOML file to a defended choice of one setting, with the command, its page, and the command on the page."""

import json
import re
import shlex
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from backtester.batch import judge_contest
from backtester.batch.carry_out import run_batch
from backtester.batch.workers import TaskLimits
from backtester.cli.main import cli

STUDY = """
name = "walk"
[[grid]]
recipe = "sixty_forty + gold_overlay(size={gold})"
gold = [0.0, 0.1, 0.2]
lag = [1, 2]
"""


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the study was carried out, and said what it found."""
    place = tmp_path_factory.mktemp("walk")
    (place / "walk.toml").write_text(STUDY)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        patch.setattr(judge_contest, "RESAMPLES", 100)
        answer = CliRunner().invoke(cli, ["batch", "walk.toml"])
    assert answer.exit_code == 0, answer.output
    assert "its interval after choosing the best is" in answer.stdout
    assert "Page: studies/walk/index.html" in answer.stdout
    return place


def test_from_a_study_to_the_tearsheet_of_its_best(walked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says whether the best is more than luck, what its neighbours have, and the command that makes its
    tearsheet where the page links to; that run has the row's figures, the setting of the run among its options."""
    monkeypatch.chdir(walked)
    folder = walked / "studies" / "walk"
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert re.search(r'class="headline">The best of 6 jobs has a mean payoff .* the search would find by luck\.<', page)
    assert 'id="robust-table"' in page
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    data = json.loads(found[1])
    table = pq.read_table(folder / "results.parquet")
    place = max(range(6), key=lambda row: table["beyond_mix_payoff_mean"][row].as_py())
    [command] = [text for text in data["commands"] if ("--lag 2" in text) == (table["setting_lag"][place].as_py() == 2)]
    key = data["keys"][8 * place : 8 * place + 8]
    words = shlex.split(command.replace("RECIPE", shlex.quote(data["names"][place])) + key)
    assert words[:2] == ["backtester", "run"]
    answer = CliRunner().invoke(cli, [*words[1:], "--resamples", "0", "--json"])
    assert answer.exit_code == 0, answer.output
    assert (folder / "jobs" / key / "tearsheet.html").is_file()
    payoff = json.loads(answer.stdout)["strategies"][1]["scorecard"]["beyond_mix"]["payoff_mean"]
    assert payoff == pytest.approx(table["beyond_mix_payoff_mean"][place].as_py(), abs=1e-9)


def test_the_search_is_found_once(walked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same study again reads what its search amounts to, and writes the same page."""
    monkeypatch.chdir(walked)
    folder = walked / "studies" / "walk"
    before = (folder / "index.html").read_bytes(), (folder / "search.json").read_bytes()
    monkeypatch.setattr("backtester.batch.stored_search.contest_of", None)  # it would fail if it were called
    answer = CliRunner().invoke(cli, ["batch", "walk.toml"])
    assert answer.exit_code == 0, answer.output
    assert ((folder / "index.html").read_bytes(), (folder / "search.json").read_bytes()) == before


def test_interrupted_it_leaves_a_page(small: Path, tmp_path: Path) -> None:
    """Stopped with some jobs done the folder has a page of them, which says that it is not all."""
    (tmp_path / "study.toml").write_text(
        f'name = "s"\nhistory = "small"\ndata = "{small}"\n[[grid]]\nrecipe = "sixty_forty(stocks={{x}})"\n'
        "x = { from = 0.1, to = 0.9, step = 0.05 }\n"
    )

    def stop(done: int, total: int, errors: Sequence[str] = ()) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_batch(tmp_path / "study.toml", tmp_path / "out", workers=1, limits=TaskLimits(60, 4000), progress=stop)
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    done = len(pq.read_table(tmp_path / "out" / "results.parquet"))
    assert 0 < done < 17
    assert f"Stopped after {done} of 17 jobs" in page
