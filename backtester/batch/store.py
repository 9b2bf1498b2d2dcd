"""The folder of a study: the rows of all jobs that were ever run in it, and `results.parquet` with the jobs asked for.

A job is a recipe with its settings; its key is the hash of all that its result depends on.

Rows are in parts, `rows/part-HASH.parquet`, each written under a temporary name and renamed. The hash is of the file's
bytes, so that a damaged part is noticed: it is removed, and its jobs are run again. `study.json` names the study that
the folder belongs to. Returns of jobs in scenarios are stored in the same way in `stress/`. One process at a time holds
the folder; its lock is released when the process ends, however it ends.
"""

import contextlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from backtester.batch.grid import GridValue
from backtester.batch.jobs import Job
from backtester.batch.rows import ROWS_SCHEMA
from backtester.batch.written_files import table_hash, write_if_changed
from backtester.errors import OutputError
from backtester.files import TEMPORARY, empty_removed, make_folder, read_limited, sha256, write_bytes, write_text
from backtester.locks import lock_tried
from backtester.runs.folder import LARGEST_JSON
from backtester.runs.tables import write_table

RESULTS = "results.parquet"
STUDY = "study.json"
MANY_PARTS = 16  # parts are merged into one when there are so many
ROWS_FOLDER = "rows"
PART = re.compile(r"part-([0-9a-f]{16})\.parquet")


@dataclass(frozen=True)
class Store:
    """The folder of a study, held by this process.

    `rows` are those that it had when it was opened. `damaged` names the parts that did not match their hashes and were
    removed, `parts` those that were read, or written since.
    """

    folder: Path
    rows: pa.Table
    damaged: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    def row_numbers(self, jobs: Sequence[Job]) -> dict[str, int]:
        """The index in `rows` of each job that has a row, by key."""
        numbers = dict(zip(self.rows["key"].to_pylist(), range(len(self.rows)), strict=True))
        return {job.key: numbers[job.key] for job in jobs if job.key in numbers}

    def add(self, rows: Sequence[pa.Table]) -> None:
        """Write the rows of jobs that did not fail as a part; jobs that failed are run again next time."""
        self.parts.extend(write_part(self.folder / ROWS_FOLDER, pa.concat_tables([ROWS_SCHEMA.empty_table(), *rows])))

    def merge_parts(self, new_rows: Sequence[pa.Table]) -> None:
        """Merge many parts into one, which is read in a tenth of the time; `new_rows` are those added since opening.

        If the process is killed before the old parts are removed, rows are there twice; `read_parts` drops one of each.
        """
        if len(self.parts) < MANY_PARTS:
            return
        merged = write_part(self.folder / ROWS_FOLDER, pa.concat_tables([self.rows, *new_rows]))
        for name in set(self.parts) - set(merged):
            (self.folder / ROWS_FOLDER / name).unlink(missing_ok=True)
        self.parts[:] = merged

    def write_results(
        self,
        jobs: Sequence[Job],
        new_rows: Sequence[pa.Table],
        totals: Mapping[str, Mapping[str, float | None]] | None = None,
    ) -> pa.Table:
        """The table of results, also written to `results.parquet`: the rows of the jobs that are done, in their order.

        `new_rows` are those added since opening; they win over old rows of the same job. Columns are added for the
        values of the grid, and for the returns in scenarios, `totals`, by column and job key.
        """
        rows = pa.concat_tables([self.rows, *new_rows])
        numbers = dict(zip(rows["key"].to_pylist(), range(len(rows)), strict=True))
        done = [job for job in jobs if job.key in numbers]
        table = rows.take(pa.array([numbers[job.key] for job in done], pa.int64()))
        table = table.set_column(1, ROWS_SCHEMA.field("name"), pa.array([job.name for job in done], pa.string()))
        for index, name in enumerate(dict.fromkeys(name for job in jobs for name in job.point)):
            values = [job.point.get(name) for job in done]
            table = table.add_column(3 + index, f"setting_{name}", pa.array(_one_type(values)))
        for column, of_jobs in (totals or {}).items():
            values = pa.array([of_jobs.get(job.key) for job in done], pa.float64(), from_pandas=True)
            table = table.add_column(table.schema.get_field_index("months"), column, values)
        write_if_changed(self.folder / RESULTS, table_hash(table), lambda path: write_table(path, table))
        return table


@contextlib.contextmanager
def open_store(folder: Path, study: str) -> Iterator[Store]:
    """The folder of the study of that name, created if it is missing, and held until the block ends.

    Raise OutputError if it belongs to another study or a run, or another process holds it.
    """
    with empty_removed(folder / ROWS_FOLDER), lock_tried(_rows_folder(folder)) as free:
        if not free:
            raise OutputError(
                f"another process is carrying out a study in {folder}; wait for it, or name another folder with --out"
            )
        _claim(folder, study)
        yield Store(folder, *read_parts(folder / ROWS_FOLDER, ROWS_SCHEMA))


def _rows_folder(folder: Path) -> Path:
    """The folder of the parts, created if it is missing; raise OutputError if it cannot be."""
    rows = make_folder(folder) / ROWS_FOLDER
    try:
        rows.mkdir(exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot write into {rows}: {error.strerror}; name another folder with --out") from error
    return rows


def _claim(folder: Path, study: str) -> None:
    """Write the study's name into a folder that has none; raise OutputError if the folder belongs to another."""
    path = folder / STUDY
    try:
        owner = json.loads(read_limited(path, LARGEST_JSON))["study"]
    except FileNotFoundError:
        if (folder / "result.json").exists():
            raise OutputError(f"{folder} is the folder of a run; name another with --out") from None
        write_text(path, json.dumps({"schema": 1, "study": study}) + "\n")
        return
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OutputError(f"{path} cannot be read; remove it, or name another folder with --out") from error
    if owner != study:
        raise OutputError(f"{folder} is the folder of study {owner!r}, not of {study!r}; name another with --out")


def write_part(folder: Path, table: pa.Table) -> list[str]:
    """Write the rows of jobs that did not fail as one part, and return its name in a list, empty without such rows."""
    table = table.filter(pc.is_null(table["error"]))
    if not len(table):
        return []
    content = _bytes(table)
    folder.mkdir(exist_ok=True)
    return [write_bytes(folder / f"part-{sha256(content)[:16]}.parquet", content).name]


def read_parts(folder: Path, schema: pa.Schema) -> tuple[pa.Table, list[str], list[str]]:
    """The rows of all parts in a folder, one for each key, the names of damaged parts, and of those that were read.

    Damaged parts, and what killed processes left behind, are removed. Parts with other columns than `schema`, which
    another version of this program wrote, are left alone.
    """
    tables, damaged, read, known = [schema.empty_table()], list[str](), list[str](), set[str]()
    paths = list(folder.iterdir()) if folder.is_dir() else []
    # the largest first: a merged part has the rows of the parts that it was merged from
    for path in sorted(paths, key=lambda path: (-path.stat().st_size, path.name)):
        if TEMPORARY.fullmatch(path.name):  # of a process that was killed, for this one alone holds the folder
            path.unlink()
        match = PART.fullmatch(path.name)
        if match is None:
            continue
        content = path.read_bytes()
        if sha256(content)[:16] != match[1]:
            damaged.append(path.name)
            path.unlink()
            continue
        table = pq.ParquetFile(pa.BufferReader(content)).read(use_threads=False)  # in half the time of pq.read_table
        if table.schema.equals(schema):
            if known.issuperset(keys := table["key"].to_pylist()):  # a process was killed while it merged parts
                path.unlink()
                continue
            known.update(keys)
            tables.append(table)
            read.append(path.name)
    rows = pa.concat_tables(tables)
    if len(known) < len(rows):
        _, first = np.unique(np.asarray(rows["key"].to_pylist(), str), return_index=True)
        rows = rows.take(pa.array(np.sort(first)))
    return rows, damaged, read


def _bytes(table: pa.Table) -> bytes:
    """The table as a parquet file."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    return bytes(sink.getvalue().to_pybytes())


def _one_type(values: Sequence[GridValue | None]) -> list[GridValue | None]:
    """The values of a column: as they are if all have one type, numbers as floats, any other mixture as text."""
    kinds = {type(value) for value in values if value is not None}
    if len(kinds) <= 1:
        return list(values)
    if kinds <= {int, float}:
        return [None if value is None else float(str(value)) for value in values]
    return [None if value is None else str(value) for value in values]
