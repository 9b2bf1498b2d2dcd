"""The columns of a study's rows as its page shows them: what each is called, and all of them packed into one block."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from backtester.analysis.figures import FigureEntry, figures
from backtester.arrays import Array
from backtester.batch.grid import SWEPT
from backtester.batch.page.grid_map import GridMap
from backtester.batch.ranking import sign_of
from backtester.batch.rows import ROW_FIGURES
from backtester.batch.worlds import SCENARIO
from backtester.pages.embed import packed
from backtester.pages.format import MISSING, number, percent

KEY_SIGNS = 8  # the first signs of a job's key, which name the folder of its tearsheet
SHIFTS = "beyond_mix_placebo_shifts"  # of what the other two of the placebo are shares
AROUND, WORST = "neighbours_mean", "neighbours_worst"  # names of figures made of those of a job's neighbours


@dataclass(frozen=True)
class Shown:
    """How a column is shown: what it is called, its unit, and whether as percent, a number or a whole number."""

    label: str
    unit: str
    kind: str
    decimals: int
    signed: bool

    def text(self, value: float | None) -> str:
        """A value of it."""
        if value is None or not np.isfinite(value):
            return MISSING
        write = percent if self.kind == "percent" else number
        return write(value, self.decimals, signed=self.signed)


def shown_column(column: str) -> Shown:
    """The label, unit and format of a column of figures."""
    table = {one.column_name: one for one in figures().values() if one.column_name}
    found = table.get(column)
    if column.startswith(SCENARIO):
        return Shown(f"Scenario {column.removeprefix(SCENARIO).replace('_', ' ')}", "% of value", "percent", 2, True)
    if column == SHIFTS:
        return Shown("Shifts in time, all that there are", "", "count", 0, False)
    if found is None:  # the shares of the mix, which the table of figures has as a group
        return Shown(f"{column.removeprefix('mix_').capitalize()}, its mix", "% of value", "percent", 0, False)
    kind = found.kind if found.kind in ("percent", "number") else "count"
    return Shown(_full_label(found), found.unit, kind, found.decimals, found.signed)


def _full_label(figure: FigureEntry) -> str:
    """The label of a figure with the group that its key lies in."""
    group = figures().get(figure.key.rpartition(".")[0])
    return f"{figure.label}, {group.label[0].lower()}{group.label[1:]}" if group else figure.label


def scenarios_of(table: pa.Table) -> list[str]:
    """The columns of what jobs return in scenarios."""
    return [name for name in table.column_names if name.startswith(SCENARIO)]


def figure_of(table: pa.Table, column: str) -> Array:
    """A column of figures (N,), NaN where undefined."""
    return np.array(table[column].to_numpy(), np.float64)


def packed_study(table: pa.Table, grid: GridMap, rank_by: str, commands: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """What the page's script reads of the jobs that did not fail: names, keys, settings (`ofRun`: of the run, so not in
    the recipes' names) and figures as float32; where all jobs have one value it stands once. `commands` are the
    `texts` of all commands, and in `places` which of them each job has."""
    around = grid.around(figure_of(table, rank_by))
    columns = {rank_by: figure_of(table, rank_by), AROUND: around}
    columns |= {name: figure_of(table, name) for name in (*ROW_FIGURES, *scenarios_of(table)) if name != rank_by}
    return {
        "names": table["name"].to_pylist(),
        "keys": "".join(key[:KEY_SIGNS] for key in table["key"].to_pylist()),
        "rankBy": rank_by,
        "settings": [
            {"name": name, "values": values, "places": packed(places, "<u2"), "ofRun": name in SWEPT}
            for (name, values), places in zip(grid.values.items(), grid.places, strict=True)
        ],
        "figures": [
            _packed_figure(name, values, rank_by)
            for name, values in columns.items()
            if name != AROUND or len(grid.names)
        ],
        "commands": commands["texts"],
        "command": packed(np.array(commands["places"]), "<u2"),
    }


def _packed_figure(name: str, values: Array, rank_by: str) -> dict[str, Any]:
    own = shown_column(rank_by if name == AROUND else name)
    label = f"{own.label}: its neighbours' mean" if name == AROUND else own.label
    same = np.array_equal(values, np.broadcast_to(values[:1], values.shape), equal_nan=True)
    return {
        "name": name,
        "label": label,
        "unit": own.unit,
        "kind": own.kind,
        "decimals": own.decimals,
        "signed": own.signed,
        "sign": sign_of(rank_by if name == AROUND else name),
        "values": packed(values[:1] if same else values, "<f4"),
    }
