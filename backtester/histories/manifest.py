"""The manifest: which histories a folder holds, how their series hang together, and what their files must hash to."""

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
from backtester.histories.manifest_schema import TAKEN_ROLES, HistoryTable
from backtester.histories.series import Asset, Quoted, Series
from backtester.places import named_folder

if TYPE_CHECKING:
    import pandas as pd  # half a second, which the shell's completion of names does without

HISTORY_NAME = re.compile(r"\w[\w .-]{0,63}", re.ASCII)
MAX_MANIFEST_BYTES = 50_000_000  # a manifest of five thousand series is a hundredth of this
PATTERN_WORDS = {  # of what has one, by the part of the table
    "close": "write a time like 16:00",
    "files": "write 'sha256 ' and 64 digits from 0 to 9 and a to f",
    "series": "a role has small letters, digits and _, a letter first",
}


@dataclass(frozen=True, eq=False)
class History:
    """A named history: its table in a manifest and the folder that the manifest's paths start from.

    `held` are the figures, by date, of series that come from elsewhere: a file of one run, or a DataFrame.
    """

    name: str
    folder: Path
    table: HistoryTable
    held: "Mapping[str, pd.Series[float]]" = field(default_factory=dict)

    def __repr__(self) -> str:
        """Its name and how many series it has."""
        return f"<History {self.name!r} of {len(self.series)} series>"

    @property
    def series(self) -> dict[str, Series]:
        """Every series by its role, in the manifest's order."""
        return self.table.series

    @functools.cached_property
    def quoted(self) -> dict[str, Quoted]:
        """The series that have figures of their own, by role."""
        return {role: one for role, one in self.series.items() if isinstance(one, Quoted)}

    @functools.cached_property
    def assets(self) -> list[str]:
        """The roles that can be held; bills, which are what cash earns, are not among them."""
        return [role for role, series in self.series.items() if series.is_asset and role != "bills"]

    @property
    def readable(self) -> list[str]:
        """The roles that a strategy can read: all but schedules, which are columns of its `calendar`."""
        return [role for role, series in self.series.items() if role not in self.schedules]

    @functools.cached_property
    def schedules(self) -> frozenset[str]:
        """The roles of dates that are known ahead."""
        return frozenset(role for role, series in self.series.items() if series.is_schedule)

    def is_funded(self, asset: str) -> bool:
        """Whether a holding of the asset uses cash; a future or option is a notional only."""
        series = self.series[asset]
        return isinstance(series, Asset) and series.funded

    def priced_by(self, role: str) -> str:
        """The role whose own figures a series is priced from, through whatever lies between; itself, if quoted."""
        while (source := self.series[role].derived_from) is not None:
            role = source
        return role

    @property
    def sha256(self) -> str:
        """The hash of its table, and so of its files, whichever part of them is read."""
        return sha256(self.table.model_dump_json(by_alias=True, exclude_defaults=True).encode())

    def only(self, roles: Collection[str]) -> "History":
        """The history with just these series, what they are computed from, `stocks` and `bills`."""
        for role in roles:
            if role not in self.series:
                raise DataError(f"history {self.name!r} has no role {role!r}; {did_you_mean(role, self.series)}")
        kept, found = set[str](), [role for role in (*roles, "stocks", "bills") if role in self.series]
        while found:
            kept.add(role := found.pop())
            found += [other for other in self.series[role].computed_from if other not in kept]
        series = {role: one for role, one in self.series.items() if role in kept}
        return replace(self, table=self.table.model_copy(update={"series": series}))


def histories_or_errors(folder: Path | None = None) -> dict[str, History | DataError]:
    """Every history by name: the embedded ones and, layered over them, those of `folder` or `BACKTESTER_DATA`; in place
    of one whose table is refused, the DataError that says why."""
    found: dict[str, History | DataError] = {}
    for name, (table, place) in _layered(folder).items():
        try:
            found[name] = as_history(name, table, place)
        except DataError as error:
            found[name] = error
    return found


def find_history(name: str, folder: Path | None = None) -> History:
    """The history of that name, whatever is wrong with others; a DataError names the nearest when there is none."""
    histories = _layered(folder)
    if name not in histories:
        if (bundled("data") / "blueprints" / f"{name}.toml") in (bundled("data") / "blueprints").iterdir():
            build = f"build it with 'backtester data fetch {name} --data DIR', then name that folder with --data"
            raise DataError(f"history {name!r} is not here; {build}")
        raise DataError(f"unknown history {name!r}; {did_you_mean(name, histories)}")
    return as_history(name, *histories[name])


def read_folder(folder: Path) -> dict[str, History]:
    """Every history of the folder's manifest by name."""
    return {name: as_history(name, table, folder) for name, table in _tables(folder).items()}


def _layered(folder: Path | None) -> dict[str, tuple[object, Path]]:
    """The table and folder of each history, by its name: the embedded ones and, over them, those of the named
    folder."""
    named = named_folder(folder)
    places = [bundled("data")] + ([named] if named else [])
    return {name: (table, place) for place in places for name, table in _tables(place).items()}


def _tables(folder: Path) -> dict[str, Any]:
    """The tables of the folder's manifest by their names."""
    path = folder / "manifest.toml"
    try:
        return _parsed(read_limited(path, MAX_MANIFEST_BYTES))
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}; a data folder holds a manifest.toml") from error
    except (ValueError, RecursionError) as error:  # TOML's own, and what it lets through: encodings, endless numbers
        raise DataError(f"{path} is not TOML: {str(error).partition(';')[0]}") from error


@functools.lru_cache(maxsize=4)  # a run asks for the same few again and again
def _parsed(content: bytes) -> dict[str, Any]:
    return tomli.loads(content.decode("utf-8-sig"))


def as_history(name: str, table: object, folder: Path) -> History:
    """The history of a table of the folder's manifest; a DataError says where in it what is wrong."""
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
    """Whether the path, with its links followed as far as they lead, ends in the folder."""
    try:
        return Path(os.path.realpath(folder / file)).is_relative_to(os.path.realpath(folder))
    except ValueError:  # a null character
        return False


def _first_mistake(name: str, table: object, error: ValidationError) -> str:
    """The place and message of the first mistake; unknown keys come first, since another may be missing for it."""
    mistakes = error.errors()
    first = next((mistake for mistake in mistakes if mistake["type"] == "extra_forbidden"), mistakes[0])
    place, what = list(first["loc"]), first["msg"].removeprefix("Value error, ")
    if first["type"] in ("model_type", "dict_type"):
        what = "a table is needed"
    if first["type"] == "string_pattern_mismatch":
        what = f"{first['input'][:40]!r} is not as it should be; {PATTERN_WORDS[str(place[0])]}"
    elif place[:1] == ["series"] and len(place) > 2 and isinstance(table, dict):
        inner, what = mistake_in_series(table["series"][place[1]], {**first, "loc": first["loc"][2:]})
        place = [*place[:2], *inner]
    elif first["type"] == "extra_forbidden":
        what = f"unknown key; {did_you_mean(str(place[-1]), HistoryTable.model_fields)}"
    return f"[{'.'.join([name, *map(str, place)])}] {what}"


def _check_role(where: str, role: str, history: History) -> None:
    series = history.series[role]
    if role in TAKEN_ROLES:
        raise DataError(f"{where} takes a reserved name; a role is not one of {', '.join(TAKEN_ROLES)}")
    if (role == "bills") != (series.kind == "bills") and (role, series.kind) != ("bills", "total_return"):
        raise DataError(
            f"{where} is of kind {series.kind!r}; the role 'bills' takes the kind 'bills' or 'total_return', and no "
            "other role the kind 'bills'"
        )
