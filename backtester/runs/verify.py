"""A run carried out again from its settings, on the data and strategies that it saw, and held to what its folder says.

1. `recomputed` refuses a strategy, scenario or history whose hash is another than the manifest's, and carries the run
   out.
2. `largest_difference` compares every figure of the document and of the tables.
"""

import dataclasses
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from backtester.errors import BacktesterError, DataError
from backtester.plugins.loader import Library, load_library
from backtester.runs.folder import RunFolder, put_run, read_run
from backtester.runs.manifest import manifest
from backtester.runs.run import carry_out
from backtester.runs.settings import ReportProgress, RunSettings, no_report
from backtester.runs.values import Json
from backtester.stress.choose import choose_scenarios

NAMED_ANEW: Json = {"data": None, "plugins": None}  # settings that `verify` may replace, so that they are not compared
COMPARED_TABLES = ("nav", "levels", "dependence", "payoffs", "weights")
INFINITE = float("inf")


@dataclass(frozen=True)
class Difference:
    """The difference of two figures: absolute, but relative to the larger where that is above 1; infinite where one
    is missing or no number."""

    size: float = 0.0
    where: str = ""
    stored: Any = None
    again: Any = None

    def __str__(self) -> str:
        """The figures, and where they stand."""
        apart = "" if self.size == INFINITE else f", {self.size:.2g} apart"
        return f"{self.where} is {self.stored!r} in the folder and {self.again!r} now{apart}"


def recomputed(stored: RunFolder, settings: RunSettings, report: ReportProgress = no_report) -> RunFolder:
    """The run carried out again; raise DataError if a strategy, a scenario or the history is not what it saw."""
    refuse_other_strategies(stored.manifest["plugins"], load_library(settings.plugins), "run")
    refuse_other_scenarios(stored.manifest.get("stress", {}), settings)
    try:
        result = carry_out(settings, report)
    except BacktesterError as error:
        error.add_note(f"while {stored.path} was carried out again")
        raise
    then, now = stored.manifest["data"], manifest(result)["data"]
    if then != now:
        what = f"history {then['history']!r}" if then["sha256"] != now["sha256"] else "the crises or files of its data"
        remedy = "name the data as it was with --data, or carry the run out anew"
        raise DataError(f"{what} changed since the run in {stored.path}; {remedy}")
    with tempfile.TemporaryDirectory() as place:
        put_run(result, Path(place))
        return dataclasses.replace(read_run(Path(place)), path=stored.path)


def refuse_other_strategies(plugins: Json, library: Library, what: str) -> None:
    """Raise DataError if a strategy of a manifest, that of a run or a `what`, is not in the library as it was."""
    for name, plugin in plugins.items():
        if name not in library.strategies:
            raise DataError(f"strategy {name!r} ({plugin['file']}) is not here; name its file or folder with --plugins")
        if library.strategies[name].sha256 != plugin["sha256"]:
            raise DataError(
                f"strategy {name!r} ({library.strategies[name].origin}) changed since the {what}; name the file as it "
                f"was with --plugins (its SHA-256 began with {plugin['sha256'][:12]}), or carry the {what} out anew"
            )


def refuse_other_scenarios(hashes: dict[str, str], settings: RunSettings) -> None:
    """Raise DataError if a scenario of the settings is not here, or not as a manifest has its hash."""
    for text in settings.stress:
        if text.endswith(".toml") and not Path(text).is_file():
            raise DataError(
                f"the run's scenario {text} is not in {Path.cwd()}; run verify in the folder from which that file is "
                f"found (its hash began with {hashes.get(Path(text).stem, '')[:12]})"
            )
    for scenario in choose_scenarios(settings.stress, settings.history, settings.data):
        if (then := hashes.get(scenario.name, scenario.sha256)) != scenario.sha256:
            raise DataError(
                f"the scenario {scenario.name!r} changed since the run; put it back as it was (its hash began with "
                f"{then[:12]}), or carry the run out anew"
            )


def largest_difference(stored: RunFolder, again: RunFolder) -> Difference:
    """The largest difference between the figures of two folders, the first of several."""
    found = [*document_differences(stored.document, again.document, "result.json:")]
    then, now = (run.manifest["settings"] | NAMED_ANEW for run in (stored, again))
    found += document_differences(then, now, "manifest.json: settings:")
    for name in COMPARED_TABLES:
        found += _of_tables(getattr(stored, name), getattr(again, name), f"{name}.parquet:")
    return max(found, key=lambda one: one.size, default=Difference())


def document_differences(one: Any, other: Any, where: str) -> Iterator[Difference]:
    """The differences between two parts of a document; `where` ends in a colon."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {**one, **other}:
            yield from document_differences(one.get(key), other.get(key), f"{where}.{key}".replace(":.", ": "))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, pair in enumerate(zip(one, other, strict=True)):
            yield from document_differences(*pair, f"{where}.{place}")
    elif one != other:
        numbers = all(isinstance(part, int | float) for part in (one, other))
        size = abs(one - other) / max(1.0, abs(one), abs(other)) if numbers else INFINITE
        yield Difference(size, where, one, other)


def _of_tables(one: pd.DataFrame, other: pd.DataFrame, where: str) -> Iterator[Difference]:
    """The largest difference between two tables, or that their rows or columns differ."""
    if list(one.columns) != list(other.columns) or not one.index.equals(other.index):
        yield Difference(INFINITE, f"{where} rows and columns", one.shape, other.shape)
        return
    for name in one.columns:
        if one[name].dtype.kind != "f":
            if not one[name].astype(str).equals(other[name].astype(str)):
                yield Difference(INFINITE, f"{where} column {name}", "one", "another")
            continue
        mine, theirs = one[name].to_numpy(), other[name].to_numpy()
        apart = np.abs(mine - theirs) / np.maximum(1.0, np.maximum(np.abs(mine), np.abs(theirs)))
        apart = np.where(np.isnan(mine) != np.isnan(theirs), INFINITE, np.nan_to_num(apart))
        if apart.any():
            row = int(apart.argmax())
            yield Difference(float(apart[row]), f"{where} {name} in row {row}", float(mine[row]), float(theirs[row]))
