"""The rows of a batch on disk: parts while it runs, one `results.parquet` when it is done, each renamed into place."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from backtester.batch.jobs import Job, Row
from backtester.batch.study import FIGURES, Value
from backtester.errors import DataError
from backtester.files import sha256
from backtester.runs.folder import write_table

RESULTS = "results.parquet"
SCHEMA = pa.schema(
    [
        ("key", pa.string()),
        ("name", pa.string()),
        ("recipe", pa.string()),
        ("error", pa.string()),
        ("start", pa.date32()),
        ("end", pa.date32()),
        *((name, pa.float64()) for name in FIGURES),
    ]
)


@dataclass(frozen=True)
class Store:
    """The folder of a batch."""

    folder: Path

    def done(self) -> dict[str, Row]:
        """The rows of finished jobs by key; those that failed are left out, so that they are tried again."""
        files = [*self.folder.glob(RESULTS), *sorted(self.folder.glob("part-*.parquet"))]
        rows = [row for path in files for row in self._read(path)]
        return {row["key"]: row for row in rows if row["error"] is None}

    def add(self, rows: list[Row]) -> None:
        """Keep these rows, whatever happens next."""
        if rows:
            name = sha256("".join(row["key"] for row in rows).encode())[:16]
            write_table(self.folder / f"part-{name}.parquet", pa.Table.from_pylist(rows, SCHEMA))

    def finish(self, jobs: list[Job], rows: dict[str, Row]) -> Path:
        """`results.parquet`: a row a job in the study's order, with the values of its grid; the parts are removed."""
        table = pa.Table.from_pylist([rows[job.key] for job in jobs], SCHEMA)
        for place, name in enumerate(dict.fromkeys(name for job in jobs for name in job.point)):
            values = [job.point.get(name) for job in jobs]
            table = table.add_column(3 + place, f"setting_{name}", pa.array(_one_type(values)))
        path = write_table(self.folder / RESULTS, table)
        for part in self.folder.glob("part-*.parquet"):
            part.unlink()
        return path

    def _read(self, path: Path) -> list[Row]:
        try:
            table = pq.read_table(path)
            return list(table.select(SCHEMA.names).cast(SCHEMA).to_pylist())
        except (pa.ArrowException, OSError, KeyError, ValueError) as error:
            why = str(error).partition("\n")[0]
            raise DataError(f"{path} is not a file of this batch: {why}; remove it or name another --out") from error


def _one_type(values: Sequence[Value | None]) -> list[Value | None]:
    """The values as they are when they share a type, numbers as floats, anything mixed as text."""
    kinds = {type(value) for value in values if value is not None}
    if len(kinds) <= 1:
        return list(values)
    if kinds <= {int, float}:
        return [None if value is None else float(str(value)) for value in values]
    return [None if value is None else str(value) for value in values]
