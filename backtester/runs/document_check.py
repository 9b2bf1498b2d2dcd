"""Checks that files read from a run's folder have the form in which a run writes them.

A check returns what it was given, and raises ValueError, which says what is wrong, if the form is another.
"""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from backtester.analysis.figures import figures_in
from backtester.errors import DataError, one_line
from backtester.runs.document import SCHEMA
from backtester.runs.values import Json, iso

NUMERIC_PARTS = (  # parts of the document whose values are numbers or null, apart from those of the keys in `TEXTS`
    "period",
    "drawdowns",
    "joint_sell_offs",
    "deepest_falls",
    "resampling",
    "chance",
    "stock_sell_offs",
    "crises",
    "dependence",
    "legs",
    "as_of",
)
STRATEGY_KEYS = (  # the same, of each strategy
    "measures",
    "calendar_years",
    "calendar_months",
    "calendar_turnover",
    "lines",
    "scorecard",
    "attribution",
    "states",
)
DATE_KEYS = {"start", "end", "peak", "trough", "recovery", "first", "last"}
DATE_KEYS |= {figure.name for figure in figures_in("measures").values() if figure.kind == "date"}
TEXT_KEYS = {
    "name",
    "kind",
    "regime",
    "cause",
    "crisis",
    "frequency",
    "sign",
    "summary",
    "source",
    "history",
    "headline",
}
TEXT_KEYS |= {"reason", "state", "step", "verdict"}
TEXTS = TEXT_KEYS | DATE_KEYS
KEYED_BY_NAME = {"strategies", "assets"}  # objects whose keys are names that a user chose
DATE_TEXT = re.compile(r"\d{4}-\d{2}-\d{2}")
MALFORMED_ERRORS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)  # what code may raise that reads a document of another form
LARGEST_FIGURE = 1e15  # far above any figure of a portfolio


def check_document(document: Json) -> Json:
    """The document, if its `schema` (the number of its form), names and numbers are as a run writes them.

    Raise ValueError, with the path of the first fault, if not; DataError if a newer version of the program wrote it.
    """
    schema = document.get("schema")
    if isinstance(schema, int) and schema > SCHEMA:
        raise DataError(f"a newer version of this program wrote schema {schema}; this one reads {SCHEMA}: update it")
    if schema != SCHEMA:
        raise ValueError(f"its schema is {one_line(repr(schema))}, not {SCHEMA}")
    names = checked_names(document)
    if not names or len(set(names)) < len(names):
        raise ValueError("its strategies have no names, or share one")
    for name in ("history", "period", "settings", "files"):
        if not isinstance(document.get(name), dict):
            raise ValueError(f"its {name} is no object")
    parts = [(f"{part}", document.get(part)) for part in NUMERIC_PARTS]
    for index, strategy in enumerate(document["strategies"]):
        parts += [(f"strategies.{index}.{part}", strategy.get(part)) for part in STRATEGY_KEYS]
    for path, part in parts:
        if fault := _first_fault(part):
            raise ValueError(f"{path}{fault[0]} is {fault[1]}")
    return document


def check_manifest(manifest: Json, hashed: Sequence[str]) -> Json:
    """The manifest, if it has a command, the parts that say what was run, and a hash of each of the files `hashed`."""
    tables = [manifest.get(name) for name in ("data", "sources", "plugins", "versions", "settings")]
    tables += [part for table in tables[1:3] if isinstance(table, dict) for part in table.values()]
    hashes, runs = manifest.get("files"), manifest.get("runs", [])
    if not isinstance(manifest.get("command"), str) or not all(isinstance(table, dict) for table in tables):
        raise ValueError("it does not say what was run, with which data, sources, plugins, settings and versions")
    if not all({"file", "sha256"} <= set(plugin) for plugin in manifest["plugins"].values()):
        raise ValueError("it has no file and hash of a plugin")
    if not isinstance(hashes, dict) or set(hashed) - set(hashes):
        raise ValueError("it has no hashes of the run's files")
    if not isinstance(runs, list) or not all(isinstance(run, dict) and {"run", "edited"} <= set(run) for run in runs):
        raise ValueError("it does not say which runs were compared")
    return manifest


def checked_names(document: Json) -> list[str]:
    """The names of the document's strategies."""
    strategies = document.get("strategies")
    if not isinstance(strategies, list) or not all(isinstance(strategy, dict) for strategy in strategies):
        raise ValueError("its strategies are no list of objects")
    names = [strategy.get("name") for strategy in strategies]
    if not all(isinstance(name, str) and name for name in names):
        raise ValueError("a strategy has no name")
    return [str(name) for name in names]


def checked_table(table: pd.DataFrame, columns: Sequence[str], period: Json) -> pd.DataFrame:
    """The table, if it has these columns, and numbers or NaN at every date of the period."""
    dates = table.index
    if not isinstance(dates, pd.DatetimeIndex) or not (
        dates.is_monotonic_increasing and dates.is_unique and len(dates)
    ):
        raise ValueError("its dates are not in ascending order")
    covered = {"start": iso(dates[0]), "end": iso(dates[-1]), "sessions": len(dates)}
    if covered != period:
        raise ValueError("it does not cover the period of result.json")
    missing = [column for column in columns if column not in table.columns]
    odd = [column for column in table.columns if table[column].dtype.kind != "f"]
    if missing or odd:
        raise ValueError(f"it has no numbers in a column {str([*missing, *odd][0])!r}")
    if np.isinf(table.to_numpy()).any():
        raise ValueError("it has a number beyond all numbers")
    return table


def check_payoffs(payoffs: pd.DataFrame, names: Sequence[str], document: Json) -> pd.DataFrame:
    """The table, if it has a number or NaN for each resample and strategy."""
    if list(payoffs.columns) != list(names) or len(payoffs) != document["resampling"]["resamples"]:
        raise ValueError("it does not have the resamples and strategies of result.json")
    if any(kind.kind != "f" for kind in payoffs.dtypes if isinstance(kind, np.dtype)):
        raise ValueError("its payoffs are no numbers")
    return payoffs


def checked_weights_table(weights: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The table of weights, if it has the columns date, strategy, asset and weight."""
    if list(weights.columns) != ["date", "strategy", "asset", "weight"]:
        raise ValueError("its columns are not date, strategy, asset and weight")
    if weights["date"].dtype.kind != "M" or weights["weight"].dtype.kind != "f":
        raise ValueError("its dates or weights are none")
    strangers = set(map(str, weights["strategy"].unique())) ^ set(names)
    if strangers:
        raise ValueError(f"its strategies are not those of result.json: {min(strangers)!r}")
    return weights


def _first_fault(value: Any, key: str = "") -> tuple[str, str] | None:
    """The path, such as `.start`, and a description of the first value of the wrong type; None if there is none.

    A value must be a number, unless its `key` is that of a text or a date.
    """
    if isinstance(value, dict):
        for name, part in value.items():
            if fault := _first_fault(part, "" if key in KEYED_BY_NAME else name):
                return f".{name}{fault[0]}", fault[1]
    elif isinstance(value, list):
        for index, part in enumerate(value):
            if fault := _first_fault(part, key):
                return f".{index}{fault[0]}", fault[1]
    elif isinstance(value, str):
        if key in DATE_KEYS and not DATE_TEXT.fullmatch(value):
            return "", f"{value!r}, no date"
        if key not in TEXTS:
            return "", f"{value!r}, no number"
    elif key in TEXTS and value is not None:
        return "", f"{value!r}, no text"
    elif isinstance(value, int | float) and not abs(value) < LARGEST_FIGURE:
        return "", "no number that a run could come to"
    return None
