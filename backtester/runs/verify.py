"""Carrying out a run again from its settings, and comparing the result with its folder: for `backtester verify`.

1. `recomputed` raises if a strategy, a scenario or the history has another hash than in the manifest, and carries the
   run out.
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
from backtester.runs.folder import RunFolder, read_run, write_run_files
from backtester.runs.manifest import manifest
from backtester.runs.run import carry_out
from backtester.runs.settings import ReportProgress, RunSettings, no_report
from backtester.runs.values import Json
from backtester.stress.choose import choose_scenarios

REPLACEABLE_SETTINGS: Json = {
    "data": None,
    "plugins": None,
}  # settings that `verify` may replace, set to None so that they compare as equal
COMPARED_TABLES = ("nav", "levels", "dependence", "payoffs", "weights")
NOT_COMPARABLE = float("inf")


@dataclass(frozen=True)
class Difference:
    """The difference between a stored figure and the recomputed one, and where they are.

    `size` is absolute or, if the larger figure is above 1, relative to it; infinite if one is missing or not a number.
    """

    size: float = 0.0
    where: str = ""
    stored: Any = None
    recomputed: Any = None

    def __str__(self) -> str:
        """Both figures, where they are, and how far apart."""
        apart = "" if self.size == NOT_COMPARABLE else f", {self.size:.2g} apart"
        return f"{self.where} is {self.stored!r} in the folder and {self.recomputed!r} now{apart}"


def recomputed(stored: RunFolder, settings: RunSettings, report: ReportProgress = no_report) -> RunFolder:
    """The run carried out again by the `settings` of its manifest, with the path of the stored one.

    Raise DataError if a strategy, a scenario or the history changed since.
    """
    refuse_changed_strategies(stored.manifest["plugins"], load_library(settings.plugins), "run")
    refuse_changed_scenarios(stored.manifest.get("stress", {}), settings)
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
    with tempfile.TemporaryDirectory() as folder:
        write_run_files(result, Path(folder))
        return dataclasses.replace(read_run(Path(folder)), path=stored.path)


def refuse_changed_strategies(plugins: Json, library: Library, what: str) -> None:
    """Raise DataError if a strategy of a manifest is not in the library, or has another hash there.

    `what` is what the manifest is of, for the message: "run" or "study".
    """
    for name, plugin in plugins.items():
        if name not in library.strategies:
            raise DataError(f"strategy {name!r} ({plugin['file']}) is not here; name its file or folder with --plugins")
        if library.strategies[name].sha256 != plugin["sha256"]:
            raise DataError(
                f"strategy {name!r} ({library.strategies[name].origin}) changed since the {what}; name the file as it "
                f"was with --plugins (its SHA-256 began with {plugin['sha256'][:12]}), or carry the {what} out anew"
            )


def refuse_changed_scenarios(hashes: dict[str, str], settings: RunSettings) -> None:
    """Raise DataError if a scenario of the settings is not found, or has another hash than in the manifest."""
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


def largest_difference(stored: RunFolder, recomputed: RunFolder) -> Difference:
    """The largest difference between the figures of two folders; the first one if several are as large."""
    differences = [*document_differences(stored.document, recomputed.document, "result.json:")]
    then, now = (run.manifest["settings"] | REPLACEABLE_SETTINGS for run in (stored, recomputed))
    differences += document_differences(then, now, "manifest.json: settings:")
    for name in COMPARED_TABLES:
        differences += _table_differences(getattr(stored, name), getattr(recomputed, name), f"{name}.parquet:")
    return max(differences, key=lambda difference: difference.size, default=Difference())


def document_differences(stored: Any, recomputed: Any, where: str) -> Iterator[Difference]:
    """The differences between two parts of a document; `where` is the path to them, at the top the file and a colon."""
    if isinstance(stored, dict) and isinstance(recomputed, dict):
        for key in {**stored, **recomputed}:
            yield from document_differences(stored.get(key), recomputed.get(key), f"{where}.{key}".replace(":.", ": "))
    elif isinstance(stored, list) and isinstance(recomputed, list) and len(stored) == len(recomputed):
        for index, pair in enumerate(zip(stored, recomputed, strict=True)):
            yield from document_differences(*pair, f"{where}.{index}")
    elif stored != recomputed:
        numbers = all(isinstance(part, int | float) for part in (stored, recomputed))
        size = abs(stored - recomputed) / max(1.0, abs(stored), abs(recomputed)) if numbers else NOT_COMPARABLE
        yield Difference(size, where, stored, recomputed)


def _table_differences(stored: pd.DataFrame, recomputed: pd.DataFrame, where: str) -> Iterator[Difference]:
    """The largest difference in each column of two tables; if their rows or columns differ, that alone."""
    if list(stored.columns) != list(recomputed.columns) or not stored.index.equals(recomputed.index):
        yield Difference(NOT_COMPARABLE, f"{where} rows and columns", stored.shape, recomputed.shape)
        return
    for name in stored.columns:
        if stored[name].dtype.kind != "f":
            if not stored[name].astype(str).equals(recomputed[name].astype(str)):
                yield Difference(NOT_COMPARABLE, f"{where} column {name}", "one", "another")
            continue
        stored_values, new_values = stored[name].to_numpy(), recomputed[name].to_numpy()
        differences = np.abs(stored_values - new_values) / np.maximum(
            1.0, np.maximum(np.abs(stored_values), np.abs(new_values))
        )
        differences = np.where(
            np.isnan(stored_values) != np.isnan(new_values), NOT_COMPARABLE, np.nan_to_num(differences)
        )
        if differences.any():
            row = int(differences.argmax())
            yield Difference(
                float(differences[row]),
                f"{where} {name} in row {row}",
                float(stored_values[row]),
                float(new_values[row]),
            )
