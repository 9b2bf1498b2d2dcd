"""The order of a study's jobs: which are better by a column of their figures."""

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
    """1 where more of a figure is better, -1 where less is."""
    return -1 if column in SMALLER_IS_BETTER else 1


def ranked_rows(table: pa.Table, column: str) -> list[int]:
    """The rows that have the figure, the best first, ties in the study's order."""
    order = "ascending" if column in SMALLER_IS_BETTER else "descending"
    known = pa.table({"figure": table[column], "place": pa.array(range(len(table)), pa.int64())})
    known = known.filter(pc.is_valid(known["figure"])).sort_by([("figure", order), ("place", "ascending")])
    return list(known["place"].to_pylist())


def best_rows(table: pa.Table, column: str, top: int) -> list[JobRow]:
    """The best rows that did not fail, without their months."""
    places = pa.array(ranked_rows(table, column)[:top], pa.int64())
    return list(table.drop_columns(["months"]).take(places).to_pylist())


def job_title(name: str, point: Mapping[str, GridValue]) -> str:
    """A job's name with what its grid varies of the run, without which jobs of one recipe are called alike."""
    return ", ".join(
        [name, *(f"{setting}={value}" for setting, value in point.items() if setting in SWEEPABLE_SETTINGS)]
    )


def row_title(row: JobRow) -> str:
    """The same of a row of results."""
    settings = {name.removeprefix("setting_"): value for name, value in row.items() if name.startswith("setting_")}
    return job_title(str(row["name"]), {name: value for name, value in settings.items() if value is not None})
