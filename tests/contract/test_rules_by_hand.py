"""Rules on one call, by hand."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from backtester.contract import rules
from backtester.contract.rules import asks_for_no_unit, keeps_its_leverage, leaves_inputs_alone
from backtester.engine.layers import Layer
from backtester.engine.targets import StepInputs
from backtester.histories.market import Market
from builders import made_market

MARKET = made_market({"stocks": [1.0, 2.0], "bonds": [1.0, 3.0]}, observables={"vix": [20.0, 30.0]})
DAYS = MARKET.sessions


def layer(weights: list[float], *, limit: object = None) -> Layer:
    """A layer that reads two assets, an observable and a number, and wants so much of stocks."""
    inputs: dict[str, Any] = {name: MARKET.levels[name] for name in ("stocks", "bonds")}
    inputs |= {"vix": MARKET.observables["vix"], "sessions_a_year": 252.0}
    raw = pd.DataFrame({"stocks": weights, "bonds": -0.25}, DAYS)
    step = SimpleNamespace(strategy=SimpleNamespace(max_leverage=limit))
    return cast(Layer, SimpleNamespace(inputs=inputs, raw=raw, step=step))


def test_units_are_powers_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first asset's levels are eight times as high, the second's sixteen; what has a unit of its own stays."""
    asked: list[StepInputs] = []
    made = layer([0.5, 0.5])

    def answer(step: object, inputs: StepInputs, market: Market) -> pd.DataFrame:
        asked.append(inputs)
        return made.raw

    monkeypatch.setattr(rules, "call_step", answer)
    assert asks_for_no_unit(made, MARKET) is None
    [given] = asked
    assert [np.asarray(given[name]).tolist() for name in ("stocks", "bonds", "vix")] == [[8, 16], [16, 48], [20, 30]]
    assert given["sessions_a_year"] == 252.0


@pytest.mark.parametrize("changed", ["stocks", "vix", None])
def test_which_input_was_changed(changed: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The call gets copies; the first that it wrote to is named."""

    def write(step: object, inputs: StepInputs, market: Market) -> None:
        if changed:
            cast("pd.Series[float]", inputs[changed]).iloc[1] = 9.0

    monkeypatch.setattr(rules, "call_step", write)
    found = leaves_inputs_alone(layer([0.5, 0.5]), MARKET)
    assert (found and found.message) == (changed and f"the call changed {changed!r}; work on a copy")


@pytest.mark.parametrize(
    ("limit", "second", "said"),
    [
        (None, 9.0, None),
        (1.0, 0.75, None),
        (1.0, 0.75 + 1e-9, None),
        (1.0, 0.75 + 2e-9, "weights on 2024-01-02 add up to 1, not 1"),
        (1, -0.9, "weights on 2024-01-02 add up to 1.15, not 1"),
        (0.5, 0.25, None),
        (0, 0.0, "weights on 2024-01-01 add up to 0.25, not 0"),
        (-1, 0.0, "MAX_LEVERAGE is -1; a number of at least 0 is needed"),
        (True, 0.0, "MAX_LEVERAGE is True; a number of at least 0 is needed"),
        ("2", 0.0, "MAX_LEVERAGE is '2'; a number of at least 0 is needed"),
        (float("nan"), 0.0, "MAX_LEVERAGE is nan; a number of at least 0 is needed"),
    ],
)
def test_the_sizes_of_weights_stay_below_the_limit(limit: object, second: float, said: str | None) -> None:
    """A quarter short and so much of stocks; a billionth more is rounding, and a limit is a number that is not
    negative."""
    found = keeps_its_leverage(layer([0.0, second], limit=limit), MARKET)
    assert (found and found.message) == said
