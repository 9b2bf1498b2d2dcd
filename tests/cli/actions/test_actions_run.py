"""What `run` makes of its options, and what it says of a run, by hand."""

import datetime
import json
from pathlib import Path
from typing import Any

import click
import pytest

from backtester.cli.actions import run as actions
from backtester.cli.run import run
from backtester.runs.settings import RunSettings


def params(*words: str) -> dict[str, Any]:
    """The options of `run` as click reads them."""
    return run.make_context("backtester run", list(words)).params


def test_files_of_series() -> None:
    """Each with its column and form, where these are said; of a name that is no series they are refused."""
    words = ["--series", "cta=a.csv", "--series", "gold=b.csv", "--column", "cta=NAV", "--form", "gold=returns"]
    settings = actions.run_settings(params(*words, "--sep", "tab"))
    assert {name: dict(one) for name, one in actions._series(params(*words)).items()} == {
        "cta": {"file": "a.csv", "column": "NAV"},
        "gold": {"file": "b.csv", "form": "returns"},
    }
    assert settings.sep == "\t"
    assert actions.run_settings(params("--sep", ";")).sep == ";"
    for option, value, said in (
        ("--column", "oil=NAV", "--column oil=NAV: there is no --series oil=FILE.csv"),
        ("--form", "oil=returns", "--form oil=returns: there is no --series oil=FILE.csv"),
        ("--form", "cta=return", "--form cta=return: did you mean 'returns'"),
    ):
        with pytest.raises(click.UsageError) as caught:
            actions.run_settings(params("--series", "cta=a.csv", option, value))
        assert str(caught.value).startswith(said)


def document(*causal: bool | None) -> dict[str, Any]:
    """A run's document with a strategy for each answer of the past-only rule."""
    strategies = [
        {"name": f"s{place}", "findings": [], "ruin_date": None, "ended": [], "causal": one}
        for place, one in enumerate(causal)
    ]
    history = {"last": "2024-01-31"}
    files = {"tearsheet": "tearsheet.html"}
    return {"notes": [], "left_out": [], "strategies": strategies, "history": history, "files": files}


def carried_out(
    made: dict[str, Any], monkeypatch: pytest.MonkeyPatch, *, as_json: bool = False, **settings: Any
) -> tuple[bool, list[Any]]:
    """Whether no strategy looks ahead, and where the run was published."""
    seen: list[Any] = []
    monkeypatch.setattr(actions, "carry_out", lambda settings, progress: "the result")
    monkeypatch.setattr(actions, "run_key", lambda result: "0123456789abcdef")
    monkeypatch.setattr(actions, "publish", lambda write, folder, pages: seen.append((folder, pages)) or made)
    monkeypatch.setattr(actions, "warn_if_uncached", lambda: None)
    monkeypatch.setattr(actions, "summary", lambda document: "the summary")
    monkeypatch.setattr(actions, "print_summary", seen.append)
    monkeypatch.setattr(actions, "age_note", lambda history, last, today: f"{history} is of {last}")
    answer = actions.run_to_folder(RunSettings(**settings), None, beside=True, classic=False, as_json=as_json)
    return answer, seen


@pytest.mark.parametrize(
    ("causal", "sound"), [((True, True), True), ((True, None), True), ((True, False), False), ((), True)]
)
def test_a_look_ahead_is_the_answer(
    causal: tuple[bool | None, ...], sound: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of any strategy; what cannot be checked is none. The folder has eight signs of the run's key."""
    answer, seen = carried_out(document(*causal), monkeypatch)
    assert answer is sound
    folder = Path("runs/us-01234567")
    assert seen[0][0] == Path.cwd() / folder
    assert seen[0][1].plotly == Path.cwd() / folder
    assert capsys.readouterr().out == f"\nTearsheet: {folder / 'tearsheet.html'}\n"


@pytest.mark.parametrize(
    ("settings", "said"), [({}, True), ({"rhythm": "quarter"}, False), ({"end": datetime.date(2024, 1, 31)}, False)]
)
def test_an_old_history_is_noted(
    settings: dict[str, Any], said: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Unless the run ends where it was asked to, or quarters may be old; JSON has no notes of it."""
    carried_out(document(True), monkeypatch, **settings)
    assert ("Note: us is of 2024-01-31" in capsys.readouterr().err) is said
    carried_out(document(True), monkeypatch, as_json=True, **settings)
    out, err = capsys.readouterr()
    assert (json.loads(out)["history"], err) == ({"last": "2024-01-31"}, "")


def test_what_happened_to_strategies_is_warned_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Findings, ruin, and assets that ended; notes and what was left out come first."""
    made = document(False)
    made["notes"], made["left_out"] = ["a note"], ["gold: too short"]
    made["strategies"][0] |= {
        "findings": ["it knew"],
        "ruin_date": "2020-03-16",
        "ended": [{"asset": "gold", "last": "2019-01-02", "weight": 0.125}],
    }
    carried_out(made, monkeypatch, as_json=True)
    assert capsys.readouterr().err.splitlines() == [
        "Note: a note",
        "Warning: left out gold: too short",
        "Warning: s0: it knew",
        "Warning: s0: ruined on 2020-03-16; its value stays at zero from there on",
        "Warning: s0: gold ended on 2019-01-02; 12.5% of the portfolio, and its weight since, went to cash",
    ]
