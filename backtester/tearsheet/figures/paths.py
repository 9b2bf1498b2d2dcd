"""Charts of the strategies' values through each stress scenario, from the close before it.

`stress` is that part of the document (the results as JSON); a trace's `meta` is the legend entry that hides it.
"""

import math

from backtester.pages.figure import Chart, Spec, axis, colour, layout, plain
from backtester.pages.names import Named
from backtester.runs.values import Json

MOST_POINTS = 130  # of a line; more cannot be seen at the size of these charts


def paths_figures(stress: Json, names: tuple[Named, ...]) -> tuple[Chart, ...]:
    """A small chart for each scenario."""
    return tuple(_path_figure(index, scenario, names) for index, scenario in enumerate(stress["scenarios"]))


def _path_figure(number: int, scenario: Json, names: tuple[Named, ...]) -> Chart:
    """The chart of the scenario with this number."""
    order = [*range(1, len(names)), 0]
    return Chart(
        name=f"paths-{number}",
        caption=f"{scenario['title']}: what each strategy is worth by session, in percent from the close before.",
        description="Line chart; the tables have the returns, the falls and the worst sessions.",
        traces=tuple(_line(names[index], index, scenario) for index in order),
        layout=layout(
            {
                "xaxis": axis({"showgrid": False, "nticks": 5, "zeroline": False}),
                "yaxis": axis({"ticksuffix": "%", "nticks": 5, "zerolinecolor": colour("muted")}),
                "margin": {"l": 40, "r": 6, "t": 4, "b": 24},
            }
        ),
        height=230,
    )


def _line(named: Named, index: int, scenario: Json) -> Spec:
    """A strategy's value by session in percent of the close before, thinned to `MOST_POINTS`."""
    values = scenario["strategies"][named.name]["nav"]
    step = max(1, math.ceil(len(values) / MOST_POINTS))
    shown = sorted({*range(0, len(values), step), len(values) - 1})
    line = {
        "color": colour(named.key),
        "width": 1.8 if index == 0 else 1.4,
        "dash": named.dash.replace(" ", "px,") + "px" if named.dash else "solid",
    }
    return {
        "type": "scatter",
        "mode": "lines",
        "name": plain(named.label),
        "meta": str(index),
        "x": shown,
        "y": [None if values[session] is None else round(100 * (values[session] - 1), 3) for session in shown],
        "line": line,
        "hovertemplate": "%{y:.1f}%",
    }
