"""`stress frequency` written down: on made paths, by hand."""

from dataclasses import replace
from inspect import signature
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from backtester.arrays import Array
from backtester.errors import ScenarioError
from backtester.runs import stress_frequency
from backtester.runs.settings import RunSettings
from backtester.runs.stress_frequency import ALWAYS_AHEAD, ALWAYS_BEHIND, _distribution, frequency_run, sign_change
from backtester.runs.values import Json
from backtester.stress.path_results import PathPlan, PathResults


def test_what_is_said_of_paths_by_hand() -> None:
    """Of four paths one runs out for half a year and one for two; growth is the mean of those that have one."""
    results = PathResults(
        np.array([1.0, 2.0, 3.0, 4.0]),
        -np.array([0.1, 0.2, 0.3, 0.4]),
        np.array([0.01, 0.03, np.nan, 0.05]),
        np.array([0.5, 0.0, 2.0, 0.0]),
        np.zeros(4, int),
    )
    said = _distribution(results)
    assert (said["paths"], said["runs_out"], said["unpaid_years"]) == (4, 0.5, 0.625)
    assert said["wealth"] == pytest.approx({"0.05": 1.15, "0.25": 1.75, "0.5": 2.5, "0.75": 3.25, "0.95": 3.85})
    assert said["deepest_fall"] == pytest.approx(
        {"0.05": -0.385, "0.25": -0.325, "0.5": -0.25, "0.75": -0.175, "0.95": -0.115}
    )
    assert said["growth_over_mix"] == pytest.approx(0.03)
    assert said["growth_error"] == pytest.approx(0.02 / np.sqrt(3))
    one = _distribution(replace(results, growth=np.array([0.01, np.nan])))
    assert (one["growth_over_mix"], np.isnan(one["growth_error"])) == (0.01, True)
    two = _distribution(replace(results, growth=np.array([0.01, 0.03])))
    assert two["growth_error"] == pytest.approx(0.01)
    assert np.isnan(_distribution(replace(results, growth=np.array([np.nan])))["growth_over_mix"])


def test_where_an_advantage_turns() -> None:
    """A line between the two frequencies beside the change of sign; in words where it never changes."""
    assert sign_change([1.0, 2.0, 3.0], [0.01, 0.005, -0.005]) == pytest.approx(2.5)
    assert sign_change([1.0, 2.0, 4.0], [-0.01, -0.01, 0.03]) == pytest.approx(2.5)
    assert sign_change([1.0, 3.0, 4.0], [0.01, 0.0, -0.01]) == pytest.approx(2.5)
    assert sign_change([1.0, 2.0, 3.0, 4.0], [0.01, -0.01, 0.01, 0.01]) == pytest.approx(1.5)
    assert sign_change([1.0, 2.0, 3.0], [0.01, 0.0, 0.01]) == ALWAYS_AHEAD
    assert sign_change([1.0, 2.0], [0.01, 0.02]) == ALWAYS_AHEAD
    assert sign_change([1.0, 2.0], [-0.01, -0.02]) == ALWAYS_BEHIND
    assert sign_change([1.0, 2.0], [1e-6, 0.0]) == ALWAYS_AHEAD
    assert sign_change([1.0, 2.0], [1e-12, -1e-12]) is None
    assert sign_change([1.0, 2.0], [0.01, float("nan")]) is None


class Made:
    """What `frequency_run` asks for, on made paths: a hold, and a strategy that must be asked on every path.

    Final wealth is how frequent joint sell-offs are, and growth over the mix 1% at half as many, 0.5% at as many, and
    so on; more than twice as many cannot be reached. Each drawing of paths is noted.
    """

    def __init__(self, shares: Array | None) -> None:
        self.drawn: list[tuple[Any, ...]] = []
        recipes = [SimpleNamespace(name=name) for name in ("hold", "timed")]
        self.trial = SimpleNamespace(recipes=recipes, shares=shares, execution="daily", pair_settings="usual")
        market = SimpleNamespace(assets=["stocks", "bonds", "gold", "oil"])
        history = SimpleNamespace(name="made", table=SimpleNamespace(title="Made"))
        self.ground = SimpleNamespace(market=market, history=history, last_session=pd.Timestamp(2024, 2, 1))

    def evaluate(self, recipe: Any, market: Any, execution: Any) -> Any:
        assert (market, execution) == (self.ground.market, "monthly")
        targets = pd.DataFrame(0.0, range(2), market.assets)
        targets.loc[1, "gold" if recipe.name == "timed" else "stocks"] = 1.0
        return SimpleNamespace(name=recipe.name, targets=targets)

    def make_path_source(self, market: Any, first: int, pair_settings: Any, held: list[str]) -> Any:
        assert (first, held) == (7, ["stocks", "gold", "stocks", "bonds"])
        blocks = SimpleNamespace(windows=[0, 0, 0], block_sessions=63)
        return SimpleNamespace(market=SimpleNamespace(sessions=[pd.Timestamp(2020, 1, 2)]), blocks=blocks)

    def tilts(self, blocks: Any, sessions: int, seed: int) -> Any:
        assert (sessions, seed) == (60, 9)
        return self

    def find(self, times: float) -> Array:
        if times > 2:
            raise ScenarioError("more cannot be reached")
        return np.array([times])

    def static_paths(self, source: Any, runs: list[Any], shares: Array, chances: Array, plan: PathPlan) -> PathResults:
        return self.paths([run.name for run in runs], shares, chances, plan)

    def dynamic_paths(
        self, source: Any, recipes: Any, trading: Any, shares: Array, chances: Array, plan: PathPlan
    ) -> PathResults:
        assert trading == ("daily", "usual")
        return self.paths([recipe.name for recipe in recipes], shares, chances, plan)

    def paths(self, names: list[str], shares: Array, chances: Array, plan: PathPlan) -> PathResults:
        [times] = chances.tolist()
        self.drawn.append((names, shares.tolist(), times, plan.paths))
        shape = (plan.paths, len(names))
        growth = np.full(shape, (1.5 - times) / 100 * (-1 if names == ["timed"] else 1))
        growth[300:] = 9.0  # beyond the paths of the curve
        falls, unpaid = np.full(shape, -times / 10), np.full(shape, times - 1)
        return PathResults(np.full(shape, times), falls, growth, unpaid, np.array([4, 5]))


def carried_out(monkeypatch: pytest.MonkeyPatch, made: Made, times: float, plan: PathPlan, dynamic: int) -> Json:
    """The document of made paths."""
    settings = SimpleNamespace(execution="monthly", legs=("stocks", "bonds"))
    patched = {
        "prepare_stress": lambda settings, at, report: (made.ground, made.trial, ["gone: why"]),
        "evaluate": made.evaluate,
        "common_start": lambda market, runs, opening: 7,
        "first_with_pair": lambda market, settings: None,
        "make_path_source": made.make_path_source,
        "is_static": lambda run: run.name == "hold",
        "TiltSearch": made.tilts,
        "sessions_of": lambda source, years: 20 * years,
        "draw_paths": made.static_paths,
        "dynamic_paths": made.dynamic_paths,
        "stressed_recipes": lambda recipes: [recipe.name for recipe in recipes],
        "CURVE_PATHS": 300,
    }
    for name, value in patched.items():
        monkeypatch.setattr(stress_frequency, name, value)
    heard: list[tuple[Any, ...]] = []
    written = frequency_run(
        cast(RunSettings, settings), times, plan, dynamic=dynamic, report=lambda *words: heard.append(words)
    )
    drawings = [(f"Drawing paths at {one:g} times", place / 2) for place, one in enumerate(dict.fromkeys((1.0, times)))]
    assert heard == [*drawings, ("Looking for the frequency at which growth over the mix changes sign",)]
    return written


def test_the_document_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """At as many and at twice as many joint sell-offs on all paths; then along the curve, on fewer, up to what can be
    reached, where those that were drawn are not drawn again."""
    made = Made(np.array([[0.6, 0.4], [0.5, 0.2]]))
    written = carried_out(monkeypatch, made, 2.0, PathPlan(paths=400, years=3, seed=9), 30)
    hold, timed = (["hold"], [[0.6, 0.4]]), (["timed"], [[0.5, 0.2]])
    assert made.drawn == [
        (*hold, 1.0, 400), (*timed, 1.0, 30), (*hold, 2.0, 400), (*timed, 2.0, 30),
        (*hold, 0.5, 300), (*timed, 0.5, 20), (*hold, 1.5, 300), (*timed, 1.5, 20),
    ]  # fmt: skip
    ends = {name: written.pop(name) for name in ("at", "curve")}
    assert written == {
        "schema": 1,
        "history": {"name": "made", "title": "Made"},
        "period": {"start": "2020-01-02", "end": "2024-02-01", "joint_sell_offs": 3},
        "paths": 400,
        "dynamic_paths": 30,
        "years": 3,
        "seed": 9,
        "spend": PathPlan().spend,
        "spend_rise": 0.02,
        "block_sessions": 63,
        "strategies": ["hold", "timed"],
        "static": [True, False],
        "left_out": ["gone: why"],
    }
    assert ends["curve"] == {
        "times": [0.5, 1.0, 1.5, 2.0],
        "paths": 300,
        "dynamic_paths": 20,
        "growth_over_mix": {
            "hold": pytest.approx([0.01, 0.005, 0, -0.005]),
            "timed": pytest.approx([-0.01, -0.005, 0, 0.005]),
        },
        "turns": {"hold": pytest.approx(1.5), "timed": pytest.approx(1.5)},
    }  # fmt: skip
    usual, twice = ends["at"]
    assert [(one["times"], one["joint_sell_offs"]) for one in (usual, twice)] == [(1.0, 4.5), (2.0, 4.5)]
    assert {name: one["paths"] for name, one in usual["strategies"].items()} == {"hold": 400, "timed": 30}
    timed_twice = twice["strategies"]["timed"]
    assert (timed_twice["wealth"]["0.05"], timed_twice["deepest_fall"]["0.95"]) == (2.0, -0.2)
    assert (timed_twice["growth_over_mix"], timed_twice["runs_out"]) == (pytest.approx(0.005), 1.0)


def test_without_paths_for_a_strategy_that_must_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no fates, its curve no value, and it turns nowhere; without mixes shares are zero."""
    made = Made(None)
    written = carried_out(monkeypatch, made, 1.0, PathPlan(paths=10, years=3, seed=9), 0)
    assert made.drawn == [(["hold"], [[0.0, 0.0]], times, 10) for times in (1.0, 0.5, 1.5, 2.0)]
    [only] = written["at"]
    assert only["strategies"]["timed"] is None
    assert written["curve"]["growth_over_mix"]["timed"] == [None] * 4
    assert (written["curve"]["turns"]["timed"], written["curve"]["dynamic_paths"]) == (None, 0)


def test_the_frequencies_of_the_curve() -> None:
    """Half as many to three times as many, on 400 paths and 20 of what must be asked; else on a hundred of these."""
    assert stress_frequency.CURVE_TIMES == (0.5, 1.0, 1.5, 2.0, 2.5, 3.0)
    assert (stress_frequency.CURVE_PATHS, stress_frequency.CURVE_DYNAMIC_PATHS) == (400, 20)
    assert signature(frequency_run).parameters["dynamic"].default == 100
