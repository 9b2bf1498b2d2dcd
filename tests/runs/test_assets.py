"""Which assets a run shows, by hand."""

from types import SimpleNamespace
from typing import cast

import numpy as np

from backtester.engine.evaluate import Evaluation
from backtester.histories.kinds import as_series
from backtester.histories.market import Market
from backtester.runs.assets import shown_assets
from folders import listed


def run(**weights: list[float]) -> Evaluation:
    """A strategy that held these assets with these weights."""
    kept = SimpleNamespace(weights=np.array([list(weights.values())]).transpose(0, 2, 1))
    return cast(Evaluation, SimpleNamespace(accounts=SimpleNamespace(kept=kept, assets=tuple(weights))))


def test_what_was_held_or_is_shown_anyway() -> None:
    """The largest mean size of a weight among the strategies; one that nobody held where the manifest says so."""
    series = {
        "stocks": as_series(listed("price", "a", label="Shares", colour="blue")),
        "gold": as_series(listed("price", "b", shown=False)),
        "oil": as_series(listed("price", "c", shown=False)),
        "long_bonds": as_series(listed("price", "d", shown=True)),
    }
    market = SimpleNamespace(assets=list(series), history=SimpleNamespace(series=series))
    found = shown_assets(cast(Market, market), [run(stocks=[0.5, 0.7]), run(stocks=[0.2, 0.2], gold=[-0.1, 0.3])])
    assert {role: (one["label"], one["largest_weight"]) for role, one in found.items()} == {
        "stocks": ("Shares", 0.6),
        "gold": ("Gold", 0.2),
        "long_bonds": ("Long bonds", 0.0),
    }
    assert found["stocks"]["colour"] == "blue"
