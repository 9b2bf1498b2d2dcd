"""What `batch` prints, of made studies."""

import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa
import pytest
from rich.console import Console

from backtester.batch.carry_out import Batch
from backtester.batch.forecast import Forecast
from backtester.batch.page.finding import VOID_FINDING
from backtester.batch.workers import TaskLimits
from backtester.cli.actions import batch as actions

LIMITS = cast(TaskLimits, None)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "1 second"), (2.4, "2 seconds"), (89.4, "89 seconds"), (90.0, "2 minutes"), (600.0, "10 minutes"),
        (5399.0, "90 minutes"), (5400.0, "1.5 hours"), (36000.0, "10.0 hours"),
    ],
)  # fmt: skip
def test_a_time_that_people_read(seconds: float, text: str) -> None:
    """Seconds up to a minute and a half, minutes up to an hour and a half, then hours with a decimal."""
    assert actions._duration(seconds) == text


def told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seen: Forecast, *, as_json: bool) -> str:
    """What is printed of a forecast."""
    monkeypatch.setattr(actions, "forecast", lambda study, out, workers, limits: seen)
    actions.forecast_study(Path("s.toml"), None, workers=2, limits=LIMITS, as_json=as_json)
    return capsys.readouterr().out


def test_what_is_left_of_a_study(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Jobs and returns that were not done before would take so long; or none is left; or all that were tried failed."""
    seen = Forecast("made", 1200, 200, 3000, 500, 120.0)
    jobs = "made: 1,200 jobs, 200 of them done before\n"
    assert told(monkeypatch, capsys, seen, as_json=False) == (
        f"{jobs}3,000 returns of jobs in scenarios, 500 of them done before\n"
        "The other 3,500 would take about 2 minutes with 2 workers\n"
    )
    assert json.loads(told(monkeypatch, capsys, seen, as_json=True))["returns_done"] == 500
    failed = Forecast("made", 1200, 200, 0, 0, None)
    words = "Those that were tried failed; run the study, and the table says why\n"
    assert told(monkeypatch, capsys, failed, as_json=False) == jobs + words
    done = Forecast("made", 1, 1, 0, 0, None)
    assert told(monkeypatch, capsys, done, as_json=False) == "made: 1 job, 1 of them done before\n"


def test_what_json_has_no_word_for() -> None:
    """Figures that are not finite are null, and what is neither number nor text is written as text."""
    row = {"a": 1.5, "b": float("nan"), "c": None, "d": 3, "e": "x", "f": Path("p"), "g": float("inf")}
    assert actions._plain([row]) == [{"a": 1.5, "b": None, "c": None, "d": 3, "e": "x", "f": "p", "g": None}]


def study(failed: int) -> Batch:
    """A study of ten jobs, so many of which failed."""
    errors = [f"broke {place}" if place < failed else None for place in range(10)]
    table = pa.table({"name": [f"job {place}" for place in range(10)], "error": pa.array(errors, pa.string())})
    made = SimpleNamespace(
        study=SimpleNamespace(name="made", rank_by="cagr"), table=table, resumed=4, failed=failed, scenarios={},
        search=None, path=Path("out/results.parquet"), findings=[], looks_ahead=[],
    )  # fmt: skip
    return cast(Batch, made)


@pytest.mark.parametrize(("failed", "more"), [(5, ""), (6, "and 1 more; column 'error' has them all")])
def test_errors_of_five_jobs_are_shown(capsys: pytest.CaptureFixture[str], failed: int, more: str) -> None:
    """Of those that failed the first five, and how many more there are; the best in a table; where the results lie."""
    best: list[dict[str, Any]] = [dict.fromkeys(actions.SHOWN_COLUMNS, 0.1234) | {"name": "job 7", "recipe": "job 7"}]
    actions._print(study(failed), best)
    out, err = capsys.readouterr()
    assert out.startswith(f"made: 10 jobs, 4 of them done before, {failed} failed; best by cagr\n\nIn percent\n")
    assert "\nResults: out/results.parquet\nPage: out/index.html\n" in out
    assert [line.split()[:2] for line in out.splitlines() if line.startswith("job")] == [["job", "7"]]
    lines = err.splitlines()
    assert lines[:5] == [f"Warning: job {place}: broke {place}" for place in range(5)]
    assert lines[5:] == ([f"Warning: {more}"] if more else [])


def test_no_best_is_named_where_one_looks_ahead(capsys: pytest.CaptureFixture[str]) -> None:
    """Whether the best is luck is not asked then, with a search or without."""
    batch = study(0)
    batch.looks_ahead.append("seer")
    for search in (None, "a search"):
        vars(batch)["search"] = search
        actions._print(batch, [])
        assert f"\n\n{VOID_FINDING}\n\nResults: " in capsys.readouterr().out


def test_errors_stand_above_the_bar_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the first five of them, brackets and all; then the jobs done of how many."""
    written = io.StringIO()
    terminal = Console(file=written, force_terminal=True, width=100, color_system=None)
    monkeypatch.setattr(actions, "console", lambda *, stderr: terminal if stderr else None)
    with actions._bar() as progress:
        progress(3, 10, ["[b]one[/b]", "two", "three"])
        progress(6, 10, ["four", "five", "six"])
        progress(7, 10, ["seven"])
    words = ("[b]one[/b]", "two", "three", "four", "five", "six", "seven")
    shown = [word for word in words if word in written.getvalue()]
    assert shown == ["[b]one[/b]", "two", "three", "four", "five"]
    assert "7/10" in written.getvalue()


def test_a_bar_that_nobody_sees_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither of jobs nor of errors."""
    with actions._bar() as progress:
        progress(1, 10, ["broke"])
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("top", "best"), [(None, 7), (3, 3)])
def test_a_study_is_run_in_its_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], top: int | None, best: int
) -> None:
    """On so many processes or on a scheduler; the study's own number of jobs is shown unless another is asked for."""
    asked: list[Any] = []
    batch = study(0)
    vars(batch).update(damaged=[], findings=[], failed_scenarios=[], seconds={"jobs": 1.26, "pages": 0.5})
    vars(batch.study)["top"] = 7
    monkeypatch.setattr(actions, "run_batch", lambda *args, **named: asked.append(named) or batch)
    monkeypatch.setattr(actions, "best_rows", lambda table, by, count: asked.append(count) or [])
    monkeypatch.setattr(actions, "warn_if_uncached", lambda: None)
    place = (4, "tcp://a:1")
    actions.run_study(Path("s.toml"), None, workers_and_scheduler=place, limits=LIMITS, top=top, as_json=True)
    assert (asked[0]["workers"], asked[0]["scheduler"], asked[1]) == (4, "tcp://a:1", best)
    out, err = capsys.readouterr()
    assert json.loads(out)["jobs"] == 10
    assert err == "Processor time here and of workers started here: 1.3 s for jobs, 0.5 s for pages\n"


def test_the_document(capsys: pytest.CaptureFixture[str]) -> None:
    """Counts, who looks ahead, files by name and the ranking."""
    batch = study(3)
    batch.looks_ahead.append("seer")
    found = actions._document(batch, [{"name": "a", "cagr": float("nan")}])
    assert found == {
        "study": "made", "jobs": 10, "resumed": 4, "failed": 3, "search": None, "looks_ahead": ["seer"],
        "files": {"results": "results.parquet", "page": "index.html"}, "ranking": [{"name": "a", "cagr": None}],
    }  # fmt: skip
