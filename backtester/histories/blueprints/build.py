"""Building a history: its blueprint is read, its series are assembled from files, and it is written to a folder.

A blueprint is a TOML file that lists a history's series, by role (their names), and the sources of their figures.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from backtester.errors import DataError
from backtester.files import bundled, read_limited
from backtester.histories.blueprints.assemble import MessageCallback, assemble
from backtester.histories.blueprints.blueprint import Blueprint, read_blueprint
from backtester.histories.blueprints.draft import Draft, draft_of
from backtester.histories.blueprints.imports import HELD_KINDS, REQUIRED_ROLES, check_name
from backtester.histories.blueprints.sources import FileReader
from backtester.histories.blueprints.write import parquet_path
from backtester.histories.manifest import find_history, read_folder
from backtester.histories.market import Market, build_market, market_from_figures
from backtester.histories.providers.rows import MAX_CSV_BYTES


@dataclass(frozen=True)
class BuiltHistory:
    """The market of the history that was built, and notes for the user, such as on two sources that disagree."""

    market: Market
    notes: list[str]


def build_history(
    name: str, folder: Path, read: FileReader, report: MessageCallback = lambda message: None
) -> BuiltHistory:
    """The result of `build_blueprint` for a blueprint that is embedded under `name`, or the path of its TOML file."""
    history, blueprint = read_blueprint(name)
    return build_blueprint(history, blueprint, folder, read=read, report=report)


def build_blueprint(
    history: str, blueprint: Blueprint, folder: Path, read: FileReader, report: MessageCallback = lambda message: None
) -> BuiltHistory:
    """Build the history of a blueprint, write it into the folder, and return it.

    `history` is its name; `read` returns the bytes of a file by its name; `report` is called with a sentence on each
    step. Raise DataError, with nothing written, if a name is not allowed, a file is missing or refused, or a run could
    not use the history.
    """
    notes: list[str] = []

    def read_noted(file: str) -> bytes:
        report(f"Reading {file}")
        return read(file)

    for name in (history, *blueprint.series):
        check_name(name)
    history_keys = blueprint.model_dump(
        include={"title", "rhythm", "sessions_a_year", "close", "calendar"}, exclude_none=True
    )
    series, figures = _series(blueprint, history), assemble(blueprint, read_noted, notes.append)
    draft = Draft(folder, history, history_keys=history_keys, series=series, figures=figures)
    draft = _with_imported(draft, notes.append)
    try:
        rhythm = market_from_figures(*draft.planned()).rhythm  # raises what a run would, before anything is written
    except DataError as error:
        error.add_note(f"as the blueprint of {history!r} has it")
        raise
    history_keys = {
        "title": blueprint.title,
        "rhythm": rhythm.name,
        "sessions_a_year": rhythm.sessions_a_year,
    } | draft.history_keys
    report(f"Writing {history}")
    replace(draft, history_keys=history_keys).write()
    return BuiltHistory(build_market(find_history(history, folder)), notes)


def _with_imported(draft: Draft, note: MessageCallback) -> Draft:
    """The draft (a history before it is written) with some series of the existing history of its name.

    These are imported ones, and those that are not in the blueprint.

    Raise DataError if they cannot be read, and so would be lost.
    """
    manifest = draft.folder / "manifest.toml"
    existing = read_folder(draft.folder).get(draft.name) if manifest.exists() else None
    if existing is None:
        return draft
    imported = existing.table.imported
    kept = [role for role in existing.series if role in imported or role not in draft.series]
    if not kept:
        return draft
    try:
        old = draft_of(draft.folder, draft.name)
    except DataError as error:
        error.add_note(f"{', '.join(kept)} would be lost; 'backtester data remove {draft.name}' gives them up")
        raise
    for role in kept:
        keys = old.series[role]
        draft = draft.with_series(role, keys, old.figures[keys["column"]].dropna() if "column" in keys else None)
        if role not in REQUIRED_ROLES and "column" in keys and keys["kind"] in HELD_KINDS and draft.ends_before(role):
            draft = draft.absent_after(role)
    note(f"kept {', '.join(kept)}, which {'was' if len(kept) == 1 else 'were'} imported")
    return draft.imported(kept)


def _series(blueprint: Blueprint, history: str) -> dict[str, Any]:
    """The keys of each series' table in the manifest, by role."""
    series = {}
    for role, plan in blueprint.series.items():
        figures: dict[str, Any] = {}
        if plan.sources:
            figures = {"file": parquet_path(history), "column": role}
        if plan.release:
            figures["known"] = f"{role}_known"
        series[role] = plan.manifest_keys | figures
    return series


def files_below(*folders: Path) -> dict[str, list[Path]]:
    """The paths of all files below the folders, by name in lower case. Raise DataError if a folder is missing."""
    if missing := next((folder for folder in folders if not folder.is_dir()), None):
        raise DataError(f"no folder {missing}; --from takes the folders with the providers' files")
    by_name: dict[str, list[Path]] = {}
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
        by_name.setdefault(path.name.lower(), []).append(path)
    return by_name


def embedded_files() -> dict[str, list[Path]]:
    """The paths, by name in lower case, of the files that come with the program, since no provider serves them."""
    return files_below(bundled("data") / "blueprints")


def file_reader(*folders: Path) -> FileReader:
    """A function that returns the bytes of a file, given its name in any case.

    The file lies below the folders, or comes with the program. The function raises DataError if there is no such file,
    there are two that differ, or it cannot be read.
    """
    by_name = embedded_files() | files_below(*folders)
    below = " or ".join(map(str, folders))

    def read(file: str) -> bytes:
        paths = by_name.get(file.lower(), [])
        if not paths:
            raise DataError(f"no file {file} below {below}; add its folder with another --from, or drop its series")
        if others := [path for path in paths[1:] if path.read_bytes() != paths[0].read_bytes()]:
            raise DataError(f"two different files {file} below {below}: {paths[0]} and {others[0]}; remove one")
        try:
            return read_limited(paths[0], MAX_CSV_BYTES)
        except OSError as error:
            raise DataError(f"cannot read {paths[0]}: {error.strerror}") from error

    return read
