"""The kinds of series, which say what figures are or how values are computed, one file each.

The file's name is the kind's (`yield_` for yield); nothing is registered.

1. `find_kind` imports the file of a kind and returns the one subclass of `series.Series` in it, a pydantic model whose
   fields are the keys that a manifest may give.
2. `as_series` makes a series from a manifest's keys; the key `kind` decides its class.
3. `series.Asset.level`, `series.Observable.published` or `series.CalendarSeries.columns` compute its values from a
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
    """The names of all kinds, sorted."""
    return sorted(module.name.removesuffix("_") for module in pkgutil.iter_modules(__path__))


@functools.cache
def find_kind(name: str) -> type[Series]:
    """The class of the kind with that name. Raise ValueError, with the nearest name, if there is none."""
    if name not in kind_names():
        raise ValueError(f"unknown kind {name!r}; {did_you_mean(name, kind_names())}")
    module = importlib.import_module(f"{__name__}.{python_name(name)}")
    classes = [value for value in vars(module).values() if isinstance(value, type) and issubclass(value, Series)]
    (kind,) = [series_class for series_class in classes if series_class.__module__ == module.__name__]  # not imported
    return kind


def as_series(keys: object) -> Series:
    """The series that a manifest's keys describe; a series is returned as it is.

    Raise ValidationError if the keys do not fit their kind, ValueError if the kind is missing or unknown.
    """
    if isinstance(keys, Series):
        return keys
    if not isinstance(keys, Mapping):
        raise PydanticCustomError("dict_type", "a table is needed")
    return find_kind(_kind(keys)).model_validate(keys)


def mistake_in_series(keys: Mapping[str, Any], mistake: ErrorDetails) -> tuple[list[str], str]:
    """The path of the key in which pydantic found a mistake, and a message.

    `mistake["loc"]` starts at the series' own keys. The path is empty if the message is about the series as a whole:
    its kind needs a key that is missing, or does not take one that is there.
    """
    path, message = list(map(str, mistake["loc"])), mistake["msg"].removeprefix("Value error, ")
    key, kind = path[-1] if path else "", keys["kind"]
    if mistake["type"] == "extra_forbidden":
        keys_of_any_kind = {name for any_kind in kind_names() for name in kind_keys(any_kind)}
        if key not in keys_of_any_kind:
            return path, f"unknown key; {did_you_mean(key, keys_of_any_kind)}"
        return [], f"a series of kind {kind!r} has no use for the key {key!r}; leave it out"
    if mistake["type"] == "missing" and len(path) == 1 and key not in Series.model_fields:
        return [], f"a series of kind {kind!r} needs the key {key!r}"
    return path, message


def kind_keys(name: str) -> list[str]:
    """The keys that a series of the kind may have, as the manifest spells them (`yield`, not `yield_`)."""
    return [field.alias or key for key, field in find_kind(name).model_fields.items()]


def _kind(keys: Mapping[str, Any]) -> str:
    """The kind that the keys state. Raise ValueError if they state none."""
    kind = keys.get("kind")
    if not isinstance(kind, str):
        raise ValueError(f"needs a kind: one of {', '.join(kind_names())}")
    return kind
