"""A run cut down to the assets that a page has room for: those with the largest weights, and the others as one.

An asset is named by its role, such as `gold`; the legs are the stocks and the bonds that sell-offs are defined on. The
document is a run's results as JSON.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from backtester.runs.folder import RunFolder
from backtester.runs.values import Json

MOST_ASSETS = 12  # beside the pair's legs
OTHER_NOTIONALS = "other_notionals"


def limit_assets(run: RunFolder) -> RunFolder:
    """The run with at most `MOST_ASSETS` assets beside the legs: those with the largest weights in any strategy.

    The weights and gains of the others are added up in one asset `others`, or `other_notionals` if they are unfunded;
    the tables of windows leave them out. The document's history lists them as `assets_not_shown`.
    """
    assets, legs = run.document["history"].get("assets", {}), _legs(run.document)
    by_weight = sorted((role for role in assets if role not in legs), key=lambda role: -assets[role]["largest_weight"])
    if len(by_weight) <= MOST_ASSETS:
        return run
    sources = run.manifest["sources"]
    group_of = {
        role: "others" if sources.get(role, {}).get("funded", True) else OTHER_NOTIONALS
        for role in by_weight[MOST_ASSETS:]
    }
    shown = {role: asset for role, asset in assets.items() if role not in group_of}
    hidden = {role: asset for role, asset in assets.items() if role in group_of}
    history = run.document["history"] | {"assets": shown, "assets_not_shown": hidden}
    document = run.document | {
        "history": history,
        "strategies": [_grouped_strategy(strategy, group_of) for strategy in run.document["strategies"]],
    }
    renamed = run.weights.assign(asset=_renamed(run.weights["asset"], group_of))
    weights = renamed.groupby(["date", "strategy", "asset"], sort=False, observed=True)[["weight"]].sum().reset_index()
    return replace(run, document=document, weights=weights)


def _renamed(assets: pd.Series, group_of: Mapping[str, str]) -> pd.Series:
    """The column of assets' names with each grouped asset replaced by its group's name; a categorical for speed."""
    codes, names = pd.factorize(assets)
    renamed, new_names = pd.factorize(np.array([group_of.get(name, name) for name in names], dtype=object))
    column = pd.Categorical.from_codes(renamed[codes], dtype=pd.CategoricalDtype(list(new_names)))
    return pd.Series(column, index=assets.index)


def _legs(document: Json) -> tuple[str, str]:
    """The roles of both legs."""
    return document["settings"]["stocks_role"], document["settings"]["bonds_role"]


def _grouped_strategy(strategy: Json, group_of: Mapping[str, str]) -> Json:
    """The strategy's entry with the assets of each group added up."""
    attribution = {
        table: [episode and episode | {"assets": _grouped_sums(episode["assets"], group_of)} for episode in parts]
        for table, parts in strategy["attribution"].items()
    }
    lines = strategy["lines"] | {"assets": _grouped_sums(strategy["lines"]["assets"], group_of)}
    return strategy | {"lines": lines, "attribution": attribution}


def _grouped_sums(parts: Mapping[str, float | None], group_of: Mapping[str, str]) -> dict[str, float | None]:
    """The values by role, with those of a group added up under the group's name; a sum is None if a part of it is."""
    sums: dict[str, float | None] = {}
    for role, part in parts.items():
        name = group_of.get(role, role)
        sum_so_far = sums.get(name, 0.0)
        sums[name] = None if part is None or sum_so_far is None else sum_so_far + part
    return sums
