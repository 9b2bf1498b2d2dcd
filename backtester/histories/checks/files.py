"""The checks of csv files. A file that cannot be read is a finding, and the others are still checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from backtester.errors import DataError
from backtester.files import read_limited
from backtester.histories.checks.adjusted import check_ratio
from backtester.histories.checks.bars import OHLC, check_bars, check_last_row
from backtester.histories.checks.copies import check_copies
from backtester.histories.checks.fills import check_fills
from backtester.histories.checks.finding import Finding
from backtester.histories.checks.series import check_series
from backtester.histories.checks.subject import CheckedSeries
from backtester.histories.providers.parse import find_column, parse_table
from backtester.histories.providers.rows import INFERRED_DIALECT, MAX_CSV_BYTES, Dialect

NOT_SERIES = ("volume", "open", "high", "low")  # columns that are not checked as series if there is a close


@dataclass(frozen=True)
class CheckReport:
    """The series that were checked, the findings, and the files that were not read."""

    subjects: tuple[CheckedSeries, ...]
    findings: tuple[Finding, ...]
    skipped: tuple[Path, ...] = ()


def find_files(paths: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """The files to be checked, and those that are skipped: of a folder, all that are not named `*.csv`.

    Raise DataError if a path does not exist, or a folder has no csv file.
    """
    files: list[Path] = []
    skipped: list[Path] = []
    for path in paths:
        if not path.exists():
            raise DataError(f"no file or folder {path}; give a csv file, a folder of them, or a history")
        if not path.is_dir():
            files.append(path)
            continue
        inside = sorted(file for file in path.rglob("*") if file.is_file())
        csv_files = [file for file in inside if file.suffix.lower() == ".csv"]
        if not csv_files:
            raise DataError(f"no csv file in {path}; a history in parquet is checked by name, with --data")
        files += csv_files
        skipped += [file for file in inside if file not in csv_files]
    return list(dict.fromkeys(files)), skipped


def check_files(
    paths: Sequence[Path], *, column: str | None = None, kind: str | None = None, dialect: Dialect = INFERRED_DIALECT
) -> CheckReport:
    """The report on csv files and folders of them; series of one folder are compared with each other.

    `column` names the only column that is checked, `kind` the kind of all series, such as `price`, if it is known.
    Raise DataError if a path or the column does not exist.
    """
    files, skipped = find_files(paths)
    subjects: list[CheckedSeries] = []
    findings: list[Finding] = []
    for path in files:
        is_unique = sum(other.stem == path.stem for other in files) == 1
        name = path.stem if is_unique else str(path)
        try:
            table, notes = _read(path, dialect)
        except DataError as error:
            findings.append(Finding("refused", "file", name, str(error)))
            continue
        if column is not None:
            find_column(table, column, str(path))
        findings += [Finding("note", "file", name, text) for text in notes]
        in_file = _subjects(name, table, column=column, kind=kind, group=str(path.parent))
        findings += [*_check_columns(name, in_file), *_check_table(name, table)]
        subjects += [subject for subject in in_file if len(subject.values)]
    for subject in subjects:
        findings += check_series(subject)
    return CheckReport(tuple(subjects), (*findings, *check_fills(subjects), *check_copies(subjects)), tuple(skipped))


def _check_columns(name: str, subjects: Sequence[CheckedSeries]) -> list[Finding]:
    """A refusal of a file that has only dates, or a warning for each column that is empty."""
    if not subjects:
        return [Finding("refused", "file", name, "no column of figures beside the dates; give at least one")]
    empty = [subject for subject in subjects if not len(subject.values)]
    return [Finding("warning", "file", subject.name, "a column without any value") for subject in empty]


def _read(path: Path, dialect: Dialect) -> tuple[pd.DataFrame, list[str]]:
    """The file's table, and a note for each choice that was inferred from it. Raise DataError if it is refused."""
    notes: list[str] = []
    try:
        return parse_table(read_limited(path, MAX_CSV_BYTES), path.name, dialect, note=notes.append), notes
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}; give a file that can be read") from error


def _check_table(name: str, table: pd.DataFrame) -> list[Finding]:
    """The findings of checks that compare several columns of one file."""
    table = table.rename(columns=str.lower)
    if table.columns.has_duplicates:
        return []
    findings = []
    if set(OHLC) <= set(table.columns):
        findings += [*check_bars(name, table), *check_last_row(name, table)]
    if {"close", "adj close"} <= set(table.columns):
        findings += check_ratio(name, table[["close", "adj close"]])
    return findings


def _subjects(name: str, table: pd.DataFrame, column: str | None, kind: str | None, group: str) -> list[CheckedSeries]:
    """The series of a file: the column asked for, or all; if one is `close`, without `NOT_SERIES` and an equal `adj
    close`.

    A series is named like its file, with the column appended if it is neither the only one nor `close`.
    """
    columns = {str(heading).lower(): str(heading) for heading in table.columns}
    if column is not None:
        chosen = [column if column in table else columns[column.lower()]]
    else:
        chosen = [name for name in map(str, table.columns) if "close" not in columns or name.lower() not in NOT_SERIES]
        if {"close", "adj close"} <= set(columns) and table[columns["close"]].equals(table[columns["adj close"]]):
            chosen.remove(columns["adj close"])
    subjects = []
    for heading in chosen:
        is_main = len(table.columns) == 1 or [heading] == [one for one in chosen if one.lower() == "close"]
        label = name if is_main else f"{name}:{heading}"
        subjects.append(CheckedSeries(label, table[heading].dropna(), kind, group=group))
    return subjects
