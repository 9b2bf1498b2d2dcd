"""The dots of the months."""

import numpy as np
import pandas as pd
import pytest

from backtester.pages.embed import DatedArrays
from backtester.pages.names import Named
from backtester.tearsheet.figures.scatter import _payoff_dots, _span, months_group, scatter_figure
from documents import document


def test_payoffs_are_over_the_reference() -> None:
    """In percent: 3% where the reference made 1% is 2, 6% is 5; unknown where either is."""
    months = {"2020-01": 0.01, "2020-02": -0.02}
    document = {
        "legs": {
            "stocks": {"calendar_months": months},
            "bonds": {"calendar_months": {"2020-01": 0.005, "2020-02": None}},
        },
        "strategies": [
            {"calendar_months": months},
            {"calendar_months": {"2020-01": 0.03, "2020-02": 0.0}},
            {"calendar_months": {"2020-01": 0.06, "2020-02": None}},
        ],
    }
    arrays = months_group(document, ("Reference", "First", "Second")).arrays  # type: ignore[arg-type]  # counted alone
    np.testing.assert_allclose(arrays["payoff1"], [2.0, 2.0])
    np.testing.assert_allclose(arrays["payoff2"], [5.0, np.nan])
    np.testing.assert_allclose(arrays["bonds"], [0.5, np.nan])


NAMES = (Named("base", "Base", "base()", "reference", "", ()), Named("gold", "+ gold", "gold()", "s1", "", ()))
DATES = pd.bdate_range("2024-01-31", periods=101)
PAYOFFS = np.append(np.nan, np.arange(100) / 10 - 2)
ARRAYS = {"stocks": np.append(np.linspace(-8, 2, 100), np.nan), "bonds": np.full(101, 3.0), "payoff1": PAYOFFS}


def test_a_dot_a_month() -> None:
    """On a scale of its own, to the 98th percentile of its sizes; the quarter in which both fell is shaded."""
    chart = scatter_figure(document(), DatedArrays("months", DATES, ARRAYS), NAMES)
    [dots] = chart.traces
    marker = dots["marker"]
    assert (marker["cmin"], marker["cmax"]) == (-7.702, 7.702)  # of sizes 0, 0.1, 0.1, ... 7.9 the place 97.02 of 99
    assert [stop for stop, _ in marker["colorscale"]] == [0, 0.5, 1]
    assert [key["colour"] for _, key in marker["colorscale"]] == ["loss", "even", "gain"]
    assert (marker["size"], marker["line"]["width"], dots["choice"]) == (9, 0.8, "1")
    bar = marker["colorbar"]
    assert (bar["thickness"], bar["len"], bar["outlinewidth"], bar["tickfont"]["size"]) == (10, 0.8, 0, 11)
    assert chart.layout["xaxis"]["range"] == pytest.approx([-8.6, 2.6])
    assert chart.layout["yaxis"]["range"] == pytest.approx([-0.06, 3.06])
    [shade] = chart.layout["shapes"]
    assert (shade["x1"], shade["y1"], shade["opacity"]) == (0, 0, 0.3)
    assert (shade["x0"], shade["y0"]) == pytest.approx((-8.6, -0.06))
    assert (chart.height, chart.layout["annotations"][0]["y"]) == (460, 1.0)
    assert chart.layout["margin"] == {"l": 44, "r": 12, "t": 20, "b": 44}
    assert chart.layout["xaxis"]["title"]["font"]["size"] == 12


def test_the_reference_alone_has_grey_dots() -> None:
    """Nothing is paid over itself; and a strategy that is the reference has a scale all the same."""
    [dots] = scatter_figure(document(), DatedArrays("months", DATES, ARRAYS), NAMES[:1]).traces
    assert (dots["marker"]["size"], dots["marker"]["opacity"]) == (8, 0.75)
    for nothing in (np.zeros(101), np.full(101, np.nan)):
        [dots] = scatter_figure(document(), DatedArrays("months", DATES, ARRAYS | {"payoff1": nothing}), NAMES).traces
        assert dots["marker"]["cmax"] == 0.01


@pytest.mark.parametrize(
    ("values", "ends"),
    [([0.5, 2.5], [-0.12, 2.62]), ([-3.0, -1.0], [-3.12, 0.12]), ([-1.0, 1.0], [-1.12, 1.12]), ([0.5], [-0.06, 0.56])],
)
def test_nothing_is_on_every_axis(values: list[float], ends: list[float]) -> None:
    """And 6% of the spread of the values beyond either end, of one value 0.06; what is unknown counts for nothing."""
    assert _span(np.array([*values, np.nan])) == pytest.approx(ends)


def test_a_scale_of_colours_is_to_a_thousandth() -> None:
    """On either side of nothing alike."""
    group = DatedArrays("months", pd.DatetimeIndex([]), {"payoff1": np.full(5, 0.123456)})
    marker = _payoff_dots("", group, 1)["marker"]
    assert (marker["cmin"], marker["cmax"]) == (-0.123, 0.123)
