"""A search that is kept in the study's folder, and when it is not believed."""

import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa
import pytest

from backtester.analysis.overfitting import Overfitting
from backtester.batch import stored_search
from backtester.batch.search import ContestInputs, Search
from backtester.batch.store import Store
from backtester.batch.stored_search import stored_or_new_search

TABLE = pa.table(
    {"key": ["k1", "k2"], "name": ["a", "b"], "error": pa.array([None, "no"], pa.string()), "cagr": [1, 2]}
)
SEARCH = Search(2, 0, 60, 1.5, "a", 0.8, 0.9, Overfitting(10, 0.4, 0.1))


def entrants(rank_by: str = "cagr") -> ContestInputs:
    """Jobs that are judged by a column, on three threads."""
    return ContestInputs((), rank_by, cast(Any, None), 3)


@pytest.mark.parametrize("found", [SEARCH, None])
def test_a_search_is_kept_for_the_same_rows(
    found: Search | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read as it was found, and found anew for other rows, for another column, or where it cannot be read."""
    asked: list[Any] = []
    monkeypatch.setattr(stored_search, "contest_of", lambda table, market, entrants: "the contest")
    monkeypatch.setattr(stored_search, "search_of", lambda *given, threads: asked.append((given[2], threads)) or found)
    store = cast(Store, SimpleNamespace(folder=tmp_path))

    def search(table: pa.Table, by: str = "cagr") -> Search | None:
        return stored_or_new_search(store, table, cast(Any, None), entrants(by))()

    def times(tables: Sequence[tuple[pa.Table, str]]) -> int:
        before = len(asked)
        assert [search(table, by) for table, by in tables] == [found] * len(tables)
        return len(asked) - before

    assert times([(TABLE, "cagr"), (TABLE, "cagr")]) == 1
    assert asked == [("the contest", 3)]
    kept = json.loads((tmp_path / "search.json").read_text())
    assert (kept["search"] is None) is (found is None)
    assert times([(TABLE.set_column(3, "cagr", [[3, 4]]), "cagr")]) == 0, "keys are hashes of all that figures hang on"
    assert times([(TABLE.slice(0, 1), "cagr"), (TABLE, "sharpe"), (TABLE, "cagr")]) == 3
    for text in ("", "[]", "{}", json.dumps({"key": kept["key"], "search": {"jobs": 2}})):
        (tmp_path / "search.json").write_text(text)
        assert times([(TABLE, "cagr")]) == 1
