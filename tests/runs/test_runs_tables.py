"""Tables in a run's folder, by hand."""

import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from backtester.runs.result import Result
from backtester.runs.tables import dated_arrow, long_weights, read_dated, read_parquet_table, weights_arrow, write_table


def test_weights_of_what_was_ever_held() -> None:
    """A row an asset and session, strategy after strategy; of one that held nothing the first asset's."""
    sessions = pd.bdate_range("2024-01-01", periods=2)
    held = {
        "a": {"stocks": [0.0, 1.0], "bonds": [0.0, 0.0], "gold": [-0.1, 0.0]}, "b": {"stocks": [1.0, 1.0]},
        "c": {"bonds": [0.0, 0.0], "gold": [0.0, 0.0]},
    }  # fmt: skip
    made = [
        SimpleNamespace(
            name=name,
            evaluation=SimpleNamespace(accounts=SimpleNamespace(weights=pd.DataFrame(weights, sessions))),
        )
        for name, weights in held.items()
    ]
    whole = SimpleNamespace(assets=["stocks", "bonds", "gold"])
    found = long_weights(
        cast(Result, SimpleNamespace(period=SimpleNamespace(sessions=sessions), strategies=made, full_market=whole))
    )
    assert found.drop(columns="date").to_numpy().tolist() == [
        ["a", "stocks", 0.0], ["a", "stocks", 1.0], ["a", "gold", -0.1], ["a", "gold", 0.0],
        ["b", "stocks", 1.0], ["b", "stocks", 1.0], ["c", "bonds", 0.0], ["c", "bonds", 0.0],
    ]  # fmt: skip
    assert found["date"].tolist() == [*sessions] * 4


def test_weights_are_written_with_each_name_once(tmp_path: Path) -> None:
    """Names of strategies and assets are places in a list of them, dates are days; read back, all is as it was."""
    days = pd.DatetimeIndex(["2024-01-01", "2024-01-02"])
    weights = pd.DataFrame({"date": days, "strategy": ["a", "a"], "asset": ["x", "y"], "weight": [0.25, 0.75]})
    table = weights_arrow(weights)
    assert table["date"].type == pa.date32()
    assert [pa.types.is_dictionary(table[name].type) for name in ("strategy", "asset", "weight")] == [True, True, False]
    path = write_table(tmp_path / "w.parquet", table)
    assert (path, pq.read_metadata(path).num_rows) == (tmp_path / "w.parquet", 2)
    back = read_parquet_table(path)
    assert back["date"].tolist() == list(days)
    assert back.drop(columns="date").to_numpy().tolist() == [["a", "x", 0.25], ["a", "y", 0.75]]


def test_figures_by_date(tmp_path: Path) -> None:
    """Dates are days in the file and the index of what is read."""
    days = pd.DatetimeIndex(["2024-01-01", "2024-01-02"])
    table = dated_arrow(pd.DataFrame({"date": days, "nav": [1.0, 1.5]}))
    assert table.column_names == ["date", "nav"]
    assert table["date"].to_pylist() == [datetime.date(2024, 1, 1), datetime.date(2024, 1, 2)]
    back = read_dated(write_table(tmp_path / "n.parquet", table))
    assert (list(back.index), back["nav"].tolist()) == (list(days), [1.0, 1.5])
