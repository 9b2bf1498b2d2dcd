"""Texts in charts, and the looks that all charts have."""

from dataclasses import astuple

from backtester.pages.figure import (
    Chart,
    LegendEntry,
    axis,
    colour,
    curve,
    layout,
    plain,
    shade,
    strategy_legend,
    time_axis,
    title,
)
from backtester.pages.names import Named

MUTED, INK, RULE, FAINT = (colour(key) for key in ("muted", "ink", "rule", "faint"))


def test_chart_texts_are_plain() -> None:
    """Neither tags nor templates of plotly.js work in a text from outside."""
    assert plain("<a href='x'>%{y}") == "&lt;a href='x'&gt;%\u200b{y}"


def test_a_layout_is_clear_and_has_one_hover_for_all_curves() -> None:
    """Clear paper and narrow margins, no legend of plotly.js, names in full; what a chart says itself wins."""
    clear = "rgba(0,0,0,0)"
    assert layout({"showlegend": True, "barmode": "group"}) == {
        "font": {"family": "inherit", "size": 12, "color": MUTED},
        "paper_bgcolor": clear,
        "plot_bgcolor": clear,
        "margin": {"l": 44, "r": 12, "t": 8, "b": 28},
        "showlegend": True,
        "hovermode": "x unified",
        "hoverlabel": {
            "bgcolor": colour("paper"),
            "bordercolor": RULE,
            "font": {"color": INK, "size": 12},
            "namelength": -1,
        },
        "modebar": {"bgcolor": clear, "color": MUTED, "activecolor": colour("accent")},
        "barmode": "group",
    }
    assert layout({})["showlegend"] is False


def test_the_time_axis_has_a_line_where_the_pointer_stands() -> None:
    """Across all panels, dotted, with the day written out, and no grid; any axis makes room for its texts."""
    looks = {"gridcolor": FAINT, "linecolor": RULE, "zerolinecolor": RULE, "tickcolor": RULE, "automargin": True}
    assert axis({"title": "x"}) == looks | {"title": "x"}
    assert time_axis({"anchor": "y2"}) == looks | {
        "type": "date",
        "hoverformat": "%-d %b %Y",
        "showgrid": False,
        "showspikes": True,
        "spikemode": "across",
        "spikethickness": 1,
        "spikedash": "dot",
        "spikecolor": MUTED,
        "spikesnap": "cursor",
        "anchor": "y2",
    }


def test_titles_shades_and_curves() -> None:
    """A title stands at the left of its panel, a shade behind the traces and without an edge, a curve on the dates."""
    assert title("Drawdown", 0.4) == {
        **{"text": "Drawdown", "xref": "paper", "yref": "paper", "x": 0, "y": 0.4},
        **{"xanchor": "left", "yanchor": "middle", "showarrow": False, "font": {"size": 12, "color": INK}},
    }
    assert shade(["a", "b"], [0, 1], 0.3, {"xref": "x"}) == {
        **{"type": "rect", "layer": "below", "xref": "x", "x0": "a", "x1": "b", "y0": 0, "y1": 1},
        **{"fillcolor": colour("shade"), "opacity": 0.3, "line": {"width": 0}},
    }
    assert curve("a<b", "2", "nav", {"mode": "markers"}) == {
        **{"type": "scatter", "mode": "markers", "name": "a&lt;b", "meta": "2"},
        **{"x": {"array": "dates"}, "y": {"array": "nav"}},
    }


def test_a_legend_begins_where_it_is_asked_to() -> None:
    """The reference is 0; from 1 on are the strategies beside it, each hidden by its place."""
    names = tuple(Named(label, label, f"recipe {label}", f"s{place}", "", ()) for place, label in enumerate("abc"))
    assert [(one.meta, one.text) for one in strategy_legend(names)] == [("0", "a"), ("1", "b"), ("2", "c")]
    assert [(one.meta, one.text) for one in strategy_legend(names, 1)] == [("1", "b"), ("2", "c")]


def test_an_entry_is_a_line_unless_it_says_so() -> None:
    """Neither dashed nor an area, and without a title."""
    assert astuple(LegendEntry("0", "gold", "s1")) == ("0", "gold", "s1", "", False, "")


def test_a_chart_is_not_linked_unless_it_says_so() -> None:
    """What the page's script reads has no words for readers, and no arrays or link by default."""
    assert Chart("a", "b", "c", (), {}, 300).spec() == {
        **{"group": "", "traces": (), "layout": {}, "height": 300, "linked": False, "names": ()},
    }
