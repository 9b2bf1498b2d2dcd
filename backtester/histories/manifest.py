"""The manifest: which series a folder holds, what each one is, and what its files must hash to."""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from backtester.errors import DataError, did_you_mean
from backtester.files import bundled

Kind = Literal["total_return", "price", "bond", "bills", "yield", "rate", "level", "annual_change"]
ASSET_KINDS = ("total_return", "price", "bond", "bills")
DERIVED_FROM = {"bond": "yield", "bills": "yield", "annual_change": "of"}
RESERVED = ("returns", "base", "portfolio", "calendar")
Role = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]


class Series(BaseModel):
    """One series of a history, under the role it plays."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    unit: str
    source: str
    licence: str
    note: str = ""
    file: str | None = None
    column: str | None = None
    known: str | None = None
    lag_sessions: Annotated[int, Field(ge=0)] = 0
    funded: bool = True
    carry: Literal["bills"] | None = None
    yield_: Annotated[str | None, Field(alias="yield")] = None
    maturity_years: Annotated[float | None, Field(gt=0, le=100)] = None
    of: str | None = None

    @property
    def is_asset(self) -> bool:
        """Whether it can be held, and so has a total return."""
        return self.kind in ASSET_KINDS

    @property
    def derived_from(self) -> str | None:
        """The role it is computed from, if it has no figures of its own."""
        return self.yield_ if self.kind in ("bond", "bills") else self.of

    @model_validator(mode="after")
    def _has_its_figures(self) -> "Series":
        if self.kind in DERIVED_FROM:
            if self.derived_from is None:
                raise ValueError(f"a series of kind {self.kind!r} needs the key {DERIVED_FROM[self.kind]!r}")
            if self.kind == "bond" and self.maturity_years is None:
                raise ValueError("a bond needs the key 'maturity_years'")
        elif self.file is None or self.column is None:
            raise ValueError(f"a series of kind {self.kind!r} needs the keys 'file' and 'column'")
        return self


class HistoryTable(BaseModel):
    """One history as the manifest writes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    sessions_a_year: Annotated[float, Field(gt=0)] = 252
    close: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "16:00"
    calendar: str | None = None
    series: dict[Role, Series]
    files: dict[str, Annotated[str, StringConstraints(pattern=r"^sha256 [0-9a-f]{64}$")]]


@dataclass(frozen=True)
class History:
    """A named history: its table in a manifest and the folder that the manifest's paths start from."""

    name: str
    folder: Path
    table: HistoryTable

    @property
    def series(self) -> dict[str, Series]:
        """Every series by its role, in the manifest's order."""
        return self.table.series

    @property
    def assets(self) -> list[str]:
        """The roles that can be held; bills, which are what cash earns, are not among them."""
        return [role for role, series in self.series.items() if series.is_asset and role != "bills"]


def read_histories(folder: Path | None = None) -> dict[str, History]:
    """Every history by name: the embedded ones and, layered over them, those of `folder` or `BACKTESTER_DATA`."""
    named = folder or (Path(os.environ["BACKTESTER_DATA"]) if os.environ.get("BACKTESTER_DATA") else None)
    folders = [bundled("data")] + ([named] if named else [])
    return {name: history for place in folders for name, history in _read_manifest(place).items()}


def find_history(name: str, folder: Path | None = None) -> History:
    """The history of that name; a DataError names the nearest when there is none."""
    histories = read_histories(folder)
    if name not in histories:
        raise DataError(f"unknown history {name!r}; {did_you_mean(name, histories)}")
    return histories[name]


def _read_manifest(folder: Path) -> dict[str, History]:
    path = folder / "manifest.toml"
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}; a data folder holds a manifest.toml") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(f"{path} is not TOML: {error}") from error
    return {name: _history(name, table, folder) for name, table in tables.items()}


def _history(name: str, table: object, folder: Path) -> History:
    try:
        history = History(name, folder, HistoryTable.model_validate(table))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join([name, *(str(part) for part in first["loc"])])
        raise DataError(f"{folder / 'manifest.toml'}: [{where}] {first['msg']}") from error
    for role, series in history.series.items():
        _check_series(history, role, series)
    return history


def _check_series(history: History, role: str, series: Series) -> None:
    where = f"{history.folder / 'manifest.toml'}: [{history.name}.series.{role}]"
    if role in RESERVED:
        raise DataError(f"{where} takes a reserved name; a role is not one of {', '.join(RESERVED)}")
    source = series.derived_from
    if source is not None and (source not in history.series or history.series[source].file is None):
        raise DataError(
            f"{where} is built from {source!r}, which has no figures here; {did_you_mean(source, history.series)}"
        )
    if series.file is not None and series.file not in history.table.files:
        raise DataError(f"{where} names {series.file!r}, which has no hash; add it to [{history.name}.files]")
    if series.file is not None and not (history.folder / series.file).resolve().is_relative_to(
        history.folder.resolve()
    ):
        raise DataError(f"{where} names {series.file!r}, outside the data folder; paths stay inside it")
