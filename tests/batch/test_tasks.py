"""Tasks of several jobs, and rows that are kept as they come."""

from collections.abc import Sequence

import pyarrow as pa
import pytest

from backtester.batch import tasks


@pytest.mark.parametrize(("pause", "parts"), [(0.0, [[1], [2], []]), (3600.0, [[1, 2]])])
def test_rows_are_kept_once_whatever_ends_the_block(
    pause: float, parts: list[list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows go to the disk as soon as the pause is over, each once, the rest at the end, after an error too."""
    monkeypatch.setattr(tasks, "PART_SECONDS", pause)
    added: list[list[int]] = []

    def add(rows: Sequence[pa.Table]) -> None:
        added.append([value for one in rows for value in one["n"].to_pylist()])

    def interrupted() -> None:
        with tasks.kept(add) as keep:
            keep(pa.table({"n": [1]}))
            keep(pa.table({"n": [2]}))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert added == parts
