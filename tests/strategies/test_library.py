"""Every built-in strategy keeps the contract on markets that nobody has seen: one at random, one that stands still."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from backtester.contract.check import check_layer
from backtester.engine.evaluate import evaluate
from backtester.engine.execution import Execution
from backtester.histories.market import Market
from backtester.plugins.loader import Library, load_library
from backtester.plugins.recipes import parse_recipe

NAMES = sorted(load_library(installed=False).strategies)


@pytest.fixture(scope="module")
def made(us: Market) -> dict[str, Market]:
    """Markets with the dates, meetings and series of 2019 to 2021 and other figures: moves of 3% a session, of half of
    all there is, and none at all."""
    part, random = us.rows(slice(3000, 3400)), np.random.default_rng(7)

    def moved(table: pd.DataFrame, deviation: float) -> pd.DataFrame:
        moves = np.exp(deviation * random.standard_normal(table.shape))
        return table.notna() * np.cumprod(moves, axis=0) * (table.bfill().iloc[0].abs() + 1)

    still = [table * 0 + 1.0 for table in (part.levels, part.observables)]
    return {
        "wild": replace(part, levels=moved(part.levels, 0.03), observables=moved(part.observables, 0.03)),
        "mad": replace(part, levels=moved(part.levels, 0.5), observables=moved(part.observables, 0.5)),
        "still": replace(part, levels=still[0], observables=still[1]),
    }


@pytest.mark.parametrize("kind", ["wild", "mad", "still"])
@pytest.mark.parametrize("name", NAMES)
def test_no_false_alarm(name: str, kind: str, library: Library, made: dict[str, Market]) -> None:
    """No rule is broken, and nothing is warned of."""
    text = f"sixty_forty + {name}" if library.find(name).is_overlay else name
    layer = evaluate(parse_recipe(text, library), made[kind], Execution()).layers[-1]
    check = check_layer(layer, made[kind])
    assert check.findings == ()
    assert check.cuts >= 12


def test_each_is_an_example() -> None:
    """Each file is short, says its hypothesis, when it fails and its source, and bounds its numbers."""
    for name, strategy in load_library(installed=False).strategies.items():
        assert all(strategy.sections.get(title) for title in ("Hypothesis", "Fails when", "Source")), name
        for setting in strategy.declaration.settings.values():
            numeric = isinstance(setting.default, int | float)
            assert not numeric or ("at least" in setting.accepts) or ("above" in setting.accepts), (name, setting.name)
