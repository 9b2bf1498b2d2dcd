"""A figure: what plotly.js is given, with colours and values named instead of written out.

`{"colour": key}` stands for a colour of the palette, light or dark as the reader has it, and `{"array": name}` for
values of the figure's group; the page's script puts both in. A text from outside goes through `plain`.
"""

from dataclasses import dataclass
from html import escape
from typing import Any

from backtester.tearsheet.names import Named

Spec = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """An entry of a figure's legend, a button that hides and shows the traces whose `meta` is its key."""

    meta: str
    text: str
    key: str
    dash: str = ""
    area: bool = False
    title: str = ""


@dataclass(frozen=True)
class Figure:
    """A chart: the group that its arrays come from, its traces and layout, and what stands for it in words."""

    name: str
    group: str
    caption: str
    description: str
    traces: tuple[Spec, ...]
    layout: Spec
    height: int
    legend: tuple[Entry, ...] = ()
    log_toggle: bool = False

    def spec(self) -> Spec:
        """What the page's script reads."""
        return {"group": self.group, "traces": self.traces, "layout": self.layout, "height": self.height}


def colour(key: str) -> Spec:
    """A colour of the palette."""
    return {"colour": key}


def array(name: str) -> Spec:
    """Values of the figure's group."""
    return {"array": name}


def plain(text: str) -> str:
    """Text that plotly.js, which reads tags and templates in texts, shows as it is."""
    return escape(text, quote=False).replace("%{", "%\u200b{")


def strategy_entry(named: Named, place: int) -> Entry:
    """The legend's entry of a strategy."""
    return Entry(str(place), named.label, named.key, named.dash, title=named.recipe)


def axis(own: Spec) -> Spec:
    """An axis of the house's looks with settings of its own."""
    looks: Spec = {
        "gridcolor": colour("faint"),
        "linecolor": colour("rule"),
        "zerolinecolor": colour("rule"),
        "tickcolor": colour("rule"),
        "automargin": True,
    }
    return looks | own


def layout(own: Spec) -> Spec:
    """A layout of the house's looks with settings of its own."""
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
