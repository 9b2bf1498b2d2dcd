"""Every built-in strategy keeps the contract on the history and on markets that nobody has seen, random and still."""

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
    """The history, and markets with the dates, meetings and series of 2019 to 2021 and other figures: one wanders by 3%
    a session, one leaps by half from session to session, as the contract's noise does, in one nothing ever moves."""
    part, random = us.rows(slice(3000, 3400)), np.random.default_rng(7)

    def scaled(table: pd.DataFrame, factors: np.ndarray) -> pd.DataFrame:
        return table.notna() * factors * (table.bfill().iloc[0].abs() + 1)

    def wandering(table: pd.DataFrame) -> pd.DataFrame:
        return scaled(table, np.exp(0.03 * random.standard_normal(table.shape)).cumprod(axis=0))

    def leaping(table: pd.DataFrame) -> pd.DataFrame:
        return scaled(table, np.exp(0.5 * random.standard_normal(table.shape)))

    still = [table * 0 + 1.0 for table in (part.levels, part.observables)]
    return {
        "us": us,
        "wandering": replace(part, levels=wandering(part.levels), observables=wandering(part.observables)),
        "leaping": replace(part, levels=leaping(part.levels), observables=leaping(part.observables)),
        "still": replace(part, levels=still[0], observables=still[1]),
    }


@pytest.mark.parametrize("kind", ["us", "wandering", "leaping", "still"])
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
