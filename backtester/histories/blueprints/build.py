"""Building a history from a blueprint and the files that it names."""

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
    """The market of the history that was built, and notes, such as on files of one series that differ."""

    market: Market
    notes: list[str]


def build_history(
    name: str, folder: Path, read: FileReader, report: MessageCallback = lambda message: None
) -> BuiltHistory:
    """The result of `build_blueprint` for a blueprint's name or its file."""
    history, blueprint = read_blueprint(name)
    return build_blueprint(history, blueprint, folder, read, report)


def build_blueprint(
    history: str, blueprint: Blueprint, folder: Path, read: FileReader, report: MessageCallback = lambda message: None
) -> BuiltHistory:
    """Build the history of a blueprint, write it into the folder, and return it.

    `read` gives the bytes of a file by its name; `report` is called with a sentence on each step.
    """
    notes: list[str] = []

    def read_noted(file: str) -> bytes:
        report(f"Reading {file}")
        return read(file)

    for word in (history, *blueprint.series):
        check_name(word)
    history_keys = blueprint.model_dump(
        include={"title", "rhythm", "sessions_a_year", "close", "calendar"}, exclude_none=True
    )
    draft = Draft(
        folder, history, history_keys, _series(blueprint, history), assemble(blueprint, read_noted, notes.append)
    )
    draft = _with_imported(draft, notes.append)
    try:
        rhythm = market_from_figures(*draft.planned()).rhythm  # refused before it is written
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
    """The draft with the series of the existing history of its name that were imported, or are not in the blueprint."""
    manifest = draft.folder / "manifest.toml"
    own = read_folder(draft.folder).get(draft.name) if manifest.exists() else None
    kept = (
        [] if own is None else [role for role in own.series if role in own.table.imported or role not in draft.series]
    )
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
    """The manifest's table of each series."""
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
    """The paths of all files below the folders, by name in small letters. Raise DataError if a folder is missing."""
    if missing := next((folder for folder in folders if not folder.is_dir()), None):
        raise DataError(f"no folder {missing}; --from takes the folders with the providers' files")
    by_name: dict[str, list[Path]] = {}
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
        by_name.setdefault(path.name.lower(), []).append(path)
    return by_name


def embedded_files() -> dict[str, list[Path]]:
    """The paths of the files that come with the program beside its blueprints, as no provider serves them, by name."""
    return files_below(bundled("data") / "blueprints")


def file_reader(*folders: Path) -> FileReader:
    """A function that reads a file below the folders, or one that comes with the program, by its name in any case.

    It raises DataError if there is no such file, two different ones, or one that cannot be read.
    """
    by_name = embedded_files() | files_below(*folders)
    below = " or ".join(map(str, folders))

    def read(file: str) -> bytes:
        found = by_name.get(file.lower(), [])
        if not found:
            raise DataError(f"no file {file} below {below}; add its folder with another --from, or drop its series")
        if len(found) > 1 and len({path.read_bytes() for path in found}) > 1:
            raise DataError(f"two different files {file} below {below}: {found[0]} and {found[1]}; remove one")
        try:
            return read_limited(found[0], MAX_CSV_BYTES)
        except OSError as error:
            raise DataError(f"cannot read {found[0]}: {error.strerror}") from error

    return read
