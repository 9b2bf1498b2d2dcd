"""Weights through time, an area chart a strategy, with cash as what they leave and borrowing below the line."""

import numpy as np
import pandas as pd

from backtester.arrays import Array
from backtester.pages.embed import Group
from backtester.pages.figure import Entry, Figure, Spec, axis, colour, curve, layout
from backtester.pages.names import Named, role_label
from backtester.pages.palette import asset_key
from backtester.tearsheet.names import Json

GROUP = "weights"
STACKING = ("stocks", "bonds", "long_bonds", "gold", "dollar")


def weights_by_strategy(weights: pd.DataFrame, sources: Json, names: tuple[Named, ...]) -> dict[str, pd.DataFrame]:
    """Sessions x assets of each strategy, and cash: what the funded weights leave of one."""
    unfunded = {role for role, series in sources.items() if not series.get("funded", True)}
    found = {}
    for named in names:
        own = weights[weights["strategy"] == named.name]
        table = own.pivot_table(index="date", columns="asset", values="weight", observed=True, sort=False)
        table = table[sorted(table, key=lambda role: _stacked(str(role)))].astype(float)
        funded = [role for role in table.columns if role not in unfunded]
        found[named.name] = table.assign(cash=1 - table[funded].sum(axis=1))
    return found


def weights_group(tables: dict[str, pd.DataFrame], names: tuple[Named, ...]) -> Group:
    """The weights at each week's last session in percent, holdings and debts apart."""
    index = pd.DatetimeIndex(next(iter(tables.values())).index)
    weeks = index.to_period("W").asi8
    rows = np.flatnonzero(np.append(weeks[1:] != weeks[:-1], True))  # each week's last session
    arrays = {}
    for place, named in enumerate(names):
        for role, values in tables[named.name].iloc[rows].items():
            percents = 100 * values.to_numpy()
            arrays[f"{place}.{role}.held"] = np.maximum(percents, 0.0)
            if (percents < -0.5).any():
                arrays[f"{place}.{role}.owed"] = np.minimum(percents, 0.0)
    return Group(GROUP, index[rows], arrays)


def weights_figures(group: Group, names: tuple[Named, ...]) -> tuple[Figure, ...]:
    """A small chart a strategy, all on one scale."""
    low = min(float(_total(group, place, "owed").min()) for place in range(len(names)))
    high = max(float(_total(group, place, "held").max()) for place in range(len(names)))
    span = [min(0.0, 1.05 * low), 1.05 * high]
    return tuple(
        Figure(
            name=f"weights-{place}",
            group=GROUP,
            caption=named.label,
            description="Stacked areas of the weights through time; the table below gives their means and ranges.",
            traces=tuple(_area(name) for name in group.arrays if name.startswith(f"{place}.")),
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
        for place, named in enumerate(names)
    )


def weights_legend(group: Group) -> tuple[Entry, ...]:
    """One legend for all charts: each asset that any of them holds."""
    roles = dict.fromkeys(_role(name) for name in group.arrays)
    labels = {role: role_label(role) for role in sorted(roles, key=lambda role: role == "cash")}
    labels |= {"cash": "Cash (below zero: borrowed)"}
    return tuple(Entry(role, label, asset_key(role), area=True) for role, label in labels.items())


def _stacked(role: str) -> tuple[int, str]:
    """Where an asset stands in the stack: others above those of STACKING, by name."""
    return (STACKING.index(role) if role in STACKING else len(STACKING), role)


def _total(group: Group, place: int, side: str) -> Array:
    """All assets of a strategy that are held or owed, together (T,)."""
    parts = [part for name, part in group.arrays.items() if name.startswith(f"{place}.") and name.endswith(side)]
    return np.asarray(np.sum(parts, axis=0)) if parts else np.zeros(1)


def _role(name: str) -> str:
    """The role in an array's name, `place.role.side`."""
    return name.partition(".")[2].rpartition(".")[0]


def _area(name: str) -> Spec:
    role, side = _role(name), name.rpartition(".")[2]
    key = colour(asset_key(role))
    line = {"stackgroup": side, "line": {"width": 0, "color": key, "shape": "hv"}, "fillcolor": key}
    return curve(role_label(role), role, name, line | {"hovertemplate": "%{y:.0f}%"})
