"""The kinds of series, one file each; the file's name is the kind's (`yield_` for yield), and nothing is registered.

1. `find_kind` finds the file of a kind and the one subclass of `series.Series` in it: the keys that it takes.
2. `as_series` is the series of a manifest's keys: `kind` says of which class.
3. `series.Asset.level`, `series.Observable.published` or `series.CalendarSeries.columns` compute it from a
   `series_inputs.SeriesInputs`, which `levels.HistoryInputs` implements.
"""

import functools
import importlib
import pkgutil
from collections.abc import Mapping
from typing import Any

from pydantic_core import ErrorDetails, PydanticCustomError

from backtester.errors import did_you_mean
from backtester.histories.series import Series, python_name


def kind_names() -> list[str]:
    """The kinds that there are, in order of their names."""
    return sorted(module.name.removesuffix("_") for module in pkgutil.iter_modules(__path__))


@functools.cache
def find_kind(name: str) -> type[Series]:
    """The class of a kind; raise ValueError, with the nearest, if there is none of that name."""
    if name not in kind_names():
        raise ValueError(f"unknown kind {name!r}; {did_you_mean(name, kind_names())}")
    module = importlib.import_module(f"{__name__}.{python_name(name)}")
    (kind,) = [
        one
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Series) and one.__module__ == module.__name__
    ]
    return kind


def as_series(keys: object) -> Series:
    """The series of a manifest's keys. Raise ValidationError if they are wrong, ValueError if their kind is."""
    if isinstance(keys, Series):
        return keys
    if not isinstance(keys, Mapping):
        raise PydanticCustomError("dict_type", "a table is needed")
    return find_kind(_kind(keys)).model_validate(keys)


def mistake_in_series(keys: Mapping[str, Any], mistake: ErrorDetails) -> tuple[list[str], str]:
    """Where in a series' keys pydantic found a mistake, and a message.

    `mistake["loc"]` begins at the keys. The place is empty if the kind needs a key, or has no use for one.
    """
    place, what = list(map(str, mistake["loc"])), mistake["msg"].removeprefix("Value error, ")
    key, kind = place[-1] if place else "", keys["kind"]
    if mistake["type"] == "extra_forbidden":
        known = {name for one in kind_names() for name in kind_keys(one)}
        if key not in known:
            return place, f"unknown key; {did_you_mean(key, known)}"
        return [], f"a series of kind {kind!r} has no use for the key {key!r}; leave it out"
    if mistake["type"] == "missing" and len(place) == 1 and key not in Series.model_fields:
        return [], f"a series of kind {kind!r} needs the key {key!r}"
    return place, what


def kind_keys(name: str) -> list[str]:
    """The keys that a series of the kind may have, as the manifest spells them."""
    return [field.alias or key for key, field in find_kind(name).model_fields.items()]


def _kind(keys: Mapping[str, Any]) -> str:
    kind = keys.get("kind")
    if not isinstance(kind, str):
        raise ValueError(f"needs a kind: one of {', '.join(kind_names())}")
    return kind
