"""A run's folder: the document, the series and the manifest, each file whole or not there; and reading it back."""

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pandas as pd
import pyarrow as pa

from backtester.errors import DataError, OutputError
from backtester.files import check_place, is_unfinished, read_limited, sha256, staged, to_json, write_text
from backtester.runs.document import document
from backtester.runs.document_check import (
    check_document,
    check_manifest,
    check_payoffs,
    checked_names,
    checked_table,
    checked_weights_table,
)
from backtester.runs.manifest import manifest
from backtester.runs.result import Result
from backtester.runs.tables import dated_arrow, long_weights, read_dated, read_parquet_table, weights_arrow, write_table
from backtester.runs.values import Json

Content = TypeVar("Content")
LARGEST_JSON = 256_000_000  # bytes; twelve strategies over a century come to a hundredth of it
FILES = {
    "tearsheet": "tearsheet.html",
    "nav": "nav.parquet",
    "weights": "weights.parquet",
    "levels": "levels.parquet",
    "dependence": "dependence.parquet",
    "payoffs": "payoffs.parquet",
    "manifest": "manifest.json",
}
HASHED = ("result.json", *(FILES[name] for name in ("nav", "weights", "levels", "dependence", "payoffs")))


@dataclass(frozen=True, eq=False)
class RunFolder:
    """The contents of a run's folder: `nav` (sessions x strategies), `levels` (sessions x assets and the pair),
    `weights` at each close (by date, strategy and asset), `dependence` (sessions x rolling correlations), `payoffs`
    (resamples x strategies), the mean payoff in each. `changed` are the files, the manifest among them, whose hash is
    not the manifest's; pages and tables, which `report` makes of them anew, have none."""

    path: Path
    document: Json
    manifest: Json
    nav: pd.DataFrame
    levels: pd.DataFrame
    weights: pd.DataFrame
    dependence: pd.DataFrame
    payoffs: pd.DataFrame
    changed: tuple[str, ...] = ()

    @property
    def edited(self) -> tuple[str, ...]:
        """The files that are not as the run wrote them; of a comparison also those that were not in its runs."""
        runs = self.manifest.get("runs", ())
        return (*self.changed, *(f"{name} of {run['run']}" for run in runs for name in run["edited"]))


def check_run_place(folder: Path) -> None:
    """Raise OutputError unless a run may be written there: to a folder that is new, empty or a run's."""
    check_place(folder)
    try:
        strangers = any(not path.name.startswith(".") for path in folder.iterdir())
    except OSError:  # it is not there yet
        return
    if strangers and not _holds_run(folder):
        raise OutputError(f"{folder} holds other files and no run; name a new folder, or a run's, with --out")


def _holds_run(folder: Path) -> bool:
    """Whether one of the two files that tell of a run is in the folder, and is ours, or a run was being written."""
    if is_unfinished(folder):
        return True
    for name, keys in (("result.json", {"schema", "strategies"}), (FILES["manifest"], {"command", "versions"})):
        with contextlib.suppress(OSError, ValueError, TypeError, RecursionError):
            if keys <= set(_read_json(folder / name)):
                return True
    return False


def write_run(result: Result, folder: Path) -> Json:
    """The document of the run, after all of its files but the pages were written to the folder: all of them or none.

    Raise OutputError if the folder holds other files and no run.
    """
    check_run_place(folder)
    with staged(folder) as stage:
        return write_run_files(result, stage)


def write_run_files(result: Result, folder: Path) -> Json:
    """The document of the run, its files put one by one into a folder that nobody reads yet."""
    held = RunFolder(
        path=folder,
        document=document(result) | {"files": FILES},
        manifest=manifest(result),
        nav=result.nav,
        levels=result.period.market.levels.assign(pair=result.period.pair.nav),
        weights=long_weights(result),
        dependence=result.correlations,
        payoffs=result.resampling.payoffs,
    )
    return write_folder_files(held)


def write_folder_files(run: RunFolder) -> Json:
    """The document of what a run's folder is to hold, put there file by file, last the manifest with the hashes."""
    for name, table in (("nav", run.nav), ("levels", run.levels), ("dependence", run.dependence)):
        write_table(run.path / FILES[name], dated_arrow(table.rename_axis("date").reset_index()))
    write_table(run.path / FILES["weights"], weights_arrow(run.weights))
    write_table(run.path / FILES["payoffs"], pa.Table.from_pandas(run.payoffs, preserve_index=False))
    write_text(run.path / "result.json", to_json(run.document))
    write_text(run.path / FILES["manifest"], to_json(run.manifest | {"files": _hashes(run.path, run.manifest)}))
    return run.document


def _hashes(folder: Path, manifest: Json) -> dict[str, str]:
    """The hashes of a run's files, that of the manifest being of what it holds but for these."""
    held = json.dumps({name: value for name, value in manifest.items() if name != "files"})
    return {name: sha256((folder / name).read_bytes()) for name in HASHED} | {FILES["manifest"]: sha256(held.encode())}


def read_run(folder: Path) -> RunFolder:
    """A run's folder as it was written; a DataError names the file that is missing, damaged or of another program."""
    if is_unfinished(folder):
        raise DataError(f"{folder} was being written when the run was stopped, and is not whole; run it again")
    found = _read(folder / "result.json", lambda path: check_document(_read_json(path)))
    names, period = checked_names(found), found["period"]
    kept = _read(folder / FILES["manifest"], lambda path: check_manifest(_read_json(path), (*HASHED, path.name)))
    legs = ("pair", *(found["settings"].get(f"{leg}_role", leg) for leg in ("stocks", "bonds")))
    dependence = folder / FILES["dependence"]
    return RunFolder(
        path=folder,
        document=found,
        manifest=kept,
        nav=_read(folder / FILES["nav"], lambda path: checked_table(read_dated(path), names, period)),
        levels=_read(folder / FILES["levels"], lambda path: checked_table(read_dated(path), legs, period)),
        weights=_read(folder / FILES["weights"], lambda path: checked_weights_table(read_parquet_table(path), names)),
        dependence=_read(dependence, lambda path: checked_table(read_dated(path), (), period)),
        payoffs=_read(folder / FILES["payoffs"], lambda path: check_payoffs(read_parquet_table(path), names, found)),
        changed=tuple(name for name, now in _hashes(folder, kept).items() if now != kept["files"][name]),
    )


def _read(path: Path, reader: Callable[[Path], Content]) -> Content:
    try:
        return reader(path)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DataError(
            f"{path.parent} is not a run's folder: it has no {path.name}; name one that run wrote"
        ) from error
    except DataError as error:
        error.add_note(f"in {path}")
        raise
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        what = str(error).partition("\n")[0]
        raise DataError(f"{path} is damaged: {what}; run it again") from error


def _read_json(path: Path) -> Json:
    return dict(json.loads(read_limited(path, LARGEST_JSON).decode("utf-8")))
