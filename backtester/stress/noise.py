"""Noise for a hypothetical path: residuals of the history, drawn in blocks and scaled to the path's VIX.

A residual is the change of a price (in logs) or of a yield in a session, less its mean, over the VIX of the close
before. All roles are drawn from the same sessions, which keeps their correlation; blocks are those of the stationary
bootstrap. The noise of each role (the name of a series, such as `stocks`) adds up to zero over the path, so that its
shocks keep their size. Sessions that the scenario itself, not its base, replays have no noise, and roles that the path
does not move have none.
"""

import numpy as np

from backtester.analysis.blocks import ResamplePlan, draw_rows
from backtester.arrays import Array
from backtester.stress.path import Moves, Path
from backtester.stress.starting_point import StartingPoint
from backtester.stress.yields import maturities

BLOCK_SESSIONS = 10  # mean length of blocks
FEWEST_SESSIONS = 63  # sessions to draw from: three months


def noise(starting_point: StartingPoint, path: Path, *, size: float, seed: int, after: int = 0) -> Path:
    """The noise to be added to a path after its first `after` sessions: `size` times the drawn residuals.

    In a history without VIX residuals are not scaled. No noise if there are fewer than 63 sessions to draw from."""
    moves, vix = _observed(starting_point, path)
    if not size or not moves or after >= path.sessions:
        return Path(path.sessions)
    complete = np.isfinite(vix[:-1]) & np.all([np.isfinite(changes) for changes in moves.values()], axis=0)
    if complete.sum() < FEWEST_SESSIONS:
        return Path(path.sessions)
    vix_before = vix[:-1][complete]
    longest = max(len(vix_before), path.sessions)
    rows = draw_rows(ResamplePlan(1, BLOCK_SESSIONS, seed), 0, longest)[: path.sessions]
    rows %= len(vix_before)  # a path longer than the history goes through it more than once
    path_vix = _path_vix_before(starting_point, path)
    noises: Moves = {}
    for role, changes in moves.items():
        own = changes[complete]
        residuals = size * ((own - own.mean()) / vix_before)[rows] * path_vix
        noises[role] = np.append(np.zeros(after), residuals[after:] - residuals[after:].mean())
    yields = maturities(starting_point.history)
    return Path(
        path.sessions,
        growth={role: own for role, own in noises.items() if role not in yields},
        shifts={role: own for role, own in noises.items() if role in yields},
    )


def _observed(starting_point: StartingPoint, path: Path) -> tuple[Moves, Array]:
    """The changes by session, (T - 1,), of the roles that the path moves: prices in logs, and yields of a year or more;
    and VIX (T,), all 1 in a history without it.

    A yield that is published a session late is moved back to its own session, beside the prices of that day.
    """
    market, series, moves = starting_point.market, starting_point.history.series, Moves()
    for role in market.assets:
        if role in path.roles and series[role].kind in ("price", "total_return"):
            moves[role] = np.diff(np.log(market.levels[role].to_numpy(dtype=np.float64)))
    for role, years in maturities(starting_point.history).items():
        if role in path.roles and role in market.observables and years >= 1:
            values = market.observables[role].to_numpy(dtype=np.float64)
            quoted = starting_point.history.quoted.get(role)
            if quoted and quoted.lag_sessions == 1:
                values = np.append(values[1:], np.nan)
            moves[role] = np.diff(values)
    if "vix" not in market.observables:
        return moves, np.ones(len(market.sessions))
    return moves, market.observables["vix"].to_numpy(dtype=np.float64)


def _path_vix_before(starting_point: StartingPoint, path: Path) -> Array:
    """The path's VIX at the close before each of its sessions, (N,); all 1 in a history without VIX."""
    if "vix" not in starting_point.market.observables:
        return np.ones(path.sessions)
    zeros, last = np.zeros(path.sessions), float(starting_point.figures["vix"].values.iloc[-1])
    growth, shifts = path.growth.get("vix", zeros), path.shifts.get("vix", zeros)
    levels = last * np.exp(np.cumsum(growth)) + np.cumsum(shifts)
    return np.insert(levels, 0, last)[:-1]
