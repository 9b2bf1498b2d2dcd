"""Growth and underwater curves of every strategy over one time axis, the joint sell-offs shaded.

The group of the sessions holds what any chart over sessions draws, so that their dates stand in the page once.
"""

import numpy as np
import pandas as pd

from backtester.pages.embed import Group
from backtester.pages.figure import (
    Figure,
    Spec,
    array,
    axis,
    colour,
    layout,
    plain,
    strategy_legend,
    time_axis,
    title,
)
from backtester.pages.names import Named
from backtester.tearsheet.names import Json

GROUP = "sessions"
TICKS = [digit * 10.0**power for power in range(-3, 7) for digit in (1, 1.5, 2, 3, 5, 7)]
LABELS = [f"{tick:g}" for tick in TICKS]


def sessions_group(nav: pd.DataFrame, names: tuple[Named, ...], dependence: pd.DataFrame | None = None) -> Group:
    """Net asset values and depths below the running peak, by the strategy's place; and `dependence`'s columns."""
    values = {f"nav{place}": nav[named.name].to_numpy() for place, named in enumerate(names)}
    with np.errstate(invalid="ignore"):
        depths = {
            f"depth{place}": 100 * (values[f"nav{place}"] / np.maximum.accumulate(values[f"nav{place}"]) - 1)
            for place in range(len(names))
        }
    others = {} if dependence is None else dict(dependence.reindex(nav.index).items())
    known = {str(name): column.to_numpy() for name, column in others.items()}
    return Group(GROUP, pd.DatetimeIndex(nav.index), values | depths | known)


def growth_figure(document: Json, names: tuple[Named, ...]) -> Figure:
    """The figure of the group; the reference is drawn last, on top."""
    order = [*range(1, len(names)), 0]
    upper = [_line(names[place], place, f"nav{place}", "y", "%{y:.2f}") for place in order]
    lower = [_line(names[place], place, f"depth{place}", "y2", "%{y:.1f}%") for place in order]
    return Figure(
        name="growth",
        group=GROUP,
        caption=(
            "Above: the growth of 1, after costs. Below: how far each strategy stood under its last peak. Shaded: the "
            "joint sell-offs. A hedge that pays keeps its line up inside the shading; what it costs shows between. "
            "Drag over a stretch to see it closer, in every chart over time; press twice to see all."
        ),
        description="Line charts of growth and of drawdowns through time; the table below gives where they end.",
        traces=(*upper, *lower),
        layout=_layout(document),
        height=560,
        legend=strategy_legend(names),
        linked=True,
    )


def shading(document: Json, top: float) -> list[Spec]:
    """The joint sell-offs as bands behind the lines, up to a share of the chart's height."""
    return [
        {
            "type": "rect",
            "layer": "below",
            "xref": "x",
            "yref": "paper",
            "x0": window["start"],
            "x1": window["end"],
            "y0": 0,
            "y1": top,
            "fillcolor": colour("shade"),
            "opacity": 0.55,
            "line": {"width": 0},
        }
        for window in document["joint_sell_offs"]
    ]


def _line(named: Named, place: int, values: str, yaxis: str, hover: str) -> Spec:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": plain(named.label),
        "meta": str(place),
        "x": array("dates"),
        "y": array(values),
        "yaxis": yaxis,
        "line": {
            "color": colour(named.key),
            "width": 1.8 if place == 0 else 1.4,
            "dash": named.dash.replace(" ", "px,") + "px" if named.dash else "solid",
        },
        "hovertemplate": hover,
    }


def _layout(document: Json) -> Spec:
    return layout(
        {
            "xaxis": time_axis({"anchor": "y2"}),
            "yaxis": axis({"domain": [0.40, 0.97], "type": "log", "tickvals": TICKS, "ticktext": LABELS}),
            "yaxis2": axis({"domain": [0, 0.33], "ticksuffix": "%"}),
            "annotations": [title("Growth of 1", 1.0), title("Below the last peak", 0.36)],
            "shapes": shading(document, 0.97),
        }
    )
