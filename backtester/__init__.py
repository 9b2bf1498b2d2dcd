"""Does this hedge pay when stocks and bonds fall together, how surely, and what does it cost the rest of the time?

The pipeline, each step with its function:

1. `load_market` reads a history and aligns it on its sessions.
2. `load_library` finds strategies, `parse_recipe` turns a line of text into a base strategy and its overlays.
3. `evaluate` asks the strategies for target weights and simulates the portfolio that trades them.
4. `check_recipe` holds a strategy to the contract: above all, it knows only the past.
5. `carry_out` does 1 to 4 for a reference and its rivals, finds the joint sell-offs and the crises: a `Result`.
6. `document` writes the result as one JSON document, `write_run` into a folder, `write_page` as a tearsheet.
7. `run_batch` carries out a study of many recipes on worker processes.

Names are imported when they are first used.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backtester.batch.carry_out import run_batch
    from backtester.contract.check import check_recipe
    from backtester.engine.costs import Costs
    from backtester.engine.evaluate import evaluate
    from backtester.engine.execution import Execution
    from backtester.errors import BacktesterError
    from backtester.histories.market import Market, load_market
    from backtester.plugins.loader import load_library
    from backtester.plugins.recipes import parse_recipe
    from backtester.runs.document import document
    from backtester.runs.folder import read_run, write_run
    from backtester.runs.result import Result
    from backtester.runs.run import carry_out
    from backtester.runs.settings import RunSettings
    from backtester.tearsheet.publish import write_page

__all__ = [
    "BacktesterError",
    "Costs",
    "Execution",
    "Market",
    "Result",
    "RunSettings",
    "carry_out",
    "check_recipe",
    "document",
    "evaluate",
    "load_library",
    "load_market",
    "parse_recipe",
    "read_run",
    "run_batch",
    "write_page",
    "write_run",
]

_HOMES = {
    "BacktesterError": "errors",
    "Costs": "engine.costs",
    "Execution": "engine.execution",
    "Market": "histories.market",
    "Result": "runs.result",
    "RunSettings": "runs.settings",
    "carry_out": "runs.run",
    "check_recipe": "contract.check",
    "document": "runs.document",
    "evaluate": "engine.evaluate",
    "load_library": "plugins.loader",
    "load_market": "histories.market",
    "parse_recipe": "plugins.recipes",
    "read_run": "runs.folder",
    "run_batch": "batch.carry_out",
    "write_page": "tearsheet.publish",
    "write_run": "runs.folder",
}


def __getattr__(name: str) -> object:
    """A public name, imported from its home when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'backtester' has no attribute {name!r}")
    return getattr(importlib.import_module(f"backtester.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """The public names."""
    return __all__
