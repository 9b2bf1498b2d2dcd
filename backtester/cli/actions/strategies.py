"""`strategies list` and `strategies show`: what the files declare."""

from pathlib import Path
from typing import Any

from pydantic_core import to_jsonable_python

from backtester.cli.actions.screen import console, print_json, say, table, warn
from backtester.plugins.loader import Library, load_library
from backtester.plugins.recipes import Step
from backtester.plugins.strategy import Strategy

RHYTHM_READ = "sessions_a_year"
RHYTHM = {
    True: f"reads {RHYTHM_READ}, and so can count as long a time at every rhythm of a history",
    False: f"reads no {RHYTHM_READ}; what it counts in sessions, if anything, is as many at every rhythm",
}


def list_strategies(plugins: tuple[Path, ...], *, as_json: bool) -> None:
    """Every strategy with its first line; broken files are warnings on stderr."""
    library = library_with_warnings(plugins)
    documents = [_strategy(strategy) for strategy in library.strategies.values()]
    if as_json:
        print_json(documents)
        return
    rows = [[one["name"], one["kind"], one["summary"]] for one in documents]
    console().print(table({"Strategy": "left", "Kind": "left", "What it does": "left"}, rows))


def library_with_warnings(plugins: tuple[Path, ...]) -> Library:
    """The library, its broken files shown as warnings."""
    library = load_library(plugins)
    for error in library.broken.values():
        warn(str(error))
    return library


def show_strategy(name: str, plugins: tuple[Path, ...], *, as_json: bool) -> None:
    """One strategy: its docstring, what it reads, its settings."""
    shown = _strategy(load_library(plugins).find(name))
    if as_json:
        print_json(shown)
        return
    say(f"{shown['name']} ({shown['kind']}): {shown['label']}\n{shown['summary']}\n")
    for title, text in shown["sections"].items():
        say(f"{title}: {text}\n")
    reads = [f"{name} (if there is one)" if name in shown["optional"] else name for name in shown["reads"]]
    say(f"Reads: {', '.join(reads) or 'nothing'}")
    say(f"Rhythm: {RHYTHM[shown['follows_rhythm']]}")
    if shown["settings"]:
        rows = [[one["name"], repr(one["default"]), one["accepts"]] for one in shown["settings"]]
        console().print(table({"Setting": "left", "Default": "left", "Accepts": "left"}, rows))
    recipe = shown["name"] if shown["kind"] == "base" else f"sixty_forty + {shown['name']}"
    say(f"\nFile: {shown['file']}\nTry: backtester run '{recipe}'")


def _strategy(strategy: Strategy) -> dict[str, Any]:
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
