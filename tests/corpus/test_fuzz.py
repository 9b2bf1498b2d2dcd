"""Whatever is in a csv or a manifest: it is read, or refused as data; and good figures come back as they were."""

import contextlib
import datetime
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import tomlkit
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from backtester.errors import DataError
from backtester.histories.manifest import as_history, read_folder
from backtester.histories.providers.parse import parse_table
from backtester.histories.providers.rows import Dialect
from bad_csv import BAD_CSV
from bad_manifests import BAD_MANIFESTS, SOUND
from folders import made_manifest

FORMS = {  # provider: banner, header, how a date is written, what a missing value is, footer
    "fred": ("", "observation_date,A,B", "%Y-%m-%d", "", ""),
    "fred, older": ("", "DATE,A,B", "%Y-%m-%d", ".", ""),
    "french": ("This file was created\nby 202604, MSCI.\n\n", ",A,B", "%Y%m%d", "NA", "\nCopyright 2026\n"),
    "cboe": ("", "DATE,A,B", "%m/%d/%Y", "N/A", ""),
    "yahoo": ("", "Date,A,B", "%Y-%m-%d", "null", ""),
}
BETWEEN = st.dates(datetime.date(1800, 1, 1), datetime.date(2199, 12, 31))
NUMBERS = st.one_of(st.none(), st.floats(-1e9, 1e9, allow_nan=False))
TABLES = st.dictionaries(BETWEEN, st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=12)
PIECES = st.sampled_from(
    [
        "2024-01-02",
        "20240103",
        "1/4/2024",
        "31.1.2024",
        "2-Feb-2024",
        " 00:00:00",
        "T00:00Z",
        ";",
        "0,",
        ",",
        ",,",
        "\n",
        "\r\n",
        '"',
        "'",
        ".",
        "NA",
        "inf",
        "1e5",
        "-0",
        "date,x",
        " ",
        "\t",
    ]
)
KEYS = st.sampled_from(
    [*tomllib.loads(SOUND)["mine"]["series"]["stocks"], "title", "series", "files", "until", "absent", "x"]
)
PLAIN = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.sampled_from(["price", "bond", "bills", "yield", "total_return", "rate", "stocks", "mine.parquet", "16:00"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.dates(datetime.date(1, 1, 1)),
)
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


@pytest.mark.parametrize("provider", FORMS)
@given(table=TABLES)
def test_good_figures_come_back(provider: str, table: dict[datetime.date, tuple[float | None, float | None]]) -> None:
    """In every provider's form, dates and figures come back to the last bit and missing ones as NaN."""
    banner, header, form, missing, footer = FORMS[provider]
    days = sorted(table)
    lines = [",".join([_written(day, form), *(missing if x is None else repr(x) for x in table[day])]) for day in days]
    dialect = Dialect(form if "/" in form else None)  # a few rows of slashes need not show which field is the day
    read = parse_table(f"{banner}{header}\n{chr(10).join(lines)}\n{footer}".encode(), provider, dialect)
    assert list(read.index.date) == days
    expected = np.array([[np.nan if x is None else x for x in table[day]] for day in days])
    np.testing.assert_array_equal(read[["A", "B"]].to_numpy(), expected)


def _written(day: datetime.date, form: str) -> str:
    return day.strftime(form)


@given(text=st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=30).map("".join)))
@settings(max_examples=500)
def test_any_text_is_read_or_refused(text: str) -> None:
    """Random text, and random pieces of what a csv is made of."""
    read_or_refuse(text.encode("utf-8", "surrogatepass"))


@given(content=st.binary(max_size=300))
@settings(max_examples=300)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """Random bytes."""
    read_or_refuse(content)


@pytest.mark.parametrize("case", BAD_CSV)
@given(data=st.data())
@settings(max_examples=10)
def test_any_damage_is_read_or_refused(case: str, data: st.DataObject) -> None:
    """Files of the corpus with bytes changed and cut off."""
    content = bytearray(BAD_CSV[case][0][:2000])
    for place in data.draw(st.lists(st.integers(0, max(0, len(content) - 1)), max_size=5)):
        if content:
            content[place] = data.draw(st.integers(0, 255))
    read_or_refuse(bytes(content[: data.draw(st.integers(0, len(content)))]))


def told(error: DataError, where: str) -> None:
    """Nothing, if the error is one line that begins with where it was."""
    assert str(error).startswith(where)
    assert len(str(error).splitlines()) == 1


def read_or_refuse(content: bytes) -> None:
    """Nothing, if what is read has ascending dates and no infinite figure, or there is a line that says why not."""
    try:
        table = parse_table(content, "fuzz.csv")
    except DataError as error:
        told(error, "fuzz.csv")
        return
    assert isinstance(table.index, pd.DatetimeIndex)
    assert table.index.is_monotonic_increasing
    assert table.index.is_unique
    assert not np.isinf(table.to_numpy(dtype=float)).any()


@given(table=VALUES)
@settings(max_examples=400)
@example(table={"series": {}, "files": {}, "title": ""})
def test_any_table_is_a_history_or_refused(table: Any) -> None:
    """Whatever TOML can hold where a history's table is due."""
    with contextlib.suppress(DataError):
        assert as_history("mine", table, Path("data")).table.title is not None


@given(
    keys=st.dictionaries(KEYS, PLAIN | st.lists(PLAIN, max_size=2), max_size=4),
    role=st.sampled_from(["stocks", "rate", "bills"]),
)
@settings(max_examples=300)
def test_any_series_is_a_history_or_refused(keys: dict[str, Any], role: str) -> None:
    """A sound history with any values for some keys of a series."""
    table = tomllib.loads(SOUND)["mine"]
    table["series"][role] |= keys
    with contextlib.suppress(DataError):
        assert as_history("mine", table, Path("data")).series[role].licence is not None


@given(data=st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_manifest_is_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    """Random text, and a sound or bad manifest with characters changed and cut off."""
    content = bytearray(
        data.draw(st.sampled_from([SOUND.encode(), *(bad[:3000] for bad, _ in BAD_MANIFESTS.values())]))
    )
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=4)):
        content[place] = data.draw(st.sampled_from(list(b'[]{}="\n.#\\0a\xff')))
    (tmp_path / "manifest.toml").write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        read_folder(tmp_path)
    except DataError as error:
        told(error, str(tmp_path / "manifest.toml"))


@given(table=st.dictionaries(KEYS, VALUES, max_size=4))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_toml_writes_is_read_or_refused(tmp_path: Path, table: dict[str, Any]) -> None:
    """Random tables through a file, as another program would write them."""
    made_manifest(tmp_path, histories={})
    (tmp_path / "manifest.toml").write_text(tomlkit.dumps({"mine": table}), encoding="utf-8")
    with contextlib.suppress(DataError):
        read_folder(tmp_path)
