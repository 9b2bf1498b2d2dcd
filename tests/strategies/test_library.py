"""Every built-in strategy keeps the contract on the history and on markets that nobody has seen, random and still."""

import ast
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
from backtester.plugins.strategy import Strategy

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


SPANS = {"October 2023": ("2023-09-01", "2023-10-03"), "2022": ("2022-08-25", "2022-09-26")}
SPANS |= {"April 2025": ("2025-04-01", "2025-04-08"), "the flight": ("2025-04-02", "2025-04-21")}


@pytest.mark.parametrize(
    ("overlay", "gained", "lost"),
    [
        ("steepener", ("October 2023", "April 2025"), ("2022",)),
        ("trend_shield", ("2022",), ("April 2025",)),
        ("dollar_overlay(size=-0.2)", ("the flight",), ("2022",)),
        ("dollar_overlay", ("2022",), ("the flight",)),
    ],
)
def test_they_did_what_their_pages_say(
    overlay: str, gained: tuple[str, ...], lost: tuple[str, ...], us: Market, library: Library
) -> None:
    """Against 60/40, by more than a tenth of a point, in the falls that a page names and in those that it rules out."""
    hedged, plain = (
        evaluate(parse_recipe(text, library), us, Execution()).accounts.nav
        for text in (f"sixty_forty + {overlay}", "sixty_forty")
    )
    for names, sign in ((gained, 1), (lost, -1)):
        for first, last in (SPANS[name] for name in names):
            assert sign * (hedged[last] / hedged[first] - plain[last] / plain[first]) > 0.001


def rule_lines(strategy: Strategy) -> int:
    """How many lines its functions take, without blank ones and docstrings."""
    spent: set[int] = set()
    text = strategy.source.decode().splitlines()
    for one in ast.walk(ast.parse(strategy.source)):
        if isinstance(one, ast.FunctionDef):
            skipped = one.body[0].end_lineno if ast.get_docstring(one) else one.lineno - 1
            spent |= {*range(one.lineno, one.body[0].lineno), *range((skipped or 0) + 1, (one.end_lineno or 0) + 1)}
    return sum(bool(text[line - 1].strip()) for line in spent)


def test_each_is_an_example() -> None:
    """Each has 40 lines of rule at most, says its hypothesis, when it fails and its source, and bounds its numbers."""
    for name, strategy in load_library(installed=False).strategies.items():
        assert rule_lines(strategy) <= 40, name
        assert all(strategy.sections.get(title) for title in ("Hypothesis", "Fails when", "Source")), name
        for setting in strategy.declaration.settings.values():
            numeric = isinstance(setting.default, int | float)
            assert not numeric or ("at least" in setting.accepts) or ("above" in setting.accepts), (name, setting.name)
