"""The differences between runs in settings and in results, for `compare --differences`; histories may differ too.

A recipe is a base strategy and its overlays, spelled with every setting.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backtester.analysis.figures import FigureEntry, figures_in
from backtester.errors import DataError, first_line
from backtester.runs.comparable import VALUE_TOLERANCE
from backtester.runs.document_check import MALFORMED_ERRORS
from backtester.runs.folder import RunFolder
from backtester.runs.values import Json

Scalar = str | int | float | bool | None


@dataclass(frozen=True)
class DifferingValue:
    """A value that is not the same in all runs.

    `name` says what it is, `strategy` is the recipe that it belongs to, empty for a setting. `values` are by run, None
    where a run has none. `figure` says how to print it, None if it is no figure.
    """

    name: str
    strategy: str
    values: tuple[Scalar, ...]
    figure: FigureEntry | None = None


@dataclass(frozen=True)
class Differences:
    """The settings and the results that differ between runs; `names` are those of the runs."""

    names: tuple[str, ...]
    settings: tuple[DifferingValue, ...]
    results: tuple[DifferingValue, ...]


def run_differences(runs: Sequence[RunFolder], names: Sequence[str]) -> Differences:
    """The differences between the runs; results are compared for strategies of the same recipe.

    Raise DataError if a document does not have the form in which a run writes it.
    """
    try:
        settings = [_run_settings(run) for run in runs]
        results = [_run_results(run.document) for run in runs]
    except MALFORMED_ERRORS as error:
        raise DataError(f"a run's result.json is not such as run writes ({first_line(error)}); run it again") from error
    changed_settings = tuple(differing_values(settings))
    parts = ("measures", "scorecard")
    figures = {f"{part}.{name}": entry for part in parts for name, entry in figures_in(part).items()}
    changed_results = []
    for recipe in dict.fromkeys(recipe for figures_of_run in results for recipe in figures_of_run):
        if all(recipe in figures_of_run for figures_of_run in results):
            changed_results += [
                DifferingValue(figures[change.name].label, recipe, change.values, figure=figures[change.name])
                for change in differing_values([figures_of_run[recipe] for figures_of_run in results])
            ]
        else:
            presence = tuple("there" if recipe in figures_of_run else None for figures_of_run in results)
            changed_results.append(DifferingValue("strategy", recipe, presence))
    return Differences(tuple(names), changed_settings, tuple(changed_results))


def differing_values(tables: Sequence[Mapping[str, Scalar]]) -> Iterator[DifferingValue]:
    """Each key whose value is not the same in all of the tables, with a relative tolerance of 1e-9 for numbers."""
    for key in dict.fromkeys(key for table in tables for key in table):
        values = tuple(table.get(key) for table in tables)
        if not all(_are_equal(values[0], value) for value in values[1:]):
            yield DifferingValue(key, "", values)


def flattened(value: Any, path: str = "") -> Iterator[tuple[str, Scalar]]:
    """Every value of a document by its path, keys joined by dots; a list of plain values counts as one text."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from flattened(part, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        if any(isinstance(part, Mapping) for part in value):
            for number, part in enumerate(value, start=1):
                yield from flattened(part, f"{path}.{number}")
        else:
            yield path, ", ".join(map(str, value))
    else:
        yield path, value


def _are_equal(first: Scalar, second: Scalar) -> bool:
    """Whether two values are the same, numbers up to `VALUE_TOLERANCE`."""
    if isinstance(first, float) and isinstance(second, float):
        return abs(first - second) <= VALUE_TOLERANCE * max(1.0, abs(first), abs(second))
    return first == second


def _run_settings(run: RunFolder) -> dict[str, Scalar]:
    """The settings of a run, its period, and the hashes and versions that it depends on, by path."""
    document, manifest = run.document, run.manifest
    settings = {key: value for key, value in manifest["settings"].items() if key != "recipes"}
    period = {f"period.{key}": document["period"][key] for key in ("start", "end")}
    data = {"data.sha256": manifest["data"]["sha256"]}
    plugins = {f"plugins.{name}": plugin["sha256"] for name, plugin in manifest["plugins"].items()}
    versions = {f"versions.{name}": version for name, version in manifest["versions"].items()}
    return dict(flattened(settings)) | period | data | plugins | versions


def _run_results(document: Json) -> dict[str, dict[str, Scalar]]:
    """The figures of each strategy, by recipe and by path."""
    by_recipe = {}
    for strategy in document["strategies"]:
        parts = {part: strategy[part] for part in ("measures", "scorecard")}
        known = {f"{part}.{name}" for part in parts for name in figures_in(part)}
        by_recipe[strategy["recipe"]] = {key: value for key, value in flattened(parts) if key in known}
    return by_recipe
