"""Reading a folder's `manifest.toml`: its histories, the keys of their series, and the hashes of their files."""

import functools
import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli
from pydantic import ValidationError

from backtester.errors import DataError, did_you_mean
from backtester.files import bundled, read_limited, sha256
from backtester.histories.kinds import mistake_in_series
from backtester.histories.manifest_schema import REFUSED_ROLES, HistoryTable
from backtester.histories.series import Asset, Quoted, Series
from backtester.places import named_folder

if TYPE_CHECKING:
    import pandas as pd  # takes half a second to import; the shell's completion of names runs without it

HISTORY_NAME = re.compile(r"\w[\w .-]{0,63}", re.ASCII)
MAX_MANIFEST_BYTES = 50_000_000  # a manifest of five thousand series is a hundredth of this
PATTERN_HINTS = {  # what to write where pydantic refused a text that does not match its pattern, by key
    "close": "write a time like 16:00",
    "files": "write 'sha256 ' and 64 digits from 0 to 9 and a to f",
    "series": "a role has small letters, digits and _, a letter first",
}


@dataclass(frozen=True, eq=False)
class History:
    """A named history: its table in a manifest, and the folder to which the manifest's paths are relative.

    `in_memory` are the figures, by role, of series that no manifest names: they came from a user's file for one run, or
    from a DataFrame.
    """

    name: str
    folder: Path
    table: HistoryTable
    in_memory: "Mapping[str, pd.Series[float]]" = field(default_factory=dict)

    def __repr__(self) -> str:
        """The name and the number of series."""
        return f"<History {self.name!r} of {len(self.series)} series>"

    @property
    def series(self) -> dict[str, Series]:
        """Every series by its role (its name, such as `stocks`), in the manifest's order."""
        return self.table.series

    @functools.cached_property
    def quoted(self) -> dict[str, Quoted]:
        """The series that have figures of their own, in a file, by role."""
        return {role: series for role, series in self.series.items() if isinstance(series, Quoted)}

    @functools.cached_property
    def assets(self) -> list[str]:
        """The roles that can be held, in the manifest's order, without bills, which cash earns."""
        return [role for role, series in self.series.items() if series.is_asset and role != "bills"]

    @property
    def readable(self) -> list[str]:
        """The roles that a strategy can read: all but schedules, which are columns of its `calendar`."""
        return [role for role, series in self.series.items() if not series.is_schedule]

    def is_funded(self, asset: str) -> bool:
        """Whether a holding of the asset uses cash, unlike a future or an option."""
        series = self.series[asset]
        return isinstance(series, Asset) and series.funded

    def price_source(self, role: str) -> str:
        """The role of the quoted series from which a series is priced, perhaps through others; or its own role."""
        while (source := self.series[role].priced_from) is not None:
            role = source
        return role

    @property
    def sha256(self) -> str:
        """The hash of the table, which has the hashes of all files in it."""
        return sha256(self.table.model_dump_json(by_alias=True, exclude_defaults=True).encode())

    def only(self, roles: Collection[str]) -> "History":
        """The history with only these series, those from which they are computed, `stocks` and `bills`.

        Raise DataError, with the nearest role, if the history does not have one.
        """
        for role in roles:
            if role not in self.series:
                raise DataError(f"history {self.name!r} has no role {role!r}; {did_you_mean(role, self.series)}")
        kept, to_add = set[str](), [role for role in (*roles, "stocks", "bills") if role in self.series]
        while to_add:
            kept.add(role := to_add.pop())
            to_add += [source for source in self.series[role].computed_from if source not in kept]
        series = {role: series for role, series in self.series.items() if role in kept}
        return replace(self, table=self.table.model_copy(update={"series": series}))


def histories_or_errors(folder: Path | None = None) -> dict[str, History | DataError]:
    """Every history by name, or the DataError that says why its table is refused.

    Those of `folder`, or of the folder in BACKTESTER_DATA, replace embedded ones of the same name.
    """
    histories: dict[str, History | DataError] = {}
    for name, (table, its_folder) in _layered(folder).items():
        try:
            histories[name] = as_history(name, table, its_folder)
        except DataError as error:
            histories[name] = error
    return histories


def find_history(name: str, folder: Path | None = None) -> History:
    """The history of that name in `folder` or among the embedded ones; mistakes in other histories do not matter.

    Raise DataError, with the nearest name or how to build it, if there is none.
    """
    histories = _layered(folder)
    if name not in histories:
        if (bundled("data") / "blueprints" / f"{name}.toml") in (bundled("data") / "blueprints").iterdir():
            build = f"build it with 'backtester data fetch {name} --data DIR', then name that folder with --data"
            raise DataError(f"history {name!r} is not here; {build}")
        raise DataError(f"unknown history {name!r}; {did_you_mean(name, histories)}")
    return as_history(name, *histories[name])


def read_folder(folder: Path) -> dict[str, History]:
    """Every history of the folder's manifest by name. Raise DataError if one has a mistake."""
    return {name: as_history(name, table, folder) for name, table in _tables(folder).items()}


def _layered(folder: Path | None) -> dict[str, tuple[object, Path]]:
    """The table and folder of each history by name; those of the named folder replace embedded ones."""
    named = named_folder(folder)
    folders = [bundled("data")] + ([named] if named else [])
    return {name: (table, one_folder) for one_folder in folders for name, table in _tables(one_folder).items()}


def _tables(folder: Path) -> dict[str, Any]:
    """The tables of the folder's manifest by their names."""
    path = folder / "manifest.toml"
    try:
        return _parsed(read_limited(path, MAX_MANIFEST_BYTES))
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}; a data folder holds a manifest.toml") from error
    except (ValueError, RecursionError) as error:  # of TOML, but also of its encoding, and of very long numbers
        raise DataError(f"{path} is not TOML: {str(error).partition(';')[0]}") from error


@functools.lru_cache(maxsize=4)  # a run reads the same few manifests several times
def _parsed(content: bytes) -> dict[str, Any]:
    """The content of a manifest. Raise ValueError or RecursionError if it is not TOML."""
    return tomli.loads(content.decode("utf-8-sig"))


def as_history(name: str, table: object, folder: Path) -> History:
    """The history that a table of the folder's manifest describes.

    Raise DataError, with the path of the key, if its name, a key, a role or a file is refused.
    """
    manifest = str(folder / "manifest.toml")
    if not HISTORY_NAME.fullmatch(name):  # it becomes part of a folder's name
        raise DataError(
            f"{manifest}: [{name!r}] is no name of a history; letters, digits, '_', '-', '.' and spaces make one"
        )
    try:
        history = History(name, folder, HistoryTable.model_validate(table))
    except ValidationError as error:
        raise DataError(f"{manifest}: {_first_mistake(name, table, error)}") from error
    outside = {file for file in history.table.files if not _is_inside(folder, file)}
    for role, series in history.series.items():
        where = f"{manifest}: [{name}.series.{role}]"
        _check_role(where, role, history)
        if fault := series.fault(history.series):
            raise DataError(f"{where} {fault}")
        if isinstance(series, Quoted) and series.file not in history.table.files:
            raise DataError(f"{where} names {series.file!r}, which has no hash; add it to [{name}.files]")
        if isinstance(series, Quoted) and series.file in outside:
            raise DataError(f"{where} names {series.file!r}, outside the data folder; paths stay inside it")
    return history


def _is_inside(folder: Path, file: str) -> bool:
    """Whether the path, with all symbolic links followed, lies in the folder."""
    try:
        return Path(os.path.realpath(folder / file)).is_relative_to(os.path.realpath(folder))
    except ValueError:  # a null character
        return False


def _first_mistake(name: str, table: object, error: ValidationError) -> str:
    """The path and message of the first mistake; unknown keys come first, as a misspelled key is missing, too."""
    mistakes = error.errors()
    first = next((mistake for mistake in mistakes if mistake["type"] == "extra_forbidden"), mistakes[0])
    path, message = list(first["loc"]), first["msg"].removeprefix("Value error, ")
    if first["type"] in ("model_type", "dict_type"):
        message = "a table is needed"
    if first["type"] == "string_pattern_mismatch":
        message = f"{first['input'][:40]!r} is not as it should be; {PATTERN_HINTS[str(path[0])]}"
    elif path[:1] == ["series"] and len(path) > 2 and isinstance(table, dict):
        path_in_series, message = mistake_in_series(table["series"][path[1]], {**first, "loc": first["loc"][2:]})
        path = [*path[:2], *path_in_series]
    elif first["type"] == "extra_forbidden":
        message = f"unknown key; {did_you_mean(str(path[-1]), HistoryTable.model_fields)}"
    return f"[{'.'.join([name, *map(str, path)])}] {message}"


def _check_role(where: str, role: str, history: History) -> None:
    """Raise DataError if the role's name is not allowed, or its kind does not go with the role `bills`."""
    series = history.series[role]
    if role in REFUSED_ROLES:
        raise DataError(f"{where} takes a reserved name; a role is not one of {', '.join(REFUSED_ROLES)}")
    if (role == "bills") != (series.kind == "bills") and (role, series.kind) != ("bills", "total_return"):
        raise DataError(
            f"{where} is of kind {series.kind!r}; the role 'bills' takes the kind 'bills' or 'total_return', and no "
            "other role the kind 'bills'"
        )
