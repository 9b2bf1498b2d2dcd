"""`strategies list` and `strategies show`: what the files declare."""

from pathlib import Path
from typing import Any

from pydantic_core import to_jsonable_python

from backtester.cli.actions.screen import console, print_json, say, table, warn
from backtester.plugins.loader import Library, load_library
from backtester.plugins.strategy import Strategy


def list_strategies(plugins: tuple[Path, ...], *, as_json: bool) -> None:
    """Every strategy with its first line; broken files are told on stderr."""
    library = library_with_warnings(plugins)
    told = [_strategy(strategy) for strategy in library.strategies.values()]
    if as_json:
        print_json(told)
        return
    rows = [[one["name"], one["kind"], one["summary"]] for one in told]
    console().print(table({"Strategy": "left", "Kind": "left", "What it does": "left"}, rows))


def library_with_warnings(plugins: tuple[Path, ...]) -> Library:
    """The library, its broken files told as warnings."""
    library = load_library(plugins)
    for error in library.broken.values():
        warn(str(error))
    return library


def show_strategy(name: str, plugins: tuple[Path, ...], *, as_json: bool) -> None:
    """One strategy: its docstring, what it reads, its settings."""
    told = _strategy(load_library(plugins).find(name))
    if as_json:
        print_json(told)
        return
    say(f"{told['name']} ({told['kind']})\n{told['summary']}\n")
    for title, text in told["sections"].items():
        say(f"{title}: {text}\n")
    say(f"Reads: {', '.join(told['reads']) or 'nothing'}")
    if told["settings"]:
        rows = [[one["name"], repr(one["default"]), one["accepts"]] for one in told["settings"]]
        console().print(table({"Setting": "left", "Default": "left", "Accepts": "left"}, rows))
    recipe = told["name"] if told["kind"] == "base" else f"sixty_forty + {told['name']}"
    say(f"\nFile: {told['file']}\nTry: backtester run '{recipe}'")


def _strategy(strategy: Strategy) -> dict[str, Any]:
    settings = [
        {"name": one.name, "default": to_jsonable_python(one.default), "accepts": one.accepts}
        for one in strategy.declaration.settings.values()
    ]
    return {
        "name": strategy.name,
        "kind": "overlay" if strategy.is_overlay else "base",
        "summary": strategy.summary,
        "sections": strategy.sections,
        "reads": list(strategy.declaration.reads),
        "settings": settings,
        "rebalance": strategy.rebalance,
        "band": strategy.band,
        "file": strategy.origin,
        "sha256": strategy.sha256,
    }
