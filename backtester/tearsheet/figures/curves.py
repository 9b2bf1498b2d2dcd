"""Charts through time, with joint sell-offs shaded: growth with drawdowns, and the correlation of stocks and bonds.

One group, a set of arrays that charts share, holds the arrays of both, so that the page has the dates of the sessions
once. The document is a run's results as JSON. A rhythm is how often sessions come, daily to quarterly.
"""

import pandas as pd

from backtester.pages.embed import DatedArrays
from backtester.pages.figure import (
    Chart,
    LegendEntry,
    Spec,
    axis,
    colour,
    curve,
    layout,
    shade,
    strategy_legend,
    time_axis,
    title,
)
from backtester.pages.names import Named
from backtester.runs.values import Json
from backtester.tearsheet.names import pair_words

SESSIONS_GROUP = "sessions"
LOG_TICKS = [digit * 10.0**power for power in range(-3, 7) for digit in (1, 1.5, 2, 3, 5, 7)]


def sessions_group(nav: pd.DataFrame, names: tuple[Named, ...], dependence: pd.DataFrame) -> DatedArrays:
    """The net asset values of each strategy, from which the page's script computes drawdowns, and the
    rolling correlations of the legs (stocks and bonds), the columns of `dependence`."""
    values = {f"nav{index}": nav[named.name].to_numpy() for index, named in enumerate(names)}
    known = {str(name): column.to_numpy() for name, column in dependence.reindex(nav.index).items()}
    return DatedArrays(SESSIONS_GROUP, pd.DatetimeIndex(nav.index), values | known)


def growth_figure(document: Json, names: tuple[Named, ...]) -> Chart:
    """Growth and underwater curves of every strategy; the reference is drawn last, on top."""
    order = [*range(1, len(names)), 0]
    upper = [_line(names[index], index, f"nav{index}", yaxis="y", hover="%{y:.2f}") for index in order]
    lower = [
        _line(names[index], index, f"depth{index}", yaxis="y2", hover="%{y:.1f}%") | ({"faint": True} if index else {})
        for index in order
    ]
    ticks = {"tickvals": LOG_TICKS, "ticktext": [f"{tick:g}" for tick in LOG_TICKS]}
    return Chart(
        name="growth",
        group=SESSIONS_GROUP,
        caption=(
            "Above: the growth of 1, after costs. Below: how far each strategy stood under its last peak. Shaded: the "
            "joint sell-offs. The chosen strategy stands out below. "
            "Drag over a stretch to see it closer, in every chart over time; press twice to see all."
        ),
        description="Line charts of growth and of drawdowns through time; the table below gives where they end.",
        traces=(*upper, *lower),
        layout=layout(
            {
                "xaxis": time_axis({"anchor": "y2"}),
                "yaxis": axis({"domain": [0.40, 0.97], "type": "log"} | ticks),
                "yaxis2": axis({"domain": [0, 0.33], "ticksuffix": "%"}),
                "annotations": [title("Growth of 1", 1.0), title("Below the last peak", 0.36)],
                "shapes": _shading(document, 0.97),
            }
        ),
        height=560,
        legend=strategy_legend(names),
        linked=True,
    )


def correlation_figure(document: Json) -> Chart:
    """The rolling correlations of the legs' returns by session and by month."""
    pair, lines = pair_words(document), _correlations(document)
    return Chart(
        name="correlation",
        group=SESSIONS_GROUP,
        caption=(
            f"Correlation of {pair.both}. Below zero {pair.bonds} cushioned {pair.stocks}; above zero both fell, and "
            "rose, together, and more joint sell-offs (shaded) are to be expected. The slow line decides the regime."
        ),
        description="Line chart of rolling correlations; the tables below give them by decade and spell.",
        traces=tuple(
            curve(text, name, name, {"line": {"color": colour(key), "width": width}, "hovertemplate": "%{y:.2f}"})
            for name, text, key, width in lines
        ),
        layout=layout(
            {
                "xaxis": time_axis({"anchor": "y"}),
                "yaxis": axis({"range": [-1, 1], "tickvals": [-1, -0.5, 0, 0.5, 1], "zerolinecolor": colour("ink")}),
                "shapes": _shading(document, 1.0),
            }
        ),
        height=280,
        legend=tuple(LegendEntry(name, text, key) for name, text, key, _ in lines),
        linked=True,
    )


def _correlations(document: Json) -> tuple[tuple[str, str, str, float], ...]:
    """The column, label, colour and width of each rolling correlation; with monthly sessions there is only one."""
    rhythm = pair_words(document).rhythm
    count, months = rhythm.correlation_sessions, "quarterly" if rhythm.span == "quarter" else "monthly"
    by_session = (f"correlation_{count}_sessions", f"Last {rhythm.words_for(count)}", "muted", 1.0)
    by_month = ("correlation_36_months", f"Last 36 months, {months} returns", "accent", 2.2)
    return (by_month,) if rhythm.span == "month" else (by_session, by_month)


def _shading(document: Json, top: float) -> list[Spec]:
    """The joint sell-offs as bands behind the lines, up to a share of the chart's height."""
    paper = {"xref": "x", "yref": "paper"}
    return [shade((window["start"], window["end"]), (0, top), 0.55, paper) for window in document["joint_sell_offs"]]


def _line(named: Named, index: int, values: str, yaxis: str, hover: str) -> Spec:
    """A strategy's line; that of the reference, which has index 0, is thicker."""
    line = {
        "color": colour(named.key),
        "width": 1.8 if index == 0 else 1.4,
        "dash": named.dash.replace(" ", "px,") + "px" if named.dash else "solid",
    }
    return curve(named.label, str(index), values, {"yaxis": yaxis, "line": line, "hovertemplate": hover})
