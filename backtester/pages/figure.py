"""A figure: the traces and layout for plotly.js, with colours and arrays by name.

`{"colour": key}` stands for a colour of the palette, light or dark, and `{"array": name}` for an array of the figure's
group or, in a figure without a group, for its `names`; the page's script replaces both. A trace's `meta` is the key of
the legend entry that hides it, its `choice` the place of the only strategy that it is drawn for; a `faint` trace is
pale unless its strategy is chosen. Text from outside goes through `plain`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from backtester.pages.names import Named

Spec = dict[str, Any]


@dataclass(frozen=True)
class LegendEntry:
    """An entry of a figure's legend, a button that hides and shows the traces whose `meta` is its key."""

    meta: str
    text: str
    key: str
    dash: str = ""
    area: bool = False
    title: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart: traces, layout, caption and description; `group` is that of its arrays, or `names` are those of its
    bars.

    `linked` charts share one time axis: a zoom in one is a zoom in all.
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
        """The fields that the page's script reads."""
        return {key: getattr(self, key) for key in ("group", "names", "traces", "layout", "height", "linked")}


def colour(key: str) -> Spec:
    """A colour of the palette."""
    return {"colour": key}


def array(name: str) -> Spec:
    """Values of the figure's group."""
    return {"array": name}


def plain(text: str) -> str:
    """The text with tags and templates escaped, which plotly.js would otherwise interpret."""
    return escape(text, quote=False).replace("%{", "%\u200b{")


def strategy_legend(names: tuple[Named, ...], first: int = 0) -> tuple[LegendEntry, ...]:
    """The legend entries of the strategies from place `first` on; the reference has place 0."""
    return tuple(
        LegendEntry(str(place), named.label, named.key, named.dash, title=named.recipe)
        for place, named in enumerate(names)
        if place >= first
    )


def curve(name: str, meta: str, values: str, own: Spec) -> Spec:
    """A line or an area over the dates of the figure's group, with settings of its own."""
    dates = {"x": array("dates"), "y": array(values)}
    return {"type": "scatter", "mode": "lines", "name": plain(name), "meta": meta} | dates | own


def shade(x: Sequence[Any], y: Sequence[Any], opacity: float, own: Spec) -> Spec:
    """A shaded rectangle behind the traces, from the first to the second of `x` and of `y`."""
    ends = {"x0": x[0], "x1": x[1], "y0": y[0], "y1": y[1]}
    looks = {"fillcolor": colour("shade"), "opacity": opacity, "line": {"width": 0}}
    return {"type": "rect", "layer": "below"} | own | ends | looks


def title(text: str, height: float) -> Spec:
    """A panel's title at a share of the chart's height."""
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
    """The axis of the sessions, with a line across all panels at the pointer."""
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
    """An axis in the common style, with settings of its own."""
    looks: Spec = {
        "gridcolor": colour("faint"),
        "linecolor": colour("rule"),
        "zerolinecolor": colour("rule"),
        "tickcolor": colour("rule"),
        "automargin": True,
    }
    return looks | own


def layout(own: Spec) -> Spec:
    """A layout in the common style, with settings of its own."""
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
