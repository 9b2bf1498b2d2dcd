"""The manifest: which series a folder holds, what each one is, and what its files must hash to."""

import datetime
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from backtester.errors import DataError, did_you_mean
from backtester.files import bundled

Kind = Literal["total_return", "price", "bond", "bills", "yield", "rate", "level", "annual_change", "rolling_put"]
ASSET_KINDS = ("total_return", "price", "bond", "bills", "rolling_put")
FIGURES = ("file", "column")
PUBLISHED = ("known", "lag_sessions")
KEYS = {  # kind: the keys that it needs, and those that it takes besides
    "total_return": (FIGURES, ("funded", "absent")),
    "price": (FIGURES, ("funded", "carry", "absent")),
    "bond": (("yield", "maturity_years"), ("funded",)),
    "bills": (("yield",), ()),
    "yield": (FIGURES, (*PUBLISHED, "absent")),
    "rate": (FIGURES, (*PUBLISHED, "absent")),
    "level": (FIGURES, PUBLISHED),
    "annual_change": (("of",), ()),
    "rolling_put": (("of", "volatility"), ("moneyness", "funded")),
}
ANY_KIND = ("kind", "unit", "source", "licence", "note")
RESERVED = ("returns", "base", "portfolio", "calendar")
Stretch = tuple[datetime.date, datetime.date]
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
    absent: tuple[Stretch, ...] = ()
    maturity_years: Annotated[float | None, Field(gt=0, le=100, multiple_of=0.5)] = None
    of: str | None = None
    volatility: str | None = None
    moneyness: Annotated[float, Field(gt=0, le=1)] = 0.95

    @property
    def is_asset(self) -> bool:
        """Whether it can be held, and so has a total return."""
        return self.kind in ASSET_KINDS

    @property
    def derived_from(self) -> str | None:
        """The role it is computed from, if it has no figures of its own."""
        return self.yield_ or self.of

    @model_validator(mode="after")
    def _has_the_keys_of_its_kind(self) -> "Series":
        needed, optional = KEYS[self.kind]
        given = self.model_dump(by_alias=True, exclude_defaults=True)
        for key in needed:
            if key not in given:
                raise ValueError(f"a series of kind {self.kind!r} needs the key {key!r}")
        for key in given:
            if key not in (*ANY_KIND, *needed, *optional):
                raise ValueError(f"a series of kind {self.kind!r} has no use for the key {key!r}; leave it out")
        if self.kind == "rolling_put" and self.funded:
            raise ValueError("a series of kind 'rolling_put' is a notional that uses no cash; say funded = false")
        if self.known is not None and self.lag_sessions:
            raise ValueError("'known' and 'lag_sessions' both say when a value is known; leave one out")
        return self


class HistoryTable(BaseModel):
    """One history as the manifest writes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    sessions_a_year: Annotated[float, Field(gt=0)] = 252
    close: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "16:00"
    calendar: str | None = None
    until: datetime.date | None = None
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
        raise DataError(f"{folder / 'manifest.toml'}: {_first_mistake(name, error)}") from error
    for role, series in history.series.items():
        _check_series(history, role, series)
    return history


def _first_mistake(name: str, error: ValidationError) -> str:
    """Where in the manifest and what, an unknown key before all else: it is often why another one is missing."""
    mistakes = error.errors()
    first = next((mistake for mistake in mistakes if mistake["type"] == "extra_forbidden"), mistakes[0])
    what = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        fields = (Series if first["loc"][0] == "series" else HistoryTable).model_fields
        keys = [field.alias or key for key, field in fields.items()]
        what = f"unknown key; {did_you_mean(str(first['loc'][-1]), keys)}"
    return f"[{'.'.join([name, *(str(part) for part in first['loc'])])}] {what}"


def _check_series(history: History, role: str, series: Series) -> None:
    where = f"{history.folder / 'manifest.toml'}: [{history.name}.series.{role}]"
    if role in RESERVED:
        raise DataError(f"{where} takes a reserved name; a role is not one of {', '.join(RESERVED)}")
    if (role == "bills") != (series.kind == "bills") and (role, series.kind) != ("bills", "total_return"):
        raise DataError(
            f"{where} is of kind {series.kind!r}; the role 'bills' takes the kind 'bills' or 'total_return', and no "
            "other role the kind 'bills'"
        )
    if series.carry == "bills" and "bills" not in history.series:
        raise DataError(f"{where} earns bills and the history has none; add a series 'bills', or leave out 'carry'")
    _check_source(where, history, series)
    if series.kind == "rolling_put":
        _check_put(where, history, series)
    if series.file is not None and series.file not in history.table.files:
        raise DataError(f"{where} names {series.file!r}, which has no hash; add it to [{history.name}.files]")
    if series.file is not None and not (history.folder / series.file).resolve().is_relative_to(
        history.folder.resolve()
    ):
        raise DataError(f"{where} names {series.file!r}, outside the data folder; paths stay inside it")


def _check_source(where: str, history: History, series: Series) -> None:
    source = series.derived_from
    if source is None:
        return
    with_figures = [role for role, one in history.series.items() if one.file is not None]
    if source not in with_figures:
        raise DataError(
            f"{where} is built from {source!r}, which has no figures of its own here; "
            f"{did_you_mean(source, with_figures)}"
        )
    kind = history.series[source].kind
    if series.yield_ is not None and kind not in ("yield", "rate"):
        raise DataError(f"{where} is built from {source!r}, which is of kind {kind!r}; it needs a yield or a rate")


def _check_put(where: str, history: History, series: Series) -> None:
    kinds = {role: one.kind for role, one in history.series.items()}
    if kinds[str(series.of)] not in ("total_return", "price"):
        raise DataError(f"{where} is on {series.of!r}, which has no price; it needs a total return or a price")
    if kinds.get(str(series.volatility)) != "level":
        near = did_you_mean(str(series.volatility), [role for role in kinds if kinds[role] == "level"])
        raise DataError(f"{where} takes its volatility from {series.volatility!r}, which is no level here; {near}")
    if "bills" not in kinds:
        raise DataError(f"{where} is priced with the rate of bills and the history has none; add a series 'bills'")
