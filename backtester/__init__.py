"""Does this hedge pay when stocks and bonds fall together, how surely, and what does it cost the rest of the time?

::

    import backtester

    market = backtester.market(frame, history="us")  # dates x assets: levels or, with form="returns", returns
    strategies = {"my hedge": my_weights, "a tenth": "sixty_forty + hold(asset='cta', size=0.1)"}
    result = backtester.run(strategies, market=market)  # in a notebook shows its tables
    result.nav, result.measures, result.scorecard  # DataFrames, a column a strategy
    result.strategy("my hedge").verdict  # and all other results of one strategy

The pipeline below these two, each step with its function:

1. `load_market` reads a history and aligns it on its sessions; `market` makes the same of a DataFrame.
2. `load_library` finds strategies, `parse_recipe` turns a line of text into a recipe: a base strategy and its overlays.
3. `evaluate` asks the strategies for target weights and simulates the portfolio that trades them.
4. `check_recipe` holds a strategy to the contract: above all, it knows only the past.
5. `carry_out` does 1 to 4 as `RunSettings` say, and finds the joint sell-offs (windows in which stocks and bonds both
   fell) and the crises: a `Result`.
6. `document` writes the result as one JSON document, `write_run` into a folder, `write_page` as a tearsheet.
7. `run_batch` carries out a study of many recipes on worker processes.

`help(backtester.run)`, and so on, describes the parameters of each.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # each under its own name, which is how a type checker sees what is exported
    from backtester.batch.carry_out import run_batch as run_batch
    from backtester.contract.check import check_recipe as check_recipe
    from backtester.engine.costs import Costs as Costs
    from backtester.engine.evaluate import evaluate as evaluate
    from backtester.engine.execution import Execution as Execution
    from backtester.errors import BacktesterError as BacktesterError
    from backtester.histories.frames import market as market
    from backtester.histories.market import Market as Market
    from backtester.histories.market import load_market as load_market
    from backtester.plugins.loader import load_library as load_library
    from backtester.plugins.recipes import parse_recipe as parse_recipe
    from backtester.runs.direct import run as run
    from backtester.runs.document import document as document
    from backtester.runs.folder import read_run as read_run
    from backtester.runs.folder import write_run as write_run
    from backtester.runs.result import Result as Result
    from backtester.runs.run import carry_out as carry_out
    from backtester.runs.settings import RunSettings as RunSettings
    from backtester.tearsheet.publish import write_page as write_page

_HOMES = {  # the module of each public name; there is no __all__, since help(backtester) would then print each in full
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
    "market": "histories.frames",
    "parse_recipe": "plugins.recipes",
    "read_run": "runs.folder",
    "run": "runs.direct",
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
    return list(_HOMES)
