"""A figure: traces and layout for plotly.js, in which colours and arrays stand as names.

The page's script `charts.js` replaces `{"colour": key}` by the palette's colour, light or dark, and `{"array": name}`
by an array of the figure's group or, if it has no group, by its `names`. A trace's `meta` is the key of the legend
entry that hides it. A trace with a `choice` is drawn only while the strategy of that index is chosen, and a `faint`
trace is pale unless its strategy is chosen. Text that comes from users must go through `plain`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from backtester.pages.names import Named

Spec = dict[str, Any]  # a part of a figure, as `charts.js` reads it


@dataclass(frozen=True)
class LegendEntry:
    """An entry of a figure's legend, a button that hides and shows the traces with its `meta`.

    `key` is its colour in the palette, `dash` its SVG dash array, `area` whether it shows an area instead of a line,
    `title` its tooltip.
    """

    meta: str
    text: str
    key: str
    dash: str = ""
    area: bool = False
    title: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart of a page, of `height` px.

    `group` names the `DatedArrays` that its traces use; a chart of bars has their `names` instead. `description` is for
    screen readers. Charts that are `linked` share their time axis: a zoom in one is a zoom in all.
    """

    name: str
    caption: str
    description: str
    traces: tuple[Spec, ...]
    layout: Spec
    height: int
    group: str = ""
    names: tuple[str, ...] = ()
    legend: tuple[LegendEntry, ...] = ()
    linked: bool = False

    def spec(self) -> Spec:
        """The fields that `charts.js` reads."""
        return {key: getattr(self, key) for key in ("group", "names", "traces", "layout", "height", "linked")}


def colour(key: str) -> Spec:
    """A colour of the palette, by its key."""
    return {"colour": key}


def array(name: str) -> Spec:
    """An array of the figure's group, by its name."""
    return {"array": name}


def plain(text: str) -> str:
    """The text with HTML tags and plotly's `%{...}` templates escaped, which plotly.js would otherwise interpret."""
    return escape(text, quote=False).replace("%{", "%\u200b{")


def strategy_legend(names: tuple[Named, ...], first: int = 0) -> tuple[LegendEntry, ...]:
    """The legend entries of the strategies from index `first` on; the reference has index 0."""
    return tuple(
        LegendEntry(str(index), named.label, named.key, named.dash, title=named.recipe)
        for index, named in enumerate(names)
        if index >= first
    )


def curve(name: str, meta: str, values: str, own: Spec) -> Spec:
    """A trace of the array `values` over the dates of the figure's group; `own` adds settings or replaces them."""
    dates = {"x": array("dates"), "y": array(values)}
    return {"type": "scatter", "mode": "lines", "name": plain(name), "meta": meta} | dates | own


def shade(x: Sequence[Any], y: Sequence[Any], opacity: float, own: Spec) -> Spec:
    """A shaded rectangle behind the traces, with two ends in `x` and in `y`; `own` is added to it."""
    ends = {"x0": x[0], "x1": x[1], "y0": y[0], "y1": y[1]}
    looks = {"fillcolor": colour("shade"), "opacity": opacity, "line": {"width": 0}}
    return {"type": "rect", "layer": "below"} | own | ends | looks


def title(text: str, height: float) -> Spec:
    """A panel's title at the left edge; `height` is a share of the chart's height, 1 at the top."""
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


def time_axis(own: Spec) -> Spec:
    """A time axis with a line across all panels at the pointer; `own` adds settings or replaces them."""
    looks = {
        "type": "date",
        "hoverformat": "%-d %b %Y",
        "showgrid": False,
        "showspikes": True,
        "spikemode": "across",
        "spikethickness": 1,
        "spikedash": "dot",
        "spikecolor": colour("muted"),
        "spikesnap": "cursor",
    }
    return axis(looks | own)


def axis(own: Spec) -> Spec:
    """An axis in the common style; `own` adds settings or replaces them."""
    looks: Spec = {
        "gridcolor": colour("faint"),
        "linecolor": colour("rule"),
        "zerolinecolor": colour("rule"),
        "tickcolor": colour("rule"),
        "automargin": True,
    }
    return looks | own


def layout(own: Spec) -> Spec:
    """A layout in the common style; `own` adds settings or replaces them."""
    looks: Spec = {
        "font": {"family": "inherit", "size": 12, "color": colour("muted")},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 44, "r": 12, "t": 8, "b": 28},
        "showlegend": False,
        "hovermode": "x unified",
        "hoverlabel": {
            "bgcolor": colour("paper"),
            "bordercolor": colour("rule"),
            "font": {"color": colour("ink"), "size": 12},
            "namelength": -1,
        },
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": colour("muted"), "activecolor": colour("accent")},
    }
    return looks | own
