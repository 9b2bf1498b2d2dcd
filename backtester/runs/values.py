"""Values as JSON can hold them."""

import dataclasses
import math
from typing import Any

import numpy as np
import pandas as pd

Json = dict[str, Any]


def clean(value: Any) -> Any:
    """The value as JSON can hold it: dataclasses as objects, dates as ISO text, what is not finite as None."""
    if isinstance(value, float):  # as most are: the order is that of how many there are
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
    """Figures by dotted names as objects in objects: `beyond_mix.better` is in `beyond_mix`."""
    tree: Json = {}
    for name, value in flat.items():
        *path, last = name.split(".")
        place = tree
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return tree
