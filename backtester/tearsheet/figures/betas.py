"""Rolling betas of the chosen strategy to each leg, beside the reference's, at each month's last close.

The legs are the stocks and the bonds of the run's pair. A trace's `meta` is the legend entry that hides it. A rhythm is
how often sessions come, daily to quarterly.
"""

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
from backtester.tearsheet.names import PairWords, pair_words

BETAS_GROUP = "betas"
LEG_KEYS = ("stocks", "bonds")  # of the legs in the document, the results as JSON
LOOK_BACK_YEARS = {"month": 3, "quarter": 5}  # years in the window of a beta, by the span of a session; else one


def beta_window(pair: PairWords) -> int:
    """The number of sessions in the window of a rolling beta."""
    return pair.rhythm.sessions_in("year") * LOOK_BACK_YEARS.get(pair.rhythm.span, 1)


def betas_group(run: RunFolder, names: tuple[Named, ...]) -> DatedArrays:
    """The betas of each strategy to each leg at each month's last session, NaN before there are enough sessions."""
    settings, levels = run.document["settings"], run.levels
    bills = _returns(levels["bills"]) if "bills" in levels else np.zeros(len(levels) - 1)
    legs = np.column_stack([_returns(levels[settings[f"{leg}_role"]]) - bills for leg in LEG_KEYS])
    dates = pd.DatetimeIndex(levels.index)
    months = dates.to_period("M").asi8
    ends = np.flatnonzero(np.append(months[1:] != months[:-1], True))
    ends, window = ends[ends > 0], beta_window(pair_words(run.document))
    arrays: dict[str, Array] = {}
    for index, named in enumerate(names):
        slopes = rolling_betas(_returns(run.nav[named.name]) - bills, legs, ends=ends - 1, window=window)
        arrays |= {f"{index}.{leg}": slopes[:, column] for column, leg in enumerate(LEG_KEYS)}
    return DatedArrays(BETAS_GROUP, dates[ends], arrays)


def betas_figure(document: Json, names: tuple[Named, ...]) -> Chart:
    """A chart of the betas: a line for each leg of the chosen strategy, and a thin one of the reference."""
    pair, indices = pair_words(document), range(1, len(names)) if names[1:] else range(1)
    traces = [_line("reference", f"0.{leg}", label, key=key, width=1.0) for leg, label, key in pair.legs]
    traces += [
        _line(leg, f"{index}.{leg}", label, key=key, width=2.2) | {"choice": str(index)}
        for index in indices
        for leg, label, key in pair.legs
    ]
    return Chart(
        name="betas",
        group=BETAS_GROUP,
        caption=(
            f"Rolling beta of the chosen strategy to {pair.both}, both at once, over the last "
            f"{pair.rhythm.words_for(beta_window(pair))}, of returns in excess of bills. Thin: the reference's. A "
            "hedge that only holds less of a leg shows as a line below the thin one of the same colour."
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
            *(LegendEntry(leg, label.capitalize(), key) for leg, label, key in pair.legs),
            LegendEntry("reference", f"{names[0].label} (thin)", "muted"),
        ),
        linked=True,
    )


def betas_table(group: DatedArrays, document: Json, names: tuple[Named, ...]) -> Table:
    """Mean, lowest, highest and last beta of each strategy to each leg; n/a if the run is too short."""
    pair = pair_words(document)
    rows = tuple(
        TableRow(
            strategy_head(named),
            tuple(number_cell(value) for leg in LEG_KEYS for value in _statistics(group.arrays[f"{index}.{leg}"])),
        )
        for index, named in enumerate(names)
    )
    return Table(
        name="betas-table",
        caption=f"Rolling beta to {pair.both}",
        corner="Strategy",
        heads=tuple(
            Head(statistic.capitalize(), values=(f"{leg} {statistic}",), group=f"To {label}")
            for leg, label, _ in pair.legs
            for statistic in ("mean", "low", "high", "last")
        ),
        rows=rows,
    )


def _statistics(values: Array) -> tuple[float | None, ...]:
    """Mean, lowest, highest and last of the values that are not NaN; None where there is none."""
    values_known = values[np.isfinite(values)]
    if not len(values_known):
        return (None,) * 4
    last = float(values[-1]) if np.isfinite(values[-1]) else None
    return float(values_known.mean()), float(values_known.min()), float(values_known.max()), last


def _returns(levels: "pd.Series[float]") -> Array:
    """Session returns (n,); NaN where a level is missing, or has fallen to zero before."""
    values = levels.to_numpy(np.float64)
    unknown = np.full(len(values) - 1, np.nan)
    return np.asarray(np.divide(values[1:], values[:-1], out=unknown, where=values[:-1] > 0) - 1, np.float64)


def _line(meta: str, values: str, label: str, key: str, width: float) -> Spec:
    """The line of the array `values`, in the colour of the `key`; `meta` is its leg, or `reference`."""
    looks = {"line": {"color": colour(key), "width": width}, "hovertemplate": "%{y:.2f}"}
    return curve(label if meta != "reference" else f"{label}, reference", meta, values, looks)
