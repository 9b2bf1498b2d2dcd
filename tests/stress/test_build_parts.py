"""The parts of a scenario's path, each by hand."""

from pathlib import Path as FilePath
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from backtester.errors import ScenarioError
from backtester.stress import build
from backtester.stress.build import ScenarioOptions, make_path
from backtester.stress.calibrate import calibrated, march_2020
from backtester.stress.fed import purchases
from backtester.stress.path import Path
from backtester.stress.scenario import Scenario, Shock
from backtester.stress.starting_point import StartingPoint, read_starting_point

WORDS = dict.fromkeys(("title", "about", "source", "calibrated_on", "differs"), "made for a test")


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, small: FilePath) -> StartingPoint:
    """A short history without a credit spread."""
    return read_starting_point("small", small)


def made(*shocks: dict[str, object], **others: object) -> Scenario:
    """A scenario of some shocks."""
    return Scenario.model_validate({**WORDS, "name": "made", "shock": shocks, **others})


STOCKS = {"role": "stocks", "percent": -10, "sessions": 60}


@pytest.mark.parametrize(
    "other",
    [
        {"base_scenario": made(STOCKS)},
        {"replay": {"start": "2020-03-09", "end": "2020-03-18"}},
        {"spiral": {}},
        {"fed": {"on": True}},
    ],
    ids=lambda other: next(iter(other)),
)
def test_what_moves_something_else_is_not_refused(ground: StartingPoint, other: dict[str, object]) -> None:
    """A shock to what the history lacks is refused alone, and left out beside a base, a replay, a spiral or the Fed."""
    shock = {"role": "credit_spread", "bp": 250}
    with pytest.raises(ScenarioError, match="all that it moves is credit_spread"):
        build._check_effect(made(shock), ground)
    build._check_effect(made(shock, **other), ground)


def test_noise_begins_in_the_first_session(ground: StartingPoint) -> None:
    """Where nothing is replayed no session is without it."""
    calm, noisy = (make_path(made(STOCKS, noise=size), ground).growth["stocks"] for size in (0.0, 1.0))
    assert calm.tolist() == pytest.approx([np.log(0.9) / 60] * 60)
    assert noisy[0] != pytest.approx(calm[0])


@pytest.mark.parametrize(("unit", "size"), [("million dollars", 100_000), ("Million USD", 100_000), ("$bn", 100)])
def test_billions_are_of_the_history_s_unit(unit: str, size: float) -> None:
    """A hundred billion is 100,000 millions, and 100 where a history has billions; so are the Fed's purchases."""
    history = SimpleNamespace(series={"fed_assets": SimpleNamespace(unit=unit, kind="level")}, quoted={})
    stub = cast(StartingPoint, SimpleNamespace(history=history))
    shock = Shock.model_validate({"role": "fed_assets", "bn": 100, "sessions": 2})
    assert build.shock_path(shock, stub).shifts["fed_assets"].tolist() == [size / 2, size / 2]
    moved = build._purchases(made(fed={"on": True}), stub, Path(5), ScenarioOptions()).shifts
    assert moved["fed_assets"].tolist() == (purchases(23) * size / 100).tolist()


def test_yields_move_as_in_the_spiral(ground: StartingPoint) -> None:
    """From the first session on the ten-year yield stands as far over its start as the spiral takes it."""
    scenario = made(spiral={})
    assert scenario.spiral is not None
    fitted = calibrated(scenario.spiral, share=0.25)
    expected = march_2020(scenario.spiral.model_copy(update={"kappa": fitted.kappa}), fitted).yields_bp
    moves = build._spiral(scenario, ground, ScenarioOptions()).shifts["yield_10y"]
    assert 100 * np.cumsum(moves) == pytest.approx(expected)


@pytest.mark.parametrize(("own", "base", "slow", "held"), [(0, 0, 9, 0), (2, 0, 3, 6), (0, 5, 1, 5), (4, 5, 2, 10)])
def test_purchases_wait_until_the_path_no_longer_holds_them(
    ground: StartingPoint, own: int, base: int, slow: int, held: int
) -> None:
    """The later of the scenario's and its base's session, times how much slower the path is; none where it is 0."""
    stub = cast(StartingPoint, SimpleNamespace(history=SimpleNamespace(series={"fed_assets": SimpleNamespace(
        unit="$bn", kind="level")}, quoted={})))  # fmt: skip
    scenario = made(fed={"on": True, "held_until": own}, base_scenario=made(STOCKS, fed={"held_until": base}))
    moved = build._purchases(scenario, stub, Path(5), ScenarioOptions(slow=slow)).shifts["fed_assets"]
    assert moved.tolist() == [0.0] * held + purchases(23)[held:].tolist()
    alone = build._purchases(made(fed={"on": True}), stub, Path(5), ScenarioOptions(slow=9)).shifts["fed_assets"]
    assert alone.tolist() == purchases(23).tolist()
