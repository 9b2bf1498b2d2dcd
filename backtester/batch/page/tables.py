"""The tables of a study's page: best jobs, their neighbours, needed settings, the walk forward, and the study.

A job is a recipe with its settings, and its neighbours are a step away in one setting. The walk forward chooses the
best job every year by what was known then. A figure's sign makes more of it better.
"""

import itertools
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from backtester.arrays import Array
from backtester.batch.contest_result import ContestResult
from backtester.batch.page.columns import column_format, figure_column, scenarios_of
from backtester.batch.page.grid_map import GridMap
from backtester.batch.page.needed import LOSS_CUTS, NeededSetting
from backtester.batch.ranking import figure_sign, ranked_rows
from backtester.pages.format import MISSING, percent
from backtester.pages.table import Cell, Head, Table, TableRow

BEST_TABLE_COLUMNS = (  # beside the column that the study is ranked by
    "beyond_mix_payoff_mean",
    "growth_annual_over_mix_total",
    "mean_loss_strategy",
    "mean_loss_mix",
    "max_drawdown",
    "sharpe",
    "turnover_annual",
)


def job_cell(column: str, value: float | None) -> Cell:
    """The cell of a job's figure in a column; None and NaN are shown as n/a."""
    is_known = value is not None and bool(np.isfinite(value))
    return Cell(column_format(column).text(value), "" if is_known else "none", values=(value if is_known else None,))


def best_table(table: pa.Table, rank_by: str, top: int) -> Table:
    """The `top` best jobs by `rank_by`, with their main figures and their returns in scenarios."""
    columns = (rank_by, *(name for name in (*BEST_TABLE_COLUMNS, *scenarios_of(table)) if name != rank_by))
    figures = {name: figure_column(table, name) for name in columns}
    rows = [
        TableRow(Head(str(table["name"][job])), tuple(job_cell(name, figures[name][job]) for name in columns))
        for job in ranked_rows(table, rank_by)[:top]
    ]
    heads = tuple(Head(column_format(name).label, column_format(name).unit) for name in columns)
    caption = f"The best {len(rows)} of {len(table):,} by {column_format(rank_by).label}"
    return Table(name="best-table", caption=caption, corner="Recipe", heads=heads, rows=tuple(rows))


def robust_table(table: pa.Table, grid: GridMap, rank_by: str, top: int) -> Table | None:
    """Each of the best jobs beside the mean and the worst of its neighbours; None if no job has neighbours.

    The job on the highest plateau is added if it is not one of the best.
    """
    figure = figure_column(table, rank_by)
    neighbours = grid.neighbours_means(figure)
    if not np.isfinite(neighbours).any():
        return None
    best = ranked_rows(table, rank_by)[:top]
    plateau = _plateau(figure_sign(rank_by) * figure, figure_sign(rank_by) * neighbours)
    rows = [_robust_row(table, grid, rank_by, job, (figure, neighbours)) for job in best]
    if plateau not in best:
        rows.append(
            TableRow(Head("The highest plateau: best by the worse of its own and its neighbours' mean"), kind="group")
        )
        rows.append(_robust_row(table, grid, rank_by, plateau, (figure, neighbours)))
    label = column_format(rank_by).label
    return Table(
        name="robust-table",
        caption=f"{label}: the best jobs beside their neighbours, a step away in one setting",
        corner="Recipe",
        heads=(Head("It has"), Head("Mean of its neighbours"), Head("Worst of them"), Head("Neighbours")),
        rows=tuple(rows),
        note="A peak that stands alone was found by luck more easily than a plateau. Settings that are no numbers have "
        "no neighbours.",
    )


def _plateau(merit: Array, neighbours: Array) -> int:
    """The job with the highest minimum of its own merit and its neighbours' mean: no lone peak, no hole among peaks."""
    lower = np.minimum(merit, neighbours)
    return int(np.where(np.isfinite(lower), lower, -np.inf).argmax())


def _robust_row(
    table: pa.Table, grid: GridMap, rank_by: str, job: int, figures_and_means: tuple[Array, Array]
) -> TableRow:
    """The row of a job: its figure, and the mean, the worst and the number of its neighbours."""
    figure, neighbours_mean = figures_and_means
    of_neighbours = figure[grid.neighbours[job]]
    sign = figure_sign(rank_by)
    worst = sign * float((sign * of_neighbours).min()) if len(of_neighbours) else None
    cells = (
        job_cell(rank_by, float(figure[job])),
        job_cell(rank_by, float(neighbours_mean[job])),
        job_cell(rank_by, worst),
        Cell(str(len(of_neighbours))),
    )
    return TableRow(Head(str(table["name"][job])), cells)


def needed_table(needed: Sequence[NeededSetting]) -> Table | None:
    """The values of each setting that cut the loss in joint sell-offs by given shares; None without such settings."""
    if not needed:
        return None
    rows = []
    for setting in needed:
        bound = "at least" if setting.more_cuts else "at most"
        cells = [
            Cell(MISSING, "none", values=(None,)) if value is None else Cell(f"{bound} {value:.3g}", values=(value,))
            for value in setting.values
        ]
        largest, at = setting.largest_cut, setting.largest_cut_at
        most = Cell(f"{percent(largest, 1, signed=True)} at {at:g}", values=(largest, at))
        rows.append(TableRow(Head(setting.setting, setting.fixed and f"with {setting.fixed}"), (*cells, most)))
    heads = tuple(Head(f"{percent(share, 0)} less loss") for share in LOSS_CUTS)
    return Table(
        name="needed-table",
        caption="What each setting must be for so much less mean loss in joint sell-offs than the reference has",
        corner="Setting",
        heads=(*heads, Head("The most that the grid saves", values=("most", "at"))),
        rows=tuple(rows),
        note="Each setting alone: others that can be 0 are 0, the rest as the best job has them; between two values of "
        "the grid in a straight line. n/a: no value of the grid gets there.",
    )


def walk_table(result: ContestResult | None) -> Table | None:
    """The jobs chosen in the walk forward, on all the past and on three years of it; None without a walk forward.

    Choices of the same job one after the other share a row.
    """
    walks = [
        ("On all the past", result.anchored if result else None),
        ("On the three years before", result.rolling if result else None),
    ]
    rows = []
    for title, walk in walks:
        if walk is None:
            continue
        rows.append(TableRow(Head(title), kind="group"))
        for job, choices in itertools.groupby(walk.choices, key=lambda choice: choice.job):
            held = list(choices)
            rows.append(TableRow(Head(f"{held[0].start} to {held[-1].end}"), (Cell(job, "words"),)))
    if not rows:
        return None
    caption = "What would have been chosen, every year, by what was known then"
    heads = (Head("Recipe", tone="words"),)
    return Table(name="walk-table", caption=caption, corner="Held", heads=heads, rows=tuple(rows))


def study_table(settings: dict[str, str]) -> Table:
    """The study's keys and their values, a row for each key."""
    rows = tuple(TableRow(Head(name), (Cell(value, "words"),)) for name, value in settings.items())
    heads = (Head("Value", tone="words"),)
    return Table(name="study-table", caption="The study", corner="Key", heads=heads, rows=rows)
