"""The yearly lines of profit and loss of every strategy: what each asset earned, and what was paid."""

from backtester.pages.figure import Entry, Figure, Spec, axis, colour, layout, plain
from backtester.pages.names import Named
from backtester.tearsheet.figures.attribution import line_key, line_label, stacks
from backtester.tearsheet.figures.bars import percents
from backtester.tearsheet.names import Json


def lines_figure(document: Json, names: tuple[Named, ...]) -> Figure:
    """A bar a strategy, stacked by line, the reference on top; the total is a diamond."""
    told = [strategy["lines"] for strategy in document["strategies"]]
    labels = [plain(named.label).replace(" + ", "<br>+ ") for named in names]
    parts = stacks(told)
    total: Spec = {
        "type": "scatter",
        "mode": "markers",
        "name": "total",
        "x": percents([one["total"] for one in told]),
        "y": labels,
        "marker": {"symbol": "diamond", "size": 9, "color": colour("ink")},
        "hovertemplate": "%{x:.2f}%",
    }
    return Figure(
        name="lines",
        group="",
        caption=(
            "Profit and loss by line, in percent of value a year. Longer bars of stocks are more risk held, not skill; "
            "what a hedge costs shows as the charges on the left and as what its own asset did not earn."
        ),
        description="Stacked bars by strategy; the table below has every number.",
        traces=(*(_bar(role, values, labels) for role, values in parts.items()), total),
        layout=layout(
            {
                "barmode": "relative",
                "bargap": 0.35,
                "hovermode": "y unified",
                "xaxis": axis({"ticksuffix": "%", "zerolinecolor": colour("muted")}),
                "yaxis": axis({"type": "category", "autorange": "reversed", "showgrid": False}),
            }
        ),
        height=90 + 34 * len(names),
        legend=tuple(Entry(role, line_label(role), line_key(role), area=True) for role in parts),
    )


def _bar(role: str, values: list[float], labels: list[str]) -> Spec:
    return {
        "type": "bar",
        "orientation": "h",
        "name": line_label(role),
        "meta": role,
        "x": percents(values),
        "y": labels,
        "marker": {"color": colour(line_key(role)), "line": {"width": 0}},
        "hovertemplate": "%{x:.2f}%",
    }
