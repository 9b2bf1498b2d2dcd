"""The columns of a study's results as its page shows them: their labels and formats, and all of them as one block.

A row is a job, a recipe with its settings. A placebo is the same weights shifted in time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from backtester.analysis.figures import FigureEntry, figures
from backtester.arrays import Array
from backtester.batch.grid import SWEEPABLE_SETTINGS
from backtester.batch.page.grid_map import GridMap
from backtester.batch.ranking import figure_sign
from backtester.batch.rows import ROW_FIGURES
from backtester.batch.scenario_markets import SCENARIO_PREFIX
from backtester.pages.embed import packed
from backtester.pages.format import MISSING, number, percent

KEY_LENGTH = 8  # characters of a job's key that name the folder of its tearsheet
SHIFTS = "beyond_mix_placebo_shifts"  # a number; the placebo's other two figures are shares of it
NEIGHBOURS_MEAN = "neighbours_mean"  # names the mean of the ranking figure over a job's neighbours


@dataclass(frozen=True)
class ColumnFormat:
    """The label, unit and format of a column: `kind` is `percent`, `number` or `count`, and a `signed` figure has a
    plus if it is positive."""

    label: str
    unit: str
    kind: str
    decimals: int
    signed: bool

    def text(self, value: float | None) -> str:
        """A figure of the column as text; n/a for None, NaN and infinity."""
        if value is None or not np.isfinite(value):
            return MISSING
        write = percent if self.kind == "percent" else number
        return write(value, self.decimals, signed=self.signed)


def column_format(column: str) -> ColumnFormat:
    """The label, unit and format of a column of figures."""
    entries = {entry.column_name: entry for entry in figures().values() if entry.column_name}
    entry = entries.get(column)
    if column.startswith(SCENARIO_PREFIX):
        label = f"Scenario {column.removeprefix(SCENARIO_PREFIX).replace('_', ' ')}"
        return ColumnFormat(label, unit="% of value", kind="percent", decimals=2, signed=True)
    if column == SHIFTS:
        return ColumnFormat("Shifts in time, all that there are", unit="", kind="count", decimals=0, signed=False)
    if entry is None:  # a share of the mix: stocks, bonds and bills that moved as the job did
        label = f"{column.removeprefix('mix_').capitalize()}, its mix"
        return ColumnFormat(label, unit="% of value", kind="percent", decimals=0, signed=False)
    kind = entry.kind if entry.kind in ("percent", "number") else "count"
    return ColumnFormat(_full_label(entry), unit=entry.unit, kind=kind, decimals=entry.decimals, signed=entry.signed)


def _full_label(figure: FigureEntry) -> str:
    """The label of a figure, followed by that of its group."""
    group = figures().get(figure.key.rpartition(".")[0])
    return f"{figure.label}, {group.label[0].lower()}{group.label[1:]}" if group else figure.label


def scenarios_of(table: pa.Table) -> list[str]:
    """The names of the columns with returns in scenarios."""
    return [name for name in table.column_names if name.startswith(SCENARIO_PREFIX)]


def figure_column(table: pa.Table, column: str) -> Array:
    """A column of figures (N,), NaN where undefined."""
    return np.array(table[column].to_numpy(), np.float64)


def packed_study(table: pa.Table, grid: GridMap, rank_by: str, commands: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """The jobs that did not fail, as `index.js` reads them: names, keys, settings, figures and commands.

    Settings that are `ofRun` are not in the recipes' names. Figures are float32; if all jobs have the same value it is
    stored once. `commands` has the `texts` of the commands that run jobs, and in `places` the index of each job's.
    """
    means = grid.neighbours_means(figure_column(table, rank_by))
    columns = {rank_by: figure_column(table, rank_by), NEIGHBOURS_MEAN: means}
    columns |= {name: figure_column(table, name) for name in (*ROW_FIGURES, *scenarios_of(table)) if name != rank_by}
    return {
        "names": table["name"].to_pylist(),
        "keys": "".join(key[:KEY_LENGTH] for key in table["key"].to_pylist()),
        "rankBy": rank_by,
        "settings": [
            {"name": name, "values": values, "places": packed(places, "<u2"), "ofRun": name in SWEEPABLE_SETTINGS}
            for (name, values), places in zip(grid.values.items(), grid.places, strict=True)
        ],
        "figures": [
            _packed_figure(name, values, rank_by)
            for name, values in columns.items()
            if name != NEIGHBOURS_MEAN or len(grid.names)
        ],
        "commands": commands["texts"],
        "command": packed(np.array(commands["places"]), "<u2"),
    }


def _packed_figure(name: str, values: Array, rank_by: str) -> dict[str, Any]:
    """A column of figures as `index.js` reads it."""
    shown_as = column_format(rank_by if name == NEIGHBOURS_MEAN else name)
    label = f"{shown_as.label}: its neighbours' mean" if name == NEIGHBOURS_MEAN else shown_as.label
    same = np.array_equal(values, np.broadcast_to(values[:1], values.shape), equal_nan=True)
    return {
        "name": name,
        "label": label,
        "unit": shown_as.unit,
        "kind": shown_as.kind,
        "decimals": shown_as.decimals,
        "signed": shown_as.signed,
        "sign": figure_sign(rank_by if name == NEIGHBOURS_MEAN else name),
        "values": packed(values[:1] if same else values, "<f4"),
    }
