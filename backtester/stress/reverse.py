"""Reverse stress: the scale at which a scenario makes a strategy lose a given amount, or a hedge stop helping.

1. `reverse_scales` carries a scenario out at each of `SCALES`, as far as it can be scaled.
2. Between two scales, one before and one at which a strategy has the loss, or a hedge returns no more than the
   reference, `_crossing` finds the scale by the secant method.
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
REFINEMENTS = 4
SCALE_TOLERANCE = 0.01  # of a scale


@dataclass(frozen=True)
class ReverseScales:
    """The scales of one scenario.

    `largest` is the largest that was tried. `loses` has by recipe the smallest at which it has the loss, infinite if
    there is none. `helps` has by hedge the range in which it returns more than the reference: from 0 if it helps from
    the start, to infinity if it never stops, None if it never helps."""

    scenario: Scenario
    largest: float
    loses: dict[str, float]
    helps: dict[str, tuple[float, float] | None]


@dataclass(frozen=True)
class _At:
    """The lowest value less the start, and the return, of each recipe at a scale."""

    scale: float
    lowest: tuple[float, ...]
    total: tuple[float, ...]


def reverse_scales(
    scenario: Scenario,
    starting_point: StartingPoint,
    inputs: StressInputs,
    lose: float,
    options: ScenarioOptions = DEFAULT_OPTIONS,
) -> ReverseScales:
    """The scales of one scenario; `lose` is the loss, a positive fraction of the start, at any close of the path.

    Raise ScenarioError if the scenario cannot happen at the smallest scale.
    """
    bare = replace(inputs, shares=None)

    def tried(scale: float) -> _At:
        """The outcomes of every recipe at a scale of the scenario."""
        path, market = path_and_market(scenario, starting_point, replace(options, scale=scale * options.scale))
        found = recipe_outcomes(market, path.sessions, bare)
        return _At(scale, tuple(float(one.nav.min()) - 1 for one in found), tuple(one.total for one in found))

    start = _At(0.0, (0.0,) * len(inputs.recipes), (0.0,) * len(inputs.recipes))
    points = [start, tried(SCALES[0])]
    for scale in SCALES[1:]:
        try:
            points.append(tried(scale))
        except ScenarioError:  # it cannot be scaled further
            break
    names = [recipe.name for recipe in inputs.recipes]
    loses = {name: _loses(points, place, lose, tried) for place, name in enumerate(names)}
    helps = {name: _helps(points[1:], place, tried) for place, name in enumerate(names) if place}
    return ReverseScales(scenario, points[-1].scale, loses, helps)


def _loses(points: Sequence[_At], place: int, lose: float, tried: Callable[[float], _At]) -> float:
    """The scale at which a recipe first has the loss; infinite if there is none."""
    return _first(points, lambda one: one.lowest[place] + lose, tried)


def _helps(points: Sequence[_At], place: int, tried: Callable[[float], _At]) -> tuple[float, float] | None:
    """The first range of scales in which a hedge returns more than the reference; None if there is none."""

    def gap(one: _At) -> float:
        return one.total[place] - one.total[0]

    begins = next((number for number, one in enumerate(points) if gap(one) > 0), None)
    if begins is None:
        return None
    start = 0.0 if begins == 0 else _first(points[: begins + 1], lambda one: -gap(one), tried)
    return start, _first(points[begins:], gap, tried)


def _first(points: Sequence[_At], value: Callable[[_At], float], tried: Callable[[float], _At]) -> float:
    """The scale at which a value that begins above zero first is zero or less; infinite if it never is."""
    values = [value(one) for one in points]
    below = next((place for place, one in enumerate(values) if one <= 0 and place), None)
    if below is None:
        return float("inf")
    return _crossing(points[below - 1 : below + 1], values[below - 1 : below + 1], value, tried)


def _crossing(
    ends: Sequence[_At], values: Sequence[float], value: Callable[[_At], float], tried: Callable[[float], _At]
) -> float:
    """The scale at which a value is zero, between one at which it is above zero and one at which it is not."""
    (low, high), (above, below) = [one.scale for one in ends], values
    for _ in range(REFINEMENTS):
        scale = low + (high - low) * above / (above - below)
        if min(scale - low, high - scale) <= SCALE_TOLERANCE * scale:
            return scale
        found = value(tried(scale))
        low, above, high, below = (scale, found, high, below) if found > 0 else (low, above, scale, found)
    return low + (high - low) * above / (above - below)


def most_fragile(found: Sequence[ReverseScales]) -> tuple[str, str] | None:
    """The recipe and the scenario, by name, with the smallest scale; None where no scale is large enough."""
    pairs = [(scale, name, one.scenario.name) for one in found for name, scale in one.loses.items()]
    smallest = min(pairs, default=None)
    return None if smallest is None or not np.isfinite(smallest[0]) else smallest[1:]
