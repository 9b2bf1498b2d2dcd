"""Checks that runs can be compared: they need the same history, settings, period and reference.

The reference is the recipe (a base strategy and its overlays) that all others of a run are compared with.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from backtester.errors import DataError
from backtester.runs.folder import RunFolder
from backtester.runs.manifest import shown_path
from backtester.runs.values import Json

VALUE_TOLERANCE = 1e-9  # relative: processors differ in the last bits, other settings make far larger differences
OPTION_NAMES = {"costs.trade_bps": "cost-bps"}  # options of `run` whose name is not the setting's
# parts of the document with entries by strategy or by asset, of which each run has its own; the last three have assets
# whose level is at times that of an earlier session, that have values less often than sessions, and that begin late
PER_RUN_KEYS = ("strategies", "assets", "carried", "slower", "begin_later")


def refuse_incomparable(runs: Sequence[RunFolder]) -> None:
    """Raise DataError, which says how to align them, if the runs differ in more than their strategies."""
    for refuse in (_refuse_other_history, _refuse_other_settings):
        for first, second in pairwise(runs):
            refuse(first, second)
    _refuse_other_periods(runs)
    for first, second in pairwise(runs):
        _refuse_other_reference(first, second)
        for path in differing_paths(first.document, second.document):
            if path[0] not in ("files", "left_out", "notes", "strategies"):
                raise DataError(
                    f"{_both_paths(first, second)} differ in {_dotted(path)}, though history, period and settings "
                    "agree; carry both out again with one version of the program"
                )


def differing_paths(first: Any, second: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths at which two documents differ, apart from the entries of single strategies and assets.

    A path is the keys and list numbers that lead to the value.
    """
    if isinstance(first, dict) and isinstance(second, dict):
        for key in {**first, **second}:
            if key in PER_RUN_KEYS and path:
                continue
            if key in first and key in second:
                yield from differing_paths(first[key], second[key], (*path, key))
            else:
                yield (*path, key)
    elif isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        for index, pair in enumerate(zip(first, second, strict=True)):
            yield from differing_paths(*pair, (*path, index))
    elif first != second:
        yield path


def _refuse_other_history(first: RunFolder, second: RunFolder) -> None:
    """Raise DataError if the runs are of different histories, or of one history in two states."""
    first_part, second_part = first.document["history"], second.document["history"]
    if first_part["name"] != second_part["name"]:
        raise DataError(
            f"{_both_paths(first, second)} are of histories {first_part['name']!r} and {second_part['name']!r}; "
            "carry one out again with --history as the other"
        )
    if first_part["sha256"] != second_part["sha256"]:
        raise DataError(
            f"{_both_paths(first, second)} saw history {first_part['name']!r} in two states, before and after its "
            "data changed; carry the older out again"
        )


def _refuse_other_settings(first: RunFolder, second: RunFolder) -> None:
    """Raise DataError, with the option that would align them, if a setting differs."""
    first_part, second_part = first.document["settings"], second.document["settings"]
    for path in differing_paths(first_part, second_part):
        option = OPTION_NAMES.get(_dotted(path)) or str(path[0]).replace("_", "-")
        how = "the costs of" if option == "costs" else f"--{option} as"
        what = f"{_dotted(path)} {_text_at(first_part, path)} and {_text_at(second_part, path)}"
        raise DataError(f"{_both_paths(first, second)} have {what}; carry one out again with {how} the other")


def _refuse_other_periods(runs: Sequence[RunFolder]) -> None:
    """Raise DataError, with the options that would align it, if a run does not have the common period of all."""
    periods = [run.document["period"] for run in runs]
    start, end = max(period["start"] for period in periods), min(period["end"] for period in periods)
    for run, period in zip(runs, periods, strict=True):
        options = [f"--start {start}"] if period["start"] != start else []
        options += [f"--end {end}"] if period["end"] != end else []
        if options:
            raise DataError(
                f"{shown_path(run.path)} runs from {period['start']} to {period['end']}, which others do not; carry it "
                f"out again with {' '.join(options)}"
            )


def _refuse_other_reference(first: RunFolder, second: RunFolder) -> None:
    """Raise DataError if the runs have different references."""
    first_part, second_part = first.document["strategies"][0], second.document["strategies"][0]
    if identity(first_part) != identity(second_part):
        raise DataError(
            f"the reference of {_both_paths(first, second)} is {first_part['recipe']} in one and "
            f"{second_part['recipe']} in the "
            f"other{', of another file' if first_part['recipe'] == second_part['recipe'] else ''}; carry one out again"
        )


def identity(strategy: Json) -> tuple[str, ...]:
    """What makes two strategies of different runs the same: the recipe with all settings, and the files' hashes."""
    return (strategy["recipe"], *(step["sha256"] for step in strategy["steps"]))


def have_equal_nav(first: RunFolder, first_name: str, second: RunFolder, second_name: str) -> bool:
    """Whether two strategies, one of each run, have the same net asset values up to `VALUE_TOLERANCE`."""
    first_part, second_part = first.nav[first_name], second.nav[second_name]
    return first_part.index.equals(second_part.index) and bool(
        np.allclose(first_part, second_part, rtol=VALUE_TOLERANCE, atol=0.0, equal_nan=True)
    )


def _both_paths(first: RunFolder, second: RunFolder) -> str:
    """The paths of two runs as words of a message."""
    return f"{shown_path(first.path)} and {shown_path(second.path)}"


def _text_at(value: Any, path: tuple[str | int, ...]) -> str:
    """The value at a path of the settings, as text; `none` if there is none."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return "none" if value is None else str(value)


def _dotted(path: tuple[str | int, ...]) -> str:
    """The path of a value as `costs.trade_bps`."""
    return ".".join(map(str, path))
