"""A history continued by a path: new figures of every series, and the market made of them.

A role (a series' name, such as `stocks`) that the path does not name follows a rule, in `unstated_rules` in words:
a yield moves as that of the nearest maturity that the path names, inflation and all other figures do not change.

Arrays are by new session, (N,). `ahead` are these sessions; `before` are figures up to the starting point.
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
from backtester.histories.market import Market, market_from_figures
from backtester.histories.series import Quoted, Series
from backtester.histories.series_inputs import Figures
from backtester.histories.sessions import days_between
from backtester.stress.figures import NewSessions, figures_of_path, joined_figures, new_price_index_months
from backtester.stress.path import Path
from backtester.stress.starting_point import StartingPoint, following_sessions
from backtester.stress.yields import BILLS_YEARS, bond_on, implied_yields, maturities, real_yields

LOWEST_YIELD = -1.0  # percent a year: below the lowest 10-year yield that any large country's bonds have had
LOWEST_REAL_YIELD = -3.0  # percent a year; the 10-year real yield fell to -1.2% in 2021
BILL_RATE_SESSIONS = 21  # a month, whose mean rate an index of bills goes on with


def extend(starting_point: StartingPoint, path: Path) -> Market:
    """The market of the history with the path after it; up to the starting point nothing is changed.

    Raise ScenarioError if an asset would lose all its value, or a yield fall below -1% (a real yield: -3%) a year.
    """
    sessions = following_sessions(starting_point.market, path.sessions)
    days = days_between(sessions.insert(0, starting_point.last_session))[1:]
    ahead = NewSessions(sessions, days, _bill_returns(starting_point, path, days))
    new = _new_yields(starting_point, path, ahead)
    for role, series in starting_point.history.series.items():
        if isinstance(series, Quoted) and not series.is_schedule and role not in new:
            made = _new_figures(starting_point, role, path, ahead) if len(starting_point.figures[role].values) else None
            new |= {} if made is None else {role: made}
    figures = {role: joined_figures(before, new.get(role)) for role, before in starting_point.figures.items()}
    return market_from_figures(starting_point.history, figures)


def unstated_rules(starting_point: StartingPoint, path: Path) -> dict[str, str]:
    """The rules, in words and by role, that quoted roles follow which the path does not determine.

    It determines the roles that it names, and the yields of the bonds that it names.
    """
    history, rules = starting_point.history, dict[str, str]()
    for role, series in history.series.items():
        if not isinstance(series, Quoted) or series.is_schedule or role == "bills":
            continue  # computed from other roles
        if role in path.roles or bond_on(history, role) in path.roles:
            continue
        if series.kind == "yield":
            near = _nearest(starting_point, path, role)
            rules[role] = f"moves as {near} does" if near else "stays as it is"
        elif is_price_index(starting_point, role):
            rules[role] = "goes on so that inflation stays as it is"
        else:
            rules[role] = "stands still" if series.is_asset else "stays as it is"
    return rules


def is_price_index(starting_point: StartingPoint, role: str) -> bool:
    """Whether a role is an index of consumer prices: inflation, a role of its own, is its change over twelve months, or
    the principal of a bond follows it."""
    return any(
        (isinstance(series, AnnualChange) and series.of == role)
        or (isinstance(series, InflationLinked) and series.index == role)
        for series in starting_point.history.series.values()
    )


def _last_figure(starting_point: StartingPoint, role: str) -> float:
    """The last figure of a role before the path."""
    return float(starting_point.figures[role].values.iloc[-1])


def _moves(path: Path, role: str) -> Array:
    """The changes (N,) of a role by session, in its own unit."""
    zeros = np.zeros(path.sessions)
    return np.asarray(path.points.get(role, zeros) + path.shifts.get(role, zeros), np.float64)


def _bill_returns(starting_point: StartingPoint, path: Path, days: Array) -> Array:
    """The returns of bills (N,): by their yield and its moves or, if the history has an index of bills instead of a
    yield, by the mean rate of its last month."""
    series = starting_point.history.series.get("bills")
    if not isinstance(series, Bills):
        last_month, market = slice(-BILL_RATE_SESSIONS, None), starting_point.market
        earned, elapsed = market.bill_returns[last_month], market.days[last_month]
        rate = 0.0 if series is None else 100 * 365 * float(earned.sum() / elapsed.sum())
        moves = _moves(path, "bills")
    else:
        rate, moves = _last_figure(starting_point, series.yield_), _moves(path, series.yield_)
    rates = rate + np.cumsum(np.insert(moves, 0, 0.0))
    return bill_returns(rates / 100, np.insert(days, 0, 0.0))[1:]


def _new_yields(starting_point: StartingPoint, path: Path, ahead: NewSessions) -> dict[str, Figures]:
    """The new figures of all yields: those that the path determines, then those that follow the nearest maturity."""
    roles = [role for role, series in starting_point.history.series.items() if series.kind == "yield"]
    stated = {role: _yield_moves(starting_point, path, role, ahead) for role in roles}
    new = {}
    for role, moves in stated.items():
        if moves is None:
            near = _nearest(starting_point, path, role)
            moves = stated.get(near) if near else None
        new[role] = _yield_figures(starting_point, role, np.zeros(path.sessions) if moves is None else moves, ahead)
    return new


def _yield_moves(starting_point: StartingPoint, path: Path, role: str, ahead: NewSessions) -> Array | None:
    """The cumulative change (N,) of a yield, percentage points; None if the path does not determine it."""
    name, shifts = bond_on(starting_point.history, role), np.cumsum(path.shifts.get(role, np.zeros(path.sessions)))
    bond = starting_point.history.series[name] if name in path.returns else None
    if isinstance(bond, Bond | InflationLinked):
        returns, start = path.returns[str(name)], _last_figure(starting_point, role) / 100
        if isinstance(bond, InflationLinked):
            returns = (1 + returns) / _accrued(starting_point, path, bond.index, ahead) - 1
        count = int(np.isfinite(returns).sum())  # sessions with a stated return; after these the yield stays
        implied = implied_yields(start, returns[:count], ahead.days[:count], maturity_years=bond.maturity_years)
        changes = np.pad(implied - start, (0, path.sessions - count), mode="edge")
        return np.asarray(100 * changes + shifts, np.float64)
    if role in path.points or role in path.shifts:
        return np.asarray(np.cumsum(path.points.get(role, np.zeros(path.sessions))) + shifts, np.float64)
    return None


def _accrued(starting_point: StartingPoint, path: Path, index: str, ahead: NewSessions) -> Array:
    """The factor (N,) by which the principal of an inflation-linked bond grows in each new session, with its index."""
    before = starting_point.figures[index]
    prices = joined_figures(before, new_price_index_months(before, _moves(path, index), ahead)).values
    references = reference_index(prices, ahead.sessions.insert(0, starting_point.last_session))
    return np.asarray(references[1:] / references[:-1], np.float64)


def _nearest(starting_point: StartingPoint, path: Path, role: str) -> str | None:
    """The role of the yield that the path determines, directly or by a bond, whose maturity is nearest to this yield's.

    Yields of bills neither follow nor lead others: None for one of these, or if the path determines no other yield.
    """
    years = maturities(starting_point.history)
    own = (years | real_yields(starting_point.history)).get(role, BILLS_YEARS)
    if own <= BILLS_YEARS:
        return None
    series = starting_point.history.series
    by_bonds = {bond.yield_ for name, bond in series.items() if isinstance(bond, Bond) and name in path.returns}
    determined = {*path.points, *path.shifts, *by_bonds}
    candidates = [name for name in years if name in determined and years[name] > BILLS_YEARS]
    return min(candidates, key=lambda name: abs(years[name] - own), default=None)


def _yield_figures(starting_point: StartingPoint, role: str, moves: Array, ahead: NewSessions) -> Figures:
    """The new figures of a yield after these cumulative moves (N,). Raise ScenarioError if it falls too low."""
    values = _last_figure(starting_point, role) + moves
    _check_lowest(
        role, values, ahead, LOWEST_REAL_YIELD if role in real_yields(starting_point.history) else LOWEST_YIELD
    )
    return figures_of_path(starting_point.figures[role], values, ahead, starting_point.history.table.close)


def _check_lowest(role: str, values: Array, ahead: NewSessions, lowest: float = LOWEST_YIELD) -> None:
    """Raise ScenarioError, with the date, if a yield or rate (N,) falls below `lowest` percent a year."""
    low = int(values.argmin())
    if values[low] < lowest:
        raise ScenarioError(
            f"the path takes {role} to {values[low]:.2f}% on {ahead.sessions[low].date()}; yields and rates stay at "
            f"{lowest:g}% or above: scale the path less, or have them fall less"
        )


def _new_figures(starting_point: StartingPoint, role: str, path: Path, ahead: NewSessions) -> Figures | None:
    """The new figures of an asset, a rate or a level; None for an asset that has ended."""
    series = starting_point.history.series[role]
    if role == "bills":
        return Figures(pd.Series(_last_figure(starting_point, role) * np.cumprod(1 + ahead.bills), ahead.sessions))
    if series.is_asset:
        if np.isnan(starting_point.market.levels[role].iloc[-1]):
            return None
        return Figures(
            pd.Series(_last_figure(starting_point, role) * _price_factors(role, series, path, ahead), ahead.sessions)
        )
    if is_price_index(starting_point, role):
        return new_price_index_months(starting_point.figures[role], _moves(path, role), ahead)
    growth = np.exp(np.cumsum(path.growth.get(role, np.zeros(path.sessions))))
    values = _last_figure(starting_point, role) * growth + np.cumsum(_moves(path, role))
    if series.kind in ("yield", "rate"):
        _check_lowest(role, values, ahead)
    elif values.min() <= 0:
        date = ahead.sessions[int(values.argmin())].date()
        raise ScenarioError(f"the path takes {role} to {values.min():.4g} on {date}; a level stays above zero")
    return figures_of_path(starting_point.figures[role], values, ahead, starting_point.history.table.close)


def _price_factors(role: str, series: Series, path: Path, ahead: NewSessions) -> Array:
    """The price of an asset at each new session, (N,), over its last price. Raise ScenarioError if it falls to zero."""
    growth = path.growth.get(role, np.zeros(path.sessions))
    returns = path.returns.get(role, np.full(path.sessions, np.nan))
    if isinstance(series, Price) and series.carry == "bills":
        returns = returns - ahead.bills  # what the price returns: its carry comes on top
    factors = (1 + np.nan_to_num(returns)) * np.exp(growth)  # a price that the path does not name does not change
    if factors.min() <= 0:
        raise ScenarioError(f"the path has {role} lose {1 - factors.min():.0%} in a session; scale it less")
    return np.asarray(np.cumprod(factors), np.float64)
