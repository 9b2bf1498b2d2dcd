"""`strategies list` and `strategies show`: what the files declare."""

from pathlib import Path
from typing import Any

from backtester.cli.actions.screen import print_json, print_table, say, warn
from backtester.cli.answer_cache import cached_answer, strategies_fingerprint
from backtester.plugins.names import normal_name

RHYTHM = {
    True: "reads sessions_a_year, and so can count as long a time at every rhythm of a history",
    False: "reads no sessions_a_year; what it counts in sessions, if anything, is as many at every rhythm",
}


def list_strategies(plugins: tuple[Path, ...], *, as_json: bool) -> None:
    """Every strategy with its first line; broken files are warnings on stderr."""
    library = declared_library(plugins)
    for fault in library["broken"]:
        warn(fault)
    documents = library["strategies"]
    if as_json:
        print_json(documents)
        return
    rows = [[one["name"], one["kind"], one["summary"]] for one in documents]
    print_table({"Strategy": "left", "Kind": "left", "What it does": "left"}, rows)


def show_strategy(name: str, plugins: tuple[Path, ...], *, as_json: bool) -> None:
    """One strategy: its docstring, what it reads, its settings."""
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
        rows = [[one["name"], repr(one["default"]), one["accepts"]] for one in shown["settings"]]
        print_table({"Setting": "left", "Default": "left", "Accepts": "left"}, rows)
    recipe = shown["name"] if shown["kind"] == "base" else f"sixty_forty + {shown['name']}"
    say(f"\nFile: {shown['file']}\nTry: backtester run '{recipe}'")


def declared_library(plugins: tuple[Path, ...] = ()) -> dict[str, Any]:
    """The description of every strategy at hand (what it does, reads and can be set to), and the faults of those that
    do not load."""

    def make() -> dict[str, Any]:
        from backtester.cli.actions.strategy_documents import library_document  # executes strategies, with pandas
        from backtester.plugins.loader import load_library  # beside the line above

        return library_document(load_library(plugins))

    library: dict[str, Any] = cached_answer(
        ["strategies"], lambda: strategies_fingerprint(plugins), make, is_complete=lambda found: not found["broken"]
    )
    return library


def _declared(name: str, plugins: tuple[Path, ...]) -> dict[str, Any]:
    """The description of the strategy of that name: what it does, reads and can be set to; raise PluginError if there
    is none that loads."""
    if strategies_fingerprint(plugins) is not None:
        known: dict[str, dict[str, Any]] = {one["name"]: one for one in declared_library()["strategies"]}
        if normal_name(name) in known:
            return known[normal_name(name)]
    from backtester.cli.actions.strategy_documents import strategy_document  # executes strategies, which import pandas
    from backtester.plugins.loader import load_library  # beside the line above

    return strategy_document(load_library(plugins).find(name))
