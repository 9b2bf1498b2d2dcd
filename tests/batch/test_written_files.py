"""Files of a study's folder that are made again only where they would be others."""

from pathlib import Path

import pyarrow as pa

from backtester.batch.written_files import WRITTEN_FILE, table_hash, write_if_changed


def test_a_file_is_written_once(tmp_path: Path) -> None:
    """It is made again when it is made of something else, was changed, or is gone, or nobody knows what made it."""
    path, made = tmp_path / "page.html", list[str]()

    def ask(made_of: str) -> int:
        def write(place: Path) -> None:
            made.append(made_of)
            place.write_text(made_of)

        write_if_changed(path, made_of, write)
        assert path.read_text() == made_of
        return len(made)

    assert [ask("a"), ask("a"), ask("b"), ask("b")] == [1, 1, 2, 2]
    path.write_text("c")
    assert [ask("b"), ask("b")] == [3, 3]
    path.unlink()
    assert ask("b") == 4
    (tmp_path / WRITTEN_FILE).write_text("[1")
    assert [ask("b"), ask("b")] == [5, 5]
    (tmp_path / WRITTEN_FILE).write_text("[1]")
    assert ask("b") == 6


def test_a_tables_hash_is_of_its_values() -> None:
    """Chunks make no difference; a value, a name or an order of columns does."""
    one = pa.table({"a": [1.0, 2.0], "b": ["x", None]})
    same = pa.concat_tables([one.slice(0, 1), one.slice(1)])
    others = [pa.table({"a": [1.0, 2.5], "b": ["x", None]}), one.rename_columns(["a", "c"]), one.select(["b", "a"])]
    assert table_hash(one) == table_hash(same)
    assert table_hash(one) not in {table_hash(other) for other in others}
