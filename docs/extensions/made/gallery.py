"""The gallery: every built-in strategy with what its file and functions say, and its rows of the table of evidence.

`backtester strategies evidence` makes that table by running each strategy, and a test holds the file to it.
"""

import inspect

from backtester.plugins.loader import load_library
from backtester.plugins.strategy import Strategy
from made.tables import table
from made.words import ROOT, recorded_table

EVIDENCE = "strategies/README.md"


def all_of_them() -> str:
    """The gallery in Markdown."""
    lines = recorded_table(EVIDENCE, "| Strategy |").splitlines()
    (_, heads), (_, ruler), *named = [verdict_first(line.split("|")[1:-1]) for line in lines]
    made = []
    for one in load_library(installed=False).strategies.values():
        own = [heads, ruler, *(row for name, row in named if name == one.name)]
        made.append(section(one) + ("\n".join(own) + "\n" if own[2:] else ""))
    return "\n".join(made)


def columns() -> str:
    """What the columns of the table of evidence mean."""
    return "\n".join(
        line for line in (ROOT / EVIDENCE).read_text(encoding="utf-8").splitlines() if line.startswith("* ")
    )


def verdict_first(cells: list[str]) -> tuple[str, str]:
    """The strategy of a row, and the rest of it with the verdict beside the history, where no screen hides it."""
    name, history, *figures, verdict = cells
    return name.strip(), "|".join(["", history, verdict, *figures, ""])


def section(strategy: Strategy) -> str:
    """What a strategy's file and its functions say of it, tables in their docstrings among it."""
    parts = [f"## {strategy.name}", strategy.summary]
    parts += [f"**{title}.** {text}" for title, text in strategy.sections.items()]
    for title, function in (("State", strategy.state), ("Weights", strategy.weights)):
        if function and function.__doc__:
            parts.append(f"**{title}.** {inspect.cleandoc(function.__doc__)}")
    settings = [[f"`{one.name}`", f"`{one.default!r}`", one.accepts] for one in strategy.declaration.settings.values()]
    if settings:
        parts.append(table(["setting", "default", "accepts"], settings))
    return "\n\n".join(parts) + "\n\n"
