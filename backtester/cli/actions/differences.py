"""Carrying out `backtester compare` of studies, and of runs that cannot stand on one page: what changed."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from backtester.analysis.figures import FigureEntry
from backtester.batch.differences import StudyDifferences, study_differences
from backtester.batch.manifest import read_study_folder
from backtester.batch.page.columns import Shown, shown_column
from backtester.cli.actions.screen import console, print_json, print_table, say
from backtester.errors import printable
from backtester.pages.format import MISSING, number, numbered
from backtester.runs.differences import DifferingValue, Scalar, run_differences
from backtester.runs.folder import read_run
from backtester.runs.values import clean

LONGEST_TEXT = 24  # signs of a hash or another text that are shown


def compare_studies(folders: Sequence[Path], *, as_json: bool) -> None:
    """Say what changed from the first study to each other."""
    first, *others = [read_study_folder(folder) for folder in folders]
    found = [(folder.path, study_differences(first, folder)) for folder in others]
    if as_json:
        print_json([{"from": first.path.name, "to": path.name} | clean(dataclasses.asdict(one)) for path, one in found])
        return
    for path, one in found:
        say(f"From {first.path} to {path}\n")
        _print_settings(one.settings, (first.path.name, path.name))
        _print_jobs(one, (str(first.path), str(path)))


def differ_runs(folders: Sequence[Path], *, as_json: bool) -> None:
    """Say what changed between runs, in settings and in results."""
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
    rows = [[one.strategy, one.name, *(_shown(value, one.figure) for value in one.values)] for one in found.results]
    print_table(columns, rows, title="Results")


def _columns(names: Sequence[str]) -> dict[str, str]:
    """A column each, by place where names repeat."""
    unique = names if len(set(names)) == len(names) else [f"{place}: {name}" for place, name in enumerate(names, 1)]
    return dict.fromkeys(unique, "right")


def _print_settings(changes: Sequence[DifferingValue], names: Sequence[str]) -> None:
    if not changes:
        say("Settings, data, strategies and versions: the same")
        return
    rows = [[one.name, *(_shown(value, None) for value in one.values)] for one in changes]
    print_table({"Setting": "left"} | _columns(names), rows, title="Settings")


def _print_jobs(found: StudyDifferences, names: tuple[str, str]) -> None:
    both = numbered(found.both, "job")
    say(f"\n{both} in both, {found.first:,} in the first alone, {found.second:,} in the second alone")
    if found.moved:
        columns = {"Figure": "left", "Jobs": "right", "Mean change": "right", "Largest": "right", "Of": "left"}
        rows = []
        for one in found.moved:
            what = dataclasses.replace(shown_column(one.column), signed=True)
            rows.append([what.label, f"{one.jobs:,}", what.text(one.mean), what.text(one.largest), one.largest_of])
        print_table(columns, rows, title="\nResults of the jobs in both")
    elif found.both:
        say("Results of the jobs in both: the same")
    what = shown_column(found.rank_by)
    for best in found.best:
        said = f"Best of {names[best.study]} by {what.label}: {best.name} with {what.text(best.figure)}"
        other = names[1 - best.study]
        if best.place_elsewhere is None:
            console().print(Text(printable(f"{said}; not in {other}")))
        else:
            text = f"{said}; in {other} it has {what.text(best.elsewhere)}, place {best.place_elsewhere:,}"
            console().print(Text(printable(text)))
    if found.rank_correlation is not None:
        say(f"Rank correlation of the jobs in both: {number(found.rank_correlation)}")


def _shown(value: Scalar, figure: FigureEntry | None) -> str:
    """A value as people read it."""
    if figure is not None and isinstance(value, int | float):
        kind = figure.kind if figure.kind in ("percent", "number") else "count"
        return Shown(figure.label, figure.unit, kind, figure.decimals, figure.signed).text(float(value))
    if value is None:
        return MISSING
    text = str(value)
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _plain(change: DifferingValue) -> dict[str, object]:
    key = change.figure.key if change.figure else change.name
    return {"what": key, "of": change.strategy, "values": list(change.values)}
