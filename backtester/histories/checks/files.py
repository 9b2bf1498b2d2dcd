"""Checks of providers' csv files. A file that cannot be read is a finding, and the others are still checked."""

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

NOT_CHECKED = ("volume", "open", "high", "low")  # not as single series, if the table has a close


@dataclass(frozen=True)
class CheckReport:
    """The series that were checked, the findings, and the files that were not read."""

    subjects: tuple[CheckedSeries, ...]
    findings: tuple[Finding, ...]
    skipped: tuple[Path, ...] = ()


def find_files(paths: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """The csv files named or inside the folders named, and the other files of those folders."""
    files: list[Path] = []
    skipped: list[Path] = []
    for path in paths:
        if not path.exists():
            raise DataError(f"no file or folder {path}; give a csv file, a folder of them, or a history")
        inside = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
        csv = [one for one in inside if one.suffix.lower() == ".csv" or not path.is_dir()]
        if not csv:
            raise DataError(f"no csv file in {path}; a history in parquet is checked by name, with --data")
        files += csv
        skipped += [one for one in inside if one not in csv]
    return list(dict.fromkeys(files)), skipped


def check_files(
    paths: Sequence[Path], *, column: str | None = None, kind: str | None = None, dialect: Dialect = INFERRED_DIALECT
) -> CheckReport:
    """The report on csv files and folders of them; series of one folder are compared with each other."""
    files, skipped = find_files(paths)
    subjects: list[CheckedSeries] = []
    findings: list[Finding] = []
    for path in files:
        name = path.stem if sum(other.stem == path.stem for other in files) == 1 else str(path)
        try:
            table, notes = _read(path, dialect)
        except DataError as error:
            findings.append(Finding("refused", "file", name, str(error)))
            continue
        if column is not None:
            find_column(table, column, str(path))
        findings += [Finding("note", "file", name, text) for text in notes]
        made = _subjects(name, table, column, kind, str(path.parent))
        findings += [*_check_columns(name, made), *_check_table(name, table)]
        subjects += [subject for subject in made if len(subject.values)]
    for subject in subjects:
        findings += check_series(subject)
    return CheckReport(tuple(subjects), (*findings, *check_fills(subjects), *check_copies(subjects)), tuple(skipped))


def _check_columns(name: str, made: Sequence[CheckedSeries]) -> list[Finding]:
    """A refusal where a file has dates alone, a warning for each column that is empty."""
    if not made:
        return [Finding("refused", "file", name, "no column of figures beside the dates; give at least one")]
    return [Finding("warning", "file", one.name, "a column without any value") for one in made if not len(one.values)]


def _read(path: Path, dialect: Dialect) -> tuple[pd.DataFrame, list[str]]:
    """The file's table, and a note for each choice that was inferred from the file."""
    notes: list[str] = []
    try:
        return parse_table(read_limited(path, MAX_CSV_BYTES), path.name, dialect, note=notes.append), notes
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}; give a file that can be read") from error


def _check_table(name: str, table: pd.DataFrame) -> list[Finding]:
    """The checks that need several columns of one file."""
    lower = table.rename(columns=str.lower)
    if lower.columns.has_duplicates:
        return []
    findings = []
    if set(OHLC) <= set(lower.columns):
        findings += [*check_bars(name, lower), *check_last_row(name, lower)]
    if {"close", "adj close"} <= set(lower.columns):
        findings += check_ratio(name, lower[["close", "adj close"]])
    return findings


def _subjects(name: str, table: pd.DataFrame, column: str | None, kind: str | None, group: str) -> list[CheckedSeries]:
    """The series of a file: the column asked for, or every one; of a table of prices only the closes."""
    names = {str(one).lower(): str(one) for one in table.columns}
    if column is not None:
        chosen = [names[column.lower()]]
    else:
        chosen = [one for low, one in names.items() if not ("close" in names and low in NOT_CHECKED)]
        if {"close", "adj close"} <= set(names) and table[names["close"]].equals(table[names["adj close"]]):
            chosen.remove(names["adj close"])
    made = []
    for one in chosen:
        label = name if len(table.columns) == 1 or [one.lower()] == ["close"] else f"{name}:{one}"
        made.append(CheckedSeries(label, table[one].dropna(), kind, group=group))
    return made
