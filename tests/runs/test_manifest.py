"""What a manifest says of settings."""

import shlex
from datetime import date
from pathlib import Path

import pytest

from backtester.engine.costs import parse_costs
from backtester.engine.execution import Execution
from backtester.runs.manifest import _portable_settings, run_command
from backtester.runs.settings import RunSettings, SeriesFile


@pytest.mark.parametrize(("band", "written"), [(0.05, 0.05), (float("inf"), "none"), (0.0, 0.0)])
def test_a_band_that_never_calls_is_written_as_a_word(band: float, written: float | str) -> None:
    """JSON has no infinity: the document says none, as the option does, and every other band as it is."""
    assert _portable_settings(RunSettings(execution=Execution(band=band)))["execution"]["band"] == written


def test_the_command_of_usual_settings() -> None:
    """Recipes alone."""
    assert run_command(RunSettings()) == "backtester run"
    assert run_command(RunSettings(recipes=("cash", "hold(asset='gold')"))) == (
        """backtester run cash 'hold(asset='"'"'gold'"'"')'"""
    )


def test_the_command_says_what_is_unusual() -> None:
    """How it trades and what it costs, what is measured and how surely, files, and scenarios, each by its option."""
    execution = Execution(band=float("inf"), lag=0, to_edge=True, costs=parse_costs(["5", "gold=10"]))
    settings = RunSettings(
        recipes=("cash",),
        history="us_1962",
        start=date(2000, 1, 3),
        bonds_fall=-0.01,
        execution=execution,
        resamples=200,
        seed=2,
        audit=True,
        as_of=True,
        stress=("capital_war", "all"),
        series={"fund": SeriesFile(file=Path("f.csv"), column="nav"), "other": SeriesFile(file=Path("o.csv"))},
        weights={"mine": Path("w.csv")},
        decimal=",",
        period_starts=True,
    )
    assert shlex.split(run_command(settings)) == [
        *("backtester", "run", "cash", "--history", "us_1962", "--start", "2000-01-03", "--bonds-fall", "-0.01"),
        *("--band", "none", "--lag", "0", "--to-edge", "--cost-bps", "5", "--cost-bps", "gold=10"),
        *("--series", "fund=f.csv", "--column", "fund=nav", "--series", "other=o.csv", "--weights", "mine=w.csv"),
        *("--decimal", ",", "--period-starts", "--resamples", "200", "--seed", "2", "--audit", "--as-of"),
        *("--stress", "capital_war", "--stress", "all"),
    ]


def test_settings_are_written_so_that_they_read_elsewhere() -> None:
    """Paths as text, dates as such, nothing of a file that is not stated; null where nothing is."""
    settings = RunSettings(
        plugins=(Path("p.py"),),
        series={"fund": SeriesFile(file=Path("f.csv"))},
        weights={"mine": Path("w.csv")},
        stress=("capital_war", "s.toml"),
        start=date(2000, 1, 3),
    )
    written = _portable_settings(settings)
    assert (written["start"], written["end"], written["data"]) == ("2000-01-03", None, None)
    assert (written["plugins"], written["weights"]) == (["p.py"], {"mine": "w.csv"})
    assert (written["series"], written["stress"]) == ({"fund": {"file": "f.csv"}}, ["capital_war", "s.toml"])
    ended = _portable_settings(RunSettings(end=date(2001, 1, 2), data=Path("folder")))
    assert (ended["start"], ended["end"], ended["data"]) == (None, "2001-01-02", "folder")
