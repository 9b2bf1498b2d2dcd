"""The differences between runs, even of different histories, in settings and in results."""

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
    """Something that is not the same in all: what it is, of which strategy ("" for settings), its value in each, None
    where one has none, and how it is shown where it is a figure."""

    name: str
    strategy: str
    values: tuple[Scalar, ...]
    figure: FigureEntry | None = None


@dataclass(frozen=True)
class Differences:
    """The changes in settings and in results; `names` are those of the runs."""

    names: tuple[str, ...]
    settings: tuple[DifferingValue, ...]
    results: tuple[DifferingValue, ...]


def run_differences(runs: Sequence[RunFolder], names: Sequence[str]) -> Differences:
    """The differences of runs, of strategies that share a recipe or, for the reference, a place; raise DataError where
    a document is not such as a run writes."""
    try:
        asked = [_asked(run) for run in runs]
        results = [_results(run.document) for run in runs]
    except MALFORMED_ERRORS as error:
        raise DataError(f"a run's result.json is not such as run writes ({first_line(error)}); run it again") from error
    changed = tuple(changes(asked))
    figures = {f"measures.{name}": one for name, one in figures_in("measures").items()}
    figures |= {f"scorecard.{name}": one for name, one in figures_in("scorecard").items()}
    found = []
    for recipe in dict.fromkeys(recipe for one in results for recipe in one):
        if all(recipe in one for one in results):
            found += [
                DifferingValue(figures[change.name].label, recipe, change.values, figures[change.name])
                for change in changes([one[recipe] for one in results])
            ]
        else:
            there = tuple("there" if recipe in one else None for one in results)
            found.append(DifferingValue("strategy", recipe, there))
    return Differences(tuple(names), changed, tuple(found))


def changes(tables: Sequence[Mapping[str, Scalar]]) -> Iterator[DifferingValue]:
    """Each key whose value is not the same in all of the tables, numbers up to a billionth."""
    for key in dict.fromkeys(key for table in tables for key in table):
        values = tuple(table.get(key) for table in tables)
        if not all(_same(values[0], value) for value in values[1:]):
            yield DifferingValue(key, "", values)


def flattened(value: Any, path: str = "") -> Iterator[tuple[str, Scalar]]:
    """Every value of a document by its keys, joined by dots; a list of plain values is one value."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from flattened(part, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        if any(isinstance(part, Mapping) for part in value):
            for place, part in enumerate(value, start=1):
                yield from flattened(part, f"{path}.{place}")
        else:
            yield path, ", ".join(map(str, value))
    else:
        yield path, value


def _same(one: Scalar, other: Scalar) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= VALUE_TOLERANCE * max(1.0, abs(one), abs(other))
    return one == other


def _asked(run: RunFolder) -> dict[str, Scalar]:
    """The settings of a run and its history."""
    document, manifest = run.document, run.manifest
    settings = {key: value for key, value in manifest["settings"].items() if key != "recipes"}
    period = {f"period.{key}": document["period"][key] for key in ("start", "end")}
    data = {"data.sha256": manifest["data"]["sha256"]}
    plugins = {f"plugins.{name}": one["sha256"] for name, one in manifest["plugins"].items()}
    versions = {f"versions.{name}": version for name, version in manifest["versions"].items()}
    return dict(flattened(settings)) | period | data | plugins | versions


def _results(document: Json) -> dict[str, dict[str, Scalar]]:
    """The figures of each strategy by its recipe."""
    found = {}
    for strategy in document["strategies"]:
        parts = {part: strategy[part] for part in ("measures", "scorecard")}
        known = {f"{part}.{name}" for part in parts for name in figures_in(part)}
        found[strategy["recipe"]] = {key: value for key, value in flattened(parts) if key in known}
    return found
