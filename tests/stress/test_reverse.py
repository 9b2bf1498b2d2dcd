"""Reverse stress: the scale at which so much is lost, and the scales between which a hedge helps."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from backtester.errors import ScenarioError
from backtester.plugins.loader import Library
from backtester.plugins.recipes import Recipe, parse_recipe
from backtester.stress import reverse as reversing
from backtester.stress.build import ScenarioOptions
from backtester.stress.outcomes import StressInputs, run_scenario
from backtester.stress.read import read_scenario
from backtester.stress.reverse import ReverseScales, most_fragile, reverse_scales
from backtester.stress.scenario import Scenario
from backtester.stress.starting_point import StartingPoint, read_starting_point


@pytest.fixture(scope="module")
def us_ground() -> StartingPoint:
    """What the recipes read of the embedded history."""
    return read_starting_point("us", roles=["stocks", "bonds", "gold", "dollar", "yield_30y", "vix"])


@pytest.fixture(scope="module")
def inputs(library: Library) -> StressInputs:
    """60/40, and with gold."""
    texts = ("sixty_forty", "sixty_forty + gold_overlay")
    return StressInputs([parse_recipe(text, library) for text in texts])


@pytest.fixture(scope="module")
def war(us_ground: StartingPoint, inputs: StressInputs) -> ReverseScales:
    """A capital war, scaled until a fifth is lost."""
    return reverse_scales(read_scenario("capital_war"), us_ground, inputs, 0.2)


def test_at_the_scale_found_so_much_is_lost(us_ground: StartingPoint, inputs: StressInputs, war: ReverseScales) -> None:
    """The scenario at that scale has the strategy stand a fifth lower at its lowest, to half a point."""
    for place, name in enumerate(war.loses):
        scenario = read_scenario("capital_war")
        assert scenario.replay is not None
        scale = war.loses[name] * scenario.replay.scale
        scaled = scenario.model_copy(update={"replay": scenario.replay.model_copy(update={"scale": scale})})
        lived = run_scenario(scaled, us_ground, inputs)
        assert lived.outcomes[place].nav.min() - 1 == pytest.approx(-0.2, abs=0.005), name


def test_gold_helps_in_a_war_of_any_size(war: ReverseScales) -> None:
    """It returns more than the reference from the start on, at every scale that was tried."""
    start, end = war.helps["sixty_forty + gold_overlay"] or (1.0, 0.0)
    assert start == 0
    assert end == float("inf")
    assert "sixty_forty" not in war.helps


def test_gold_never_helps_in_a_dash_for_cash(us_ground: StartingPoint, inputs: StressInputs) -> None:
    """It falls with everything else, at every scale."""
    dash = reverse_scales(read_scenario("dash_for_cash"), us_ground, inputs, 0.9)
    assert dash.helps["sixty_forty + gold_overlay"] is None
    assert np.isinf(list(dash.loses.values())).all()
    assert most_fragile([dash]) is None


def test_the_most_fragile_pair_has_the_smallest_scale(war: ReverseScales) -> None:
    """Of all strategies and scenarios the one that takes the least."""
    name, scenario = most_fragile([war]) or ("", "")
    assert scenario == "capital_war"
    assert war.loses[name] == min(war.loses.values())


def test_the_crossing_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """8 at a scale of 0 and -2 at 10 cross at 8; with the 2 found there, at 9: where the rounds end the line is the
    answer, and so is a scale that is within 1% of an end."""
    monkeypatch.setattr(reversing, "REFINEMENTS", 1)
    ends = [reversing._ScaleOutcome(scale, (), ()) for scale in (0.0, 10.0)]
    for found, crossing in ((2.0, 9.0), (-8.0, 4.0), (0.0, 8.0)):
        args = (lambda _, found=found: found), (lambda scale: reversing._ScaleOutcome(scale, (), ()))
        assert reversing._crossing(ends, (8.0, -2.0), *args) == pytest.approx(crossing)
    assert reversing._crossing(ends, (0.001, -2.0), *args) == pytest.approx(0.001 / 2.001 * 10)


@pytest.mark.parametrize(("above", "below"), [(0.001, -1.0), (1.0, -0.001)])
def test_a_crossing_near_what_was_tried_is_not_tried_again(above: float, below: float) -> None:
    """A scale within a hundredth of one that is known is near enough."""
    ends = [reversing._ScaleOutcome(1.0, (), ()), reversing._ScaleOutcome(2.0, (), ())]

    def tried(scale: float) -> reversing._ScaleOutcome:
        raise AssertionError(scale)

    found = reversing._crossing(ends, [above, below], lambda one: 0.0, tried)
    assert found == pytest.approx(1 + above / (above - below))


def test_a_crossing_of_a_curve() -> None:
    """Where 2.25 less the square is nothing: four lines lead from 1 and 2 to within a hundredth of 1.5."""
    ends = [reversing._ScaleOutcome(scale, (), ()) for scale in (0.0, 1.0, 2.0)]
    tried: list[float] = []

    def at(scale: float) -> reversing._ScaleOutcome:
        tried.append(scale)
        return reversing._ScaleOutcome(scale, (), ())

    found = reversing._first_crossing(ends, lambda one: 2.25 - one.scale**2, at)
    assert found == pytest.approx(1.5, rel=0.011)
    assert tried[0] == pytest.approx(1 + 1.25 / 3)
    assert reversing._first_crossing(ends, lambda one: 5.0 - one.scale, at) == float("inf")
    assert reversing._first_crossing(ends, lambda one: 2.0 - one.scale, at) == 2.0, "nothing is left at the last"
    assert reversing._first_crossing(ends, lambda one: -1.0 if one.scale == 0 else 1.0, at) == float("inf")


def test_four_scales_are_tried() -> None:
    """Where each is as far above zero as the next scale is below, the half of what is left is tried four times."""
    tried: list[float] = []

    def at(scale: float) -> reversing._ScaleOutcome:
        tried.append(scale)
        return reversing._ScaleOutcome(scale, (), ())

    ends = [reversing._ScaleOutcome(0.0, (), ()), reversing._ScaleOutcome(16.0, (), ())]
    found = reversing._crossing(ends, (1.0, -1.0), lambda one: 1.0, at)
    assert (tried, found) == ([8, 12, 14, 15], 15.5)


def test_scales_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every scale up to the first that cannot be, each of what the ways ask for; between two of them along a line.

    The reference returns -s / 10 and 19% at a scale of 1.9; of the others one never helps, one helps as
    long as s is below 1.2, one from 0.6 on, and one between 0.9 and 1.8; one helps by the square over that of 0.6, one
    only at the smallest scale, one does as the reference does, which is no help. Three times the scenario cannot be.
    """
    returned: list[Callable[[float], float]] = [
        lambda s: -s / 10,
        lambda s: -s / 5,
        lambda s: -s / 10 + (1.2 - s) / 100,
        lambda s: -s / 10 + (s - 0.6) / 100,
        lambda s: -s / 10 + (s - 0.9) / 100 * (1 if s <= 1.3 else (1.8 - s)),
        lambda s: -s / 10 + (s**2 - 0.36) / 100,
        lambda s: -s / 10 + (0.4 - s) / 100,
        lambda s: -s / 10,
    ]
    scales: list[float] = []

    def path_and_market(scenario: object, ground: object, options: ScenarioOptions) -> tuple[SimpleNamespace, float]:
        scales.append(options.scale / 2)
        if scales[-1] > 2.9:
            raise ScenarioError("it cannot be scaled further")
        return SimpleNamespace(sessions=5), scales[-1]

    def outcomes(market: float, sessions: int, inputs: StressInputs) -> list[SimpleNamespace]:
        assert (sessions, inputs.shares) == (5, None)
        totals = [one(market) for one in returned]
        return [SimpleNamespace(nav=np.array([1.0, 1 + total, 1.0]), total=total) for total in totals]

    monkeypatch.setattr(reversing, "path_and_market", path_and_market)
    monkeypatch.setattr(reversing, "recipe_outcomes", outcomes)
    names = ["reference", "never", "little", "much", "between", "curved", "least", "same"]
    inputs = StressInputs([cast("Recipe", SimpleNamespace(name=name)) for name in names], shares=np.ones((8, 2)))
    ground = cast("StartingPoint", None)
    found = reverse_scales(read_scenario("capital_war"), ground, inputs, 0.19, ScenarioOptions(scale=2.0))
    assert scales[:7] == [0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0]
    assert found.largest == 2.0
    assert found.loses["reference"] == pytest.approx(1.9)
    assert found.loses["never"] == pytest.approx(0.95)
    assert found.loses["little"] == pytest.approx(0.202 / 0.11)
    assert found.loses["much"] == float("inf")
    assert found.helps == {
        "never": None,
        "little": (0.0, pytest.approx(1.2, rel=0.011)),
        "much": (pytest.approx(0.6, rel=0.011), float("inf")),
        "between": (pytest.approx(0.9, rel=0.011), pytest.approx(1.8, rel=0.011)),
        "curved": (pytest.approx(0.6, rel=0.011), float("inf")),
        "least": (0.0, pytest.approx(0.4, rel=0.011)),
        "same": None,
    }
    early = reverse_scales(read_scenario("capital_war"), ground, inputs, 0.01, ScenarioOptions(scale=2.0)).loses
    assert (early["reference"], early["never"]) == (pytest.approx(0.1), pytest.approx(0.05)), "before the least of all"
    assert reversing.SCALES == (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)


def test_the_smallest_scale_of_all() -> None:
    """Of two scenarios that in which somebody loses so much first; of none, nothing."""
    one, two = (
        ReverseScales(cast("Scenario", SimpleNamespace(name=name)), 4.0, loses, {})
        for name, loses in (("war", {"a": 1.5, "b": float("inf")}), ("dash", {"a": 3.0, "b": 1.25}))
    )
    assert most_fragile([one, two]) == ("b", "dash")
    assert most_fragile([one]) == ("a", "war")
    assert most_fragile([]) is None
