"""Noise on paths: scaled by VIX, and adding up to nothing."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest

from backtester.analysis.blocks import ResamplePlan
from backtester.arrays import Array, Integers
from backtester.stress import noise as noises
from backtester.stress.noise import _observed, _path_vix_before, noise
from backtester.stress.path import Path
from backtester.stress.starting_point import StartingPoint

KINDS = {
    "stocks": "price",
    "bonds": "total_return",
    "bills": "rate",
    "yield_1y": "yield",
    "yield_10y": "yield",
    "yield_3m": "yield",
}


def ground(sessions: int = 201, *, vix: float | None = 20.0, late: bool = False) -> StartingPoint:
    """Stocks move by 1% up and down in turn, yields by a tenth of a point, and VIX stands still."""
    days = pd.bdate_range("2020-01-01", periods=sessions)
    turns = np.resize([0.0, 0.01], sessions)
    observables = dict.fromkeys(("yield_1y", "yield_10y", "yield_3m"), 1 + 10 * turns)
    if vix:
        observables["vix"] = np.full(sessions, vix)
    market = SimpleNamespace(
        sessions=days,
        assets=("stocks", "bonds", "bills"),
        levels=pd.DataFrame({role: np.exp(turns) for role in ("stocks", "bonds", "bills")}, days),
        observables=pd.DataFrame(observables, days),
    )
    quoted = {"yield_10y": SimpleNamespace(lag_sessions=1 if late else 0)}
    history = SimpleNamespace(series={role: SimpleNamespace(kind=kind) for role, kind in KINDS.items()}, quoted=quoted)
    figures = {role: SimpleNamespace(values=market.observables[role]) for role in market.observables}
    return cast("StartingPoint", SimpleNamespace(market=market, history=history, figures=figures))


def path(sessions: int, **growth: Array) -> Path:
    """A path on which stocks and yields stand still."""
    still = np.zeros(sessions)
    shifts = dict.fromkeys(("yield_1y", "yield_10y", "yield_3m", "bills"), still)
    return Path(sessions, growth={"stocks": still, **growth}, shifts=shifts)


def test_what_moves_is_looked_at() -> None:
    """Prices in logs and yields of a year and more in points, of what the path moves: neither bonds nor bills here."""
    moves, volatility = _observed(ground(), path(5))
    assert set(moves) == {"stocks", "yield_1y", "yield_10y"}
    assert moves["stocks"][:3] == pytest.approx([0.01, -0.01, 0.01])
    assert moves["yield_1y"][:3] == pytest.approx([0.1, -0.1, 0.1])
    assert set(volatility) == {20.0}
    assert set(_observed(ground(vix=None), path(5))[1]) == {1.0}


def test_a_yield_that_is_known_late_is_of_the_session_before() -> None:
    """It is put where it belongs; the last one is not known yet."""
    moves, _ = _observed(ground(late=True), path(5))
    assert moves["yield_10y"][:2] == pytest.approx([-0.1, 0.1])
    assert np.isnan(moves["yield_10y"][-1])
    assert not np.isnan(moves["yield_1y"]).any()


def test_vix_along_the_path_is_that_of_the_close_before() -> None:
    """20 at first; it doubles in the first session and gains 5 points in the second."""
    shocked = Path(4, growth={"vix": np.array([np.log(2), 0, 0, 0])}, shifts={"vix": np.array([0.0, 5.0, 0.0, 0.0])})
    risen = ground()
    risen.figures["vix"].values = pd.Series([5.0, 10.0, 20.0])
    assert _path_vix_before(risen, shocked) == pytest.approx([20, 40, 45, 45])
    assert _path_vix_before(ground(vix=None), shocked).tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize(("size", "factor", "step"), [(1.0, 1.0, 0.02), (0.5, 1.0, 0.01), (1.0, 2.0, 0.04)])
def test_noise_is_the_history_s_own(size: float, factor: float, step: float) -> None:
    """Moves of 1% up or down, times the size and what VIX is over 20: two values, so far apart, with a mean of zero."""
    vix = np.append(np.log(factor), np.zeros(99))
    made = noise(ground(), path(100, vix=vix), size=size, seed=1, after=1).growth["stocks"]
    assert made[0] == 0.0
    assert made[1:].sum() == pytest.approx(0.0, abs=1e-12)
    values = np.unique(made[1:].round(9))
    assert len(values) == 2
    assert values[1] - values[0] == pytest.approx(step, abs=1e-8)


def test_noise_of_all_is_drawn_together() -> None:
    """Yields move where stocks do, ten times as far in points; another seed draws others."""
    made = noise(ground(), path(50), size=1.0, seed=1)
    assert made.shifts["yield_10y"] == pytest.approx(10 * made.growth["stocks"])
    assert set(made.shifts) == {"yield_1y", "yield_10y"}
    assert made.growth["stocks"][0] != 0.0, "from the first session on"
    other = noise(ground(), path(50), size=1.0, seed=2)
    assert not np.array_equal(made.growth["stocks"], other.growth["stocks"])


@pytest.mark.parametrize(
    ("sessions", "size", "after", "is_noisy"),
    [(64, 1.0, 0, True), (63, 1.0, 0, False), (201, 0.0, 0, False), (201, 1.0, 49, True), (201, 1.0, 50, False)],
)
def test_when_there_is_noise(sessions: int, size: float, after: int, is_noisy: bool) -> None:
    """With 63 returns to draw from, a size, and a session to put it on."""
    made = noise(ground(sessions), path(50), size=size, seed=1, after=after)
    assert bool(made.growth) is is_noisy
    assert made.sessions == 50


def test_what_grows_evenly_has_no_noise() -> None:
    """A residual is what is beyond the mean: none, whatever VIX does along the path."""
    even = ground()
    even.market.levels["stocks"] = np.exp(0.01 * np.arange(201.0))
    rising = path(40, vix=np.full(40, 0.02))
    assert noise(even, rising, size=1.0, seed=1).growth["stocks"] == pytest.approx(np.zeros(40), abs=1e-12)


@pytest.mark.parametrize("unknown", [slice(0, 50), slice(150, None)])
def test_only_sessions_with_a_known_vix_are_drawn(unknown: slice) -> None:
    """Where VIX had not begun, or had ended at the close before, there is no residual; 63 others are enough."""
    made = ground()
    made.market.observables.loc[made.market.sessions[unknown], "vix"] = np.nan
    made.figures["vix"].values = pd.Series([20.0])
    drawn = noise(made, path(50), size=1.0, seed=1).growth["stocks"]
    assert np.isfinite(drawn).all()
    assert np.ptp(drawn) == pytest.approx(0.02)


def test_blocks_of_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are of ten sessions on average, drawn by the seed from as many as there are, or as the path needs."""
    asked = []

    def draw(plan: ResamplePlan, number: int, sessions: int) -> Integers:
        asked.append((plan.block_sessions, plan.seed, number, sessions))
        return np.arange(sessions)

    monkeypatch.setattr(noises, "draw_rows", draw)
    noise(ground(), path(50), size=1.0, seed=7)
    longer = noise(ground(65), path(100), size=1.0, seed=8).growth["stocks"]
    assert asked == [(10, 7, 0, 200), (10, 8, 0, 100)]
    assert longer[:4].tolist() == pytest.approx([0.01, -0.01, 0.01, -0.01])
    assert longer[64:66] == pytest.approx(longer[:2]), "of 64 sessions the first follows the last"
