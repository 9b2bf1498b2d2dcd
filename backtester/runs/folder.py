"""Writing a run's folder, all files or none, and reading it back: document, tables and manifest.

A payoff is a strategy's return in a joint sell-off beyond its mix, the fixed shares of stocks, bonds and bills that
moved as it did.
"""

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
LARGEST_JSON = 256_000_000  # bytes; the document of twelve strategies over a century has a hundredth of that
RESULT_FILE = "result.json"
FILES = {  # all others, by their keys in the document
    "tearsheet": "tearsheet.html",
    "nav": "nav.parquet",
    "weights": "weights.parquet",
    "levels": "levels.parquet",
    "dependence": "dependence.parquet",
    "payoffs": "payoffs.parquet",
    "manifest": "manifest.json",
}
HASHED_FILES = (RESULT_FILE, *(FILES[name] for name in ("nav", "weights", "levels", "dependence", "payoffs")))


@dataclass(frozen=True, eq=False)
class RunFolder:
    """The contents of a run's folder.

    `nav` (sessions x strategies), `levels` (sessions x assets and the pair), `weights` at each close (a row for each
    date, strategy and asset), `dependence` (sessions x rolling correlations), `payoffs` (resamples x strategies): the
    mean payoff in each resample. `changed` names the files whose hash differs from the manifest's. Pages and csv files
    have no hash, since `report` makes them again from the others.
    """

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
        """The files changed after the run; for a comparison also those that had been changed in the runs compared."""
        runs = self.manifest.get("runs", ())
        return (*self.changed, *(f"{name} of {run['run']}" for run in runs for name in run["edited"]))


def check_run_place(folder: Path) -> None:
    """Raise OutputError unless the folder is new, empty or a run's, so that a run may be written to it."""
    check_place(folder)
    try:
        has_files = any(not path.name.startswith(".") for path in folder.iterdir())
    except OSError:  # it is not there yet
        return
    if has_files and not _holds_run(folder):
        raise OutputError(f"{folder} holds other files and no run; name a new folder, or a run's, with --out")


def _holds_run(folder: Path) -> bool:
    """Whether the folder has a result or a manifest in the form of a run's, or a run that was being written."""
    if is_unfinished(folder):
        return True
    for name, keys in ((RESULT_FILE, {"schema", "strategies"}), (FILES["manifest"], {"command", "versions"})):
        with contextlib.suppress(OSError, ValueError, TypeError, RecursionError):
            if keys <= set(_read_json(folder / name)):
                return True
    return False


def write_run(result: Result, folder: Path) -> Json:
    """Write the files of the run but its pages to the folder, all or none, and return the document.

    Raise OutputError if the folder holds other files and no run.
    """
    check_run_place(folder)
    with staged(folder) as stage:
        return write_run_files(result, stage)


def write_run_files(result: Result, folder: Path) -> Json:
    """Write the files of the run one by one to a folder that nobody reads yet, and return the document."""
    contents = RunFolder(
        path=folder,
        document=document(result) | {"files": FILES},
        manifest=manifest(result),
        nav=result.nav,
        levels=result.period.market.levels.assign(pair=result.period.pair.nav),
        weights=long_weights(result),
        dependence=result.correlations,
        payoffs=result.resampling.payoffs,
    )
    return write_folder_files(contents)


def write_folder_files(run: RunFolder) -> Json:
    """Write the contents of a run's folder to its path, the manifest with the hashes last, and return the document."""
    for name, table in (("nav", run.nav), ("levels", run.levels), ("dependence", run.dependence)):
        write_table(run.path / FILES[name], dated_arrow(table.rename_axis("date").reset_index()))
    write_table(run.path / FILES["weights"], weights_arrow(run.weights))
    write_table(run.path / FILES["payoffs"], pa.Table.from_pandas(run.payoffs, preserve_index=False))
    write_text(run.path / RESULT_FILE, to_json(run.document))
    write_text(run.path / FILES["manifest"], to_json(run.manifest | {"files": _hashes(run.path, run.manifest)}))
    return run.document


def _hashes(folder: Path, manifest: Json) -> dict[str, str]:
    """The hashes of a run's files by name; the manifest is hashed without its own part `files`, which holds them."""
    text = json.dumps({name: value for name, value in manifest.items() if name != "files"})
    return {name: sha256((folder / name).read_bytes()) for name in HASHED_FILES} | {
        FILES["manifest"]: sha256(text.encode())
    }


def read_run(folder: Path) -> RunFolder:
    """The contents of a run's folder.

    Raise DataError, which names the file, if one is missing, damaged, or of another version of the program.
    """
    if is_unfinished(folder):
        raise DataError(f"{folder} was being written when the run was stopped, and is not whole; run it again")
    document_read = _read_checked(folder / RESULT_FILE, lambda path: check_document(_read_json(path)))
    names, period = checked_names(document_read), document_read["period"]
    manifest_read = _read_checked(
        folder / FILES["manifest"], lambda path: check_manifest(_read_json(path), (*HASHED_FILES, path.name))
    )
    level_columns = ("pair", *(document_read["settings"].get(f"{leg}_role", leg) for leg in ("stocks", "bonds")))
    dependence = folder / FILES["dependence"]
    return RunFolder(
        path=folder,
        document=document_read,
        manifest=manifest_read,
        nav=_read_checked(folder / FILES["nav"], lambda path: checked_table(read_dated(path), names, period)),
        levels=_read_checked(
            folder / FILES["levels"], lambda path: checked_table(read_dated(path), level_columns, period)
        ),
        weights=_read_checked(
            folder / FILES["weights"], lambda path: checked_weights_table(read_parquet_table(path), names)
        ),
        dependence=_read_checked(dependence, lambda path: checked_table(read_dated(path), (), period)),
        payoffs=_read_checked(
            folder / FILES["payoffs"], lambda path: check_payoffs(read_parquet_table(path), names, document_read)
        ),
        changed=tuple(
            name for name, now in _hashes(folder, manifest_read).items() if now != manifest_read["files"][name]
        ),
    )


def _read_checked(path: Path, reader: Callable[[Path], Content]) -> Content:
    """What the reader makes of a file; raise DataError, with the path, if it is missing or the reader fails."""
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
    """The object in a JSON file."""
    return dict(json.loads(read_limited(path, LARGEST_JSON).decode("utf-8")))
