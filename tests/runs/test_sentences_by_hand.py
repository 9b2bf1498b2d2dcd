"""Sentences on rhythm, cushion, chance and growth, from a document by hand."""

from typing import Any

import pytest

from backtester.runs.sentences import chance_lines, cushion_lines, growth_line, rhythm_lines
from documents import document, strategy


def test_growth_of_one_beside_the_reference() -> None:
    """What 1 became and the deepest fall, each of both."""
    made = document(strategy("gold"), strategy("put"))
    for one, nav, fall in zip(made["strategies"], (2.5, 3.25, 4.0), (-0.3, -0.25, -0.2), strict=True):
        one["measures"] |= {"final_nav": nav, "max_drawdown": fall}
    assert growth_line(made, 1) == (
        "+ gold made 1 into 3.25, sixty_forty into 2.50; its worst fall was 25.0%, against 30.0%."
    )


@pytest.mark.parametrize(
    ("name", "a_year", "asked", "lines"),
    [
        ("daily", 252, None, []),
        ("daily", 252, "month", ["Everything is measured at the last session of each month."]),
        ("monthly", 12, None, ["A named crisis is measured between the month-ends around it."]),
        (
            "quarterly",
            4,
            None,
            [
                "Sessions are quarterly: what is said of months is of quarters.",
                "A named crisis is measured between the quarter-ends around it.",
            ],
        ),
    ],
)
def test_what_a_rhythm_does(name: str, a_year: float, asked: str | None, lines: list[str]) -> None:
    """Nothing where it is daily; period ends are named by their period."""
    made = document(rhythm=asked)
    made["history"] |= {"rhythm": name, "sessions_a_year": a_year}
    assert list(rhythm_lines(made)) == lines


def test_assets_that_have_values_less_often() -> None:
    """By name, with how often, and the command that measures as often."""
    made = document()
    made["history"]["slower"] = {"gold": "monthly"}
    assert rhythm_lines(made) == (
        "Gold: held beside daily sessions at a level that stands still between monthly values, which biases figures by "
        "session; 'run --rhythm month' measures at month-ends.",
    )


def test_whether_bonds_cushioned() -> None:
    """By the legs and threshold of the run, and of the longest history by 5% of stocks; nothing without a period."""
    made = document(stocks_fall=-0.07)
    [own] = made["stock_sell_offs"]
    made["stock_sell_offs"] = [own, own | {"history": "us_1962"}, own | {"periods": []}]
    rest = "1 of 1 from 1973 to 1997 and 0 of 1 from 1998 to 2019 (history {}); at any time they fell in 39% and 42% of"
    first, second = cushion_lines(made)
    assert first == (
        "Of the falls of stocks of 7% or more within a month, bonds fell too, were it ever so little, in "
        f"{rest.format('old')} periods as long."
    )
    assert second == (
        "Of the falls of stocks of 5% or more within a month, Treasuries fell too, were it ever so little, in "
        f"{rest.format('us_1962')} periods as long."
    )
    made["history"] |= {"rhythm": "quarterly", "sessions_a_year": 4}
    assert ["within a quarter" in line for line in cushion_lines(made)] == [True, False]


@pytest.mark.parametrize(
    ("counts", "unknown", "words"),
    [
        ([(3, 1.24), (0, 0.5)], 0, ["three times in the 2010s, where chance has 1.2 (3 to 8)", "never in the 2020s"]),
        ([(1, 0.4), (0, 0.49)], 0, ["once in the 2010s, where chance has 0.4 (3 to 8)."]),
        ([(2, 5.0)], 1, ["two times in the 2010s, where chance has 5.0 (3 to 8); once before it is known."]),
        ([(2, None)], 0, []),
    ],
)
def test_joint_sell_offs_beside_chance(counts: list[tuple[int, Any]], unknown: int, words: list[str]) -> None:
    """Names with a sell-off, or with half of one by chance; those before a name is known are the rest of all."""
    made = document()
    chance = made["chance"]["all"][0]
    chance["count"] = unknown + sum(count for count, _ in counts)
    made["chance"]["regime"] = []
    made["chance"]["decade"] = [
        chance | {"name": name, "count": count, "mean": mean}
        for name, (count, mean) in zip(("2010s", "2020s"), counts, strict=False)
    ]
    lines = chance_lines(made)
    assert len(lines) == bool(words)
    for word in words:
        assert word in lines[0]
    if words:
        assert lines[0].startswith("Stocks and bonds fell together ")
        assert ("2020s" in lines[0]) == (len(words) == 2)
        assert ("before it is known" in lines[0]) == bool(unknown)
