"""A strategy's line of evidence, and why it has none, by hand."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from backtester.errors import BacktesterError, MissingRoleError, PluginError
from backtester.runs.evidence import _evidence_line, _reason
from backtester.runs.result import Result, StrategyResult

NAN = float("nan")
CARD = {
    "acted": 4.0,
    "beyond_reference.better": 3.0,
    "beyond_mix.payoff_mean": 0.25,
    "growth_annual.over_mix.total": -0.5,
}


def line(**figures: float) -> Any:
    """What is said of one whose card has these."""
    slices = {"regime": (SimpleNamespace(name="negative", windows=2, payoff_mean=0.5),)}
    card = SimpleNamespace(
        figures=CARD | figures, intervals={"beyond_mix.payoff_mean": (0.0, 1.0)}, smallest_clear=NAN, slices=slices
    )
    one = SimpleNamespace(name="sixty_forty + gold", card=card, verdict="few")
    days = pd.DatetimeIndex(["2020-01-02", "2020-01-03", "2020-01-06"])
    result = SimpleNamespace(
        period=SimpleNamespace(sessions=days, joint=[1, 2, 3, 4, 5]), settings=SimpleNamespace(history="us")
    )
    return _evidence_line("gold", cast(StrategyResult, one), cast(Result, result))


def test_a_line_is_of_the_whole_period() -> None:
    """From its first session to its last; what is not known is none."""
    found = line()
    assert (found.strategy, found.recipe, found.history) == ("gold", "sixty_forty + gold", "us")
    assert (found.start, found.end) == ("2020-01-02", "2020-01-06")
    assert (found.windows, found.acted, found.lost_less) == (5, 4, 3)
    assert (found.payoff, found.growth, found.smallest_clear) == (0.25, -0.5, None)
    assert (found.interval, found.regimes, found.verdict) == ((0.0, 1.0), {"negative": (2, 0.5)}, "few")
    assert line(**{"beyond_mix.payoff_mean": np.nan}).payoff is None


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PluginError("strategy 'x' (x.py): KeyError: 'gold'"), "'gold'"),
        (PluginError("strategy 'x' (x.py): it has no weights"), "it has no weights"),
        (PluginError("the period holds 2 sessions"), "the period holds 2 sessions"),
    ],
)
def test_why_there_is_none(error: BacktesterError, reason: str) -> None:
    """What the error says after the strategy, its file and the kind of error."""
    assert _reason(error) == reason


def test_a_missing_role_is_the_reason() -> None:
    """By its name."""
    error = MissingRoleError.__new__(MissingRoleError)
    error.role = "gold"
    assert _reason(error) == "needs gold"
