"""Bars by year, window or strategy: what each line or strategy added."""

from collections.abc import Mapping, Sequence

from backtester.pages.figure import Figure, Spec, axis, colour, layout, plain, strategy_legend
from backtester.pages.names import Named

Column = Sequence[float | None]


def percents(values: Column) -> list[float | None]:
    """Fractions in percent, to a ten-thousandth: what a bar can show."""
    return [None if value is None else round(100 * value, 4) for value in values]


def bar(name: str, x: Sequence[str], y: list[float | None], key: str, own: Spec) -> Spec:
    """A trace of bars in percent."""
    looks: Spec = {
        "type": "bar",
        "name": plain(name),
        "x": list(x),
        "y": y,
        "marker": {"color": colour(key), "line": {"width": 0}},
        "hovertemplate": "%{y:.2f}%",
    }
    return looks | own


def category_axis(own: Spec) -> Spec:
    """An axis of names or years, in the order in which they are given."""
    return axis({"type": "category", "showgrid": False} | own)


def yearly_figure(
    name: str, words: tuple[str, str], years: list[str], columns: Mapping[int, Column], names: tuple[Named, ...]
) -> Figure:
    """Bars by year, a strategy each; `words` are caption and description, `columns` fractions by its place."""
    first = min(columns, default=0)
    return Figure(
        name=name,
        group="",
        caption=words[0],
        description=words[1],
        traces=tuple(
            bar(names[place].label, years, percents(values), names[place].key, {"meta": str(place)})
            for place, values in columns.items()
        ),
        layout=layout(
            {
                "barmode": "group",
                "bargap": 0.25,
                "xaxis": category_axis({}),
                "yaxis": axis({"ticksuffix": "%", "zerolinecolor": colour("muted")}),
            }
        ),
        height=300,
        legend=strategy_legend(names, first),
    )
