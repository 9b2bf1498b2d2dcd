"""Bar charts of returns, by year, by line of profit and loss, and by asset and overlay in each joint sell-off.

In a trace, `meta` is the legend entry that hides it, `choice` the strategy with which it is shown, and `array("names")`
the labels below the bars. An overlay is a strategy that changes the weights of those before it in the recipe. The
document is a run's results as JSON. An asset is named by its role, such as `gold`.
"""

from collections.abc import Mapping, Sequence

from backtester.pages.figure import Chart, LegendEntry, Spec, array, axis, colour, layout, plain, strategy_legend, title
from backtester.pages.format import date
from backtester.pages.names import Named, asset_key, role_label
from backtester.runs.values import Json
from backtester.tearsheet.names import pair_words

Column = Sequence[float | None]
CHARGE_LINES = ("financing", "costs", "fees")  # positive numbers that are subtracted
LEAST_GAIN_SHOWN = 5e-6  # as a fraction; a line that is smaller in every bar is left out
LINE_STYLES = {"interest": ("cash", "Interest"), "charges": ("muted", "Costs, fees and financing")}  # colour and label
BAR_COLOURS = ("accent", "other", "shade", "muted", "green")
ZERO_LINE = {"ticksuffix": "%", "zerolinecolor": colour("muted")}


def yearly_figure(
    name: str, caption: str, years: list[str], columns: Mapping[int, Column], names: tuple[Named, ...]
) -> Chart:
    """A chart of bars by year; `columns` are fractions, by the strategy's number on the page (0: the reference)."""
    return Chart(
        name=name,
        caption=caption,
        description="Bars by year; the table below has every number.",
        traces=tuple(
            _bar(names[index].label, values, names[index].key, {"meta": str(index)})
            for index, values in columns.items()
        ),
        layout=layout({"barmode": "group", "bargap": 0.25, "xaxis": _category_axis({}), "yaxis": axis(ZERO_LINE)}),
        height=260,
        names=tuple(years),
        legend=strategy_legend(names, min(columns)),
    )


def lines_figure(document: Json, names: tuple[Named, ...]) -> Chart:
    """A chart of profit and loss a year by line: a bar for each strategy, the reference on top, totals as diamonds."""
    lines, stocks = [strategy["lines"] for strategy in document["strategies"]], pair_words(document).stocks
    labels = [plain(named.label).replace(" + ", "<br>+ ") for named in names]
    gains = _gains(lines, document)
    bars = (
        {
            "type": "bar",
            "orientation": "h",
            "name": entry.text,
            "meta": entry.meta,
            "x": _percents(values),
            "y": labels,
            "marker": {"color": colour(entry.key), "line": {"width": 0}},
            "hovertemplate": "%{x:.2f}%",
        }
        for entry, values in gains
    )
    total = _diamonds(
        9, "%{x:.2f}%", {"x": _percents([strategy_lines["total"] for strategy_lines in lines]), "y": labels}
    )
    return Chart(
        name="lines",
        caption=(
            f"Profit and loss by line, in percent of value a year. Longer bars of {stocks} are more risk held, not "
            "skill; what a hedge costs shows as the charges on the left and as what its own asset did not earn."
        ),
        description="Stacked bars by strategy; the table below has every number.",
        traces=(*bars, total),
        layout=layout(
            {
                "barmode": "relative",
                "bargap": 0.35,
                "hovermode": "y unified",
                "xaxis": axis(ZERO_LINE),
                "yaxis": axis({"type": "category", "autorange": "reversed", "showgrid": False}),
            }
        ),
        height=90 + 34 * len(names),
        legend=tuple(entry for entry, _ in gains),
    )


def attribution_figure(document: Json) -> Chart:
    """A chart of the chosen strategy's return in each joint sell-off: bars by asset over bars by overlay.

    There must be a joint sell-off.
    """
    windows = [date(window["start"]) for window in document["joint_sell_offs"]]
    traces: list[Spec] = []
    legend: dict[str, LegendEntry] = {}
    for index, strategy in enumerate(document["strategies"]):
        episodes, shown_when_chosen = strategy["attribution"]["joint_sell_offs"], {"choice": str(index)}
        for entry, values in _gains(episodes, document):
            legend[entry.meta] = entry
            traces.append(_bar(entry.text, values, entry.key, shown_when_chosen | {"meta": entry.meta, "yaxis": "y"}))
        totals = {"x": array("names"), "y": _percents([episode["total"] for episode in episodes])}
        traces.append(_diamonds(7, "%{y:.2f}%", shown_when_chosen | totals))
        for number, overlay in enumerate(episodes[0]["overlays"]):
            values = [episode["overlays"][number]["in_order"] for episode in episodes]
            key = BAR_COLOURS[number % len(BAR_COLOURS)]
            traces.append(
                _bar(f"adds: {overlay['name']}", values, key, shown_when_chosen | {"meta": "", "yaxis": "y2"})
            )
    return Chart(
        name="attribution",
        caption=(
            "What made the chosen strategy's return in each joint sell-off. Above: by asset, with the total as a "
            "diamond. Below: what each overlay added, in the order of the recipe."
        ),
        description="Stacked bars by window; the table below has every number.",
        traces=tuple(traces),
        layout=layout(
            {
                "barmode": "relative",
                "bargap": 0.3,
                "xaxis": _category_axis({"anchor": "y2"}),
                "yaxis": axis(ZERO_LINE | {"domain": [0.42, 0.96]}),
                "yaxis2": axis(ZERO_LINE | {"domain": [0, 0.34]}),
                "annotations": [title("By asset", 1.0), title("By overlay: what each added", 0.38)],
            }
        ),
        height=500,
        names=tuple(windows),
        legend=tuple(legend.values()),
    )


def _gains(parts: list[Json], document: Json) -> list[tuple[LegendEntry, list[float]]]:
    """The gains of each asset, of interest and of all charges in each of the parts; those that never show are left
    out."""
    roles = dict.fromkeys(role for part in parts for role in part["assets"])
    gains = {role: [part["assets"].get(role) or 0.0 for part in parts] for role in roles}
    gains["interest"] = [part["interest"] or 0.0 for part in parts]
    gains["charges"] = [-sum(part[line] or 0.0 for line in CHARGE_LINES) for part in parts]
    return [
        (_legend_entry(line, document), values)
        for line, values in gains.items()
        if any(abs(value) > LEAST_GAIN_SHOWN for value in values)
    ]


def _legend_entry(line: str, document: Json) -> LegendEntry:
    """The legend's entry for an asset or line."""
    key, label = LINE_STYLES.get(line) or (asset_key(line, document), role_label(line, document))
    return LegendEntry(line, label, key, area=True)


def _percents(values: Column) -> list[float | None]:
    """Fractions in percent, to four decimals."""
    return [None if value is None else round(100 * value, 4) for value in values]


def _bar(name: str, values: Column, key: str, settings: Spec) -> Spec:
    """A trace of bars in percent, over the chart's names."""
    bar: Spec = {
        "type": "bar",
        "name": plain(name),
        "x": array("names"),
        "y": _percents(values),
        "marker": {"color": colour(key), "line": {"width": 0}},
        "hovertemplate": "%{y:.2f}%",
    }
    return bar | settings


def _diamonds(size: int, hover: str, settings: Spec) -> Spec:
    """A trace of totals."""
    marker = {"symbol": "diamond", "size": size, "color": colour("ink")}
    return (
        {"type": "scatter", "mode": "markers", "name": "total"} | settings | {"marker": marker, "hovertemplate": hover}
    )


def _category_axis(settings: Spec) -> Spec:
    """An axis of names or years, in the order in which they are given."""
    return axis({"type": "category", "showgrid": False} | settings)
