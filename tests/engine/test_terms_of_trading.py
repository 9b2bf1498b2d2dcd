"""The terms of trading: their start values, and where they end."""

import math

import pytest
from pydantic import ValidationError

from backtester.engine.execution import DEFAULT_BAND, Execution, default_rebalance
from backtester.histories.rhythm import RHYTHMS

BOUNDS = {
    "lag": ([0, 252], [-1, 253]),
    "band": ([0.0, 1.0, math.inf], [-0.01, 1.01, math.nan, -math.inf]),
    "relative_band": ([0.001, 2.0], [0.0, 2.01, math.inf, math.nan]),
    "min_trade": ([0.0, 0.999], [-0.001, 1.0, math.inf, math.nan]),
}


@pytest.mark.parametrize("name", BOUNDS)
def test_bounds(name: str) -> None:
    """The least and the most are taken, and what is beyond them is refused."""
    taken, refused = BOUNDS[name]
    for value in taken:
        assert getattr(Execution.model_validate({name: value}), name) == value
    for value in refused:
        with pytest.raises(ValidationError, match=name):
            Execution.model_validate({name: value})


def test_start_values() -> None:
    """Traded a session late, at all that is off, without a band of each asset's own; five points otherwise."""
    usual = Execution()
    assert (usual.lag, usual.to_edge, usual.min_trade, usual.relative_band, usual.band) == (1, False, 0.0, None, None)
    assert DEFAULT_BAND == 0.05


def test_terms_are_not_changed() -> None:
    """Neither a term nor an unknown one can be set."""
    with pytest.raises(ValidationError, match="frozen"):
        setattr(Execution(), "lag", 2)  # noqa: B010 - which the type checker would refuse
    with pytest.raises(ValidationError, match="lags"):
        Execution.model_validate({"lags": 2})


def test_months_unless_sessions_are_further_apart() -> None:
    """A quarterly history is traded by the quarter."""
    found = {name: default_rebalance(RHYTHMS[name]) for name in ("daily", "weekly", "monthly", "quarterly")}
    assert found == {"daily": "month", "weekly": "month", "monthly": "month", "quarterly": "quarter"}
