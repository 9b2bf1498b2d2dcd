"""A scatter of the monthly returns of stocks and bonds, coloured by the strategy's return over the reference.

That return is the payoff here; elsewhere it is over the strategy's mix, the stocks, bonds and bills, in fixed shares,
that moved as it did. The legs are the stocks and the bonds. The document is a run's results as JSON.
"""

import numpy as np
import pandas as pd

from backtester.arrays import Array
from backtester.pages.embed import DatedArrays
from backtester.pages.figure import Chart, Spec, array, axis, colour, layout, plain, shade, title
from backtester.pages.names import Named
from backtester.runs.values import Json
from backtester.tearsheet.names import pair_words

MONTHS_GROUP = "months"
FULL_COLOUR_PERCENTILE = 98  # of the sizes of payoffs; from it on dots have the full colour


def months_group(document: Json, names: tuple[Named, ...]) -> DatedArrays:
    """The monthly returns of both legs, and of each strategy less the reference's, in percent; NaN where unknown."""
    legs = {leg: document["legs"][leg]["calendar_months"] for leg in ("stocks", "bonds")}
    months = sorted(legs["stocks"])
    returns = [_percents(strategy["calendar_months"], months) for strategy in document["strategies"]]
    arrays = {leg: _percents(returns, months) for leg, returns in legs.items()}
    payoffs = {f"payoff{index}": returns[index] - returns[0] for index in range(1, len(names))}
    return DatedArrays(MONTHS_GROUP, pd.DatetimeIndex([f"{month}-01" for month in months]), arrays | payoffs)


def scatter_figure(document: Json, group: DatedArrays, names: tuple[Named, ...]) -> Chart:
    """A scatter with a dot for each month; the lower left quarter, in which both legs fell, is shaded."""
    pair = pair_words(document)
    stocks, bonds = (_span(group.arrays[leg]) for leg in ("stocks", "bonds"))
    hover = f"%{{text}}: {plain(pair.stocks)} %{{x:.1f}}%, {plain(pair.bonds)} %{{y:.1f}}%"
    label = {"text": f"{pair.labels['stocks']}, the month's return", "font": {"size": 12, "color": colour("ink")}}
    looks = {"ticksuffix": "%", "zerolinecolor": colour("muted")}
    return Chart(
        name="months",
        group=MONTHS_GROUP,
        caption=(
            "Each dot is a month. Blue: the strategy did better than the reference; orange: worse. A hedge against "
            "joint falls is blue in the shaded quarter, where both legs fell; one that only holds less risk is blue "
            "on the whole left side."
        ),
        description=f"Scatter of monthly returns of {pair.both}; the table below has the means by quarter.",
        traces=tuple(_payoff_dots(hover, group, index) for index in range(1, len(names))) or (_dots(hover, {}),),
        layout=layout(
            {
                "hovermode": "closest",
                "xaxis": axis({"range": stocks} | looks | {"title": label}),
                "yaxis": axis({"range": bonds} | looks),
                "annotations": [title(f"{pair.labels['bonds']}, the month's return", 1.0)],
                "shapes": [shade((stocks[0], 0), (bonds[0], 0), 0.3, {})],
                "margin": {"l": 44, "r": 12, "t": 20, "b": 44},
            }
        ),
        height=460,
    )


def _percents(returns: dict[str, float | None], months: list[str]) -> Array:
    return 100 * np.array([returns[month] for month in months], dtype=np.float64)


def _span(values: Array) -> list[float]:
    """The range of an axis that has all values, zero, and a margin."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    edge = 0.06 * (high - low or 1.0)
    return [min(low, 0.0) - edge, max(high, 0.0) + edge]


def _dots(hover: str, settings: Spec) -> Spec:
    """A trace of dots, one for each month, with these settings of plotly.js beside the usual ones."""
    looks = {
        "type": "scatter",
        "mode": "markers",
        "x": array("stocks"),
        "y": array("bonds"),
        "text": array("months"),
        "marker": {"size": 8, "color": colour("muted"), "opacity": 0.75},
        "hovertemplate": f"{hover}<extra></extra>",
    }
    return looks | settings


def _payoff_dots(hover: str, group: DatedArrays, index: int) -> Spec:
    """The dots of one strategy, coloured on a scale of its own."""
    payoffs = group.arrays[f"payoff{index}"]
    sizes = np.abs(payoffs[np.isfinite(payoffs)])
    full = max(float(np.percentile(sizes, FULL_COLOUR_PERCENTILE)) if len(sizes) else 0.0, 0.01)
    marker = {
        "size": 9,
        "color": array(f"payoff{index}"),
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
    return _dots(f"{hover}<br>over the reference %{{marker.color:+.2f}}%", {"choice": str(index), "marker": marker})
