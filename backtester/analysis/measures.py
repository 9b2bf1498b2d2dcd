"""Measures of a track record, by the conventions of DESIGN section 8.

Returns and drawdowns are fractions, yearly rates fractions a year. What is undefined is NaN, null in the document.
"""

import numpy as np
import pandas as pd

from backtester.analysis.drawdowns import deepest
from backtester.arrays import Array

DAYS_A_YEAR = 365.25
FEWEST_FOR_NEIGHBOURS = 30


def years_between(sessions: pd.DatetimeIndex) -> float:
    """Calendar days from the first session to the last over 365.25."""
    return float((sessions[-1] - sessions[0]).days / DAYS_A_YEAR)


def cagr(nav: "pd.Series[float]") -> float:
    """Compound annual growth rate: (last / first) ** (1 / years) - 1, years by calendar days; -1 after ruin."""
    return float((nav.iloc[-1] / nav.iloc[0]) ** (1 / years_between(pd.DatetimeIndex(nav.index))) - 1)


def volatility(returns: Array, *, sessions_a_year: float) -> float:
    """Sample standard deviation (n - 1) of session returns times the square root of sessions a year."""
    return float(np.std(returns, ddof=1) * np.sqrt(sessions_a_year)) if len(returns) > 1 else float("nan")


def sharpe(excess: Array, *, sessions_a_year: float) -> float:
    """Mean over sample standard deviation of returns in excess of bills, annualised; NaN without variance.

    Sharpe (1994), Journal of Portfolio Management 21(1), 49-58.
    """
    deviation = np.std(excess, ddof=1) if len(excess) > 1 else 0.0
    return _ratio(float(np.mean(excess)), float(deviation)) * float(np.sqrt(sessions_a_year))


def sortino(excess: Array, *, sessions_a_year: float) -> float:
    """Mean excess return over downside deviation, the root mean square of min(excess, 0) over all sessions, annualised.

    Sortino and Price (1994), Journal of Investing 3(3), 59-64. NaN when no session fell short of bills.
    """
    downside = np.sqrt(np.mean(np.minimum(excess, 0.0) ** 2))
    return _ratio(float(np.mean(excess)), float(downside)) * float(np.sqrt(sessions_a_year))


def expected_shortfall(returns: Array, *, tail: float = 0.05) -> float:
    """Historical expected shortfall: the mean of the worst floor((n - 1) * tail) + 1 session returns.

    Rockafellar and Uryasev (2002), Journal of Banking and Finance 26, 1443-1471; vectorbt and empyrical count alike.
    """
    if not len(returns):
        return float("nan")
    worst = int((len(returns) - 1) * tail) + 1
    return float(np.mean(np.sort(returns)[:worst]))


def beta(returns: Array, against: Array) -> float:
    """The slope of the regression of one return on another, both in excess of bills; NaN without variance."""
    centred = against - against.mean()
    return _ratio(float(centred @ (returns - returns.mean())), float(centred @ centred))


def beta_with_neighbours(returns: Array, against: Array) -> float:
    """The sum of the slopes on the other's return of the session before, the same and the next; both excess of bills.

    Dimson (1979), Journal of Financial Economics 7, 197-226: assets whose prices are taken at different hours (noon
    rates of the dollar, stocks at 16:00) move with each other a session apart, which the slope of the same session
    misses. With fewer than thirty sessions, or where the three cannot be told apart, that slope alone.
    """
    if len(against) < FEWEST_FOR_NEIGHBOURS:
        return beta(returns, against)
    columns = np.column_stack([against[:-2], against[1:-1], against[2:]])
    centred = columns - columns.mean(axis=0)
    slopes, _, rank, _ = np.linalg.lstsq(centred, returns[1:-1] - returns[1:-1].mean(), rcond=1e-9)
    return float(slopes.sum()) if rank == 3 else beta(returns, against)


def days_under_water(nav: "pd.Series[float]") -> int:
    """Calendar days below an earlier high: for each session below it, the days since the session before."""
    below = nav.to_numpy() < np.maximum.accumulate(nav.to_numpy())
    days = np.diff(nav.index.to_numpy()) / np.timedelta64(1, "D")
    return int(days[below[1:]].sum())


def calendar_years(nav: "pd.Series[float]") -> dict[str, float]:
    """Each year's return from the last close of the year before; the first and last years can be parts of one."""
    last = nav.groupby(pd.DatetimeIndex(nav.index).year).last()
    before = last.shift(1, fill_value=nav.iloc[0])
    return {str(year): _ratio(float(last[year]), float(before[year])) - 1 for year in last.index}


def measures(nav: "pd.Series[float]", bills: Array, *, sessions_a_year: float) -> dict[str, float | str | None]:
    """The measures of a track record that need nothing but its net asset value and what bills returned each session.

    `nav` starts at the window's first session; `bills` (T,) as in the market, its first entry unused. From a session
    of ruin on returns are 0 and the measures say so by a final value of 0 and a drawdown of -1.
    """
    values = np.asarray(nav, dtype=np.float64)
    returns = np.divide(values[1:], values[:-1], out=np.ones(len(values) - 1), where=values[:-1] > 0) - 1
    excess = returns - bills[1:]
    fall = deepest(values)
    dates = pd.DatetimeIndex(nav.index)
    end = dates[-1] if fall is None or fall.recovery is None else dates[fall.recovery]
    growth = cagr(nav)
    return {
        "final_nav": float(values[-1] / values[0]),
        "cagr": growth,
        "volatility": volatility(returns, sessions_a_year=sessions_a_year),
        "sharpe": sharpe(excess, sessions_a_year=sessions_a_year),
        "sortino": sortino(excess, sessions_a_year=sessions_a_year),
        "max_drawdown": fall.depth if fall else 0.0,
        "max_drawdown_peak": dates[fall.peak].date().isoformat() if fall else None,
        "max_drawdown_trough": dates[fall.trough].date().isoformat() if fall else None,
        "max_drawdown_days": (end - dates[fall.peak]).days if fall else 0,
        "calmar": _ratio(growth, -fall.depth) if fall else float("nan"),
        "worst_day": float(returns.min()),
        "expected_shortfall_95": expected_shortfall(returns),
    }


def _ratio(numerator: float, denominator: float) -> float:
    """The quotient, NaN where the denominator is zero up to rounding."""
    return numerator / denominator if abs(denominator) > 1e-15 else float("nan")
