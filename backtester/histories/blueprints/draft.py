"""`Draft`: a history of the user's folder while it is changed in memory, before its files are written."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from backtester.errors import DataError
from backtester.files import bundled
from backtester.histories.align import CARRY_DAYS, OPEN_END
from backtester.histories.blueprints.write import parquet_path, planned_history, to_arrow, write_history
from backtester.histories.manifest import History, read_folder
from backtester.histories.series_inputs import Figures
from backtester.histories.store import read_columns


@dataclass(frozen=True, eq=False)
class Draft:
    """A history as it will be written.

    `history_keys` are the manifest's keys of the history itself (title, calendar, until, ...), `series` those of each
    series by role (its name in the history). `figures` is a table by date with the columns to which the series refer.
    `is_copy` is true if it began as a copy of an embedded history.
    """

    folder: Path
    name: str
    history_keys: dict[str, Any]
    series: dict[str, dict[str, Any]]
    figures: pd.DataFrame
    is_copy: bool = False

    def with_series(self, role: str, keys: dict[str, Any], values: "pd.Series[float] | None" = None) -> "Draft":
        """The draft with a series, which replaces any of that role. Its values, if given, go to a column named `role`.

        Raise DataError if another series uses that column.
        """
        figures = self._figures_without(role)
        if values is not None:
            keys = keys | {"file": parquet_path(self.name), "column": role}
            if role in figures:
                raise DataError(f"history {self.name!r} has a column {role!r} of another series; choose another role")
            figures = pd.concat([figures, values.rename(role)], axis=1, sort=True)
        return replace(self, series=self.series | {role: keys}, figures=figures)

    def imported(self, roles: Iterable[str]) -> "Draft":
        """The draft with these roles, as far as it has them, marked as imported: `data build` keeps them."""
        return replace(
            self, history_keys=self.history_keys | {"imported": [role for role in self.series if role in {*roles}]}
        )

    def ends_before(self, role: str) -> bool:
        """Whether a series ends so long before the last session that its last value cannot be carried to it."""
        if "stocks" not in self.series:
            return False
        keys, sessions = self.series[role], self._dates("stocks")
        last = min(sessions[-1], pd.Timestamp(self.history_keys.get("until", OPEN_END)))
        return bool((last - self._dates(role)[-1]).days > keys.get("carry_days", CARRY_DAYS))

    def absent_after(self, role: str) -> "Draft":
        """The draft in which a series is marked as absent after its last value."""
        begin = (self._dates(role)[-1] + pd.Timedelta(days=1)).date()
        absent = [*self.series[role].get("absent", ()), [begin, OPEN_END]]
        return replace(self, series=self.series | {role: self.series[role] | {"absent": absent}})

    def _dates(self, role: str) -> pd.DatetimeIndex:
        """The dates on which a series has a value."""
        return pd.DatetimeIndex(self.figures[self.series[role]["column"]].dropna().index)

    def without(self, role: str) -> "Draft":
        """The draft without a series."""
        series = {other: keys for other, keys in self.series.items() if other != role}
        draft = replace(self, series=series, figures=self._figures_without(role))
        return draft.imported(self.history_keys.get("imported", ()))

    def _figures_without(self, role: str) -> pd.DataFrame:
        """The columns of `figures` that other series use, for values (`column`) or publication times (`known`)."""
        used = {keys.get(key) for other, keys in self.series.items() if other != role for key in ("column", "known")}
        return self.figures[[column for column in self.figures.columns if column in used]]

    def planned(self) -> tuple[History, dict[str, Figures]]:
        """The history and its figures by role, as a run would read them. Raise DataError if it would refuse them."""
        return planned_history(
            self.folder, self.name, history_keys=self.history_keys, series=self.series, arrow=self._arrow()
        )

    def write(self) -> None:
        """Write the parquet file and the manifest's table."""
        write_history(self.folder, self.name, history_keys=self.history_keys, series=self.series, arrow=self._arrow())

    def _arrow(self) -> pa.Table:
        """The table of the parquet file."""
        return to_arrow(self.figures, self.name, str(self.history_keys["title"]), self.series)


def draft_of(folder: Path, name: str) -> Draft:
    """The folder's history of that name, or a copy of the embedded one or, if there is neither, one without series.

    Raise DataError if the folder's history is in other files than we write.
    """
    manifest = folder / "manifest.toml"
    own = read_folder(folder).get(name) if manifest.exists() else None
    history = own or read_folder(bundled("data")).get(name)
    if history is None:
        return Draft(folder, name, history_keys={"title": name}, series={}, figures=pd.DataFrame())
    if list(history.table.files) != [parquet_path(name)]:
        raise DataError(f"{manifest}: history {name!r} was not made by import or build; choose another --history")
    figures: pd.DataFrame = read_columns(history, parquet_path(name)).to_pandas(date_as_object=False).set_index("date")
    table = history.table.model_dump(by_alias=True, exclude_unset=True)
    history_keys = {key: table[key] for key in table if key not in ("series", "files")}
    return Draft(folder, name, history_keys=history_keys, series=table["series"], figures=figures, is_copy=own is None)
