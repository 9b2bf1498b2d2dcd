"""Links from the names in docstrings to where the Python reference describes them.

Docstrings write names in single backticks. Those that the package exports, and the types that the reference describes
besides, become links; a parameter of the function itself does not, nor a name of the thing described.
"""

import inspect
import re
from typing import Any

from sphinx.application import Sphinx

import backtester

TYPES = {
    "Batch": "backtester.batch.carry_out.Batch",
    "Scorecard": "backtester.runs.result.Scorecard",
    "CheckResult": "backtester.contract.check.CheckResult",
    "Evaluation": "backtester.engine.evaluate.Evaluation",
    "Library": "backtester.plugins.loader.Library",
    "Pages": "backtester.tearsheet.publish.Pages",
    "Recipe": "backtester.plugins.recipes.Recipe",
    "RunFolder": "backtester.runs.folder.RunFolder",
    "StrategyResult": "backtester.runs.result.StrategyResult",
    "TaskLimits": "backtester.batch.workers.TaskLimits",
}
NAMED = {name: f"backtester.{name}" for name in dir(backtester)} | TYPES


def link(app: Sphinx, what: str, name: str, described: Any, options: object, lines: list[str]) -> None:
    """Make links of the names in a docstring's lines."""
    own = {*name.split("."), *(inspect.signature(described).parameters if what == "function" else ())}

    def linked(quoted: re.Match[str]) -> str:
        known = NAMED.get(quoted[1]) if quoted[1] not in own else None
        return f":py:obj:`{quoted[1]} <{known}>`" if known else quoted[0]

    lines[:] = [re.sub(r"(?<![:`\w])`([A-Za-z_]\w*)`(?!`)", linked, line) for line in lines]


def setup(app: Sphinx) -> dict[str, bool]:
    """Have autodoc hand over each docstring."""
    app.connect("autodoc-process-docstring", link)
    return {"parallel_read_safe": True}
