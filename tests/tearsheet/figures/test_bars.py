"""Bars of what was added, by hand."""

from typing import Any

from backtester.pages.figure import colour
from backtester.pages.names import Named
from backtester.tearsheet.figures.bars import attribution_figure, lines_figure, yearly_figure
from documents import document, strategy

NAMES = (
    Named("base", "Base", "base()", "reference", "", ()),
    Named("gold", "Base + gold", "gold()", "s1", "", ()),
)


def added(total: float, **assets: float | None) -> dict[str, Any]:
    """What assets, interest and charges added."""
    return {"assets": assets, "interest": 0.002, "financing": 0.001, "costs": 0.0005, "fees": None, "total": total}


def test_bars_by_year() -> None:
    """In percent to a ten-thousandth, a strategy each from the first that has any on; unknown ones are left out."""
    chart = yearly_figure("calm", "Calm", ["2017", "2019"], {1: [-0.0123456789, None]}, NAMES)
    [bar] = chart.traces
    assert (bar["name"], bar["meta"], bar["y"]) == ("Base + gold", "1", [-1.2346, None])
    assert bar["marker"] == {"color": colour("s1"), "line": {"width": 0}}
    assert (chart.names, [entry.meta for entry in chart.legend]) == (("2017", "2019"), ["1"])
    assert (chart.height, chart.layout["bargap"], chart.layout["barmode"]) == (260, 0.25, "group")
    assert (chart.layout["xaxis"]["type"], chart.layout["xaxis"]["showgrid"]) == ("category", False)
    both = yearly_figure("calm", "Calm", ["2017"], {0: [0.01], 1: [0.02]}, NAMES)
    assert [entry.meta for entry in both.legend] == ["0", "1"]


def test_lines_of_profit_and_loss() -> None:
    """A bar an asset, interest and charges with their sign turned; what is nothing throughout is left out."""
    made = document(strategy("gold"))
    made["strategies"][0]["lines"] = added(0.05, stocks=0.05, dust=4e-6)
    made["strategies"][1]["lines"] = added(0.06, stocks=0.04, gold=-6e-6)
    chart = lines_figure(made, NAMES)
    *bars, total = chart.traces
    assert [(one["meta"], one["x"]) for one in bars] == [
        ("stocks", [5.0, 4.0]),
        ("gold", [0.0, -0.0006]),
        ("interest", [0.2, 0.2]),
        ("charges", [-0.15, -0.15]),
    ]
    assert (total["x"], total["marker"]["size"], total["marker"]["symbol"]) == ([5.0, 6.0], 9, "diamond")
    assert {tuple(one["y"]) for one in chart.traces} == {("Base", "Base<br>+ gold")}
    assert {one["marker"]["line"]["width"] for one in bars} == {0}
    assert [entry.meta for entry in chart.legend] == ["stocks", "gold", "interest", "charges"]
    assert all(entry.area for entry in chart.legend)
    assert (chart.height, chart.layout["bargap"]) == (158, 0.35)
    assert (chart.layout["yaxis"]["showgrid"], chart.layout["yaxis"]["autorange"]) == (False, "reversed")


def test_what_made_each_sell_off() -> None:
    """Assets and the total above, what each overlay added below; an overlay's colour goes by its place."""
    made = document(strategy("gold"))
    steps = [{"name": f"step {number}", "in_order": number / 100} for number in range(6)]
    for place, overlays in enumerate(([], steps)):
        windows = [added(0.05, stocks=0.05) | {"overlays": overlays}] * 2
        made["strategies"][place]["attribution"] = {"joint_sell_offs": windows}
    chart = attribution_figure(made)
    mine = [one for one in chart.traces if one["choice"] == "1"]
    assert [(one["name"], one["yaxis"], one["y"]) for one in mine if "yaxis" in one] == [
        ("Stocks", "y", [5.0, 5.0]),
        ("Interest", "y", [0.2, 0.2]),
        ("Costs, fees and financing", "y", [-0.15, -0.15]),
        *((f"adds: step {number}", "y2", [float(number)] * 2) for number in range(6)),
    ]
    [total] = [one for one in mine if one["type"] == "scatter"]
    assert (total["y"], total["marker"]["size"]) == ([5.0, 5.0], 7)
    colours = [one["marker"]["color"]["colour"] for one in mine if one.get("yaxis") == "y2"]
    assert colours == ["accent", "other", "shade", "muted", "green", "accent"]
    assert (len(chart.names), chart.height, chart.layout["bargap"]) == (2, 500, 0.3)
    assert [chart.layout[axis]["domain"] for axis in ("yaxis", "yaxis2")] == [[0.42, 0.96], [0, 0.34]]
    assert [one["y"] for one in chart.layout["annotations"]] == [1.0, 0.38]
