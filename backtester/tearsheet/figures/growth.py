"""Growth and underwater curves of every strategy over one time axis, the joint sell-offs shaded."""

import numpy as np
import pandas as pd

from backtester.tearsheet.embed import Group
from backtester.tearsheet.figures.figure import Figure, Spec, array, axis, colour, layout, plain, strategy_entry
from backtester.tearsheet.names import Json, Named

GROUP = "growth"
TICKS = [digit * 10.0**power for power in range(-3, 7) for digit in (1, 1.5, 2, 3, 5, 7)]
LABELS = [f"{tick:g}" for tick in TICKS]


def growth_group(nav: pd.DataFrame, names: tuple[Named, ...]) -> Group:
    """Net asset values and depths below the running peak, by the strategy's place."""
    values = {f"nav{place}": nav[named.name].to_numpy() for place, named in enumerate(names)}
    with np.errstate(invalid="ignore"):
        depths = {
            f"depth{place}": 100 * (values[f"nav{place}"] / np.maximum.accumulate(values[f"nav{place}"]) - 1)
            for place in range(len(names))
        }
    return Group(GROUP, pd.DatetimeIndex(nav.index), values | depths)


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
            "joint sell-offs. A hedge that pays keeps its line up inside the shading; what it costs shows between."
        ),
        description="Line charts of growth and of drawdowns through time; the table below gives where they end.",
        traces=(*upper, *lower),
        layout=_layout(document),
        height=560,
        legend=tuple(strategy_entry(named, place) for place, named in enumerate(names)),
        log_toggle=True,
    )


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


def _title(text: str, height: float) -> Spec:
    return {
        "text": text,
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": height,
        "xanchor": "left",
        "yanchor": "middle",
        "showarrow": False,
        "font": {"size": 12, "color": colour("ink")},
    }


def _layout(document: Json) -> Spec:
    return layout(
        {
            "xaxis": axis({"type": "date", "anchor": "y2", "hoverformat": "%-d %b %Y", "showgrid": False}),
            "yaxis": axis({"domain": [0.40, 0.97], "type": "log", "tickvals": TICKS, "ticktext": LABELS}),
            "yaxis2": axis({"domain": [0, 0.33], "ticksuffix": "%"}),
            "annotations": [_title("Growth of 1", 1.0), _title("Below the last peak", 0.36)],
            "shapes": [
                {
                    "type": "rect",
                    "layer": "below",
                    "xref": "x",
                    "yref": "paper",
                    "x0": window["start"],
                    "x1": window["end"],
                    "y0": 0,
                    "y1": 0.97,
                    "fillcolor": colour("shade"),
                    "opacity": 0.55,
                    "line": {"width": 0},
                }
                for window in document["joint_sell_offs"]
            ],
        }
    )
