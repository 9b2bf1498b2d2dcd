"""A run as its page shows it: of hundreds of assets those held most, the others together."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from backtester.runs.folder import RunFolder
from backtester.runs.values import Json

MOST_ASSETS = 12  # assets, beside the pair's legs
OTHER_NOTIONALS = "other_notionals"


def bounded(run: RunFolder) -> RunFolder:
    """The run, its document's assets no more than a page can show.

    Those that any strategy held most stay. What the others weighed and earned is in one asset `others`, or in
    `other_notionals` if they are unfunded; in the tables of windows they are left out. `assets_not_shown` has them.
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
    """The column with the names of folded assets replaced: name by name, not row by row."""
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
    """The parts, those that are folded added up under the name that they share; None where one of them is."""
    sums: dict[str, float | None] = {}
    for role, part in parts.items():
        name = folded.get(role, role)
        before = sums.get(name, 0.0)
        sums[name] = None if part is None or before is None else before + part
    return sums
