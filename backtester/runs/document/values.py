"""Values as JSON can hold them."""

import math
from typing import Any

import pandas as pd

Json = dict[str, Any]


def clean(value: Any) -> Any:
    """The value with every number that is not finite as None, and numpy's scalars as Python's."""
    if isinstance(value, dict):
        return {key: clean(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [clean(part) for part in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value


def iso(date: pd.Timestamp) -> str:
    """The date as 2025-04-08."""
    return date.date().isoformat()
