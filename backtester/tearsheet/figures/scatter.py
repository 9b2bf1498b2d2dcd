"""Months of stocks and bonds as dots, coloured by what the chosen strategy paid over the reference."""

import numpy as np
import pandas as pd

from backtester.arrays import Array
from backtester.pages.embed import Group
from backtester.pages.figure import Figure, Spec, array, axis, colour, layout, plain, title
from backtester.pages.names import Named
from backtester.tearsheet.lenses import Lens, lens
from backtester.tearsheet.names import Json

GROUP = "months"
FULL = 98  # the percentile of the payoffs' sizes from which on a dot has its full colour


def months_group(document: Json, names: tuple[Named, ...]) -> Group:
    """Monthly returns of both legs, and each strategy's over the reference's, in percent; NaN where unknown."""
    legs = {leg: document["legs"][leg]["calendar_months"] for leg in ("stocks", "bonds")}
    months = sorted(set(legs["stocks"]) & set(legs["bonds"]))
    own = [_percents(strategy["calendar_months"], months) for strategy in document["strategies"]]
    arrays = {leg: _percents(known, months) for leg, known in legs.items()}
    payoffs = {f"payoff{place}": own[place] - own[0] for place in range(1, len(names))}
    return Group(GROUP, pd.DatetimeIndex([f"{month}-01" for month in months]), arrays | payoffs)


def scatter_figure(document: Json, group: Group, names: tuple[Named, ...]) -> Figure:
    """A dot a month; the lower left quarter, where both legs fell, is shaded."""
    seen = lens(document)
    chosen = [place for place in range(len(names)) if f"payoff{place}" in group.arrays]
    spans = {leg: _span(group.arrays[leg]) for leg in ("stocks", "bonds")}
    return Figure(
        name="months",
        group=GROUP,
        caption=(
            "Each dot is a month. Blue: the strategy did better than the reference; orange: worse. A hedge against "
            "joint falls is blue in the shaded quarter, where both legs fell; one that only holds less risk is blue "
            "on the whole left side."
        ),
        description=f"Scatter of monthly returns of {seen.both}; the table below has the means by quarter.",
        traces=tuple(_dots(seen, group, place) for place in chosen) or (_plain_dots(seen),),
        layout=layout(
            {
                "hovermode": "closest",
                "xaxis": axis(
                    {
                        "range": spans["stocks"],
                        "ticksuffix": "%",
                        "zerolinecolor": colour("muted"),
                        "title": {
                            "text": f"{seen.labels['stocks']}, the month's return",
                            "font": {"size": 12, "color": colour("ink")},
                        },
                    }
                ),
                "yaxis": axis({"range": spans["bonds"], "ticksuffix": "%", "zerolinecolor": colour("muted")}),
                "annotations": [title(f"{seen.labels['bonds']}, the month's return", 1.0)],
                "shapes": [_quarter(spans)],
                "margin": {"l": 44, "r": 12, "t": 20, "b": 44},
            }
        ),
        height=460,
    )


def _percents(known: dict[str, float | None], months: list[str]) -> Array:
    return 100 * np.array([np.nan if (value := known.get(month)) is None else value for month in months])


def _span(values: Array) -> list[float]:
    low, high = (float(end) for end in (np.nanmin(values), np.nanmax(values))) if len(values) else (-1.0, 1.0)
    edge = 0.06 * (high - low or 1.0)
    return [min(low, 0.0) - edge, max(high, 0.0) + edge]


def _quarter(spans: dict[str, list[float]]) -> Spec:
    return {
        "type": "rect",
        "layer": "below",
        "x0": spans["stocks"][0],
        "x1": 0,
        "y0": spans["bonds"][0],
        "y1": 0,
        "fillcolor": colour("shade"),
        "opacity": 0.3,
        "line": {"width": 0},
    }


def _plain_dots(seen: Lens) -> Spec:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": array("stocks"),
        "y": array("bonds"),
        "text": array("months"),
        "marker": {"size": 8, "color": colour("muted"), "opacity": 0.75},
        "hovertemplate": f"{_hover(seen)}<extra></extra>",
    }


def _hover(seen: Lens) -> str:
    return f"%{{text}}: {plain(seen.stocks)} %{{x:.1f}}%, {plain(seen.bonds)} %{{y:.1f}}%"


def _dots(seen: Lens, group: Group, place: int) -> Spec:
    """The dots of one strategy, on a scale of its own."""
    payoffs = group.arrays[f"payoff{place}"]
    sizes = np.abs(payoffs[np.isfinite(payoffs)])
    full = max(float(np.percentile(sizes, FULL)) if len(sizes) else 0.0, 0.01)
    marker = {
        "size": 9,
        "color": array(f"payoff{place}"),
        "colorscale": [[0, colour("loss")], [0.5, colour("even")], [1, colour("gain")]],
        "cmin": -round(full, 3),
        "cmax": round(full, 3),
        "line": {"width": 0.8, "color": colour("muted")},
        "colorbar": {
            "thickness": 10,
            "len": 0.8,
            "outlinewidth": 0,
            "ticksuffix": "%",
            "tickfont": {"color": colour("muted"), "size": 11},
        },
    }
    hover = f"{_hover(seen)}<br>over the reference %{{marker.color:+.2f}}%<extra></extra>"
    return _plain_dots(seen) | {"choice": str(place), "marker": marker, "hovertemplate": hover}
