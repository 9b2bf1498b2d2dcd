"""The correlation of stocks and bonds through time, of sessions and of months, the joint sell-offs shaded."""

from backtester.pages.figure import Entry, Figure, Spec, array, axis, colour, layout, time_axis
from backtester.tearsheet.figures.growth import GROUP, shading
from backtester.tearsheet.lenses import lens
from backtester.tearsheet.names import Json

LINES = (
    ("correlation_63_sessions", "Last 63 sessions", "muted", 1.0),
    ("correlation_36_months", "Last 36 months, monthly returns", "accent", 2.2),
)


def correlation_figure(document: Json) -> Figure:
    """Both rolling correlations over the page's time axis."""
    seen = lens(document)
    return Figure(
        name="correlation",
        group=GROUP,
        caption=(
            f"Correlation of {seen.both}. Below zero {seen.bonds} cushioned {seen.stocks}; above zero both fell, and "
            "rose, together, and more joint sell-offs (shaded) are to be expected. The slow line decides the regime."
        ),
        description="Line chart of rolling correlations; the tables below give them by decade and spell.",
        traces=tuple(_line(*line) for line in LINES),
        layout=layout(
            {
                "xaxis": time_axis({"anchor": "y"}),
                "yaxis": axis({"range": [-1, 1], "tickvals": [-1, -0.5, 0, 0.5, 1], "zerolinecolor": colour("ink")}),
                "shapes": shading(document, 1.0),
            }
        ),
        height=320,
        legend=tuple(Entry(name, text, key, dash="", title="") for name, text, key, _ in LINES),
        linked=True,
    )


def _line(name: str, text: str, key: str, width: float) -> Spec:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": text,
        "meta": name,
        "x": array("dates"),
        "y": array(name),
        "line": {"color": colour(key), "width": width},
        "hovertemplate": "%{y:.2f}",
    }
