"""A run that holds hundreds of assets, as its page shows it: the largest by name, the rest of them as one.

The run's folder has all of them; a page with all would be as long as it is slow.
"""

import dataclasses
from collections.abc import Mapping

import pandas as pd

from backtester.runs.folder import RunFolder
from backtester.runs.values import Json

MOST = 24  # assets by name
EPISODES = ("joint_sell_offs", "drawdowns", "crises")
ELSEWHERE = {"kind": "", "source": "each in the manifest beside this page", "note": None, "licence": None}
Labels = Mapping[str, str]  # of the assets that are not shown by name: what they are part of


def bounded(run: RunFolder) -> RunFolder:
    """The run with no more than 24 assets by name, those of the largest mean weight in any strategy; of the others the
    sums of weights and of what they earned, funded and unfunded ones apart. Returns of the others are left out."""
    sources, legs = run.manifest["sources"], [run.document["settings"][f"{leg}_role"] for leg in ("stocks", "bonds")]
    sizes = run.weights["weight"].abs().groupby([run.weights["strategy"], run.weights["asset"]], observed=True).mean()
    largest = sizes.groupby("asset", observed=True).max().sort_values(ascending=False, kind="stable")
    hidden = [str(asset) for asset in largest.index[MOST:] if asset not in legs]
    if not hidden:
        return run
    unfunded = {asset for asset in hidden if not sources.get(asset, {}).get("funded", True)}
    labels = {asset: f"{len(unfunded)} unfunded others" for asset in unfunded}
    labels |= {asset: f"{len(hidden) - len(unfunded)} others" for asset in hidden if asset not in unfunded}
    one_for_all = {label: ELSEWHERE | {"funded": asset not in unfunded} for asset, label in labels.items()}
    document = run.document | {key: [_shown(one, labels) for one in run.document[key]] for key in EPISODES}
    return dataclasses.replace(
        run,
        document=document | {"strategies": [_strategy(one, labels) for one in document["strategies"]]},
        manifest=run.manifest | {"sources": {k: v for k, v in sources.items() if k not in labels} | one_for_all},
        weights=_weights(run.weights, labels),
    )


def _shown(episode: Json, labels: Labels) -> Json:
    """The episode with the returns of the assets that are shown."""
    assets = episode["assets"] or {}
    return episode | {"assets": {role: value for role, value in assets.items() if role not in labels}}


def _strategy(strategy: Json, labels: Labels) -> Json:
    attribution = {
        lens: [part and _summed(part, labels) for part in parts] for lens, parts in strategy["attribution"].items()
    }
    return strategy | {"lines": _summed(strategy["lines"], labels), "attribution": attribution}


def _summed(lines: Json, labels: Labels) -> Json:
    """The lines with one sum for all that share a label; None where a part is."""
    assets: dict[str, float | None] = {}
    for role, value in lines["assets"].items():
        name = labels.get(role, role)
        before = assets.get(name, 0.0)
        assets[name] = None if value is None or before is None else before + value
    return lines | {"assets": assets}


def _weights(weights: pd.DataFrame, labels: Labels) -> pd.DataFrame:
    asset = weights["asset"].astype("category")
    parts = [weights[~asset.isin(list(labels))].astype({"asset": str})]
    for label in dict.fromkeys(labels.values()):
        rest = weights[asset.isin([role for role, own in labels.items() if own == label])]
        sums = rest.groupby(["date", "strategy"], observed=True, sort=False)["weight"].sum().reset_index()
        parts.append(sums.assign(asset=label))
    return pd.concat(parts, ignore_index=True)
