"""The terms of trading: their start values, and where they end."""

import math
from types import SimpleNamespace
from typing import cast

import pytest
from pydantic import ValidationError

from backtester.engine.execution import DEFAULT_BAND, Execution, default_rebalance, trigger_of
from backtester.errors import PluginError, RecipeError
from backtester.histories.rhythm import RHYTHMS
from backtester.plugins.recipes import Recipe

BOUNDS = {
    "lag": ([0, 252], [-1, 253]),
    "band": ([0.0, 1.0, math.inf], [-0.01, 1.01, math.nan, -math.inf]),
    "relative_band": ([0.001, 2.0], [0.0, 2.01, math.inf, math.nan]),
    "min_trade": ([0.0, 0.999], [-0.001, 1.0, math.inf, math.nan]),
}


@pytest.mark.parametrize("name", BOUNDS)
def test_bounds(name: str) -> None:
    """The least and the most are taken, and what is beyond them is refused."""
    taken, refused = BOUNDS[name]
    for value in taken:
        assert getattr(Execution.model_validate({name: value}), name) == value
    for value in refused:
        with pytest.raises(ValidationError, match=name):
            Execution.model_validate({name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [("lag", "1"), ("lag", True), ("band", "0.05"), ("relative_band", "0.5"), ("to_edge", 1), ("min_trade", "0")],
)
def test_values_of_another_kind_are_refused(name: str, value: object) -> None:
    """A text is no number, and a number no yes or no."""
    with pytest.raises(ValidationError, match=name):
        Execution.model_validate({name: value})


def test_start_values() -> None:
    """Traded a session late, at all that is off, without a band of each asset's own; five points otherwise."""
    usual = Execution()
    assert (usual.lag, usual.to_edge, usual.min_trade, usual.relative_band, usual.band) == (1, False, 0.0, None, None)
    assert DEFAULT_BAND == 0.05


def test_terms_are_not_changed() -> None:
    """Neither a term nor an unknown one can be set."""
    with pytest.raises(ValidationError, match="frozen"):
        setattr(Execution(), "lag", 2)  # noqa: B010 - which the type checker would refuse
    with pytest.raises(ValidationError, match="lags"):
        Execution.model_validate({"lags": 2})


def test_months_unless_sessions_are_further_apart() -> None:
    """A quarterly history is traded by the quarter."""
    found = {name: default_rebalance(RHYTHMS[name]) for name in ("daily", "weekly", "monthly", "quarterly")}
    assert found == {"daily": "month", "weekly": "month", "monthly": "month", "quarterly": "quarter"}


def recipe(*terms: tuple[object, object]) -> Recipe:
    """A recipe of strategies that state these schedules and bands."""
    steps = [
        SimpleNamespace(strategy=SimpleNamespace(name=f"s{place}", rebalance=rebalance, band=band))
        for place, (rebalance, band) in enumerate(terms)
    ]
    return cast(Recipe, SimpleNamespace(steps=steps))


@pytest.mark.parametrize(
    ("terms", "stated", "schedule", "band"),
    [
        ([(None, None)], {}, "month", 0.05),
        ([("week", 0.1), (None, None)], {}, "week", 0.1),
        ([("week", 0.1), ("year", 1.0)], {}, "year", 1.0),
        ([("week", 0), ("year", None)], {}, "year", 0.0),
        ([("week", 0.1)], {"rebalance": "day", "band": 0.0}, "day", 0.0),
        ([("week", 0.1)], {"band": math.inf}, "week", math.inf),
        ([("week", math.inf)], {"rebalance": "quarter"}, "quarter", math.inf),
    ],
)
def test_what_makes_a_recipe_trade(
    terms: list[tuple[object, object]], stated: dict[str, object], schedule: str, band: float
) -> None:
    """The run's word, else that of the last strategy which has one, else months and five points."""
    found = trigger_of(recipe(*terms), Execution.model_validate(stated))
    assert (str(found.schedule), found.band) == (schedule, band)


@pytest.mark.parametrize("band", [True, "0.05", -0.01, 1.01, -math.inf, math.nan])
def test_a_strategy_s_band_is_checked(band: object) -> None:
    """As the run's is."""
    with pytest.raises(PluginError, match=r"BAND is .*; a fraction of 1 such as 0\.05, or infinity for none"):
        trigger_of(recipe((None, band)), Execution())


def test_whose_schedule_is_wrong() -> None:
    """That of the last strategy which states one is named; the run's own is the user's, and nobody's name stands."""
    for terms, name in (([("moon", None)], "s0"), ([("moon", None), ("sun", None), (None, None)], "s1")):
        with pytest.raises(RecipeError, match=f"^REBALANCE of strategy '{name}': "):
            trigger_of(recipe(*terms), Execution())
    with pytest.raises(RecipeError, match=r"^(?!REBALANCE)"):
        trigger_of(recipe(("week", None)), Execution(rebalance="moon"))
