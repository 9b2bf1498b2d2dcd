"""The small charts of scenarios, by hand."""

from typing import Any

import pytest

from backtester.pages.figure import colour
from backtester.pages.names import Named
from backtester.tearsheet.figures.paths import paths_figures

NAMES = (Named("base", "Base", "base()", "reference", "", ()), Named("gold", "+ gold", "gold()", "s1", "2 2", ()))


def stress(count: int) -> dict[str, Any]:
    """A scenario of so many sessions: the reference stands still and gold rises by a percent in each."""
    rising: list[float | None] = [1 + place / 100 for place in range(count)]
    rising[1] = None
    return {"scenarios": [{"title": "Flood", "strategies": {"base": {"nav": [1.0] * count}, "gold": {"nav": rising}}}]}


def test_percent_from_the_close_before() -> None:
    """The reference is drawn last and widest; what is unknown is left out."""
    [chart] = paths_figures(stress(4), NAMES)
    gold, base = chart.traces
    assert (gold["x"], gold["y"], gold["meta"]) == ([0, 1, 2, 3], [0.0, None, 2.0, 3.0], "1")
    assert (base["y"], base["meta"]) == ([0.0] * 4, "0")
    fine = {"scenarios": [{"title": "Flood", "strategies": {"base": {"nav": [1.0, 1.0000449, 0.98765432]}}}]}
    assert paths_figures(fine, NAMES[:1])[0].traces[0]["y"] == [0.0, 0.004, -1.235], "to a thousandth of a point"
    assert gold["line"] == {"color": colour("s1"), "width": 1.4, "dash": "2px,2px"}
    assert base["line"] == {"color": colour("reference"), "width": 1.8, "dash": "solid"}
    assert (chart.name, chart.height, chart.linked) == ("paths-0", 230, False)
    across, up = chart.layout["xaxis"], chart.layout["yaxis"]
    assert (across["showgrid"], across["nticks"], across["zeroline"], up["nticks"]) == (False, 5, False, 5)
    assert chart.layout["margin"] == {"l": 40, "r": 6, "t": 4, "b": 24}


@pytest.mark.parametrize(("count", "shown"), [(130, 130), (131, 66), (260, 131), (261, 88)])
def test_long_paths_are_thinned(count: int, shown: int) -> None:
    """Every second or third session of more than 130 is shown, and the last."""
    places = paths_figures(stress(count), NAMES)[0].traces[0]["x"]
    assert (len(places), places[0], places[-1]) == (shown, 0, count - 1)
