"""`data fetch` as it is called: what it prints, how it fails, and what a terminal shows."""

import io
from functools import partial
from pathlib import Path

import click
import pytest
from rich.console import Console

from backtester.cli.actions import fetch as action
from backtester.cli.actions import run_screen
from backtester.cli.main import cli, main
from backtester.histories.fetch.settings import Clock, FetchSettings
from fetching import CSV, ONE, PATH
from loopback import Answer, provider


def called(monkeypatch: pytest.MonkeyPatch, folder: Path, *words: str) -> int:
    """The exit status of `data fetch` on the history of one file."""
    (folder / "one.toml").write_text(ONE)
    monkeypatch.chdir(folder)
    monkeypatch.setattr("sys.argv", ["backtester", "data", "fetch", *words])
    with pytest.raises(SystemExit) as exit_:
        main()
    assert isinstance(exit_.value.code, int)
    return exit_.value.code


def test_fetches_and_says_what_the_history_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Copies lie in `.cache` below the data folder; off a terminal nothing is printed on stderr."""
    with provider() as server:
        server.answers[PATH] = [Answer(CSV)]
        assert called(monkeypatch, tmp_path, "one.toml", "--data", "d", "--base-url", server.url) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "one: 2020-01-01 to 2020-01-28, 28 sessions, in d",
        "Next: backtester data check one --data d",
    ]
    assert err == ""
    assert len(list((tmp_path / "d" / ".cache" / "fred").glob("INDEX.*.csv"))) == 1


def test_a_failure_is_two_lines_and_status_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What happened and what to do, then the address that was asked."""
    with provider() as server:
        monkeypatch.setenv("BACKTESTER_BASE_URL", server.url)
        assert called(monkeypatch, tmp_path, "one.toml", "--data", "d", "--cache", "c") == 2
        out, err = capsys.readouterr()
        assert (out, err.splitlines()) == (
            "",
            [
                "Error: FRED did not send INDEX.csv: it answered 404 Not Found; its address may have changed; save the "
                "file yourself and name its folder with --from",
                f"  asked for https:/{PATH}",
            ],
        )
    assert not (tmp_path / "d" / ".cache").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["us_lnog", "--data", "d"], "Error: no blueprint 'us_lnog'; did you mean 'us_long'? (or name a .toml file)"),
        (["us_long"], "Error: Missing option '--data'."),
        (["us_long", "--data", "d", "--timeout", "0"], "Error: Invalid value for '--timeout': 0 is not in the range"),
        (
            ["us_long", "--data", "d", "--base-url", "http://a.org"],
            "Error: --base-url is 'http://a.org'; only https is fetched",
        ),
    ],
)
def test_mistakes_are_told_before_anything_is_asked_or_written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    told: str,
) -> None:
    """Status 2, and nothing is written."""
    monkeypatch.delenv("BACKTESTER_DATA", raising=False)
    assert called(monkeypatch, tmp_path, *words) == 2
    assert capsys.readouterr().err.startswith(told)
    assert [path.name for path in tmp_path.iterdir()] == ["one.toml"]


def test_an_old_copy_in_use_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On stderr, while the history is built and the status is 0."""
    with provider() as server:
        server.answers[PATH] = [Answer(CSV), Answer(status=429)]
        words = ["one.toml", "--data", "d", "--base-url", server.url]
        assert called(monkeypatch, tmp_path, *words) == 0
        clock = Clock(sleep=lambda seconds: None)
        monkeypatch.setattr(action, "FetchSettings", partial(FetchSettings, max_age_seconds=0.0, clock=clock))
        assert called(monkeypatch, tmp_path, *words) == 0
    told = capsys.readouterr().err
    assert told.startswith("Warning: FRED did not send INDEX.csv: it answered 429 Too Many Requests; its copy of ")


def test_a_terminal_shows_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file's name and its place among the files, on stderr."""
    shown = io.StringIO()
    monkeypatch.setattr(run_screen, "console", lambda *, stderr: Console(file=shown, force_terminal=stderr, width=100))
    (tmp_path / "one.toml").write_text(ONE)
    with provider() as server:
        server.answers[PATH] = [Answer(CSV)]
        words = [str(tmp_path / "one.toml"), "--data", str(tmp_path / "d"), "--base-url", server.url]
        assert cli.main(["data", "fetch", *words], standalone_mode=False) is None
    assert "Writing one" in click.unstyle(shown.getvalue())
