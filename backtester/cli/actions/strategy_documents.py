"""Descriptions of strategies as JSON; to make one executes the strategy, and imports pandas."""

from pathlib import Path
from typing import Any

from pydantic_core import to_jsonable_python

from backtester.cli.actions.screen import warn
from backtester.plugins.loader import Library, load_library
from backtester.plugins.recipes import Step
from backtester.plugins.strategy import Strategy

RHYTHM_READ = "sessions_a_year"  # read by strategies that follow the rhythm: how often sessions come


def library_with_warnings(plugins: tuple[Path, ...]) -> Library:
    """All strategies; warn of those that do not load."""
    library = load_library(plugins)
    for error in library.broken.values():
        warn(str(error))
    return library


def library_document(library: Library) -> dict[str, Any]:
    """The descriptions of all strategies, `strategies`, and the messages on those that do not load, `broken`."""
    return {
        "strategies": [strategy_document(strategy) for strategy in library.strategies.values()],
        "broken": [str(error) for error in library.broken.values()],
    }


def strategy_document(strategy: Strategy) -> dict[str, Any]:
    """The description of a strategy: its docstring, inputs, settings and module constants."""
    declared = strategy.declaration.settings.values()
    settings = [
        {"name": setting.name, "default": to_jsonable_python(setting.default), "accepts": setting.accepts}
        for setting in declared
    ]
    return {
        "name": strategy.name,
        "label": Step(strategy, {setting.name: setting.default for setting in declared}, ()).label,
        "kind": " or ".join(
            word for word, holds in (("base", strategy.is_base), ("overlay", strategy.is_overlay)) if holds
        ),
        "summary": strategy.summary,
        "sections": strategy.sections,
        "reads": list(strategy.declaration.reads),
        "optional": sorted(strategy.declaration.optional),
        "follows_rhythm": RHYTHM_READ in strategy.declaration.reads,
        "settings": settings,
        "rebalance": strategy.rebalance,
        "band": strategy.band,
        "file": strategy.origin,
        "sha256": strategy.sha256,
    }
