"""Curves over time: which lines, how they look, and what is shaded behind them."""

import numpy as np
import pandas as pd
import pytest

from backtester.pages.figure import Spec, colour
from backtester.pages.names import Named
from backtester.tearsheet.figures.curves import correlation_figure, growth_figure, sessions_group
from documents import document

NAMES = (
    Named("base", "Base", "base()", "reference", "", ()),
    Named("gold", "+ gold", "gold()", "s1", "", ()),
    Named("puts", "+ puts", "puts()", "s2", "7 2", ()),
)


def part(spec: Spec, *keys: str) -> Spec:
    """Some settings of many."""
    return {key: spec[key] for key in keys}


def test_each_strategy_has_a_line_and_a_depth() -> None:
    """The reference is drawn last and widest; the depths of the others stand back; values go by the place."""
    traces = growth_figure(document(), NAMES).traces
    drawn = [(one["name"], one["meta"], one["y"]["array"], one["yaxis"], one.get("faint", False)) for one in traces]
    assert drawn == [
        ("+ gold", "1", "nav1", "y", False),
        ("+ puts", "2", "nav2", "y", False),
        ("Base", "0", "nav0", "y", False),
        ("+ gold", "1", "depth1", "y2", True),
        ("+ puts", "2", "depth2", "y2", True),
        ("Base", "0", "depth0", "y2", False),
    ]
    assert [one["line"] for one in traces[:3]] == [
        {"color": colour("s1"), "width": 1.4, "dash": "solid"},
        {"color": colour("s2"), "width": 1.4, "dash": "7px,2px"},
        {"color": colour("reference"), "width": 1.8, "dash": "solid"},
    ]
    assert {one["hovertemplate"] for one in traces[:3]} == {"%{y:.2f}"}
    assert {one["hovertemplate"] for one in traces[3:]} == {"%{y:.1f}%"}


def test_growth_stands_above_the_depths() -> None:
    """Two panels on one time axis, which zooms with the others; growth in logs, with round ticks."""
    chart = growth_figure(document(), NAMES)
    assert (chart.height, chart.linked, chart.group) == (560, True, "sessions")
    assert [entry.meta for entry in chart.legend] == ["0", "1", "2"]
    upper, lower = chart.layout["yaxis"], chart.layout["yaxis2"]
    assert part(upper, "domain", "type") == {"domain": [0.40, 0.97], "type": "log"}
    assert part(lower, "domain", "ticksuffix") == {"domain": [0, 0.33], "ticksuffix": "%"}
    assert upper["tickvals"][:8] == [0.001, 0.0015, 0.002, 0.003, 0.005, 0.007, 0.01, 0.015]
    assert upper["ticktext"][18:24] == ["1", "1.5", "2", "3", "5", "7"]
    assert upper["tickvals"][-1] == 7e6
    titles = [(one["text"], one["x"], one["y"], one["showarrow"]) for one in chart.layout["annotations"]]
    assert titles == [("Growth of 1", 0, 1.0, False), ("Below the last peak", 0, 0.36, False)]


def test_joint_sell_offs_are_shaded() -> None:
    """From their start to their end, up to the top of the upper panel."""
    shades = growth_figure(document(), NAMES).layout["shapes"]
    keys = ("x0", "x1", "y0", "y1", "opacity", "xref", "yref", "layer", "line")
    assert [part(one, *keys) for one in shades] == [
        {"x0": "2020-03-04", "x1": f"2020-03-{day}", "y0": 0, "y1": 0.97, "opacity": 0.55, "xref": "x", "yref": "paper"}
        | {"layer": "below", "line": {"width": 0}}
        for day in (10, 11)
    ]
    assert [one["y1"] for one in correlation_figure(document()).layout["shapes"]] == [1.0, 1.0]


MONTHS = "correlation_36_months"
DAILY = [("correlation_63_sessions", "Last 63 sessions", 1.0), (MONTHS, "Last 36 months, monthly", 2.2)]
QUARTERLY = [("correlation_40_sessions", "Last 40 quarters", 1.0), (MONTHS, "Last 36 months, quarterly", 2.2)]


@pytest.mark.parametrize(
    ("rhythm", "a_year", "lines"), [("daily", 252, DAILY), ("monthly", 12, DAILY[1:]), ("quarterly", 4, QUARTERLY)]
)
def test_correlations_of_a_rhythm(rhythm: str, a_year: int, lines: list[tuple[str, str, float]]) -> None:
    """The quick one and, thicker, that of months, where these are not the same."""
    made = document()
    made["history"] |= {"rhythm": rhythm, "sessions_a_year": a_year}
    chart = correlation_figure(made)
    assert [(one["meta"], one["line"]["width"]) for one in chart.traces] == [(key, width) for key, _, width in lines]
    assert [entry.text.removesuffix(" returns") for entry in chart.legend] == [text for _, text, _ in lines]
    assert (chart.height, chart.linked) == (280, True)
    assert part(chart.layout["yaxis"], "range", "tickvals") == {"range": [-1, 1], "tickvals": [-1, -0.5, 0, 0.5, 1]}


def test_the_group_of_the_sessions() -> None:
    """Values by place, and what else is known by session, NaN on sessions that it lacks."""
    days = pd.bdate_range("2024-01-01", periods=3)
    nav = pd.DataFrame({"gold": [1.0, 2.0, 3.0], "base": [1.0, 1.5, 2.0]}, days)
    arrays = sessions_group(nav, NAMES[:2], pd.DataFrame({"known": [0.5, 0.25]}, days[:2])).arrays
    assert {name: list(values) for name, values in arrays.items() if name != "known"} == {
        "nav0": [1.0, 1.5, 2.0],
        "nav1": [1.0, 2.0, 3.0],
    }
    np.testing.assert_array_equal(arrays["known"], [0.5, 0.25, np.nan])
