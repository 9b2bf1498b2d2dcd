"""Figures in words, as sentences and tables of the pages show them."""

import ast
import itertools
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from backtester.analysis.pair import PairSettings
from backtester.histories.rhythm import RHYTHMS
from backtester.pages.format import NUMBER_WORDS
from backtester.runs.result import Result
from backtester.runs.sentences import VERDICTS as VERDICTS

ROOT = Path(__file__).parents[3]
NUMBERS = (*NUMBER_WORDS, "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen")


def day(session: pd.Timestamp) -> str:
    """A date."""
    return session.date().isoformat()


def loss(fraction: float) -> str:
    """A positive fraction lost, in percent."""
    return f"{100 * abs(fraction):.1f}%"


def fall(name: str) -> str:
    """How far a leg falls in a joint sell-off unless the settings say otherwise: `stocks_fall` or `bonds_fall`."""
    return f"{-100 * PairSettings.model_fields[name].default:g}%"


def spelled(number: int) -> str:
    """A number in words, from sixteen on in figures."""
    return NUMBERS[number] if number < len(NUMBERS) else f"{number:,}"


def longest_windows() -> str:
    """The longest window of each rhythm."""
    return ", ".join(f"{one.words_for(one.window_sessions)} of {one.name} figures" for one in RHYTHMS.values())


def shares(mix: Mapping[str, float]) -> str:
    """The shares of a mix."""
    return ", ".join(f"{share:.0%} {role}" for role, share in mix.items())


def range_of(ends: tuple[float, float] | None) -> str:
    """An interval in percent points."""
    return "no interval" if ends is None else f"{100 * ends[0]:+.2f} to {100 * ends[1]:+.2f} points"


def percent(table: pd.DataFrame) -> pd.DataFrame:
    """The table with its fractions in percent."""
    return table.map(lambda value: f"{100 * value:.1f}%" if isinstance(value, float) else value)


def cushions(result: Result) -> pd.DataFrame:
    """In how many falls of stocks bonds fell too, by history and period, beside how often they fall at any time."""
    rows = [
        {
            "history": one.history,
            "period": part.name,
            "falls of stocks": part.stock_sell_offs,
            "bonds fell too": part.both_fell,
            "of all windows as long": f"{part.base_rate:.0%}",
        }
        for one in result.cushions
        for part in one.periods
    ]
    return pd.DataFrame(rows).set_index(["history", "period"])


def recorded_table(file: str, heading: str) -> str:
    """The Markdown table of a file of the repository whose first line begins so."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    first = next(place for place, line in enumerate(lines) if line.startswith(heading))
    return "\n".join(itertools.takewhile(lambda line: line.startswith("|"), lines[first:]))


def layers() -> str:
    """The layers of the package from top to bottom, as the house's tests hold them."""
    tree = ast.parse((ROOT / "tests" / "test_house.py").read_text(encoding="utf-8"))
    table = next(
        node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "LAYERS"
    )
    return " -> ".join(", ".join(sorted(layer)) for layer in ast.literal_eval(table))
