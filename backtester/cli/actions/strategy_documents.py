"""Documents that describe strategies, which are executed; imports pandas."""

from pathlib import Path
from typing import Any

from pydantic_core import to_jsonable_python

from backtester.cli.actions.screen import warn
from backtester.plugins.loader import Library, load_library
from backtester.plugins.recipes import Step
from backtester.plugins.strategy import Strategy

RHYTHM_READ = "sessions_a_year"


def library_with_warnings(plugins: tuple[Path, ...]) -> Library:
    """The library, its broken files shown as warnings."""
    library = load_library(plugins)
    for error in library.broken.values():
        warn(str(error))
    return library


def library_document(library: Library) -> dict[str, Any]:
    """The description of each strategy: its docstring, inputs and settings, and the errors of those that do not
    load."""
    return {
        "strategies": [strategy_document(strategy) for strategy in library.strategies.values()],
        "broken": [str(error) for error in library.broken.values()],
    }


def strategy_document(strategy: Strategy) -> dict[str, Any]:
    """The description of the strategy: its docstring, inputs and settings."""
    settings = [
        {"name": one.name, "default": to_jsonable_python(one.default), "accepts": one.accepts}
        for one in strategy.declaration.settings.values()
    ]
    return {
        "name": strategy.name,
        "label": Step(strategy, {name: one.default for name, one in strategy.declaration.settings.items()}, ()).label,
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
