"""A history continued by a path: new figures of every series, and the market made of them.

A role that the path does not name follows a rule, which `unstated_rules` gives in words: a yield moves as the nearest
maturity that the path names, inflation stays the same, and all other figures do not change.
"""

import numpy as np
import pandas as pd

from backtester.arrays import Array
from backtester.errors import ScenarioError
from backtester.histories.derived import bill_returns, reference_index
from backtester.histories.kinds.annual_change import AnnualChange
from backtester.histories.kinds.bills import Bills
from backtester.histories.kinds.bond import Bond
from backtester.histories.kinds.inflation_linked import InflationLinked
from backtester.histories.kinds.price import Price
from backtester.histories.market import Market, market_of
from backtester.histories.series import Quoted, Series
from backtester.histories.sessions import days_between
from backtester.histories.sheet import Figures
from backtester.stress.figures import NewSessions, figures_of_path, joined_figures, new_price_index_months
from backtester.stress.path import Path
from backtester.stress.starting_point import StartingPoint, following_sessions
from backtester.stress.yields import BILLS_YEARS, bond_on, implied_yields, maturities, real_yields

LOWEST_YIELD = -1.0  # percent a year: below the lowest 10-year yield that any large country's bonds have had
LOWEST_REAL_YIELD = -3.0  # of a real yield: that of ten years fell to -1.2% in 2021
BILL_RATE_SESSIONS = 21  # sessions


def extend(starting_point: StartingPoint, path: Path) -> Market:
    """The market of the history with the path after it; up to the starting point nothing is changed.

    Raise ScenarioError if an asset would lose all its value, or a yield fall below -1% (a real yield: -3%) a year.
    """
    sessions = following_sessions(starting_point.market, path.sessions)
    days = days_between(sessions.insert(0, starting_point.at))[1:]
    ahead = NewSessions(sessions, days, _cash(starting_point, path, days))
    new = _new_yields(starting_point, path, ahead)
    for role, series in starting_point.history.series.items():
        if isinstance(series, Quoted) and not series.is_schedule and role not in new:
            made = _new_figures(starting_point, role, path, ahead) if len(starting_point.figures[role].values) else None
            new |= {} if made is None else {role: made}
    figures = {role: joined_figures(one, new.get(role)) for role, one in starting_point.figures.items()}
    return market_of(starting_point.history, figures)


def unstated_rules(starting_point: StartingPoint, path: Path) -> dict[str, str]:
    """The rules, in words, of the roles of the history that neither the path nor a bond in it determines."""
    history, rules = starting_point.history, dict[str, str]()
    for role, one in history.series.items():
        if not isinstance(one, Quoted) or one.is_schedule or role == "bills":
            continue  # computed from other roles
        if role in path.roles or bond_on(history, role) in path.roles:
            continue
        if one.kind == "yield":
            near = _nearest(starting_point, path, role)
            rules[role] = f"moves as {near} does" if near else "stays as it is"
        elif is_price_index(starting_point, role):
            rules[role] = "goes on so that inflation stays as it is"
        else:
            rules[role] = "stands still" if one.is_asset else "stays as it is"
    return rules


def is_price_index(starting_point: StartingPoint, role: str) -> bool:
    """Whether the role's change over twelve months is a role of its own, inflation, or bonds accrue by it."""
    series = starting_point.history.series.values()
    return any(
        (isinstance(one, AnnualChange) and one.of == role) or (isinstance(one, InflationLinked) and one.index == role)
        for one in series
    )


def _base(starting_point: StartingPoint, role: str) -> float:
    """The last figure of a role."""
    return float(starting_point.figures[role].values.iloc[-1])


def _moves(path: Path, role: str) -> Array:
    """The changes of a role in its own unit, (N,)."""
    nothing = np.zeros(path.sessions)
    return np.asarray(path.points.get(role, nothing) + path.shifts.get(role, nothing), np.float64)


def _cash(starting_point: StartingPoint, path: Path, days: Array) -> Array:
    """The return of bills in each new session (N,): by their rate or, for an index of bills, its rate of the last
    month."""
    series = starting_point.history.series.get("bills")
    if not isinstance(series, Bills):
        earned, elapsed = (
            starting_point.market.bill_returns[-BILL_RATE_SESSIONS:],
            starting_point.market.days[-BILL_RATE_SESSIONS:],
        )
        rate = 0.0 if series is None else 100 * 365 * float(earned.sum() / elapsed.sum())
        moves = _moves(path, "bills")
    else:
        rate, moves = _base(starting_point, series.yield_), _moves(path, series.yield_)
    rates = rate + np.cumsum(np.insert(moves, 0, 0.0))
    return bill_returns(rates / 100, np.insert(days, 0, 0.0))[1:]


def _new_yields(starting_point: StartingPoint, path: Path, ahead: NewSessions) -> dict[str, Figures]:
    """The figures of yields at the new sessions: those that the path names, then those that follow the nearest
    maturity."""
    roles = [role for role, one in starting_point.history.series.items() if one.kind == "yield"]
    stated = {role: _yield_moves(starting_point, path, role, ahead) for role in roles}
    found = {}
    for role, moves in stated.items():
        near = _nearest(starting_point, path, role) if moves is None else None
        known = moves if moves is not None else stated.get(near) if near else None
        found[role] = _yield_figures(starting_point, role, np.zeros(path.sessions) if known is None else known, ahead)
    return found


def _yield_moves(starting_point: StartingPoint, path: Path, role: str, ahead: NewSessions) -> Array | None:
    """The cumulative change (N,) of a yield, percentage points; None if the path does not determine it."""
    name, shifts = bond_on(starting_point.history, role), np.cumsum(path.shifts.get(role, np.zeros(path.sessions)))
    bond = starting_point.history.series[name] if name in path.returns else None
    if isinstance(bond, Bond | InflationLinked):
        returns, start = path.returns[str(name)], _base(starting_point, role) / 100
        if isinstance(bond, InflationLinked):
            returns = (1 + returns) / _accrued(starting_point, path, bond.index, ahead) - 1
        said = int(np.isfinite(returns).sum())  # after these its yield stays
        implied = implied_yields(start, returns[:said], ahead.days[:said], maturity_years=bond.maturity_years)
        moved = np.pad(implied - start, (0, path.sessions - said), mode="edge")
        return np.asarray(100 * moved + shifts, np.float64)
    if role in path.points or role in path.shifts:
        return np.asarray(np.cumsum(path.points.get(role, np.zeros(path.sessions))) + shifts, np.float64)
    return None


def _accrued(starting_point: StartingPoint, path: Path, index: str, ahead: NewSessions) -> Array:
    """The factors (N,) of an inflation-linked bond's principal in each new session."""
    before = starting_point.figures[index]
    prices = joined_figures(before, new_price_index_months(before, _moves(path, index), ahead)).values
    at = reference_index(prices, ahead.sessions.insert(0, starting_point.at))
    return np.asarray(at[1:] / at[:-1], np.float64)


def _nearest(starting_point: StartingPoint, path: Path, role: str) -> str | None:
    """The nominal yield of the nearest maturity that the path names; None for the yield of bills, or if it names
    none."""
    years = maturities(starting_point.history)
    own = (years | real_yields(starting_point.history)).get(role, BILLS_YEARS)
    if own <= BILLS_YEARS:
        return None
    series = starting_point.history.series
    named = {one.yield_ for name, one in series.items() if isinstance(one, Bond) and name in path.returns}
    stated = [other for other in years if other in {*path.points, *path.shifts, *named} and years[other] > BILLS_YEARS]
    return min(stated, key=lambda other: abs(years[other] - own), default=None)


def _yield_figures(starting_point: StartingPoint, role: str, moves: Array, ahead: NewSessions) -> Figures:
    values = _base(starting_point, role) + moves
    _refuse_low(role, values, ahead, LOWEST_REAL_YIELD if role in real_yields(starting_point.history) else LOWEST_YIELD)
    return figures_of_path(starting_point.figures[role], values, ahead, starting_point.history.table.close)


def _refuse_low(role: str, values: Array, ahead: NewSessions, lowest: float = LOWEST_YIELD) -> None:
    """Raise ScenarioError, with the date, if a yield or rate (N,) falls below `lowest`, in percent."""
    low = int(values.argmin())
    if values[low] < lowest:
        raise ScenarioError(
            f"the path takes {role} to {values[low]:.2f}% on {ahead.sessions[low].date()}; yields and rates stay at "
            f"{lowest:g}% or above: scale the path less, or have them fall less"
        )


def _new_figures(starting_point: StartingPoint, role: str, path: Path, ahead: NewSessions) -> Figures | None:
    """The figures of an asset, a rate or a level; None of an asset that has ended."""
    series = starting_point.history.series[role]
    if role == "bills":
        return Figures(pd.Series(_base(starting_point, role) * np.cumprod(1 + ahead.bills), ahead.sessions))
    if series.is_asset:
        if np.isnan(starting_point.market.levels[role].iloc[-1]):
            return None
        return Figures(
            pd.Series(_base(starting_point, role) * _price_factors(role, series, path, ahead), ahead.sessions)
        )
    if is_price_index(starting_point, role):
        return new_price_index_months(starting_point.figures[role], _moves(path, role), ahead)
    growth = np.exp(np.cumsum(path.growth.get(role, np.zeros(path.sessions))))
    values = _base(starting_point, role) * growth + np.cumsum(_moves(path, role))
    if series.kind in ("yield", "rate"):
        _refuse_low(role, values, ahead)
    elif values.min() <= 0:
        date = ahead.sessions[int(values.argmin())].date()
        raise ScenarioError(f"the path takes {role} to {values.min():.4g} on {date}; a level stays above zero")
    return figures_of_path(starting_point.figures[role], values, ahead, starting_point.history.table.close)


def _price_factors(role: str, series: Series, path: Path, ahead: NewSessions) -> Array:
    """The factors (N,) from the last price to that of each new session."""
    growth = path.growth.get(role, np.zeros(path.sessions))
    returns = path.returns.get(role, np.full(path.sessions, np.nan))
    if isinstance(series, Price) and series.carry == "bills":
        returns = returns - ahead.bills
    factors = (1 + np.nan_to_num(returns)) * np.exp(growth)  # a price that the path does not name does not change
    if factors.min() <= 0:
        raise ScenarioError(f"the path has {role} lose {1 - factors.min():.0%} in a session; scale it less")
    return np.asarray(np.cumprod(factors), np.float64)
