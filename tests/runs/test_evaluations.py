"""Which recipes a run carries out, and which built-in variants it leaves out: by hand."""

from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from backtester.engine.evaluate import Evaluation
from backtester.errors import DataError
from backtester.histories.market import Market
from backtester.plugins.recipes import Recipe
from backtester.runs import evaluations
from backtester.runs.settings import RunSettings

SESSIONS = pd.DatetimeIndex(["2010-01-04", "2011-01-04", "2016-01-04", "2016-01-05"])


def carried_out(
    monkeypatch: pytest.MonkeyPatch, *runs: int | DataError, named: tuple[str, ...] = ()
) -> tuple[list[int], list[str]]:
    """The first sessions of the recipes that are kept, and why others are left out."""
    made = [one if isinstance(one, DataError) else SimpleNamespace(first=one) for one in runs]
    monkeypatch.setattr(evaluations, "evaluate_many", lambda asked, market: made)
    recipes = [cast(Recipe, SimpleNamespace(name=f"r{place}")) for place in range(len(runs))]
    market = cast(Market, SimpleNamespace(sessions=SESSIONS))
    heard: list[Any] = []
    done, left_out = evaluations.evaluations_of(
        RunSettings(recipes=named), recipes, market, lambda *words: heard.append(words)
    )
    assert heard == [("Simulating the recipes",)]
    return [cast(Evaluation, one).first for one in done], left_out


def test_variants_that_start_late_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than five years after the reference; one that was named never is."""
    assert carried_out(monkeypatch, 1, 2) == ([1, 2], [])
    words = "r1: it can only start on 2016-01-05; name it to have all start then"
    assert carried_out(monkeypatch, 1, 3, 0) == ([1, 0], [words])
    assert carried_out(monkeypatch, 1, 3, named=("r1",)) == ([1, 3], [])
    assert carried_out(monkeypatch, 3, 0) == ([3, 0], [])


def test_variants_that_cannot_run_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """But neither the reference nor one that was named."""
    assert carried_out(monkeypatch, 0, DataError("no VIX")) == ([0], ["r1: no VIX"])
    for runs, named in (((DataError("no VIX"), 0), ()), ((0, DataError("no VIX")), ("r1",))):
        with pytest.raises(DataError, match="no VIX"):
            carried_out(monkeypatch, *runs, named=named)
