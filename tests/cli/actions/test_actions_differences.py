"""What `compare` prints of studies and of runs that cannot stand on one page."""

import pytest

from backtester.analysis.figures import figures_in
from backtester.batch.differences import BestJob, FigureChange, StudyDifferences
from backtester.cli.actions import differences
from backtester.runs.differences import DifferingValue, Scalar

FIGURES = figures_in("measures")


@pytest.mark.parametrize(
    ("value", "figure", "text"),
    [
        ("a" * 24, None, "a" * 24),
        ("a" * 25, None, "a" * 23 + "…"),
        (None, None, "n/a"),
        (None, "cagr", "n/a"),
        (0.123456, "cagr", "12.35%"),
        (0.5, None, "0.5"),
        ("2020-01-01", "cagr", "2020-01-01"),
    ],
)
def test_a_value_as_people_read_it(value: Scalar, figure: str | None, text: str) -> None:
    """A figure in its unit; a text of more than 24 signs is cut."""
    assert differences._shown(value, figure and FIGURES[figure]) == text


def test_columns_of_one_name_are_numbered() -> None:
    """From one on, where two folders have the same name."""
    assert differences._columns(["a", "b"]) == {"a": "right", "b": "right"}
    assert differences._columns(["a", "a"]) == {"1: a": "right", "2: a": "right"}


def test_what_changed_in_jobs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts, a table of what moved, where the best of each stands in the other, and the correlation of ranks."""
    monkeypatch.setenv("COLUMNS", "160")
    moved = (FigureChange("cagr", 1234, 0.001, -0.02, "job 5"),)
    best = (BestJob(0, "job 1", 0.1, 0.08, 1200), BestJob(1, "job 2", 0.2, None, None))
    found = StudyDifferences((), "cagr", 1500, 1, 0, moved, 0.876, best)
    differences._print_jobs(found, ("one", "two"))
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "1,500 jobs in both, 1 in the first alone, 0 in the second alone"
    row = next(line for line in lines if "job 5" in line)
    assert row.split()[-5:] == ["1,234", "+0.10%", "−2.00%", "job", "5"]
    assert [line for line in lines if line.startswith("Best")] == [
        "Best of one by Growth (CAGR): job 1 with 10.00%; in two it has 8.00%, place 1,200",
        "Best of two by Growth (CAGR): job 2 with 20.00%; not in one",
    ]
    assert lines[-1] == "Rank correlation of the jobs in both: 0.88"


@pytest.mark.parametrize(("both", "same"), [(2, True), (0, False)])
def test_jobs_that_are_the_same(capsys: pytest.CaptureFixture[str], both: int, same: bool) -> None:
    """They are said to be, where there are any; without a correlation none is said."""
    differences._print_jobs(StudyDifferences((), "cagr", both, 0, 0, (), None, ()), ("one", "two"))
    out = capsys.readouterr().out
    assert ("Results of the jobs in both: the same" in out) is same
    assert "correlation" not in out


def test_settings_that_changed(capsys: pytest.CaptureFixture[str]) -> None:
    """A row each; without any a sentence. In JSON a figure has its key."""
    differences._print_settings((DifferingValue("lag", "", (1, None), None),), ("a", "b"))
    assert capsys.readouterr().out.splitlines()[-1].split() == ["lag", "1", "n/a"]
    differences._print_settings((), ("a", "b"))
    assert capsys.readouterr().out == "Settings, data, strategies and versions: the same\n"
    assert differences._plain(DifferingValue("lag", "", (1, None), None)) == {
        "what": "lag",
        "of": "",
        "values": [1, None],
    }
