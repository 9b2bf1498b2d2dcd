"""The verdict on one strategy, from an analysis made by hand."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from backtester.analysis.scorecard import SCORECARD_FIGURES
from backtester.runs.strategy_verdict import strategy_verdict


def test_a_verdict_on_the_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is handed on of the third strategy: figures of its scorecard, its widened interval and its placebo."""
    scorecards = np.full((3, len(SCORECARD_FIGURES)), np.nan)
    for name, value in (("acted", 8.0), ("mean_loss.reference", 0.07), ("beyond_mix.payoff_mean", 0.1)):
        scorecards[2, SCORECARD_FIGURES.index(name)] = value
    analysis = cast(Any, SimpleNamespace(scorecards=scorecards, placebos=["first", "second", None]))
    monkeypatch.setattr("backtester.runs.strategy_verdict.verdict", lambda evidence, sound: (evidence, sound))
    evidence, sound = cast(Any, strategy_verdict(analysis, 21, index=2, widened=(0.01, 0.99), sound=False))
    assert (sound, evidence.windows, evidence.acted, evidence.payoff) == (False, 21, 8, 0.1)
    assert (evidence.widened, evidence.placebo, evidence.reference_loss) == ((0.01, 0.99), None, 0.07)
