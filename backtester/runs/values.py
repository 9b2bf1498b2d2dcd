"""Turning values of Python, numpy and pandas into ones that JSON can hold."""

import dataclasses
import math
from typing import Any

import numpy as np
import pandas as pd

Json = dict[str, Any]


def clean(value: Any) -> Any:
    """The value as JSON can hold it: a dataclass as an object, a date as ISO text, NaN and infinity as None."""
    if isinstance(value, float):  # first, for speed: most values are floats
        return float(value) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: clean(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [clean(part) for part in value]
    if value is None or isinstance(value, str | int):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: clean(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, np.integer):
        return int(value)
    return iso(value) if isinstance(value, pd.Timestamp) else value


def iso(date: pd.Timestamp) -> str:
    """The date as 2025-04-08."""
    return date.date().isoformat()


def nested(flat: dict[str, Any]) -> Json:
    """Values by dotted names as nested objects: the value of `beyond_mix.better` is in the object `beyond_mix`."""
    tree: Json = {}
    for name, value in flat.items():
        *path, last = name.split(".")
        branch = tree
        for key in path:
            branch = branch.setdefault(key, {})
        branch[last] = value
    return tree
