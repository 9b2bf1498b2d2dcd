"""Values as JSON can hold them, by hand."""

import math
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
import pandas as pd
import pytest

from backtester.runs.values import clean, iso, nested


@dataclass(frozen=True)
class Part:
    """Something with fields."""

    name: str
    size: float


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [
        (None, None),
        ("text", "text"),
        (True, True),
        (3, 3),
        (0.5, 0.5),
        (math.nan, None),
        (-math.inf, None),
        (np.float64(0.25), 0.25),
        (np.int64(7), 7),
        (pd.Timestamp("2025-04-08 16:00"), "2025-04-08"),
        (Part("gold", math.nan), {"name": "gold", "size": None}),
        ({"a": (1.5, math.inf), "b": [Part("x", 2.0)]}, {"a": [1.5, None], "b": [{"name": "x", "size": 2.0}]}),
    ],
)
def test_what_json_can_hold(value: Any, cleaned: Any) -> None:
    """Numbers of numpy are Python's, what is not finite is nothing, tuples are lists and dates text."""
    found = clean(value)
    assert found == cleaned
    assert type(found) is type(cleaned)


def test_what_is_not_known_stays() -> None:
    """A class is no object of it, and what is neither is left for json to refuse."""
    other = Enum("Other", ["ONE"]).ONE  # type: ignore[attr-defined]  # an enum made in a call
    assert clean(Part) is Part
    assert clean(other) is other


def test_dates_and_dotted_names() -> None:
    """A day without its hour; names become objects in objects, beside one another."""
    assert iso(pd.Timestamp("2024-02-29 23:59")) == "2024-02-29"
    assert nested({"a": 1, "b.c": 2, "b.d.e": 3}) == {"a": 1, "b": {"c": 2, "d": {"e": 3}}}
