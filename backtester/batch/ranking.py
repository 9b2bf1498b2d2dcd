"""The ranking of a study's jobs, recipes with their settings, by a column of their figures."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from backtester.batch.grid import SWEEPABLE_SETTINGS, GridValue
from backtester.batch.rows import JobRow

SMALLER_IS_BETTER = {
    "volatility",
    "max_drawdown_days",
    "days_under_water",
    "ulcer_index",
    "turnover_annual",
    "financing_annual",
    "costs_annual",
    "fees_annual",
    "mean_loss_strategy",
    "beyond_reference_worse",
    "beyond_mix_worse",
    "beyond_mix_placebo_as_good",
}


def figure_sign(column: str) -> int:
    """1 if higher figures in the column are better, -1 if lower ones are."""
    return -1 if column in SMALLER_IS_BETTER else 1


def ranked_rows(table: pa.Table, column: str) -> list[int]:
    """The indices of the rows with a figure in the column, the best first, ties in the order of the table."""
    order = "ascending" if column in SMALLER_IS_BETTER else "descending"
    rows = pa.table({"figure": table[column], "row": pa.array(range(len(table)), pa.int64())})
    rows = rows.filter(pc.is_valid(rows["figure"])).sort_by([("figure", order), ("row", "ascending")])
    return list(rows["row"].to_pylist())


def best_rows(table: pa.Table, column: str, top: int) -> list[JobRow]:
    """The `top` best rows by the column, without their monthly returns."""
    rows = pa.array(ranked_rows(table, column)[:top], pa.int64())
    return list(table.drop_columns(["months"]).take(rows).to_pylist())


def job_title(name: str, point: Mapping[str, GridValue]) -> str:
    """A job's name with the settings of the run that its grid varies: jobs of one recipe differ in these alone."""
    return ", ".join(
        [name, *(f"{setting}={value}" for setting, value in point.items() if setting in SWEEPABLE_SETTINGS)]
    )


def row_title(row: JobRow) -> str:
    """The `job_title` of a row of results."""
    settings = {name.removeprefix("setting_"): value for name, value in row.items() if name.startswith("setting_")}
    return job_title(str(row["name"]), {name: value for name, value in settings.items() if value is not None})
