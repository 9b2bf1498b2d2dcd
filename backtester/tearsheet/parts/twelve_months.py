"""What a strategy was like to hold: returns over twelve months, time under water, and betas to stocks and bonds.

The document is a run's results as JSON.
"""

import numpy as np
import pandas as pd

from backtester.analysis.levels_kernel import AT_PEAK
from backtester.analysis.windows import drawdowns
from backtester.arrays import Array
from backtester.pages.format import date, percent
from backtester.pages.names import Named
from backtester.pages.table import Cell, Head, Table, TableRow, points_cell, strategy_head
from backtester.runs.folder import RunFolder
from backtester.runs.values import Json
from backtester.tearsheet.figures.betas import betas_figure, betas_group, betas_table
from backtester.tearsheet.parts.forest_plot import ForestLane, ForestScale

QUANTILE_LABELS = {"Worst": 0.0, "5%": 0.05, "25%": 0.25, "Median": 0.5, "75%": 0.75, "95%": 0.95, "Best": 1.0}
LEAST_FALL = 1e-12  # a fall counts however small, but not rounding noise
LONGEST_SPELLS = 3


def twelve_months_part(run: RunFolder, names: tuple[Named, ...]) -> Json:
    """The table of returns over twelve months, that of time under water, and the chart of rolling betas."""
    group = betas_group(run, names)
    return {
        "spread": distribution_table(run, names),
        "under_water": under_water_table(run, names),
        "group": group,
        "betas": betas_figure(run.document, names),
        "betas_table": betas_table(group, run.document, names),
    }


def yearly_returns(nav: "pd.Series[float]") -> Array:
    """The returns (M,) from each month's last close to that twelve months later; empty if there are none.

    The last month, which may not be over, and returns from a value of zero are left out.
    """
    months = pd.DatetimeIndex(nav.index).to_period("M").asi8
    ends = np.flatnonzero(months[1:] != months[:-1])
    by_month = dict(zip(months[ends].tolist(), nav.to_numpy()[ends].tolist(), strict=True))
    pairs = ((by_month[month - 12], value) for month, value in by_month.items() if month - 12 in by_month)
    return np.array([value / before - 1 for before, value in pairs if before > 0], np.float64)


def distribution_table(run: RunFolder, names: tuple[Named, ...]) -> Table | None:
    """Quantiles of the returns over twelve months with a plot, a row for each strategy; None if one has no returns."""
    returns_by_strategy = [yearly_returns(run.nav[named.name]) for named in names]
    if not all(len(returns) for returns in returns_by_strategy):
        return None
    values = np.concatenate([[0.0], *returns_by_strategy])
    scale = ForestScale(float(values.min()), max(float(values.max()), float(values.min()) + 0.01), "", "")
    heads = tuple(Head(text, values=(f"quantile {quantile:g}",)) for text, quantile in QUANTILE_LABELS.items())
    return Table(
        name="twelve-months-table",
        caption="Returns over twelve months, in percent: how they are spread",
        corner="Strategy",
        heads=(
            Head("Middle half, and nine in ten", tone="plot", values=(), picture=scale),
            *heads,
            Head("Below zero"),
        ),
        rows=tuple(
            _distribution_row(named, returns, scale) for named, returns in zip(names, returns_by_strategy, strict=True)
        ),
        note=f"{len(returns_by_strategy[0])} returns that end with each month and overlap: few of them are "
        f"independent. Dot: the "
        "median. Thick: from a quarter to three quarters; thin: from 5% to 95%.",
    )


def _distribution_row(named: Named, returns: Array, scale: ForestScale) -> TableRow:
    """The row of a strategy: its quantiles, drawn and in numbers, and the share of returns below zero."""
    quantiles = [float(value) for value in np.quantile(returns, list(QUANTILE_LABELS.values()))]
    _, least, low, median, high, most, _ = quantiles
    below = float((returns < -AT_PEAK).mean())
    lane = Cell("", "plot", picture=ForestLane(scale, named.key, median, ((least, most), (low, high))), values=())
    cells = (lane, *(points_cell(value) for value in quantiles), Cell(percent(below, 0), values=(below,)))
    return TableRow(strategy_head(named), cells)


def under_water_table(run: RunFolder, names: tuple[Named, ...]) -> Table:
    """The share of calendar days below a peak and the longest times under water, a row for each strategy."""
    titles = ("Longest", "Second", "Third")
    heads = tuple(
        Head(text, "days", values=tuple(f"{text.lower()} {what}" for what in ("days", "peak", "recovery")))
        for text in titles
    )
    return Table(
        name="under-water-table",
        caption="Time under water: from a peak until the value is back at it, in calendar days",
        corner="Strategy",
        heads=(Head("Under water", "share of days"), *heads),
        rows=tuple(_under_water_row(named, run.nav[named.name], run) for named in names),
        note="However small the fall. To the last close where the value is not back.",
    )


def _under_water_row(named: Named, nav: "pd.Series[float]", run: RunFolder) -> TableRow:
    """The row of a strategy: its share of days under water, and the longest such times."""
    dates, last = pd.DatetimeIndex(nav.index), len(nav) - 1
    falls = drawdowns(np.asarray(nav, np.float64), at_least=LEAST_FALL)
    peaks = dates[[fall.peak for fall in falls]]
    ends = dates[[last if fall.recovery is None else fall.recovery for fall in falls]]
    days_under_water = (ends - peaks).days.to_numpy()
    share = int(days_under_water.sum()) / (dates[-1] - dates[0]).days
    cells = [Cell(percent(share, 0), values=(share,))]
    longest = np.argsort(-days_under_water, kind="stable")[:LONGEST_SPELLS].tolist()
    for index in longest:
        length, has_recovered = int(days_under_water[index]), falls[index].recovery is not None
        start, end = str(peaks[index].date()), str(ends[index].date()) if has_recovered else None
        until = date(end) if has_recovered else "not yet back"
        cells.append(Cell(f"{length:,}", small=f"{date(start)} to {until}", values=(length, start, end)))
    cells += [Cell("none", values=(None, None, None))] * (LONGEST_SPELLS - len(longest))
    return TableRow(strategy_head(named), tuple(cells))
