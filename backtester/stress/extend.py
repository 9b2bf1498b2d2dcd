"""A history with a path after it: new figures of every series, and the market that comes of them.

A role that the path does not name follows a stated rule, which `unstated` gives in words: a yield moves as the one of
the nearest maturity that is stated, inflation stays as it is, and everything else stands still.
"""

import numpy as np
import pandas as pd

from backtester.arrays import Array
from backtester.errors import ScenarioError
from backtester.histories.derived import bill_returns
from backtester.histories.market import Market, market_of
from backtester.histories.sessions import days_between
from backtester.histories.store import Figures
from backtester.histories.table import Series
from backtester.stress.figures import Stretch, dated, joined, months_of
from backtester.stress.ground import Ground, following
from backtester.stress.path import Path
from backtester.stress.yields import BILLS_YEARS, bond_on, implied_yields, maturities

LOWEST_YIELD = -1.0  # percent a year: below the lowest 10-year yield that any large country's bonds have had
A_MONTH = 21  # sessions


def extend(ground: Ground, path: Path) -> Market:
    """The market of the history with the path after it; up to the ground's last session nothing is changed.

    Raise ScenarioError if an asset would lose all it is worth, or a yield fall below -1% a year.
    """
    sessions = following(ground.market, path.sessions)
    days = days_between(sessions.insert(0, ground.at))[1:]
    stretch = Stretch(sessions, days, _cash(ground, path, days))
    new = _new_yields(ground, path, stretch)
    for role, series in ground.history.series.items():
        if series.file is not None and role not in new:
            made = _new_figures(ground, role, path, stretch) if len(ground.figures[role].values) else None
            new |= {} if made is None else {role: made}
    figures = {role: joined(one, new.get(role)) for role, one in ground.figures.items()}
    return market_of(ground.history, figures)


def unstated(ground: Ground, path: Path) -> dict[str, str]:
    """The rule, in words, for each role of the history that the path does not name and nothing stated decides."""
    history, rules = ground.history, dict[str, str]()
    series = history.series
    for role, one in series.items():
        sources = {role, *one.computed_from}
        if sources & path.roles or role == "bills" or one.kind == "annual_change":
            continue
        bond = bond_on(history, role)
        if one.kind == "bond" or (bond and bond in path.roles):
            continue
        if one.kind == "yield":
            near = _nearest(ground, path, role)
            rules[role] = f"moves as {near} does" if near else "stays as it is"
        elif any(other.of == role and other.kind == "annual_change" for other in series.values()):
            rules[role] = "goes on so that inflation stays as it is"
        else:
            rules[role] = "stands still" if one.is_asset else "stays as it is"
    return rules


def _base(ground: Ground, role: str) -> float:
    """The last figure of a role."""
    return float(ground.figures[role].values.iloc[-1])


def _moves(path: Path, role: str) -> Array:
    """The changes of a role in its own unit, (N,)."""
    nothing = np.zeros(path.sessions)
    return np.asarray(path.points.get(role, nothing) + path.shifts.get(role, nothing), np.float64)


def _cash(ground: Ground, path: Path, days: Array) -> Array:
    """What bills return in each new session: by their rate, or, of an index of bills, at its rate of the last month."""
    series = ground.history.series.get("bills")
    if series is None or series.yield_ is None:
        earned, elapsed = ground.market.bill_returns[-A_MONTH:], ground.market.days[-A_MONTH:]
        rate = 0.0 if series is None else 100 * 365 * float(earned.sum() / elapsed.sum())
        moves = _moves(path, "bills")
    else:
        rate, moves = _base(ground, series.yield_), _moves(path, series.yield_)
    rates = rate + np.cumsum(np.insert(moves, 0, 0.0))
    return bill_returns(rates / 100, np.insert(days, 0, 0.0))[1:]


def _new_yields(ground: Ground, path: Path, stretch: Stretch) -> dict[str, Figures]:
    """Yields at the new sessions: those stated, then those that follow the nearest maturity."""
    known: dict[str, Array] = {}
    roles = [role for role, one in ground.history.series.items() if one.kind == "yield"]
    for role in roles:
        moves = _yield_moves(ground, path, role, stretch)
        if moves is not None:
            known[role] = moves
    for role in roles:
        near = _nearest(ground, path, role)
        moves = known.get(role, known.get(near, np.zeros(path.sessions)) if near else np.zeros(path.sessions))
        known.setdefault(role, moves)
    return {role: _yield_figures(ground, role, moves, stretch) for role, moves in known.items()}


def _yield_moves(ground: Ground, path: Path, role: str, stretch: Stretch) -> Array | None:
    """The cumulative change (N,) of a yield, percentage points; None where the path says nothing of it."""
    bond, shifts = bond_on(ground.history, role), np.cumsum(path.shifts.get(role, np.zeros(path.sessions)))
    if bond is not None and bond in path.returns:
        start, years = _base(ground, role) / 100, ground.history.series[bond].maturity_years
        implied = implied_yields(start, path.returns[bond], stretch.days, maturity_years=float(years or 0))
        return np.asarray(100 * (implied - start) + shifts, np.float64)
    if role in path.points or role in path.shifts:
        return np.asarray(np.cumsum(path.points.get(role, np.zeros(path.sessions))) + shifts, np.float64)
    return None


def _nearest(ground: Ground, path: Path, role: str) -> str | None:
    """The yield of the nearest maturity that the path says something of; none for the yield of bills."""
    years = maturities(ground.history)
    if years.get(role, BILLS_YEARS) <= BILLS_YEARS:
        return None
    bonds = {one.yield_ for name, one in ground.history.series.items() if one.kind == "bond" and name in path.returns}
    stated = [other for other in years if other in {*path.points, *path.shifts, *bonds} and years[other] > BILLS_YEARS]
    return min(stated, key=lambda other: abs(years[other] - years[role]), default=None)


def _yield_figures(ground: Ground, role: str, moves: Array, stretch: Stretch) -> Figures:
    values = _base(ground, role) + moves
    _refuse_low(role, values, stretch)
    return dated(ground.figures[role], values, stretch, ground.history.table.close)


def _refuse_low(role: str, values: Array, stretch: Stretch) -> None:
    """Raise ScenarioError if a yield or rate falls below what any has been."""
    low = int(values.argmin())
    if values[low] < LOWEST_YIELD:
        raise ScenarioError(
            f"the path takes {role} to {values[low]:.2f}% on {stretch.sessions[low].date()}; yields and rates stay at "
            f"{LOWEST_YIELD:g}% or above: scale the path less, or have them fall less"
        )


def _new_figures(ground: Ground, role: str, path: Path, stretch: Stretch) -> Figures | None:
    """The figures of an asset, a rate or a level; None of an asset that has ended."""
    series = ground.history.series[role]
    if role == "bills":
        return Figures(pd.Series(_base(ground, role) * np.cumprod(1 + stretch.bills), stretch.sessions))
    if series.is_asset:
        if np.isnan(ground.market.levels[role].iloc[-1]):
            return None
        return Figures(pd.Series(_base(ground, role) * _price_factors(role, series, path, stretch), stretch.sessions))
    if any(one.kind == "annual_change" and one.of == role for one in ground.history.series.values()):
        return months_of(ground.figures[role], _moves(path, role), stretch)
    growth = np.exp(np.cumsum(path.growth.get(role, np.zeros(path.sessions))))
    values = _base(ground, role) * growth + np.cumsum(_moves(path, role))
    if series.kind in ("yield", "rate"):
        _refuse_low(role, values, stretch)
    elif values.min() <= 0:
        date = stretch.sessions[int(values.argmin())].date()
        raise ScenarioError(f"the path takes {role} to {values.min():.4g} on {date}; a level stays above zero")
    return dated(ground.figures[role], values, stretch, ground.history.table.close)


def _price_factors(role: str, series: Series, path: Path, stretch: Stretch) -> Array:
    """What a price is multiplied by to each new session, (N,)."""
    growth = path.growth.get(role, np.zeros(path.sessions))
    returns = path.returns.get(role)
    if returns is None:
        returns = np.zeros(path.sessions)
    elif series.carry == "bills":
        returns = returns - stretch.bills
    factors = (1 + returns) * np.exp(growth)
    if factors.min() <= 0:
        raise ScenarioError(f"the path has {role} lose {1 - factors.min():.0%} in a session; scale it less")
    return np.asarray(np.cumprod(factors), np.float64)
