"""How a study's columns are shown, and what the page's script reads of them."""

import base64
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from backtester.batch.page.columns import NEIGHBOURS_MEAN, ColumnFormat, column_format, packed_study
from backtester.batch.page.grid_map import make_grid_map
from backtester.batch.rows import ROW_FIGURES
from studies import made_rows


def test_how_a_value_is_written() -> None:
    """As percent or as a number, with its decimals and sign; what is undefined is n/a."""
    part, whole = ColumnFormat("a", "", "percent", 2, True), ColumnFormat("b", "", "count", 0, False)
    assert [part.text(value) for value in (0.1234, None, float("nan"))] == ["+12.34%", "n/a", "n/a"]
    assert whole.text(1234.0) == "1,234"


@pytest.mark.parametrize(
    ("column", "found"),
    [
        ("stress_march_2020", ("Scenario march 2020", "% of value", "percent", 2, True)),
        ("beyond_mix_placebo_shifts", ("Shifts in time, all that there are", "", "count", 0, False)),
        ("mix_stocks", ("Stocks, its mix", "% of value", "percent", 0, False)),
        ("cagr", ("Growth (CAGR)", "% a year", "percent", 2, False)),
        ("joint_sell_offs", ("Joint sell-offs", "", "count", 0, False)),
        ("sharpe", ("Sharpe ratio", "a year, over bills", "number", 2, False)),
    ],
)
def test_what_a_column_is_called(column: str, found: tuple[Any, ...]) -> None:
    """By the table of figures; scenarios and the shares of the mix are none of it."""
    own = column_format(column)
    assert (own.label, own.unit, own.kind, own.decimals, own.signed) == found


def numbers(text: str, kind: str) -> list[float]:
    """What a script reads of a packed text."""
    return np.frombuffer(base64.b64decode(text), kind).tolist()


def test_what_the_script_reads() -> None:
    """Names, keys of eight signs, settings and figures; one that all jobs share stands once, the mean of neighbours
    beside what is ranked."""
    rank = "beyond_mix_payoff_mean"
    rows = made_rows({(0.0, 21): 0.1, (0.1, 21): 0.3, (0.2, 21): 0.2})
    for name, values in (("sharpe", [None] * 3), ("calmar", [0.5] * 3), ("cagr", [0.5, None, 0.5])):
        rows = rows.set_column(rows.schema.get_field_index(name), name, pa.array(values, pa.float64()))
    grid = make_grid_map(rows)
    made = packed_study(rows, grid, rank, {"texts": ["x"], "places": [0, 0, 0]})
    assert (made["names"], made["rankBy"]) == (rows["name"].to_pylist(), rank)
    assert made["keys"] == "".join(key[:8] for key in rows["key"].to_pylist())
    assert [(one["name"], one["ofRun"]) for one in made["settings"]] == [(name, False) for name in grid.names]
    assert numbers(made["command"], "<u2") == [0, 0, 0]
    ranked, around, *_ = made["figures"]
    assert numbers(ranked["values"], "<f4") == pytest.approx([0.1, 0.3, 0.2])
    assert (ranked["name"], ranked["sign"], around["label"]) == (rank, 1, f"{ranked['label']}: its neighbours' mean")
    assert numbers(around["values"], "<f4") == pytest.approx([0.3, 0.15, 0.3])
    by_name = {one["name"]: numbers(one["values"], "<f4") for one in made["figures"]}
    assert (np.isnan(by_name["sharpe"]).tolist(), len(by_name["cagr"])) == ([True], 3)
    assert by_name["calmar"] == [0.5]
    lone = packed_study(rows.slice(0, 1), make_grid_map(rows.slice(0, 1)), rank, {"texts": ["x"], "places": [0]})
    assert [one["name"] for one in lone["figures"]][:2] == [rank, "final_nav"], "without settings nobody has neighbours"
    assert numbers(lone["figures"][0]["values"], "<f4") == pytest.approx([0.1])
    calm = packed_study(rows, grid, "volatility", {"texts": ["x"], "places": [0, 0, 0]})["figures"]
    assert {one["name"]: one["sign"] for one in calm if one["name"] in ("volatility", NEIGHBOURS_MEAN, "cagr")} == {
        "volatility": -1, NEIGHBOURS_MEAN: -1, "cagr": 1,
    }  # fmt: skip
    alone = rows.slice(0, 0)
    assert packed_study(alone, make_grid_map(alone), rank, {"texts": [], "places": []})["figures"]


def test_no_column_is_called_by_its_raw_name() -> None:
    """Every figure of a job has words; only what a mix holds is a share of value without an entry of its own."""
    raw = [column for column in ROW_FIGURES if "_" in column_format(column).label]
    assert raw == []
    shares = [column for column in ROW_FIGURES if column_format(column).label.endswith(", its mix")]
    assert shares == ["mix_stocks", "mix_bonds"]
