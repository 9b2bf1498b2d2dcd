"""Grids of a study: ranges, names that vary together, and what a grid may say, by hand."""

import math
from typing import Any

import pytest
from pydantic import ValidationError

from backtester.batch.grid import COST_SETTINGS, EXECUTION_SETTINGS, SWEEPABLE_SETTINGS, Grid, Range


def spread(first: float, last: float, step: float) -> Range:
    """A range as a study spells it."""
    return Range.model_validate({"from": first, "to": last, "step": step})


@pytest.mark.parametrize(
    ("ends", "values"),
    [
        ((0.0, 0.3, 0.1), [0.0, 0.1, 0.2, 0.3]),
        ((0, 5, 2), [0, 2, 4]),
        ((1, 2, 0.5), [1.0, 1.5, 2.0]),
        ((1.0, 3, 1), [1.0, 2.0, 3.0]),
        ((-1, 1, 1), [-1, 0, 1]),
        ((2, 2, 1), [2]),
        ((0.1, 0.35, 0.1), [0.1, 0.2, 0.3]),
    ],
)
def test_values_of_a_range(ends: tuple[float, float, float], values: list[float]) -> None:
    """Both ends included, in decimals; whole numbers where all three are."""
    made = spread(*ends)
    assert (made.values(), made.count) == (values, len(values))
    assert [type(one) for one in made.values()] == [type(one) for one in values]


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ((2, 1, 1), "a range from 2 to 1 by 1 has no values; swap its ends"),
        ((1, 2, 0), "greater than 0"),
        ((1, 2, math.inf), "finite"),
        (("1", 2, 1), "'1' is no number; write it without quotes"),
        ((True, 2, 1), "True is no number; write it without quotes"),
        ((1, 2**63, 1), "9223372036854775808 is beyond the whole numbers of 64 bits; give it as text"),
    ],
)
def test_what_is_no_range(ends: tuple[Any, Any, Any], words: str) -> None:
    """Ends the wrong way round, no step, text, and numbers that a table cannot hold."""
    with pytest.raises(ValidationError, match=words):
        spread(*ends)
    assert spread(-(2**63), 2**63 - 1, 2**62).count == 4


def grid(recipe: str = "r(a={a}, b={b})", **axes: Any) -> Grid:
    """A grid as a study spells it."""
    return Grid.model_validate({"recipe": recipe, **axes})


def test_points_by_hand() -> None:
    """The last name varies fastest; settings of a run are apart; what a point spells."""
    made = grid(a=[1, "x"], b={"from": 0.0, "to": 0.1, "step": 0.1}, lag=[2])
    points = list(made.points())
    assert points == [
        {"a": 1, "b": 0.0, "lag": 2}, {"a": 1, "b": 0.1, "lag": 2},
        {"a": "x", "b": 0.0, "lag": 2}, {"a": "x", "b": 0.1, "lag": 2},
    ]  # fmt: skip
    assert (made.count, made.names_in_recipe) == (4, {"a", "b"})
    assert made.spell(points[3]) == "r(a=x, b=0.1)"
    assert made.swept(points[3]) == {"lag": 2}
    assert made.stated == {
        "recipe": "r(a={a}, b={b})", "a": [1, "x"], "b": {"from": 0.0, "to": 0.1, "step": 0.1}, "lag": [2]
    }  # fmt: skip


def test_names_that_vary_together() -> None:
    """Linked names take their values side by side, and points name them in the order of the file."""
    made = grid(a=[1, 2], b=[True, False], lag=[5, 6], linked=[["lag", "a"]])
    assert list(made.points()) == [
        {"a": 1, "b": True, "lag": 5}, {"a": 1, "b": False, "lag": 5},
        {"a": 2, "b": True, "lag": 6}, {"a": 2, "b": False, "lag": 6},
    ]  # fmt: skip
    assert [list(point) for point in made.points()] == [["a", "b", "lag"]] * 4
    assert made.count == 4
    assert made.stated["linked"] == [["lag", "a"]]


@pytest.mark.parametrize(
    ("axes", "words"),
    [
        ({"a": [1]}, r"recipe has \{b\}, which the grid gives no values; known: a"),
        (
            {"a": [1], "b": [1], "bond": [1]},
            r"the grid has values for 'bond', but the recipe has no \{bond\}, and no setting",
        ),
        ({"a": [1], "b": []}, "at least 1 item"),
        ({"a": [1], "b": 3}, r"neither a list of values nor \{ from = 0\.0, to = 0\.2, step = 0\.1 \}"),
        ({"a": [1], "b": [[1]]}, r"\[1\] is no value of a setting; numbers, text, true and false are"),
        ({"a": [1], "b": [-(2**63) - 1]}, "is beyond the whole numbers of 64 bits"),
        ({"a": [1], "b": [1], "linked": [["a"]]}, "at least 2 items"),
        ({"a": [1], "b": [1], "linked": [["a", "c"]]}, "linked names 'c', which the grid gives no values; known: a, b"),
        (
            {"a": [1], "b": [1], "linked": [["a", "b"], ["b", "a"]]},
            "linked names 'a' twice; a name varies with one group",
        ),
        ({"a": [1], "b": [1, 2], "linked": [["a", "b"]]}, "as many values each; these have a 1, b 2"),
    ],
)
def test_what_a_grid_may_not_say(axes: dict[str, Any], words: str) -> None:
    """Names without values, values without a name, and links that do not fit; each with the remedy."""
    with pytest.raises(ValidationError, match=words):
        grid(**axes)
    assert grid(a=[2**63 - 1], b=[-(2**63)]).count == 1


def test_which_settings_of_a_run_a_grid_can_vary() -> None:
    """How it trades, what that costs, and the lenses; costs of single assets are no number."""
    assert COST_SETTINGS == (
        "trade_bps", "unfunded_trade_bps", "fixed_bps", "cash_spread_bps", "borrow_spread_bps", "short_fee_bps",
        "management_fee_bps",
    )  # fmt: skip
    assert {"lag", "band", "rebalance", "min_trade"} <= set(EXECUTION_SETTINGS)
    assert "costs" not in EXECUTION_SETTINGS
    assert {"stocks_role", "stocks_weight", "stocks_fall", *COST_SETTINGS, *EXECUTION_SETTINGS} <= set(
        SWEEPABLE_SETTINGS
    )
