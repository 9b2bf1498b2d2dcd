"""Carrying out `strategies list` and `strategies show`: descriptions of strategies, from a cache if possible."""

from pathlib import Path
from typing import Any

from backtester.cli.actions.screen import print_json, print_table, say, warn
from backtester.cli.answer_cache import cached_answer, strategies_fingerprint
from backtester.plugins.names import normal_name

RHYTHM = {  # by whether the strategy reads `sessions_a_year`; a rhythm is how often sessions come, daily to quarterly
    True: "reads sessions_a_year, and so can look back over the same time at every rhythm of a history",
    False: "reads no sessions_a_year; if it counts sessions, their number is the same at every rhythm of a history",
}


def list_strategies(plugins: tuple[Path, ...], *, as_json: bool) -> None:
    """Print every strategy with the first line of its docstring; warn of files that do not load."""
    library = declared_library(plugins)
    for message in library["broken"]:
        warn(message)
    documents = library["strategies"]
    if as_json:
        print_json(documents)
        return
    rows = [[document["name"], document["kind"], document["summary"]] for document in documents]
    print_table({"Strategy": "left", "Kind": "left", "What it does": "left"}, rows)


def show_strategy(name: str, plugins: tuple[Path, ...], *, as_json: bool) -> None:
    """Print a strategy's docstring, inputs and settings; raise PluginError if there is none of that name."""
    shown = _declared(name, plugins)
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
        rows = [[setting["name"], repr(setting["default"]), setting["accepts"]] for setting in shown["settings"]]
        print_table({"Setting": "left", "Default": "left", "Accepts": "left"}, rows)
    recipe = shown["name"] if shown["kind"] == "base" else f"sixty_forty + {shown['name']}"
    say(f"\nFile: {shown['file']}\nTry: backtester run '{recipe}'")


def declared_library(plugins: tuple[Path, ...] = ()) -> dict[str, Any]:
    """The descriptions of all strategies, `strategies`, and the messages on those that do not load, `broken`."""

    def make() -> dict[str, Any]:
        from backtester.cli.actions.strategy_documents import library_document  # executes strategies, with pandas
        from backtester.plugins.loader import load_library  # beside the line above

        return library_document(load_library(plugins))

    library: dict[str, Any] = cached_answer(
        ["strategies"], lambda: strategies_fingerprint(plugins), make, is_complete=lambda answer: not answer["broken"]
    )
    return library


def _declared(name: str, plugins: tuple[Path, ...]) -> dict[str, Any]:
    """The description of the strategy of that name; raise PluginError if there is none that loads."""
    if strategies_fingerprint(plugins) is not None:
        by_name: dict[str, dict[str, Any]] = {found["name"]: found for found in declared_library()["strategies"]}
        if normal_name(name) in by_name:
            return by_name[normal_name(name)]
    from backtester.cli.actions.strategy_documents import strategy_document  # executes strategies, which import pandas
    from backtester.plugins.loader import load_library  # beside the line above

    return strategy_document(load_library(plugins).find(name))
