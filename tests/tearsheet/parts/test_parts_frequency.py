"""What becomes of strategies as joint sell-offs come more often, as tables, a chart and sentences: by hand."""

from typing import Any

import pytest

from backtester.pages.names import Named
from backtester.pages.table import TableRow
from backtester.tearsheet.parts.frequency import (
    frequency_lines,
    frequency_table,
    sign_change_figure,
    sign_change_table,
    sign_change_text,
)

NAMES = (
    Named("base", "Base", "base()", "reference", "", ()),
    Named("gold", "+ gold", "gold()", "s1", "2 3", ()),
    Named("timed", "+ timed", "timed()", "s2", "", ()),
)


def texts(row: TableRow) -> list[str]:
    """A row as it is read."""
    return [row.head.text, *(cell.text + (f" ({cell.small})" if cell.small else "") for cell in row.cells)]


def document(years: int = 20) -> dict[str, Any]:
    """A reference without growth over its mix, and two others, one of them without paths."""
    fate = {
        "paths": 5000,
        "wealth": {"0.05": 0.5, "0.5": 1.25, "0.95": 3.0},
        "deepest_fall": {"0.05": -0.6, "0.5": -0.3, "0.95": -0.1},
        "growth_over_mix": None, "growth_error": None, "runs_out": 0.125, "unpaid_years": 0.26,
    }  # fmt: skip
    gold = fate | {"growth_over_mix": -0.00125, "growth_error": 0.0004}
    return {
        "at": [{"times": 2.0, "joint_sell_offs": 22.04, "strategies": {"base": fate, "gold": gold, "timed": None}}],
        "years": years, "spend": 0.04, "spend_rise": 0.02, "block_sessions": 63, "static": [True, True, False],
        "strategies": [{"name": named.name} for named in NAMES],
        "period": {"joint_sell_offs": 21, "start": "2007-01-04", "end": "2026-05-26"},
        "curve": {
            "times": [0.5, 1.0], "paths": 400, "dynamic_paths": 20,
            "growth_over_mix": {"base": [None, None], "gold": [0.00123456, -0.01], "timed": [0.002, 0.003]},
            "turns": {"base": None, "gold": 1.26, "timed": "ahead at every k"},
        },
    }  # fmt: skip


@pytest.mark.parametrize(("years", "words"), [(1, "After 1 year, from 1"), (20, "After 20 years, from 1")])
def test_fates_at_a_frequency(years: int, words: str) -> None:
    """Medians over both ends, growth with its error where there is one; who has no paths has no row."""
    table = frequency_table(document(years), NAMES)
    assert [texts(row) for row in table.rows] == [
        ["2 times as frequent: 22.0 joint sell-offs"],
        ["Base", "1.25 (0.50 to 3.00)", "−30.0 (−60.0 to −10.0)", "n/a", "12.5", "0.3", "5,000"],
        ["+ gold", "1.25 (0.50 to 3.00)", "−30.0 (−60.0 to −10.0)", "−0.12 (± 0.04)", "12.5", "0.3", "5,000"],
    ]
    gains = document()
    gains["at"][0]["strategies"]["gold"]["growth_over_mix"] = 0.00125
    assert frequency_table(gains, NAMES).rows[2].cells[2].text == "+0.12"
    assert table.caption.startswith(words)
    assert table.note.startswith("Spending: 4.0% of the start at each year's end, 2.0% more every year.")
    assert [cell.values for cell in table.rows[2].cells] == [
        (1.25, 0.5, 3.0), (-0.3, -0.6, -0.1), (-0.00125, 0.0004), (0.125,), (0.26,), (5000,),
    ]  # fmt: skip


def test_where_growth_turns() -> None:
    """In points with two decimals and a sign by frequency, and where it changes sign in words."""
    table = sign_change_table(document(), NAMES)
    assert [texts(row) for row in table.rows] == [
        ["Base", "n/a", "n/a", "its own mix"],
        ["+ gold", "+0.12", "−1.00", "turns at 1.3 times"],
        ["+ timed", "+0.20", "+0.30", "ahead at every k"],
    ]
    assert [head.text for head in table.heads] == ["0.5 times", "1 times", "Turns"]
    assert table.note.endswith("Beyond 1 times was not asked for, or cannot be reached.")
    assert [sign_change_text(one) for one in (None, 1.26, "ahead at every k")] == [
        *("its own mix", "turns at 1.3 times", "ahead at every k")
    ]


def test_lines_of_growth() -> None:
    """Of all but the reference, in points to four decimals, each with its place, colour and dashes."""
    chart = sign_change_figure(document(), NAMES)
    gold, timed = chart.traces
    assert (gold["x"], gold["y"], gold["meta"], timed["meta"]) == ([0.5, 1.0], [0.1235, -1.0], "1", "2")
    assert (gold["line"]["dash"], timed["line"]["dash"], gold["line"]["width"]) == ("2px,3px", "solid", 1.6)
    assert (chart.height, chart.layout["xaxis"]["tickvals"], chart.layout["xaxis"]["showgrid"]) == (
        320, [0.5, 1.0], False,
    )  # fmt: skip
    assert [entry.meta for entry in chart.legend] == ["1", "2"]
    assert sign_change_figure(document(), NAMES[:1]).traces == ()


def test_few_paths_are_said_beside_the_label() -> None:
    """Where targets change the label rests on 20 paths, and its sentence says so; a static book's does not."""
    assert frequency_lines(document(1), {"gold": "Gold", "timed": "Timed"}) == [
        "21 joint sell-offs from 2007-01-04 to 2026-05-26; in 1 year drawn from them, in blocks of 63 sessions, on "
        "average 22.0 at 2 times.",
        "Growth over the mix: Gold: turns at 1.3 times; Timed: ahead at every k (of 20 paths).",
    ]
