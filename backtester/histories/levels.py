"""The levels of a history's series on its sessions: aligned, then derived from one another."""

import numpy as np
import pandas as pd

from backtester.arrays import Array
from backtester.errors import DataError
from backtester.histories.align import CARRY_DAYS, Gaps, align_asset, align_observable, annual_change
from backtester.histories.derived import bill_returns, growth, par_bond_returns, price_returns
from backtester.histories.manifest import History
from backtester.histories.options import rolling_put_levels, without_dividends
from backtester.histories.rhythm import DAILY, infer_rhythm
from backtester.histories.sessions import days_between
from backtester.histories.store import Figures
from backtester.histories.table import Series


def align_assets(
    history: History, figures: dict[str, Figures], sessions: pd.DatetimeIndex
) -> tuple[dict[str, Array], dict[str, int]]:
    """By role of each asset its figures, or its source's, at each session, and on how many it was carried."""
    aligned: dict[str, Array] = {}
    carried: dict[str, int] = {}
    for role, series in history.series.items():
        if series.is_asset:
            values = figures[series.derived_from or role].values
            where = f"history {history.name!r}, series {role!r}"
            aligned[role], carried[role] = align_asset(where, values, sessions, _gaps(history, role))
    return aligned, carried


def refuse_no_overlap(history: History, figures: dict[str, Figures], sessions: pd.DatetimeIndex) -> None:
    """Nothing, unless an asset begins after the last session: then a DataError."""
    for role, series in history.series.items():
        begins = figures[series.derived_from or role].values.index[0] if series.is_asset else sessions[0]
        if begins > sessions[-1]:
            raise DataError(
                f"history {history.name!r}, series {role!r}: its first value, on {begins.date()}, is after the last "
                f"session, {sessions[-1].date()}; the history and the series do not overlap"
            )


def _gaps(history: History, role: str) -> Gaps:
    """What the manifest says of gaps in an asset's figures, of a derived asset in those of its source."""
    source = history.series[role].derived_from or role
    series = history.series[source]
    return Gaps(source, series.absent, CARRY_DAYS if series.carry_days is None else series.carry_days)


def bill_returns_of(history: History, aligned: dict[str, Array], days: Array) -> Array:
    """What bills returned each session: from their rate, or from an index of them; NaN throughout without any."""
    if "bills" not in aligned:
        return np.full(len(days), np.nan)
    if history.series["bills"].kind == "bills":
        return bill_returns(aligned["bills"] / 100, days)
    returns, there = price_returns(aligned["bills"]), ~np.isnan(aligned["bills"])
    returns[int(there.argmax())] = 0.0 if there.any() else np.nan
    return returns


def total_return_level(
    history: History, role: str, figures: dict[str, Figures], aligned: dict[str, Array], sessions: pd.DatetimeIndex
) -> Array:
    """The total-return level (T,) of an asset or of bills, from the aligned figures of its own or of its source."""
    if history.series[role].kind == "rolling_put":
        return _put_level(history, role, figures, aligned, sessions)
    days = days_between(sessions)
    return _level(history.series[role], aligned[role], days, bill_returns_of(history, aligned, days))


def _level(series: Series, values: Array, days: Array, bills: Array) -> Array:
    started = ~np.isnan(values)
    if series.kind == "bond":
        assert series.maturity_years is not None
        return growth(par_bond_returns(values / 100, days, maturity_years=series.maturity_years), started)
    if series.kind == "bills":
        return growth(bills, started)
    if series.carry == "bills":
        earns = ~np.isnan(np.append(bills[1:], 0.0))  # from the first session whose rate is known
        return growth(price_returns(values) + bills, started & earns)
    return values


def _put_level(
    history: History, role: str, figures: dict[str, Figures], aligned: dict[str, Array], sessions: pd.DatetimeIndex
) -> Array:
    series, spots = history.series[role], aligned[role]
    assert series.of is not None
    assert series.volatility is not None
    where = f"history {history.name!r}, series {role!r}, volatility"
    volatility, _ = align_asset(where, figures[series.volatility].values, sessions, _gaps(history, series.volatility))
    if history.series[series.of].kind == "total_return":
        spots = without_dividends(spots, days_between(sessions))
    return rolling_put_levels(
        sessions,
        spots,
        volatility / 100,
        _bill_rates(history, aligned, sessions),
        moneyness=series.moneyness,
    )


def _bill_rates(history: History, aligned: dict[str, Array], sessions: pd.DatetimeIndex) -> Array:
    """The rate of bills at each session, a fraction a year; of an index of bills, its return over a month's sessions.

    A single session's return is no rate: such an index often earns as much over a weekend as over a night.
    """
    levels, elapsed = aligned["bills"], np.cumsum(days_between(sessions))
    if history.series["bills"].kind == "bills":
        return levels / 100
    rates = np.full_like(levels, np.nan)
    month = (infer_rhythm(sessions) or DAILY).window_sessions
    rates[month:] = (levels[month:] / levels[:-month] - 1) * 365 / (elapsed[month:] - elapsed[:-month])
    return rates


def align_observables(history: History, figures: dict[str, Figures], sessions: pd.DatetimeIndex) -> pd.DataFrame:
    """Every observable as it was known at each session's close, NaN before its first publication."""
    known = {}
    for role, series in history.series.items():
        if not series.is_asset:
            told = annual_change(figures[series.of]) if series.of else figures[role]
            lag = (history.series[series.of] if series.of else series).lag_sessions
            known[role] = align_observable(told, sessions, lag_sessions=lag, close=history.table.close)
    return pd.DataFrame(known, index=sessions)
