"""Overlays that add assets, futures or options to a portfolio, or swap its bonds for others."""

import re

import numpy as np
import pandas as pd
import pytest

from backtester.analysis.analyse import analyse
from backtester.analysis.period import measure_period
from backtester.analysis.scorecard import SCORECARD_FIGURES
from backtester.engine.evaluate import evaluate_many
from backtester.engine.execution import Execution
from backtester.histories.derived import par_bond_returns
from backtester.histories.market import Market
from backtester.plugins.loader import Library
from backtester.plugins.recipes import parse_recipe
from backtester.runs.settings import RunSettings

BASE = {"stocks": [0.6, -0.2], "bonds": [0.4, 0.1]}


def added(library: Library, name: str, *, base: dict[str, list[float]] = BASE, **settings: object) -> dict[str, object]:
    """What an overlay answers to a base of two sessions, by asset."""
    found: dict[str, object] = library.find(name).weights(pd.DataFrame(base), **settings).round(12).to_dict("list")
    return found


def test_gold_and_the_dollar_are_added(library: Library) -> None:
    """Each is added at its size, of either sign, and both together, gold first."""
    assert added(library, "gold_overlay", size=-0.1) == BASE | {"gold": [-0.1, -0.1]}
    assert added(library, "dollar_overlay", size=-1.0) == BASE | {"dollar": [-1.0, -1.0]}
    both = {"stocks": [0.6, -0.2], "bonds": [0.25, 0.0], "gold": [0.05, 0.05], "dollar": [0.1, 0.05]}
    assert added(library, "gold_and_dollar", fund="bonds") == both


@pytest.mark.parametrize(("name", "asset"), [("short_duration", "short_bonds"), ("linkers_for_bonds", "linkers")])
def test_bonds_are_swapped_as_far_as_there_are(library: Library, name: str, asset: str) -> None:
    """Other bonds stand in the place of bonds, no more than the base holds; paid for by cash they stand beside them."""
    swapped = {"stocks": [0.6, -0.2], "bonds": [0.1, 0.0], asset: [0.3, 0.1]}
    assert added(library, name, size=0.3) == swapped
    assert added(library, name, size=0.3, fund="bills") == BASE | {asset: [0.3, 0.3]}


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("put_overlay", {"put": [0.3, 0.0]}),
        ("put_spread", {"put_spread": [0.3, 0.0]}),
        ("collar", {"put": [0.3, 0.0], "call": [-0.3, 0.0]}),
    ],
)
def test_options_cover_the_stocks_that_are_held(library: Library, name: str, held: dict[str, list[float]]) -> None:
    """Half of the stocks held are covered, and none where they are sold short; options of the base stay."""
    assert added(library, name, cover=0.5) == BASE | held
    before = {asset: [0.1, 0.1] for asset in held}
    found = added(library, name, cover=0.5, base=BASE | before)
    assert found == BASE | {asset: [round(0.1 + part, 12) for part in parts] for asset, parts in held.items()}


def test_the_steepener_is_neutral_to_a_shift(library: Library) -> None:
    """Both sides have the years of duration that a basis point more or less on the bonds themselves shows."""
    short, long = np.array([0.04, 0.0002]), np.array([0.05, 0.0302])
    base, yields = pd.DataFrame(BASE), (pd.Series(short * 100), pd.Series(long * 100))
    found = library.find("steepener").weights(base, *yields, years=2.0)
    for role, rates, years, side in (("short_bonds_future", short, 2, 1), ("long_bonds_future", long, 30, -1)):
        for weight, rate in zip(found[role], rates, strict=True):
            moves = [
                par_bond_returns(np.array([rate, rate + move]), np.array([0.0, 1e-9]), maturity_years=years)[1]
                for move in (-1e-4, 1e-4)
            ]
            duration = (moves[0] - moves[1]) / 2e-4
            assert weight * duration == pytest.approx(side * 2.0, rel=1e-5)


def test_the_steepener_at_no_yield_and_without_one(library: Library) -> None:
    """At a yield of zero a bond's duration is its maturity; before there are yields nothing is held."""
    zero, none = pd.Series([0.0, 0.0]), pd.Series([np.nan, np.nan])
    found = library.find("steepener").weights(pd.DataFrame(BASE), zero, none, years=1.0)
    assert found["short_bonds_future"].tolist() == [0.5, 0.5]
    assert found["long_bonds_future"].tolist() == [0.0, 0.0]


def test_what_pays_for_gold_is_as_its_docstring_says(us: Market, library: Library) -> None:
    """The four ways to pay for gold stand side by side in the docstring, with the figures that they have today."""
    docstring = library.find("gold_overlay").weights.__doc__ or ""
    rows = re.findall(r"^ +(\w+) +(\d+) of (\d+) +\+(\d\.\d\d)%$", docstring, flags=re.MULTILINE)
    texts = ["sixty_forty", *(f"sixty_forty + gold_overlay(fund={fund!r})" for fund, *_ in rows)]
    done = evaluate_many([(parse_recipe(text, library), Execution()) for text in texts], us)
    analysis = analyse(done, done[0], measure_period(us, RunSettings()))
    figures = [dict(zip(SCORECARD_FIGURES, card.tolist(), strict=True)) for card in analysis.scorecards[1:]]
    assert [fund for fund, *_ in rows] == ["bills", "prorata", "stocks", "bonds"]
    assert [(int(better), int(acted), payoff) for _, better, acted, payoff in rows] == [
        (one["beyond_reference.better"], one["acted"], f"{100 * one['beyond_mix.payoff_mean']:.2f}") for one in figures
    ]
