"""Building a history from a blueprint and the files that it names."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from backtester.errors import DataError
from backtester.files import bundled, read_limited
from backtester.histories.blueprints.assemble import Report, assemble
from backtester.histories.blueprints.blueprint import Blueprint, read_blueprint
from backtester.histories.blueprints.draft import Draft, draft_of
from backtester.histories.blueprints.imports import HELD_KINDS, NEEDED, check_name
from backtester.histories.blueprints.sources import Read
from backtester.histories.blueprints.write import file_of
from backtester.histories.manifest import find_history, read_folder
from backtester.histories.market import Market, build_market, market_of
from backtester.histories.providers.rows import MAX_CSV_BYTES


@dataclass(frozen=True)
class Built:
    """The market of the history that was built, and notes, such as on files of one series that differ."""

    market: Market
    notes: list[str]


def build_history(name: str, folder: Path, read: Read, report: Report = lambda message: None) -> Built:
    """The result of `build_blueprint` for a blueprint's name or its file."""
    history, blueprint = read_blueprint(name)
    return build_blueprint(history, blueprint, folder, read, report)


def build_blueprint(
    history: str, blueprint: Blueprint, folder: Path, read: Read, report: Report = lambda message: None
) -> Built:
    """Build the history of a blueprint, write it into the folder, and return it.

    `read` gives the bytes of a file by its name; `report` is called with a sentence on each step.
    """
    notes: list[str] = []

    def read_noted(file: str) -> bytes:
        report(f"Reading {file}")
        return read(file)

    for word in (history, *blueprint.series):
        check_name(word)
    head = blueprint.model_dump(include={"title", "rhythm", "sessions_a_year", "close", "calendar"}, exclude_none=True)
    draft = Draft(folder, history, head, _series(blueprint, history), assemble(blueprint, read_noted, notes.append))
    draft = _with_imported(draft, notes.append)
    try:
        rhythm = market_of(*draft.planned()).rhythm  # refused before it is written
    except DataError as error:
        error.add_note(f"as the blueprint of {history!r} has it")
        raise
    head = {"title": blueprint.title, "rhythm": rhythm.name, "sessions_a_year": rhythm.sessions_a_year} | draft.head
    report(f"Writing {history}")
    replace(draft, head=head).write()
    return Built(build_market(find_history(history, folder)), notes)


def _with_imported(draft: Draft, note: Report) -> Draft:
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
        if role not in NEEDED and "column" in keys and keys["kind"] in HELD_KINDS and draft.ends_before(role):
            draft = draft.absent_after(role)
    note(f"kept {', '.join(kept)}, which {'was' if len(kept) == 1 else 'were'} imported")
    return draft.imported(kept)


def _series(blueprint: Blueprint, history: str) -> dict[str, Any]:
    """The manifest's table of each series."""
    series = {}
    for role, plan in blueprint.series.items():
        figures: dict[str, Any] = {}
        if plan.sources:
            figures = {"file": file_of(history), "column": role}
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


def read_from(*folders: Path) -> Read:
    """A function that reads a file below the folders, or one that comes with the program, by its name in any case.

    It raises DataError if there is no such file, two different ones, or one that cannot be read.
    """
    by_name = embedded_files() | files_below(*folders)
    below = " or ".join(map(str, folders))

    def read(file: str) -> bytes:
        found = by_name.get(file.lower(), [])
        if not found:
            raise DataError(f"no file {file} below {below}; add its folder with another --from, or drop its series")
        if others := [path for path in found[1:] if path.read_bytes() != found[0].read_bytes()]:
            raise DataError(f"two different files {file} below {below}: {found[0]} and {others[0]}; remove one")
        try:
            return read_limited(found[0], MAX_CSV_BYTES)
        except OSError as error:
            raise DataError(f"cannot read {found[0]}: {error.strerror}") from error

    return read
