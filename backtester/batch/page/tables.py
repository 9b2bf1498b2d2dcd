"""The tables of a study's page: the best jobs, how robust they are, what is needed, and what was chosen when."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from backtester.arrays import Array
from backtester.batch.contested import Contested
from backtester.batch.page.columns import figure_of, scenarios_of, shown_column
from backtester.batch.page.grid_map import GridMap
from backtester.batch.page.needed import LESS, Needed
from backtester.batch.ranking import places_in_order, sign_of
from backtester.pages.format import MISSING, percent
from backtester.pages.table import Cell, Head, Table, TableRow

BESIDE = (
    "beyond_mix_payoff_mean",
    "growth_annual_over_mix_total",
    "mean_loss_strategy",
    "mean_loss_mix",
    "max_drawdown",
    "sharpe",
    "turnover_annual",
)


def job_cell(column: str, value: float | None) -> Cell:
    """A figure of a job."""
    known = value is not None and bool(np.isfinite(value))
    return Cell(shown_column(column).text(value), "" if known else "none", values=(value if known else None,))


def best_table(table: pa.Table, rank_by: str, top: int) -> Table:
    """The best jobs, their main figures, and what they return in scenarios."""
    columns = (rank_by, *(name for name in (*BESIDE, *scenarios_of(table)) if name != rank_by))
    figures = {name: figure_of(table, name) for name in columns}
    rows = [
        TableRow(Head(str(table["name"][place])), tuple(job_cell(name, figures[name][place]) for name in columns))
        for place in places_in_order(table, rank_by)[:top]
    ]
    heads = tuple(Head(shown_column(name).label, shown_column(name).unit) for name in columns)
    caption = f"The best {len(rows)} of {len(table):,} by {shown_column(rank_by).label}"
    return Table("best-table", caption, "Recipe", heads, tuple(rows))


def robust_table(table: pa.Table, grid: GridMap, rank_by: str, top: int) -> Table | None:
    """Beside each of the best jobs the mean and the worst of its neighbours; None where no job has any."""
    figure = figure_of(table, rank_by)
    around = grid.around(figure)
    if not np.isfinite(around).any():
        return None
    best = places_in_order(table, rank_by)[:top]
    plateau = _plateau(sign_of(rank_by) * figure, sign_of(rank_by) * around)
    rows = [_robust_row(table, grid, rank_by, place, (figure, around)) for place in best]
    if plateau not in best:
        rows.append(
            TableRow(Head("The highest plateau: best by the worse of its own and its neighbours' mean"), kind="group")
        )
        rows.append(_robust_row(table, grid, rank_by, plateau, (figure, around)))
    label = shown_column(rank_by).label
    return Table(
        "robust-table",
        f"{label}: the best jobs beside their neighbours, a step away in one setting",
        "Recipe",
        (Head("It has"), Head("Mean of its neighbours"), Head("Worst of them"), Head("Neighbours")),
        tuple(rows),
        note="A peak that stands alone was found by luck more easily than a plateau. Settings that are no numbers have "
        "no neighbours.",
    )


def _plateau(merit: Array, around: Array) -> int:
    """The job whose own merit and whose neighbours' are both high: neither a peak nor a hole between peaks."""
    both = np.minimum(merit, around)
    return int(np.where(np.isfinite(both), both, -np.inf).argmax())


def _robust_row(table: pa.Table, grid: GridMap, rank_by: str, place: int, known: tuple[Array, Array]) -> TableRow:
    figure, around = known
    near = figure[grid.neighbours[place]]
    worst = sign_of(rank_by) * float((sign_of(rank_by) * near).min()) if len(near) else None
    cells = (
        job_cell(rank_by, float(figure[place])),
        job_cell(rank_by, float(around[place])),
        job_cell(rank_by, worst),
        Cell(str(len(near))),
    )
    return TableRow(Head(str(table["name"][place])), cells)


def needed_table(found: Sequence[Needed]) -> Table | None:
    """The table of settings at which a hedge loses less in joint sell-offs by given shares; None without any."""
    if not found:
        return None
    rows = []
    for one in found:
        word = "at least" if one.more else "at most"
        cells = [
            Cell(MISSING, "none", values=(None,)) if at is None else Cell(f"{word} {at:.3g}", values=(at,))
            for at in one.at
        ]
        most = Cell(f"{percent(one.most, 1, signed=True)} at {one.most_at:g}", values=(one.most, one.most_at))
        rows.append(TableRow(Head(one.setting, one.others and f"with {one.others}"), (*cells, most)))
    heads = tuple(Head(f"{percent(share, 0)} less loss") for share in LESS)
    return Table(
        "needed-table",
        "What each setting must be for so much less mean loss in joint sell-offs than the reference has",
        "Setting",
        (*heads, Head("The most that the grid saves", values=("most", "at"))),
        tuple(rows),
        note="Each setting alone: others that can be 0 are 0, the rest as the best job has them; between two values of "
        "the grid in a straight line. n/a: no value of the grid gets there.",
    )


def walk_table(contested: Contested | None) -> Table | None:
    """The table of the walk forward: the jobs chosen on all the past and on three years of it; None without one."""
    walks = [
        ("On all the past", contested.anchored if contested else None),
        ("On the three years before", contested.rolling if contested else None),
    ]
    rows = []
    for title, walk in walks:
        if walk is None:
            continue
        rows.append(TableRow(Head(title), kind="group"))
        first = 0
        for place, one in enumerate(walk.choices):
            if place + 1 == len(walk.choices) or walk.choices[place + 1].job != one.job:
                rows.append(TableRow(Head(f"{walk.choices[first].start} to {one.end}"), (Cell(one.job, "words"),)))
                first = place + 1
    if not rows:
        return None
    caption = "What would have been chosen, every year, by what was known then"
    return Table("walk-table", caption, "Held", (Head("Recipe", tone="words"),), tuple(rows))


def study_table(settings: dict[str, str]) -> Table:
    """The table of the study's keys, a key a row."""
    rows = tuple(TableRow(Head(name), (Cell(value, "words"),)) for name, value in settings.items())
    return Table("study-table", "The study", "Key", (Head("Value", tone="words"),), rows)
