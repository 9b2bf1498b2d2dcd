"""Rolling betas of the chosen strategy to each leg, beside the reference's, at each month's last close."""

import numpy as np
import pandas as pd

from backtester.analysis.betas import rolling_betas
from backtester.arrays import Array
from backtester.pages.embed import DatedArrays
from backtester.pages.figure import Chart, LegendEntry, Spec, axis, colour, curve, layout, time_axis
from backtester.pages.names import Named
from backtester.pages.table import Head, Table, TableRow, number_cell, strategy_head
from backtester.runs.folder import RunFolder
from backtester.runs.values import Json
from backtester.tearsheet.names import Lens, lens

BETAS_GROUP = "betas"
SIDES = ("stocks", "bonds")  # the keys of the legs
LOOK_BACK_YEARS = {"month": 3, "quarter": 5}  # years that a beta looks back on, by span of sessions; else one


def look_back(seen: Lens) -> int:
    """The number of sessions that a beta looks back on."""
    return seen.rhythm.sessions_in("year") * LOOK_BACK_YEARS.get(seen.rhythm.span, 1)


def betas_group(run: RunFolder, names: tuple[Named, ...]) -> DatedArrays:
    """The betas of each strategy to each leg at each month's last session, NaN before there are enough sessions."""
    settings, levels = run.document["settings"], run.levels
    bills = _returns(levels["bills"]) if "bills" in levels else np.zeros(len(levels) - 1)
    legs = np.column_stack([_returns(levels[settings[f"{side}_role"]]) - bills for side in SIDES])
    dates = pd.DatetimeIndex(levels.index)
    months = dates.to_period("M").asi8
    ends = np.flatnonzero(np.append(months[1:] != months[:-1], True))
    ends, window = ends[ends > 0], look_back(lens(run.document))
    arrays: dict[str, Array] = {}
    for place, named in enumerate(names):
        slopes = rolling_betas(_returns(run.nav[named.name]) - bills, legs, ends=ends - 1, window=window)
        arrays |= {f"{place}.{side}": slopes[:, column] for column, side in enumerate(SIDES)}
    return DatedArrays(BETAS_GROUP, dates[ends], arrays)


def betas_figure(document: Json, names: tuple[Named, ...]) -> Chart:
    """A chart of the betas: two lines for the chosen strategy, and thin ones for the reference."""
    seen, places = lens(document), range(1, len(names)) if names[1:] else range(1)
    traces = [_line("reference", f"0.{side}", label, key, 1.0) for side, label, key in seen.legs]
    traces += [
        _line(side, f"{place}.{side}", label, key, 2.2) | {"choice": str(place)}
        for place in places
        for side, label, key in seen.legs
    ]
    return Chart(
        name="betas",
        group=BETAS_GROUP,
        caption=(
            f"Rolling beta of the chosen strategy to {seen.both}, both at once, over the last "
            f"{seen.rhythm.words_for(look_back(seen))}, of returns in excess of bills. Thin: the reference's. A hedge "
            "that only holds less of a leg shows as a line below the thin one of the same colour."
        ),
        description="Line chart of rolling betas; the table below has their means and ranges.",
        traces=tuple(traces),
        layout=layout(
            {
                "xaxis": time_axis({"anchor": "y"}),
                "yaxis": axis({"zerolinecolor": colour("ink"), "nticks": 6}),
            }
        ),
        height=300,
        legend=(
            *(LegendEntry(side, label.capitalize(), key) for side, label, key in seen.legs),
            LegendEntry("reference", f"{names[0].label} (thin)", "muted"),
        ),
        linked=True,
    )


def betas_table(group: DatedArrays, document: Json, names: tuple[Named, ...]) -> Table:
    """Mean, lowest, highest and last beta of each strategy to each leg; n/a if the run is too short."""
    seen = lens(document)
    rows = tuple(
        TableRow(
            strategy_head(named),
            tuple(number_cell(value) for side in SIDES for value in _range(group.arrays[f"{place}.{side}"])),
        )
        for place, named in enumerate(names)
    )
    return Table(
        name="betas-table",
        caption=f"Rolling beta to {seen.both}",
        corner="Strategy",
        heads=tuple(
            Head(what.capitalize(), values=(f"{side} {what}",), group=f"To {label}")
            for side, label, _ in seen.legs
            for what in ("mean", "low", "high", "last")
        ),
        rows=rows,
    )


def _range(values: Array) -> tuple[float | None, ...]:
    known = values[np.isfinite(values)]
    if not len(known):
        return (None,) * 4
    last = float(values[-1]) if np.isfinite(values[-1]) else None
    return float(known.mean()), float(known.min()), float(known.max()), last


def _returns(levels: "pd.Series[float]") -> Array:
    """Session returns (n,); NaN where a level is missing, or has fallen to zero before."""
    values = levels.to_numpy(np.float64)
    unknown = np.full(len(values) - 1, np.nan)
    return np.asarray(np.divide(values[1:], values[:-1], out=unknown, where=values[:-1] > 0) - 1, np.float64)


def _line(meta: str, values: str, label: str, key: str, width: float) -> Spec:
    looks = {"line": {"color": colour(key), "width": width}, "hovertemplate": "%{y:.2f}"}
    return curve(label if meta != "reference" else f"{label}, reference", meta, values, looks)
