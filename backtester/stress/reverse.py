"""Reverse stress: the scale at which a scenario makes a strategy lose a given amount, or a hedge stop helping.

The scale is the number by which all moves of the scenario are multiplied; at 1 it is as its file has it. A recipe is a
base strategy and its overlays.

1. `reverse_scales` carries a scenario out at each of `SCALES`, up to the largest at which it is possible.
2. Between two of these, one at which a strategy has not yet lost the amount (or a hedge returns more than the
   reference) and one at which it has, `_crossing` finds the scale in between by false position: a straight line between
   both ends of a bracket, which shrinks.
3. `most_fragile` is the pair of strategy and scenario with the smallest scale.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from backtester.errors import ScenarioError
from backtester.stress.build import DEFAULT_OPTIONS, ScenarioOptions, path_and_market
from backtester.stress.outcomes import StressInputs, recipe_outcomes
from backtester.stress.scenario import Scenario
from backtester.stress.starting_point import StartingPoint

SCALES = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)
REFINEMENTS = 4  # the most steps of false position
SCALE_TOLERANCE = 0.01  # as a share of the scale


@dataclass(frozen=True)
class ReverseScales:
    """The scales of one scenario at which something changes, by the name of a recipe.

    `largest` is the largest scale that was tried. `loses` has the smallest scale at which the recipe has the loss,
    infinite if there is none. `helps` has for each recipe but the reference the first range of scales in which it
    returns more than the reference: from 0 if it does at the smallest scale, to infinity if it does up to the largest;
    None if it never does."""

    scenario: Scenario
    largest: float
    loses: dict[str, float]
    helps: dict[str, tuple[float, float] | None]


@dataclass(frozen=True)
class _ScaleOutcome:
    """The outcome of a scenario at one scale: for each recipe the lowest net asset value, which is 1 before the path,
    less 1; and the return over the path."""

    scale: float
    lowest: tuple[float, ...]
    total: tuple[float, ...]


OutcomeAt = Callable[[float], _ScaleOutcome]  # carries the scenario out at a scale


def reverse_scales(
    scenario: Scenario,
    starting_point: StartingPoint,
    inputs: StressInputs,
    lose: float,
    options: ScenarioOptions = DEFAULT_OPTIONS,
) -> ReverseScales:
    """The scales of one scenario; `lose` is the loss, a positive fraction of the start, at any close of the path.

    Raise ScenarioError if the scenario is impossible at the smallest scale.
    """
    without_mixes = replace(inputs, shares=None)  # the mixes to which strategies are compared elsewhere

    def outcome_at(scale: float) -> _ScaleOutcome:
        """The outcome of the scenario at a scale, on top of that of the options."""
        path, market = path_and_market(scenario, starting_point, replace(options, scale=scale * options.scale))
        found = recipe_outcomes(market, path.sessions, without_mixes)
        lowest = tuple(float(outcome.nav.min()) - 1 for outcome in found)
        return _ScaleOutcome(scale, lowest, tuple(outcome.total for outcome in found))

    start = _ScaleOutcome(0.0, (0.0,) * len(inputs.recipes), (0.0,) * len(inputs.recipes))
    points = [start, outcome_at(SCALES[0])]
    for scale in SCALES[1:]:
        try:
            points.append(outcome_at(scale))
        except ScenarioError:  # it cannot be scaled further
            break
    names = [recipe.name for recipe in inputs.recipes]
    loses = {name: _loses(points, place, lose, outcome_at) for place, name in enumerate(names)}
    helps = {name: _helps(points[1:], place, outcome_at) for place, name in enumerate(names) if place}
    return ReverseScales(scenario, points[-1].scale, loses, helps)


def _loses(points: Sequence[_ScaleOutcome], place: int, lose: float, outcome_at: OutcomeAt) -> float:
    """The scale at which a recipe first has the loss; infinite if there is none."""
    return _first_crossing(points, lambda point: point.lowest[place] + lose, outcome_at)


def _helps(points: Sequence[_ScaleOutcome], place: int, outcome_at: OutcomeAt) -> tuple[float, float] | None:
    """The first range of scales in which a hedge returns more than the reference; None if there is none."""

    def gap(point: _ScaleOutcome) -> float:
        """The return less the reference's."""
        return point.total[place] - point.total[0]

    begins = next((number for number, point in enumerate(points) if gap(point) > 0), None)
    if begins is None:
        return None
    start = 0.0 if begins == 0 else _first_crossing(points[: begins + 1], lambda point: -gap(point), outcome_at)
    return start, _first_crossing(points[begins:], gap, outcome_at)


def _first_crossing(
    points: Sequence[_ScaleOutcome],
    value: Callable[[_ScaleOutcome], float],
    outcome_at: OutcomeAt,
) -> float:
    """The scale at which a value that begins above zero first is zero or less; infinite if it never is."""
    values = [value(point) for point in points]
    below = next((number for number in range(1, len(values)) if values[number] <= 0), None)
    if below is None:
        return float("inf")
    return _crossing(points[below - 1 : below + 1], values[below - 1 : below + 1], value, outcome_at)


def _crossing(
    ends: Sequence[_ScaleOutcome],
    values: Sequence[float],
    value: Callable[[_ScaleOutcome], float],
    outcome_at: OutcomeAt,
) -> float:
    """The scale at which a value is zero, between one at which it is above zero and one at which it is not."""
    (low, high), (above, below) = [point.scale for point in ends], values
    for _ in range(REFINEMENTS):
        scale = low + (high - low) * above / (above - below)
        if min(scale - low, high - scale) <= SCALE_TOLERANCE * scale:
            return scale
        found = value(outcome_at(scale))
        low, above, high, below = (scale, found, high, below) if found > 0 else (low, above, scale, found)
    return low + (high - low) * above / (above - below)


def most_fragile(found: Sequence[ReverseScales]) -> tuple[str, str] | None:
    """The names of the recipe and the scenario with the smallest scale of a loss; None if no scale makes one."""
    pairs = [(scale, name, scales.scenario.name) for scales in found for name, scale in scales.loses.items()]
    smallest = min(pairs, default=None)
    return None if smallest is None or not np.isfinite(smallest[0]) else smallest[1:]
