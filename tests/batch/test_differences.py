"""What changed between studies, by hand, and as the command says it."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from backtester.batch.differences import _figure_changes, _spearman, study_differences
from backtester.batch.manifest import StudyFolder, is_study, read_study_folder
from backtester.cli.main import cli
from backtester.errors import DataError
from studies import made_payoffs, made_rows

MANIFEST = {
    "study": {"name": "one", "rank_by": "beyond_mix_payoff_mean", "grid": [{"recipe": "r", "gold": [0.1]}]},
    "data": {"history": "us", "sha256": "a"},
    "plugins": {"mine": {"file": "mine.py", "sha256": "b"}},
    "versions": {"python": "3"},
}


def called(*words: str) -> Result:
    return CliRunner().invoke(cli, words)


def as_study(table: pa.Table) -> pa.Table:
    """Rows whose recipe is their name, as that of real jobs tells them apart."""
    return table.set_column(table.column_names.index("recipe"), "recipe", table["name"])


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Two studies' folders: in the second gold of 0.3 is not there, 0.4 is, and the peak is gone."""
    payoffs = made_payoffs()
    later = {(gold, window): value for (gold, window), value in payoffs.items() if gold < 0.3}
    later |= {(0.0, 126): 0.001, (0.4, 21): 0.5}
    changed = json.loads(json.dumps(MANIFEST))
    changed["study"] |= {"name": "two", "start": "2010-01-01", "grid": [{"recipe": "r", "gold": [0.1, 0.4]}]}
    for name, rows, manifest in (("one", payoffs, MANIFEST), ("two", later, changed)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "study.json").write_text(json.dumps({"schema": 1, "study": name}))
        (tmp_path / name / "manifest.json").write_text(json.dumps(manifest))
        pq.write_table(as_study(made_rows(rows)), tmp_path / name / "results.parquet")
    return tmp_path / "one", tmp_path / "two"


def test_settings_jobs_and_results(folders: tuple[Path, Path]) -> None:
    """What is asked for otherwise, which jobs both have, what changed in them, and where each one's best stands."""
    one, two = (read_study_folder(folder) for folder in folders)
    found = study_differences(one, two)
    assert {change.name: change.values for change in found.settings} == {
        "study.name": ("one", "two"),
        "study.start": (None, "2010-01-01"),
        "study.grid.1.gold": ("0.1", "0.1, 0.4"),
    }
    assert (found.both, found.first, found.second) == (9, 3, 1)
    [payoff] = [moved for moved in found.moved if moved.column == "beyond_mix_payoff_mean"]
    assert (payoff.jobs, payoff.largest_of) == (1, "r(gold=0.0, window=126)")
    assert payoff.largest == pytest.approx(-0.019)
    assert payoff.mean == pytest.approx(-0.019 / 9)
    mine, theirs = found.best
    assert (mine.name, mine.elsewhere, mine.place_elsewhere) == ("r(gold=0.0, window=126)", pytest.approx(0.001), 5)
    assert (theirs.name, theirs.elsewhere, theirs.place_elsewhere) == ("r(gold=0.4, window=21)", None, None)
    assert found.rank_correlation is not None
    assert found.rank_correlation < 1


@pytest.mark.parametrize(
    ("before", "after", "correlation"),
    [
        ([1.0, 2, 9], [10.0, 20, 21], 1.0),
        ([1.0, 2, 9], [3.0, 2, 1], -1.0),
        ([1.0, 2, 3, np.nan], [1.0, 3, 2, 4], 0.5),
        ([1.0, 2, 3], [1.0, 3, np.inf], None),
        ([5.0, 5, 5], [1.0, 2, 3], None),
        ([1.0, 2, 3], [5.0, 5, 5], None),
    ],
)
def test_rank_correlation_by_hand(before: list[float], after: list[float], correlation: float | None) -> None:
    """Of three jobs at least with figures in both studies; none where one study does not tell them apart."""
    assert _spearman(np.array(before), np.array(after)) == (correlation and pytest.approx(correlation))


def test_the_same_is_the_same(folders: tuple[Path, Path]) -> None:
    """A study beside itself has no change."""
    one = read_study_folder(folders[0])
    found = study_differences(one, one)
    assert (found.settings, found.moved, found.both) == ((), (), 12)
    assert found.rank_correlation == pytest.approx(1.0)


def test_the_order_of_jobs_is_no_change(folders: tuple[Path, Path]) -> None:
    """Jobs are the same by recipe and settings, wherever they stand in each study."""
    one = read_study_folder(folders[0])
    backwards = one.table.take(pa.array(range(len(one.table) - 1, -1, -1)))
    found = study_differences(one, StudyFolder(one.path, one.manifest, backwards))
    assert (found.moved, found.both) == ((), 12)
    assert found.rank_correlation == pytest.approx(1.0)


def test_settings_of_the_run_tell_jobs_apart(folders: tuple[Path, Path]) -> None:
    """The same recipe with another band is another job, also where one study does not vary the band."""
    one = read_study_folder(folders[0])
    band = one.table.append_column("setting_band", pa.array([0.01] * len(one.table)))
    found = study_differences(one, StudyFolder(one.path, one.manifest, band))
    assert (found.both, found.first, found.second, found.best[0].elsewhere) == (0, 12, 12, None)


def test_the_command_says_it(folders: tuple[Path, Path]) -> None:
    """For people tables and sentences, for programs one document."""
    answer = called("compare", *map(str, folders))
    assert answer.exit_code == 0
    assert "9 jobs in both, 3 in the first alone, 1 in the second alone" in answer.stdout
    assert "in " + str(folders[1]) + " it has +0.10%, place 5" in answer.stdout.replace("\n", " ").replace("  ", " ")
    [document] = json.loads(called("compare", *map(str, folders), "--json").stdout)
    assert (document["from"], document["to"], document["both"]) == ("one", "two", 9)


def test_what_is_no_study_is_refused(folders: tuple[Path, Path], tmp_path: Path) -> None:
    """One folder, a run beside a study, and a study without its files are the user's mistakes."""
    assert is_study(folders[0])
    assert "one folder alone" in called("compare", str(folders[0])).stderr
    (tmp_path / "run").mkdir()
    answer = called("compare", str(folders[0]), str(tmp_path / "run"))
    assert (answer.exit_code, "compare like with like" in answer.stderr) == (2, True)
    (folders[1] / "manifest.json").write_text("{")
    with pytest.raises(DataError, match=r"manifest\.json is damaged: .*; carry the study out again with batch"):
        read_study_folder(folders[1])
    (folders[1] / "manifest.json").unlink()
    with pytest.raises(DataError, match=r"two has no manifest\.json; carry the study out again with batch"):
        read_study_folder(folders[1])


def test_a_job_is_called_as_in_the_first_study() -> None:
    """Where a figure changed most, up or down; a change of a million-millionth is rounding, and no change of a figure
    that neither has."""
    first = made_rows({(0.0, 21): 0.1, (0.1, 21): 0.2, (0.2, 21): 0.3})
    second = made_rows({(0.0, 21): 0.1 + 5e-13, (0.1, 21): 0.1, (0.2, 21): 0.35})
    second = second.set_column(second.column_names.index("name"), "name", pa.array(["x", "y", "z"]))
    [payoff] = _figure_changes(first, second)
    assert (payoff.column, payoff.jobs, payoff.largest_of) == ("beyond_mix_payoff_mean", 2, "r(gold=0.1, window=21)")
    assert (payoff.largest, payoff.mean) == (pytest.approx(-0.1), pytest.approx(-0.05 / 3))
