"""What each overlay added: against whole runs of the parts, and telescoping from the base to the recipe."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from backtester.analysis import attribution
from backtester.analysis.attribution import overlay_attribution, part_navs
from backtester.analysis.windows import Window, window_return
from backtester.engine.evaluate import Evaluation, evaluate, evaluate_many
from backtester.engine.execution import Execution
from backtester.engine.layers import EvaluationRequest
from backtester.errors import BacktesterError
from backtester.histories.market import Market, load_market
from backtester.plugins.loader import Library
from backtester.plugins.recipes import parse_recipe
from builders import made_library

THREE = "sixty_forty + gold_overlay(size=0.2) + vol_target(target=0.05) + bills_for_bonds(months=6)"
MONTHLY = Execution()


@pytest.fixture(scope="module")
def market(small: Path) -> Market:
    return load_market("small", small)


def run_of(text: str, library: Library, market: Market) -> Evaluation:
    return evaluate(parse_recipe(text, library), market, MONTHLY)


def test_in_order_is_the_recipe_up_to_it_less_that_without_it(library: Library, market: Market) -> None:
    """Each figure is the difference of two whole evaluations, spelled out as recipes of their own."""
    run = run_of(THREE, library, market)
    navs, window = part_navs([run], market, MONTHLY), Window(190, 205)
    gold, target, bills = overlay_attribution(run.recipe, navs, window)

    def returned(text: str) -> float:
        return window_return(run_of(text, library, market).accounts.nav, window)

    base, one = "sixty_forty", "sixty_forty + gold_overlay(size=0.2)"
    two, whole = f"{one} + vol_target(target=0.05)", returned(THREE)
    assert gold.in_order == returned(one) - returned(base)
    assert target.in_order == returned(two) - returned(one)
    assert bills.in_order == whole - returned(two)
    assert gold.left_out == whole - returned(f"{base} + vol_target(target=0.05) + bills_for_bonds(months=6)")
    assert target.left_out == whole - returned(f"{one} + bills_for_bonds(months=6)")
    assert bills.left_out == bills.in_order
    assert gold.left_out != gold.in_order  # scaled by the target, gold adds another amount
    assert [part.name for part in (gold, target)] == ["gold_overlay(size=0.2)", "vol_target(target=0.05)"]


@pytest.mark.parametrize("window", [Window(0, 5), Window(180, 200), Window(300, 420)])
def test_in_order_adds_up_from_the_base_to_the_recipe(library: Library, market: Market, window: Window) -> None:
    """What the overlays added in order is the recipe's return less its base's."""
    run, base = run_of(THREE, library, market), run_of("sixty_forty", library, market)
    parts = overlay_attribution(run.recipe, part_navs([run], market, MONTHLY), window)
    whole, below = (window_return(one.accounts.nav, window) for one in (run, base))
    assert sum(part.in_order for part in parts) == pytest.approx(whole - below, abs=1e-12)


def test_a_base_alone_has_no_overlays(library: Library, market: Market) -> None:
    """The base is not an overlay."""
    run = run_of("sixty_forty", library, market)
    assert overlay_attribution(run.recipe, part_navs([run], market, MONTHLY), Window(0, 5)) == []


def test_what_is_there_already_is_not_carried_out_again(
    library: Library, market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One overlay on the reference needs nothing but the two runs; three share what they have in common."""
    runs = [run_of(text, library, market) for text in ("sixty_forty", "sixty_forty + gold_overlay", THREE)]
    carried_out: list[str] = []

    def counted(asked: Sequence[EvaluationRequest], market: Market) -> list[Evaluation | BacktesterError]:
        carried_out.extend(recipe.name for recipe, _ in asked)
        return evaluate_many(asked, market)

    monkeypatch.setattr(attribution, "evaluate_many", counted)
    part_navs(runs[:2], market, MONTHLY)
    assert carried_out == []
    part_navs(runs, market, MONTHLY)
    assert sorted(carried_out) == [
        "sixty_forty + gold_overlay(size=0.2)",
        "sixty_forty + gold_overlay(size=0.2) + bills_for_bonds(months=6)",
        "sixty_forty + gold_overlay(size=0.2) + vol_target(target=0.05)",
        "sixty_forty + vol_target(target=0.05) + bills_for_bonds(months=6)",
    ]


def test_a_part_that_cannot_stand_alone_is_undefined(market: Market) -> None:
    """An overlay that doubles the gold of the one below it has nothing to double without it: NaN, and no error."""
    library = made_library(
        half='"""Hold half."""\ndef weights():\n    return {"stocks": 0.5}\n',
        gold='"""Add gold."""\ndef weights(base):\n    return base.assign(gold=0.1)\n',
        twice='"""Double gold."""\ndef weights(base):\n    if "gold" not in base or not base["gold"].any():\n'
        '        raise ValueError("none")\n'
        '    return base.assign(gold=2 * base["gold"])\n',
    )
    run = run_of("half + gold + twice", library, market)
    gold, twice = overlay_attribution(run.recipe, part_navs([run], market, MONTHLY), Window(100, 120))
    assert gold.left_out != gold.left_out
    assert gold.in_order == gold.in_order
    assert twice.left_out == twice.in_order
