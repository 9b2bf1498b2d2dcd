"""What made each joint sell-off of the chosen strategy: its assets and lines, and what each overlay added."""

from backtester.pages.figure import Entry, Figure, Spec, axis, colour, layout, title
from backtester.pages.format import date
from backtester.pages.names import Named, role_label
from backtester.pages.palette import asset_key
from backtester.tearsheet.figures.bars import bar, category_axis, percents
from backtester.tearsheet.names import Json

CHARGES = ("financing", "costs", "fees")  # told as positive numbers, and taken off
STEPS = ("accent", "other", "shade", "muted", "dollar")


def attribution_figure(document: Json, names: tuple[Named, ...]) -> Figure:
    """Stacked bars by asset over bars by overlay, a window each; only the chosen strategy's are drawn."""
    windows = [date(window["start"]) for window in document["joint_sell_offs"]]
    traces: list[Spec] = []
    legend: dict[str, Entry] = {}
    for place in range(len(names)):
        told = document["strategies"][place]["attribution"]["joint_sell_offs"]
        for role, values in stacks(told).items():
            key = line_key(role)
            legend[role] = Entry(role, line_label(role), key, area=True)
            traces.append(bar(line_label(role), windows, percents(values), key, _own(place, role, "y")))
        traces.append(_total(place, windows, told))
        for step, name in enumerate(overlays(told)):
            values = [one["overlays"][step]["in_order"] for one in told]
            key = STEPS[step % len(STEPS)]
            traces.append(bar(f"adds: {name}", windows, percents(values), key, _own(place, "", "y2")))
    return Figure(
        name="attribution",
        group="",
        caption=(
            "What made the chosen strategy's return in each joint sell-off. Above: by asset, with the total as a "
            "diamond. Below: what each overlay added, in the order of the recipe."
        ),
        description="Stacked bars by window; the table below has every number.",
        traces=tuple(traces),
        layout=_layout(),
        height=500,
        legend=tuple(legend.values()),
    )


def stacks(told: list[Json]) -> dict[str, list[float]]:
    """What each asset, interest and all charges together added in each window; what is nothing throughout left out."""
    roles = list(dict.fromkeys(role for one in told for role in one["assets"]))
    found = {role: [one["assets"].get(role) or 0.0 for one in told] for role in roles}
    found["interest"] = [one["interest"] or 0.0 for one in told]
    found["charges"] = [-sum(one[line] or 0.0 for line in CHARGES) for one in told]
    return {role: values for role, values in found.items() if any(abs(value) > 5e-6 for value in values)}


def overlays(told: list[Json]) -> list[str]:
    """The steps of the recipe above its base."""
    return [step["name"] for step in told[0]["overlays"]] if told else []


def line_key(role: str) -> str:
    """The colour of a role or line: interest has that of cash."""
    return {"interest": "cash", "charges": "muted"}.get(role) or asset_key(role)


def line_label(role: str) -> str:
    """A role or line in words."""
    return {"interest": "Interest", "charges": "Costs, fees and financing"}.get(role) or role_label(role)


def _own(place: int, role: str, yaxis: str) -> Spec:
    return {"choice": str(place), "meta": role, "yaxis": yaxis}


def _total(place: int, windows: list[str], told: list[Json]) -> Spec:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "total",
        "choice": str(place),
        "x": windows,
        "y": percents([one["total"] for one in told]),
        "marker": {"symbol": "diamond", "size": 7, "color": colour("ink")},
        "hovertemplate": "%{y:.2f}%",
    }


def _layout() -> Spec:
    zero = {"ticksuffix": "%", "zerolinecolor": colour("muted")}
    return layout(
        {
            "barmode": "relative",
            "bargap": 0.3,
            "xaxis": category_axis({"anchor": "y2"}),
            "yaxis": axis(zero | {"domain": [0.42, 0.96]}),
            "yaxis2": axis(zero | {"domain": [0, 0.34]}),
            "annotations": [title("By asset", 1.0), title("By overlay: what each added", 0.38)],
        }
    )
