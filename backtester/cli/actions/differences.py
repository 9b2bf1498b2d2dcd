"""Carrying out `backtester compare` of studies, and with --differences of runs: what changed between them.

A study has many jobs, recipes with their settings.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from backtester.analysis.figures import FigureEntry
from backtester.batch.differences import StudyDifferences, study_differences
from backtester.batch.manifest import read_study_folder
from backtester.batch.page.columns import ColumnFormat, column_format
from backtester.cli.actions.screen import console, print_json, print_table, say
from backtester.errors import printable
from backtester.pages.format import MISSING, number, numbered
from backtester.runs.differences import DifferingValue, Scalar, run_differences
from backtester.runs.folder import read_run
from backtester.runs.values import clean

LONGEST_TEXT = 24  # characters of a hash or another text that are shown


def print_study_differences(folders: Sequence[Path], *, as_json: bool) -> None:
    """Print what changed from the first study to each of the others."""
    first, *later = [read_study_folder(folder) for folder in folders]
    found = [(study.path, study_differences(first, study)) for study in later]
    if as_json:
        names = [{"from": first.path.name, "to": path.name} for path, _ in found]
        parts = [clean(dataclasses.asdict(differences)) for _, differences in found]
        print_json([name | part for name, part in zip(names, parts, strict=True)])
        return
    for path, differences in found:
        say(f"From {first.path} to {path}\n")
        _print_settings(differences.settings, (first.path.name, path.name))
        _print_jobs(differences, (str(first.path), str(path)))


def print_run_differences(folders: Sequence[Path], *, as_json: bool) -> None:
    """Print what changed between runs, in settings and in results."""
    runs = [read_run(folder) for folder in folders]
    found = run_differences(runs, [str(folder) for folder in folders])
    if as_json:
        plain = {part: [_plain(change) for change in getattr(found, part)] for part in ("settings", "results")}
        print_json({"runs": list(found.names)} | plain)
        return
    _print_settings(found.settings, [Path(name).name for name in found.names])
    if not found.results:
        say("Results: the same")
        return
    columns = {"Strategy": "left", "Figure": "left"} | _columns([Path(name).name for name in found.names])
    rows = [[row.strategy, row.name, *(_shown(value, row.figure) for value in row.values)] for row in found.results]
    print_table(columns, rows, title="Results")


def _columns(names: Sequence[str]) -> dict[str, str]:
    """A column for each name, aligned right; if a name repeats, all are numbered."""
    numbered_names = [f"{index}: {name}" for index, name in enumerate(names, 1)]
    return dict.fromkeys(names if len(set(names)) == len(names) else numbered_names, "right")


def _print_settings(changes: Sequence[DifferingValue], names: Sequence[str]) -> None:
    """Print the settings that differ, with a column for each run or study."""
    if not changes:
        say("Settings, data, strategies and versions: the same")
        return
    rows = [[change.name, *(_shown(value, None) for value in change.values)] for change in changes]
    print_table({"Setting": "left"} | _columns(names), rows, title="Settings")


def _print_jobs(found: StudyDifferences, names: tuple[str, str]) -> None:
    """Print how many jobs both studies have, how their figures changed, and the best job of each."""
    both = numbered(found.both, "job")
    say(f"\n{both} in both, {found.first:,} in the first alone, {found.second:,} in the second alone")
    if found.moved:
        columns = {"Figure": "left", "Jobs": "right", "Mean change": "right", "Largest": "right", "Of": "left"}
        rows = []
        for change in found.moved:
            shown_as = dataclasses.replace(column_format(change.column), signed=True)
            mean, largest = shown_as.text(change.mean), shown_as.text(change.largest)
            rows.append([shown_as.label, f"{change.jobs:,}", mean, largest, change.largest_of])
        print_table(columns, rows, title="\nResults of the jobs in both")
    elif found.both:
        say("Results of the jobs in both: the same")
    ranked_by = column_format(found.rank_by)
    for best in found.best:
        text = f"Best of {names[best.study]} by {ranked_by.label}: {best.name} with {ranked_by.text(best.figure)}"
        elsewhere = names[1 - best.study]
        if best.place_elsewhere is None:
            text += f"; not in {elsewhere}"
        else:
            text += f"; in {elsewhere} it has {ranked_by.text(best.elsewhere)}, place {best.place_elsewhere:,}"
        console().print(Text(printable(text)))
    if found.rank_correlation is not None:
        say(f"Rank correlation of the jobs in both: {number(found.rank_correlation)}")


def _shown(value: Scalar, figure: FigureEntry | None) -> str:
    """A value as text: a figure in its format, any other value as it is, cut if it is long."""
    if figure is not None and isinstance(value, int | float):
        kind = figure.kind if figure.kind in ("percent", "number") else "count"
        shown_as = ColumnFormat(
            figure.label, unit=figure.unit, kind=kind, decimals=figure.decimals, signed=figure.signed
        )
        return shown_as.text(float(value))
    if value is None:
        return MISSING
    text = str(value)
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _plain(change: DifferingValue) -> dict[str, object]:
    """A change as JSON."""
    key = change.figure.key if change.figure else change.name
    return {"what": key, "of": change.strategy, "values": list(change.values)}
