"""Measures of a track record, by the conventions of DESIGN section 8: one mapping from the figures of other files.

Returns and drawdowns are fractions, yearly rates fractions a year. What is undefined is NaN, null in the document.
`figures.toml` says of each measure what it is.
"""

import numpy as np
import pandas as pd

from backtester.analysis.betas import beta
from backtester.analysis.drawdowns import deepest
from backtester.analysis.periods import cagr, calendar_months, days_under_water, ulcer_index
from backtester.analysis.ratios import (
    correlation,
    excess_kurtosis,
    expected_shortfall,
    omega,
    probabilistic_sharpe,
    ratio,
    sharpe,
    sharpe_standard_error,
    skewness,
    sortino,
    value_at_risk,
    volatility,
)
from backtester.arrays import Array

AGAINST_REFERENCE = ("tracking_error", "information_ratio", "beta", "correlation")
Measures = dict[str, float | str | None]


def measures(nav: "pd.Series[float]", bills: Array, *, sessions_a_year: float) -> Measures:
    """The measures of a track record that need nothing but its net asset value and what bills returned each session.

    `nav` starts at the window's first session; `bills` (T,) as in the market, its first entry unused. From a session
    of ruin on returns are 0 and the measures say so by a final value of 0 and a drawdown of -1.
    """
    returns = session_returns(nav)
    excess = returns - bills[1:]
    return {
        "final_nav": float(nav.iloc[-1] / nav.iloc[0]),
        "cagr": cagr(nav),
        "volatility": volatility(returns, sessions_a_year=sessions_a_year),
        "sharpe": sharpe(excess, sessions_a_year=sessions_a_year),
        "sharpe_standard_error": sharpe_standard_error(excess, sessions_a_year=sessions_a_year),
        "probabilistic_sharpe": probabilistic_sharpe(
            sharpe(excess, sessions_a_year=1), len(excess), skewness(excess), excess_kurtosis(excess) + 3
        ),
        "sortino": sortino(excess, sessions_a_year=sessions_a_year),
        "omega": omega(excess),
        **_falls(nav),
        "worst_day": float(returns.min()),
        "value_at_risk_95": value_at_risk(returns),
        "expected_shortfall_95": expected_shortfall(returns),
        "skewness": skewness(returns),
        "excess_kurtosis": excess_kurtosis(returns),
        **_months(nav),
    }


def against_reference(
    nav: "pd.Series[float]", reference: "pd.Series[float]", bills: Array, *, sessions_a_year: float
) -> Measures:
    """The measures that set a record against the reference's; beta and correlation are of excess returns."""
    own, theirs = session_returns(nav), session_returns(reference)
    return {
        "tracking_error": volatility(own - theirs, sessions_a_year=sessions_a_year),
        "information_ratio": sharpe(own - theirs, sessions_a_year=sessions_a_year),
        "beta": beta(own - bills[1:], theirs - bills[1:]),
        "correlation": correlation(own - bills[1:], theirs - bills[1:]),
    }


def session_returns(nav: "pd.Series[float]") -> Array:
    """The return of each session after the first, (T - 1,); 0 where nothing is left to lose."""
    values = np.asarray(nav, dtype=np.float64)
    returns: Array = np.divide(values[1:], values[:-1], out=np.ones(len(values) - 1), where=values[:-1] > 0) - 1
    return returns


def _falls(nav: "pd.Series[float]") -> Measures:
    """The deepest drawdown with its dates, and what sums the others up."""
    values = np.asarray(nav, dtype=np.float64)
    fall = deepest(values)
    dates = pd.DatetimeIndex(nav.index)
    end = dates[-1] if fall is None or fall.recovery is None else dates[fall.recovery]
    return {
        "max_drawdown": fall.depth if fall else 0.0,
        "max_drawdown_peak": dates[fall.peak].date().isoformat() if fall else None,
        "max_drawdown_trough": dates[fall.trough].date().isoformat() if fall else None,
        "max_drawdown_recovery": (
            None if fall is None or fall.recovery is None else dates[fall.recovery].date().isoformat()
        ),
        "max_drawdown_days": (end - dates[fall.peak]).days if fall else 0,
        "days_under_water": days_under_water(nav),
        "ulcer_index": ulcer_index(values),
        "calmar": ratio(cagr(nav), -fall.depth) if fall else float("nan"),
    }


def _months(nav: "pd.Series[float]") -> Measures:
    """The best and worst calendar month and the share that rose; those at the ends can be parts of one."""
    returns = np.array(list(calendar_months(nav).values()))
    returns = returns[~np.isnan(returns)]
    if not len(returns):
        return dict.fromkeys(("best_month", "worst_month", "positive_months"), float("nan"))
    return {
        "best_month": float(returns.max()),
        "worst_month": float(returns.min()),
        "positive_months": float((returns > 0).mean()),
    }
