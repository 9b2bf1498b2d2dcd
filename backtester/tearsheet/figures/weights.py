"""Area charts of weights through time, one for each strategy; cash is the rest, and below zero it is borrowed.

The document is a run's results as JSON.
"""

import numpy as np
import pandas as pd

from backtester.arrays import Array
from backtester.pages.embed import DatedArrays
from backtester.pages.figure import Chart, LegendEntry, Spec, axis, colour, curve, layout
from backtester.pages.names import Named, asset_key, role_label
from backtester.runs.folder import RunFolder
from backtester.runs.values import Json
from backtester.tearsheet.limit_assets import OTHER_NOTIONALS

WEIGHTS_GROUP = "weights"
LEAST_NEGATIVE_SHOWN = -0.5  # percent; a smaller negative weight cannot be seen


def weights_by_strategy(run: RunFolder, names: tuple[Named, ...]) -> dict[str, pd.DataFrame]:
    """The weights of each strategy by its name: sessions x assets in the manifest's order, and `cash`.

    Cash is 1 less the sum of the funded weights.
    """
    weights, order = run.weights, [*run.document["history"].get("assets", {})]
    unfunded = {role for role, series in run.manifest["sources"].items() if not series.get("funded", True)} | {
        OTHER_NOTIONALS
    }
    by_strategy = {}
    for named in names:
        held = weights[weights["strategy"] == named.name]
        (rows, dates), (columns, assets) = pd.factorize(held["date"]), pd.factorize(held["asset"])
        values = np.full((len(dates), len(assets)), np.nan)
        values[rows, columns] = held["weight"]
        in_order = [role for role in order if role in assets]
        table = pd.DataFrame(values, dates, [*map(str, assets)])[
            [*in_order, *(role for role in assets if role not in in_order)]
        ]
        funded = [role for role in table.columns if role not in unfunded]
        by_strategy[named.name] = table.assign(cash=1 - table[funded].sum(axis=1))
    return by_strategy


def weights_group(tables: dict[str, pd.DataFrame], names: tuple[Named, ...]) -> DatedArrays:
    """The weights at each week's last session in percent, as arrays named `0.gold.held`.

    The name is the strategy's number on the page, the asset's role (its name in the history), and `held` for positive
    weights or `owed` for negative ones, which are drawn apart.
    """
    dates = pd.DatetimeIndex(next(iter(tables.values())).index)
    weeks = dates.to_period("W").asi8
    rows = np.flatnonzero(np.append(weeks[1:] != weeks[:-1], True))  # each week's last session
    arrays = {}
    for index, named in enumerate(names):
        for role, values in tables[named.name].iloc[rows].items():
            percents = 100 * values.to_numpy()
            if (percents > 0).any():
                arrays[f"{index}.{role}.held"] = np.maximum(percents, 0.0)
            if (percents < LEAST_NEGATIVE_SHOWN).any():
                arrays[f"{index}.{role}.owed"] = np.minimum(percents, 0.0)
    return DatedArrays(WEIGHTS_GROUP, dates[rows], arrays)


def weights_figures(group: DatedArrays, document: Json, names: tuple[Named, ...]) -> tuple[Chart, ...]:
    """A small chart for each strategy, all on one scale."""
    low = min(float(_total(group, index, "owed").min()) for index in range(len(names)))
    high = max(float(_total(group, index, "held").max()) for index in range(len(names)))
    span = [1.05 * low, 1.05 * high]
    return tuple(
        Chart(
            name=f"weights-{index}",
            group=WEIGHTS_GROUP,
            caption=named.label,
            description="Stacked areas of the weights through time; the table below gives their means and ranges.",
            traces=tuple(_area(name, document) for name in group.arrays if name.startswith(f"{index}.")),
            layout=layout(
                {
                    "xaxis": axis({"type": "date", "hoverformat": "%-d %b %Y", "showgrid": False, "nticks": 5}),
                    "yaxis": axis({"range": span, "ticksuffix": "%", "nticks": 5}),
                    "margin": {"l": 40, "r": 6, "t": 4, "b": 24},
                }
            ),
            height=210,
            linked=True,
        )
        for index, named in enumerate(names)
    )


def weights_legend(group: DatedArrays, document: Json) -> tuple[LegendEntry, ...]:
    """One legend for all charts: each asset that any of them holds."""
    roles = dict.fromkeys(_role(name) for name in group.arrays)
    labels = {role: role_label(role, document) for role in sorted(roles, key=lambda role: role == "cash")}
    labels |= {"cash": "Cash (below zero: borrowed)"}
    return tuple(LegendEntry(role, label, asset_key(role, document), area=True) for role, label in labels.items())


def _total(group: DatedArrays, index: int, side: str) -> Array:
    """The sum of a strategy's weights on one side, `held` or `owed`, (T,)."""
    parts = [part for name, part in group.arrays.items() if name.startswith(f"{index}.") and name.endswith(side)]
    return np.asarray(np.sum([np.zeros(len(group.dates)), *parts], axis=0))


def _role(name: str) -> str:
    """The role in the middle of an array's name."""
    return name.partition(".")[2].rpartition(".")[0]


def _area(name: str, document: Json) -> Spec:
    """The area of an array with a name as in `weights_group`; those above zero, and those below, are stacked."""
    role, side = _role(name), name.rpartition(".")[2]
    fill = colour(asset_key(role, document))
    line = {"stackgroup": side, "line": {"width": 0, "color": fill, "shape": "hv"}, "fillcolor": fill}
    return curve(role_label(role, document), role, name, line | {"hovertemplate": "%{y:.0f}%"})
