"""The folder of a study: rows of jobs that live as long as it does, and `results.parquet`, the view asked for now.

Rows lie in parts, `rows/part-HASH.parquet`, written beside their name and renamed. The hash is of the file's bytes, so
that a damaged part is noticed: it is removed, and its jobs are carried out again. `study.json` names the study whose
folder it is. What jobs return in scenarios lies likewise in `stress/`. One process at a time holds the folder; its lock
goes when the process ends, however it ends.
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
from backtester.batch.written import table_hash, write_once
from backtester.errors import OutputError
from backtester.files import TEMPORARY, empty_removed, make_folder, read_limited, sha256, write_bytes, write_text
from backtester.locks import lock_tried
from backtester.runs.folder import LARGEST_JSON
from backtester.runs.tables import write_table

RESULTS = "results.parquet"
STUDY = "study.json"
MANY_PARTS = 16  # are gathered
ROWS_FOLDER = "rows"
PART = re.compile(r"part-([0-9a-f]{16})\.parquet")


@dataclass(frozen=True)
class Store:
    """The folder of a study, held by this process, with the rows that it had; `damaged` are the parts that were not
    what they had been, and are gone, `parts` those that were read or written since."""

    folder: Path
    rows: pa.Table
    damaged: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    def places(self, jobs: Sequence[Job]) -> dict[str, int]:
        """The places of the rows, by key, of jobs that were carried out before."""
        there = dict(zip(self.rows["key"].to_pylist(), range(len(self.rows)), strict=True))
        return {job.key: there[job.key] for job in jobs if job.key in there}

    def add(self, rows: Sequence[pa.Table]) -> None:
        """Keep those of the rows that did not fail, whatever happens next; the others are tried again."""
        self.parts.extend(write_part(self.folder / ROWS_FOLDER, pa.concat_tables([ROWS_SCHEMA.empty_table(), *rows])))

    def gather(self, made: Sequence[pa.Table]) -> None:
        """Put many parts into one, which is read in a tenth of the time; `made` are the rows added since. Killed in
        between, the folder has rows twice until it is read."""
        if len(self.parts) < MANY_PARTS:
            return
        whole = write_part(self.folder / ROWS_FOLDER, pa.concat_tables([self.rows, *made]))
        for name in set(self.parts) - set(whole):
            (self.folder / ROWS_FOLDER / name).unlink(missing_ok=True)
        self.parts[:] = whole

    def view(
        self,
        jobs: Sequence[Job],
        made: Sequence[pa.Table],
        totals: Mapping[str, Mapping[str, float | None]] | None = None,
    ) -> pa.Table:
        """The rows of the jobs that are done, in the study's order, with the values of its grid, as `results.parquet`
        has them; `made` are rows of now, before which those of the folder stand back, and `totals` what jobs return in
        scenarios, by column and key."""
        known = pa.concat_tables([self.rows, *made])
        there = dict(zip(known["key"].to_pylist(), range(len(known)), strict=True))
        done = [job for job in jobs if job.key in there]
        table = known.take(pa.array([there[job.key] for job in done], pa.int64()))
        table = table.set_column(1, ROWS_SCHEMA.field("name"), pa.array([job.name for job in done], pa.string()))
        for place, name in enumerate(dict.fromkeys(name for job in jobs for name in job.point)):
            values = [job.point.get(name) for job in done]
            table = table.add_column(3 + place, f"setting_{name}", pa.array(_one_type(values)))
        for column, own in (totals or {}).items():
            values = pa.array([own.get(job.key) for job in done], pa.float64(), from_pandas=True)
            table = table.add_column(table.schema.get_field_index("months"), column, values)
        write_once(self.folder / RESULTS, table_hash(table), lambda path: write_table(path, table))
        return table


@contextlib.contextmanager
def open_store(folder: Path, study: str) -> Iterator[Store]:
    """The folder of that study, made if need be; raise OutputError if it is another's, or another process holds it."""
    with empty_removed(folder / ROWS_FOLDER), lock_tried(_rows_folder(folder)) as free:
        if not free:
            raise OutputError(
                f"another process is carrying out a study in {folder}; wait for it, or name another folder with --out"
            )
        _claim(folder, study)
        yield Store(folder, *read_parts(folder / ROWS_FOLDER, ROWS_SCHEMA))


def _rows_folder(folder: Path) -> Path:
    rows = make_folder(folder) / ROWS_FOLDER
    try:
        rows.mkdir(exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot write into {rows}: {error.strerror}; name another folder with --out") from error
    return rows


def _claim(folder: Path, study: str) -> None:
    """Write down whose folder it is; raise OutputError if it is another's."""
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
    """Keep those of the rows that did not fail as a part of a folder: its name, none where there are none."""
    table = table.filter(pc.is_null(table["error"]))
    if not len(table):
        return []
    content = _bytes(table)
    folder.mkdir(exist_ok=True)
    return [write_bytes(folder / f"part-{sha256(content)[:16]}.parquet", content).name]


def read_parts(folder: Path, schema: pa.Schema) -> tuple[pa.Table, list[str], list[str]]:
    """The rows of all parts whose columns are today's, each key once, and the names of the parts that were damaged, and
    of those that were read."""
    tables, damaged, read, known = [schema.empty_table()], list[str](), list[str](), set[str]()
    there = list(folder.iterdir()) if folder.is_dir() else []
    for path in sorted(there, key=lambda path: (-path.stat().st_size, path.name)):  # the largest has what others have
        if TEMPORARY.fullmatch(path.name):  # a process that was killed left it: nobody else holds the folder
            path.unlink()
        match = PART.fullmatch(path.name)
        if match is None:
            continue
        content = path.read_bytes()
        if sha256(content)[:16] != match[1]:
            damaged.append(path.name)
            path.unlink()
            continue
        table = pq.ParquetFile(pa.BufferReader(content)).read(use_threads=False)  # half of what pq.read_table takes
        if table.schema.equals(schema):  # else a version of this program with other columns wrote it
            if known.issuperset(keys := table["key"].to_pylist()):  # a process was killed while it gathered parts
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
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    return bytes(sink.getvalue().to_pybytes())


def _one_type(values: Sequence[GridValue | None]) -> list[GridValue | None]:
    """The values as they are when they share a type, numbers as floats, anything mixed as text."""
    kinds = {type(value) for value in values if value is not None}
    if len(kinds) <= 1:
        return list(values)
    if kinds <= {int, float}:
        return [None if value is None else float(str(value)) for value in values]
    return [None if value is None else str(value) for value in values]
