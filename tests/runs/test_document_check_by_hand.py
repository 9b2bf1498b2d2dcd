"""What may stand in a document, its tables and its manifest, by hand."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from backtester.runs.document_check import (
    _first_fault,
    check_manifest,
    check_payoffs,
    checked_names,
    checked_table,
    checked_weights_table,
)

DAYS = pd.DatetimeIndex(["2024-01-02", "2024-01-03", "2024-01-04"])
WINDOW = {"start": "2024-01-02", "end": "2024-01-04", "sessions": 3}


@pytest.mark.parametrize(
    ("value", "odd"),
    [
        (1.5, None),
        (None, None),
        (True, None),
        (-9.99e14, None),
        (1e15, ("", "no number that a run could come to")),
        (-1e15, ("", "no number that a run could come to")),
        (float("nan"), ("", "no number that a run could come to")),
        ({"start": "2024-01-02"}, None),
        ({"start": None}, None),
        ({"start": "2024-1-2"}, (".start", "'2024-1-2', no date")),
        ({"start": 1.0}, (".start", "1.0, no text")),
        ({"name": "anything"}, None),
        ({"name": 1.0}, (".name", "1.0, no text")),
        ({"other": "text"}, (".other", "'text', no number")),
        ({"other": [1.0, {"deep": "x"}]}, (".other.1.deep", "'x', no number")),
        ({"strategies": {"start": 1.0, "name": 2.0}}, None),
        ({"assets": {"start": "x"}}, (".assets.start", "'x', no number")),
        ({"start": ["2024-01-02", 1.0]}, (".start.1", "1.0, no text")),
    ],
)
def test_numbers_and_words_stand_where_they_belong(value: Any, odd: "tuple[str, str] | None") -> None:
    """Numbers below a thousand million millions, dates and words under their keys; names from outside are no keys."""
    assert _first_fault(value) == odd


def series(*values: float, days: pd.DatetimeIndex = DAYS) -> pd.DataFrame:
    """A table of one column."""
    return pd.DataFrame({"a": values}, days)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (series(1.0, np.nan, 2.0), ""),
        (series(1.0, np.inf, 2.0), "beyond all numbers"),
        (series(1.0, 2.0, 3.0, days=DAYS[::-1]), "not in ascending order"),
        (series(1.0, 2.0, 3.0, days=DAYS[[0, 0, 2]]), "not in ascending order"),
        (series(days=DAYS[:0]), "not in ascending order"),
        (series(1.0, 2.0, days=DAYS[:2]), "does not cover the period"),
        (series(1.0, 2.0, 3.0).rename(columns={"a": "b"}), "no numbers in a column 'a'"),
        (series(1.0, 2.0, 3.0).assign(b=["x", "y", "z"]), "no numbers in a column 'b'"),
        (series(1, 2, 3), "no numbers in a column 'a'"),
    ],
)
def test_series_cover_the_window(table: pd.DataFrame, words: str) -> None:
    """Numbers or NaN at each date, once each, in ascending order."""
    if words:
        with pytest.raises(ValueError, match=words):
            checked_table(table, ["a"], WINDOW)
    else:
        assert checked_table(table, ["a"], WINDOW) is table


@pytest.mark.parametrize(
    ("columns", "rows", "dtype", "words"),
    [
        (["a", "b"], 3, float, ""),
        (["b", "a"], 3, float, "resamples and strategies"),
        (["a", "b"], 2, float, "resamples and strategies"),
        (["a", "b"], 3, int, "payoffs are no numbers"),
    ],
)
def test_payoffs_are_those_of_the_resamples(columns: list[str], rows: int, dtype: type, words: str) -> None:
    """A row a resample, a column a strategy."""
    payoffs = pd.DataFrame(np.zeros((rows, 2), dtype), columns=columns)
    if words:
        with pytest.raises(ValueError, match=words):
            check_payoffs(payoffs, ["a", "b"], {"resampling": {"resamples": 3}})
    else:
        assert check_payoffs(payoffs, ["a", "b"], {"resampling": {"resamples": 3}}) is payoffs


LONG = {"date": DAYS, "strategy": ["a", "b", "a"], "asset": "stocks", "weight": 0.5}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, ""),
        ({"date": "2024-01-02"}, "dates or weights are none"),
        ({"weight": 1}, "dates or weights are none"),
        ({"strategy": "a"}, "not those of result.json: 'b'"),
        ({"strategy": ["a", "b", "c"]}, "not those of result.json: 'c'"),
        ({"more": 1.0}, "columns are not date, strategy, asset and weight"),
    ],
)
def test_weights_come_by_date_strategy_and_asset(change: dict[str, Any], words: str) -> None:
    """Of all strategies of the document and of no other."""
    weights = pd.DataFrame(LONG | change)
    if words:
        with pytest.raises(ValueError, match=words):
            checked_weights_table(weights, ["a", "b"])
    else:
        assert checked_weights_table(weights, ["a", "b"]) is weights


SOUND: dict[str, Any] = {"command": "run", "data": {}, "sources": {"a": {}}, "settings": {}, "versions": {}}
SOUND |= {"plugins": {"b": {"file": "b.py", "sha256": "hash"}}, "files": {"x": "hash"}}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, ""),
        ({"runs": [{"run": 1, "edited": 2}]}, ""),
        ({"command": 1}, "what was run"),
        ({"data": 1}, "what was run"),
        ({"versions": 1}, "what was run"),
        ({"sources": {"a": 1}}, "what was run"),
        ({"plugins": {"b": 1}}, "what was run"),
        ({"settings": []}, "what was run"),
        ({"plugins": {"b": {"file": "b.py"}}}, "no file and hash"),
        ({"files": {}}, "no hashes"),
        ({"files": 1}, "no hashes"),
        ({"runs": {}}, "which runs"),
        ({"runs": [1]}, "which runs"),
        ({"runs": [{"run": 1}]}, "which runs"),
    ],
)
def test_a_manifest_says_what_was_run(change: dict[str, Any], words: str) -> None:
    """Its command, with tables of data, sources, plugins and versions, and a hash of each file."""
    manifest = SOUND | change
    if words:
        with pytest.raises(ValueError, match=words):
            check_manifest(manifest, ["x"])
    else:
        assert check_manifest(manifest, ["x"]) is manifest


@pytest.mark.parametrize("strategies", [None, {}, [1], [{"name": 1}], [{"name": ""}], [{}]])
def test_strategies_have_names(strategies: Any) -> None:
    """Texts that are not empty, in a list of objects."""
    with pytest.raises(ValueError, match=r"no list of objects|has no name"):
        checked_names({"strategies": strategies})
    assert checked_names({"strategies": [{"name": "a"}]}) == ["a"]
