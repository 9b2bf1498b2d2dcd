"""A run with at most so many assets as a page can show: those held most, and the others together."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from backtester.runs.folder import RunFolder
from backtester.runs.values import Json

MOST_ASSETS = 12  # assets, beside the pair's legs
OTHER_NOTIONALS = "other_notionals"


def limit_assets(run: RunFolder) -> RunFolder:
    """The run with at most `MOST_ASSETS` assets beside the legs: those with the largest weights in any strategy.

    The weights and gains of the others are added up in one asset `others`, or `other_notionals` if unfunded; tables of
    windows leave them out. The history's `assets_not_shown` lists them.
    """
    assets, legs = run.document["history"].get("assets", {}), _legs(run.document)
    ranked = sorted((role for role in assets if role not in legs), key=lambda role: -assets[role]["largest_weight"])
    if len(ranked) <= MOST_ASSETS:
        return run
    sources = run.manifest["sources"]
    folded = {
        role: "others" if sources.get(role, {}).get("funded", True) else OTHER_NOTIONALS
        for role in ranked[MOST_ASSETS:]
    }
    shown = {role: one for role, one in assets.items() if role not in folded}
    hidden = {role: one for role, one in assets.items() if role in folded}
    history = run.document["history"] | {"assets": shown, "assets_not_shown": hidden}
    document = run.document | {
        "history": history,
        "strategies": [_strategy(one, folded) for one in run.document["strategies"]],
    }
    named = run.weights.assign(asset=_renamed(run.weights["asset"], folded))
    weights = named.groupby(["date", "strategy", "asset"], sort=False, observed=True)[["weight"]].sum().reset_index()
    return replace(run, document=document, weights=weights)


def _renamed(assets: pd.Series, folded: Mapping[str, str]) -> pd.Series:
    """The column with the names of folded assets replaced, as a categorical, which is faster than row by row."""
    codes, names = pd.factorize(assets)
    renamed, kept = pd.factorize(np.array([folded.get(name, name) for name in names], dtype=object))
    column = pd.Categorical.from_codes(renamed[codes], dtype=pd.CategoricalDtype(list(kept)))
    return pd.Series(column, index=assets.index)


def _legs(document: Json) -> tuple[str, str]:
    return document["settings"]["stocks_role"], document["settings"]["bonds_role"]


def _strategy(strategy: Json, folded: Mapping[str, str]) -> Json:
    attribution = {
        lens: [part and part | {"assets": _sums(part["assets"], folded)} for part in parts]
        for lens, parts in strategy["attribution"].items()
    }
    lines = strategy["lines"] | {"assets": _sums(strategy["lines"]["assets"], folded)}
    return strategy | {"lines": lines, "attribution": attribution}


def _sums(parts: Mapping[str, float | None], folded: Mapping[str, str]) -> dict[str, float | None]:
    """The parts by role, with folded ones added up under their common name; a sum is None if a part is."""
    sums: dict[str, float | None] = {}
    for role, part in parts.items():
        name = folded.get(role, role)
        before = sums.get(name, 0.0)
        sums[name] = None if part is None or before is None else before + part
    return sums
