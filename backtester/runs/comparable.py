"""Whether runs can stand side by side: one history, the same settings, period and reference, and so the same lenses."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from backtester.errors import DataError
from backtester.runs.folder import RunFolder
from backtester.runs.manifest import shown_path
from backtester.runs.values import Json

VALUE_TOLERANCE = 1e-9  # of net asset value: processors differ in the last bits, settings in far more
OPTION_NAMES = {"costs.trade_bps": "cost-bps"}  # the options of `run` that are not called as in the document
# tables by name, of which each run has those that it reads
PER_RUN_KEYS = ("strategies", "assets", "carried", "slower", "begin_later")


def refuse_incomparable(runs: Sequence[RunFolder]) -> None:
    """Raise DataError, which says what to align, if runs differ in more than their strategies."""
    for refuse in (_refuse_histories, _refuse_settings):
        for one, other in pairwise(runs):
            refuse(one, other)
    _refuse_periods(runs)
    for one, other in pairwise(runs):
        _refuse_references(one, other)
        for path in differing_paths(one.document, other.document):
            if path[0] not in ("files", "left_out", "notes", "strategies"):
                raise DataError(
                    f"{_named(one, other)} differ in {_joined(path)}, though history, period and settings agree; carry "
                    "both out again with one version of the program"
                )


def differing_paths(one: Any, other: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where two documents differ; what each says of its own strategies and assets may."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {**one, **other}:
            if key in PER_RUN_KEYS and path:
                continue
            if key in one and key in other:
                yield from differing_paths(one[key], other[key], (*path, key))
            else:
                yield (*path, key)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, pair in enumerate(zip(one, other, strict=True)):
            yield from differing_paths(*pair, (*path, place))
    elif one != other:
        yield path


def _refuse_histories(one: RunFolder, other: RunFolder) -> None:
    mine, theirs = one.document["history"], other.document["history"]
    if mine["name"] != theirs["name"]:
        raise DataError(
            f"{_named(one, other)} are of histories {mine['name']!r} and {theirs['name']!r}; carry one out again "
            "with --history as the other"
        )
    if mine["sha256"] != theirs["sha256"]:
        raise DataError(
            f"{_named(one, other)} saw history {mine['name']!r} in two states, before and after its data changed; "
            "carry the older out again"
        )


def _refuse_settings(one: RunFolder, other: RunFolder) -> None:
    mine, theirs = one.document["settings"], other.document["settings"]
    for path in differing_paths(mine, theirs):
        option = OPTION_NAMES.get(_joined(path)) or str(path[0]).replace("_", "-")
        how = "the costs of" if option == "costs" else f"--{option} as"
        what = f"{_joined(path)} {_at(mine, path)} and {_at(theirs, path)}"
        raise DataError(f"{_named(one, other)} have {what}; carry one out again with {how} the other")


def _refuse_periods(runs: Sequence[RunFolder]) -> None:
    periods = [run.document["period"] for run in runs]
    start, end = max(period["start"] for period in periods), min(period["end"] for period in periods)
    for run, period in zip(runs, periods, strict=True):
        options = [f"--start {start}"] * (period["start"] != start) + [f"--end {end}"] * (period["end"] != end)
        if options:
            raise DataError(
                f"{shown_path(run.path)} runs from {period['start']} to {period['end']}, which others do not; carry it "
                f"out again with {' '.join(options)}"
            )


def _refuse_references(one: RunFolder, other: RunFolder) -> None:
    mine, theirs = one.document["strategies"][0], other.document["strategies"][0]
    if identity(mine) != identity(theirs):
        raise DataError(
            f"the reference of {_named(one, other)} is {mine['recipe']} in one and {theirs['recipe']} in the other"
            f"{', of another file' if mine['recipe'] == theirs['recipe'] else ''}; carry one out again"
        )


def identity(strategy: Json) -> tuple[str, ...]:
    """The identity of a strategy across runs: its recipe with all settings, and its files."""
    return (strategy["recipe"], *(step["sha256"] for step in strategy["steps"]))


def have_equal_nav(one: RunFolder, name: str, other: RunFolder, its_name: str) -> bool:
    """Whether a strategy of each run has the same net asset values."""
    mine, theirs = one.nav[name], other.nav[its_name]
    return mine.index.equals(theirs.index) and bool(
        np.allclose(mine, theirs, rtol=VALUE_TOLERANCE, atol=0.0, equal_nan=True)
    )


def _named(one: RunFolder, other: RunFolder) -> str:
    return f"{shown_path(one.path)} and {shown_path(other.path)}"


def _at(value: Any, path: tuple[str | int, ...]) -> str:
    """The value at a path of the settings, as text; `none` if there is none."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return "none" if value is None else str(value)


def _joined(path: tuple[str | int, ...]) -> str:
    return ".".join(map(str, path))
