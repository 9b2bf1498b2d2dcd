"""Noise for a hypothetical path: the history's own residuals, drawn in blocks and scaled to the path's VIX.

A residual is the change of a price (in logs) or yield in a session less its mean, over the VIX of the close before. All
roles are drawn from the same sessions, which keeps their correlation. Blocks are those of the stationary bootstrap.
Each role's noise adds up to zero over the path, so that its shocks keep their size. Replayed sessions, and roles that
the path does not move, have no noise.
"""

import numpy as np

from backtester.analysis.blocks import ResamplePlan, draw_rows
from backtester.arrays import Array
from backtester.stress.path import Moves, Path
from backtester.stress.starting_point import StartingPoint
from backtester.stress.yields import maturities

BLOCK_SESSIONS = 10
FEWEST_SESSIONS = 63  # sessions to draw from: three months


def noise(starting_point: StartingPoint, path: Path, *, size: float, seed: int, after: int = 0) -> Path:
    """The noise to be added to a path from session `after` on: `size` times the residuals.

    In a history without VIX residuals are not scaled. No noise if there are fewer than 63 sessions to draw from."""
    moves, volatility = _observed(starting_point, path)
    if not size or not moves or after >= path.sessions:
        return Path(path.sessions)
    rows = np.isfinite(volatility[:-1]) & np.all([np.isfinite(one) for one in moves.values()], axis=0)
    if rows.sum() < FEWEST_SESSIONS:
        return Path(path.sessions)
    scale = volatility[:-1][rows]
    drawn = draw_rows(ResamplePlan(1, BLOCK_SESSIONS, seed), 0, max(len(scale), path.sessions))[: path.sessions] % len(
        scale
    )
    along = _vix_before(starting_point, path)
    made: Moves = {}
    for role, all_moves in moves.items():
        own = all_moves[rows]
        residuals = size * ((own - own.mean()) / scale)[drawn] * along
        made[role] = np.append(np.zeros(after), residuals[after:] - residuals[after:].mean())
    yields = maturities(starting_point.history)
    return Path(
        path.sessions,
        growth={role: one for role, one in made.items() if role not in yields},
        shifts={role: one for role, one in made.items() if role in yields},
    )


def _observed(starting_point: StartingPoint, path: Path) -> tuple[Moves, Array]:
    """The changes (T - 1,), of roles that the path moves, of prices in logs and of yields of a year or more; and VIX
    (T,), 1 where there is none.

    Yields are as published, a session late, which is the same lag for all of them.
    """
    market, series, moves = starting_point.market, starting_point.history.series, Moves()
    for role in market.assets:
        if role in path.roles and series[role].kind in ("price", "total_return"):
            moves[role] = np.diff(np.log(market.levels[role].to_numpy(dtype=np.float64)))
    for role, years in maturities(starting_point.history).items():
        if role in path.roles and role in market.observables and years >= 1:
            known = market.observables[role].to_numpy(dtype=np.float64)
            quoted = starting_point.history.quoted.get(role)
            late = np.append(known[1:], np.nan) if quoted and quoted.lag_sessions == 1 else known
            moves[role] = np.diff(late)
    ones = np.ones(len(market.sessions))
    return moves, market.observables["vix"].to_numpy(dtype=np.float64) if "vix" in market.observables else ones


def _vix_before(starting_point: StartingPoint, path: Path) -> Array:
    """The path's VIX at the close before each of its sessions, (N,); 1 without VIX."""
    if "vix" not in starting_point.market.observables:
        return np.ones(path.sessions)
    nothing = np.zeros(path.sessions)
    growth, shifts = path.growth.get("vix", nothing), path.shifts.get("vix", nothing)
    levels = float(starting_point.figures["vix"].values.iloc[-1]) * np.exp(np.cumsum(growth)) + np.cumsum(shifts)
    return np.insert(levels, 0, starting_point.figures["vix"].values.iloc[-1])[:-1]
