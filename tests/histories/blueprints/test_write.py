"""How a history's parquet file is written, by hand."""

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from backtester.histories.blueprints.write import to_arrow, write_parquet


@pytest.mark.parametrize(
    ("values", "split"),
    [
        ([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10], True),
        ([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 9], False),
        ([1.0, 2, 3, 4, 5, 6, 7, 8, None, None], True),
        ([1.0, 2, 3, 4, 5, 6, 7, 7, None, 7], False),
        ([1.0, None, None, None, None, None, None, None, None, None], True),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], False),
    ],
)
def test_levels_that_hardly_repeat_are_split(values: list[float], split: bool, tmp_path: Path) -> None:
    """Numbers of which more than nine in ten of those that there are differ; none that is whole."""
    dates = [datetime.date(2024, 1, day) for day in range(1, 11)]
    write_parquet(pa.table({"date": dates, "a": pa.array(values)}), tmp_path / "a.parquet")
    group = pq.ParquetFile(tmp_path / "a.parquet").metadata.row_group(0)
    assert "DELTA_BINARY_PACKED" in group.column(0).encodings
    assert ("BYTE_STREAM_SPLIT" in group.column(1).encodings) is split
    assert ("RLE_DICTIONARY" in group.column(1).encodings) is not split
    assert {group.column(place).compression for place in (0, 1)} == {"ZSTD"}


def test_groups_of_rows(tmp_path: Path) -> None:
    """Of 6,300 rows each, some 25 years."""
    write_parquet(pa.table({"date": np.arange(6301), "a": np.zeros(6301)}), tmp_path / "a.parquet")
    metadata = pq.ParquetFile(tmp_path / "a.parquet").metadata
    assert [metadata.row_group(place).num_rows for place in range(metadata.num_row_groups)] == [6300, 1]


def test_the_file_says_what_it_is() -> None:
    """Dates are days, what is missing is null, and the metadata has the keys in their order, in any script."""
    days = pd.DatetimeIndex(["2024-01-02", "2024-01-03"])
    keys = {"unit": "\N{EURO SIGN}", "kind": "price", "file": "x.parquet", "absent": [[datetime.date(2024, 1, 3)]]}
    made = to_arrow(pd.DataFrame({"b": [1.0, np.nan]}, days), "mine", "Mine", {"b": keys, "a": {"kind": "level"}})
    assert made.to_pydict() == {"date": [datetime.date(2024, 1, 2), datetime.date(2024, 1, 3)], "b": [1.0, None]}
    assert {key.decode(): value.decode() for key, value in made.schema.metadata.items()} == {
        "history": "mine",
        "title": "Mine",
        "roles": '{"a": {"kind": "level"}, "b": {"absent": [["2024-01-03"]], '
        '"kind": "price", "unit": "\N{EURO SIGN}"}}',
    }
