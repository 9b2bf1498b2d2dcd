"""The market: a history aligned on its sessions, as engine and plugins see it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from backtester.arrays import Array
from backtester.errors import DataError, did_you_mean
from backtester.files import sha256
from backtester.histories.align import align_asset, align_observable, annual_change, refuse_endless
from backtester.histories.derived import bill_returns, growth, par_bond_returns, price_returns
from backtester.histories.manifest import History, find_history
from backtester.histories.options import rolling_put_levels, without_dividends
from backtester.histories.sessions import days_between, period_ends
from backtester.histories.store import Figures, read_figures
from backtester.histories.table import Series, Stretch


@dataclass(frozen=True)
class Market:
    """Aligned series, one row a session.

    `levels`: total-return level of every asset and of bills, NaN before it starts. `observables`: what was known at
    each close. `bill_returns` (T,): what cash earned since the session before, NaN before bills start. `carried`: on
    how many sessions each asset had no value of its own.
    """

    history: History
    sessions: pd.DatetimeIndex
    levels: pd.DataFrame
    observables: pd.DataFrame
    calendar: pd.DataFrame
    bill_returns: Array
    days: Array
    carried: dict[str, int]

    @property
    def assets(self) -> list[str]:
        """The roles that can be held."""
        return self.history.assets

    @property
    def roles(self) -> list[str]:
        """Every role that a strategy can read."""
        return [*self.levels.columns, *self.observables.columns]

    @property
    def has_bills(self) -> bool:
        """Whether cash has a return, without which nothing can be simulated."""
        return "bills" in self.levels.columns

    @property
    def returns(self) -> pd.DataFrame:
        """The session returns of the assets that can be held, NaN until they have two levels."""
        return self.levels[self.assets].pct_change(fill_method=None)

    @property
    def sha256(self) -> str:
        """One hash for everything the figures come from: the history's table and its files' hashes."""
        return sha256(self.history.table.model_dump_json(by_alias=True, exclude_defaults=True).encode())

    def role(self, name: str) -> "pd.Series[float]":
        """The series of one role; a DataError names the nearest when there is none."""
        for table in (self.levels, self.observables):
            if name in table.columns:
                return table[name]
        raise DataError(f"history {self.history.name!r} has no role {name!r}; {did_you_mean(name, self.roles)}")

    def cut(self, sessions: int) -> "Market":
        """The first `sessions` sessions, as they were seen then; the calendar ahead was known and stays."""
        return self._rows(slice(sessions))

    def since(self, first: int) -> "Market":
        """The sessions from number `first` on."""
        return self._rows(slice(first, None))

    def _rows(self, rows: slice) -> "Market":
        tables = {name: getattr(self, name).iloc[rows] for name in ("levels", "observables", "calendar")}
        arrays = {name: getattr(self, name)[rows] for name in ("sessions", "bill_returns", "days")}
        return replace(self, **tables, **arrays)


def load_market(name: str, folder: Path | None = None, *, roles: Collection[str] | None = None) -> Market:
    """The market of a named history, everything in it aligned on the sessions of `stocks`.

    With `roles` only these, what they are computed from, `stocks` and `bills` are read: of a history of thousands of
    series a moment's work. Such a market's hash is that of the part.
    """
    history = find_history(name, folder)
    return build_market(history if roles is None else history.only(roles))


def build_market(history: History) -> Market:
    """The market of a history: read the files, align levels on the sessions, then derive what is computed from them."""
    return market_of(history, read_figures(history, list(history.series)))


def market_of(history: History, figures: dict[str, Figures]) -> Market:
    """The market of a history's figures, wherever they came from."""
    if "stocks" not in history.series:
        raise DataError(f"history {history.name!r} has no series 'stocks'; its dates are the sessions")
    sessions = pd.DatetimeIndex(figures["stocks"].values.index, name="date")
    if history.table.until is not None:
        sessions = sessions[sessions <= pd.Timestamp(history.table.until)]
    if len(sessions) < 2:
        raise DataError(f"history {history.name!r} has {len(sessions)} session; at least two are needed")
    aligned, carried = _align_assets(history, figures, sessions)
    days = days_between(sessions)
    bills = _bills(history, aligned, days)
    levels = {
        role: _put_level(history, role, figures, aligned, sessions)
        if history.series[role].kind == "rolling_put"
        else _level(history.series[role], values, days, bills)
        for role, values in aligned.items()
    }
    for role, level in levels.items():
        refuse_endless(f"history {history.name!r}, series {role!r}", level, sessions)
    return Market(
        history=history,
        sessions=sessions,
        levels=pd.DataFrame(levels, index=sessions),
        observables=_observables(history, figures, sessions),
        calendar=period_ends(sessions),
        bill_returns=bills,
        days=days,
        carried=carried,
    )


def _align_assets(
    history: History, figures: dict[str, Figures], sessions: pd.DatetimeIndex
) -> tuple[dict[str, Array], dict[str, int]]:
    aligned: dict[str, Array] = {}
    carried: dict[str, int] = {}
    for role, series in history.series.items():
        if series.is_asset:
            values = figures[series.derived_from or role].values
            where = f"history {history.name!r}, series {role!r}"
            aligned[role], carried[role] = align_asset(where, values, sessions, absent=_absent(history, series))
    return aligned, carried


def _absent(history: History, series: Series) -> tuple[Stretch, ...]:
    """The stretches without values that the manifest owns up to, of a derived series those of its source."""
    return history.series[series.derived_from].absent if series.derived_from else series.absent


def _bills(history: History, aligned: dict[str, Array], days: Array) -> Array:
    """What bills returned each session: from their rate, or from an index of them; NaN throughout without any."""
    if "bills" not in aligned:
        return np.full(len(days), np.nan)
    if history.series["bills"].kind == "bills":
        return bill_returns(aligned["bills"] / 100, days)
    returns = price_returns(aligned["bills"])
    returns[int((~np.isnan(aligned["bills"])).argmax())] = 0.0
    return returns


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
    volatility, _ = align_asset(where, figures[series.volatility].values, sessions)
    if history.series[series.of].kind == "total_return":
        spots = without_dividends(spots, days_between(sessions))
    return rolling_put_levels(
        sessions,
        spots,
        volatility / 100,
        _bill_rates(history, aligned, days_between(sessions)),
        moneyness=series.moneyness,
    )


def _bill_rates(history: History, aligned: dict[str, Array], days: Array) -> Array:
    """The rate of bills at each session, a fraction a year; of an index of bills, its return over 21 sessions.

    A single session's return is no rate: such an index often earns as much over a weekend as over a night.
    """
    levels, elapsed = aligned["bills"], np.cumsum(days)
    if history.series["bills"].kind == "bills":
        return levels / 100
    rates = np.full_like(levels, np.nan)
    rates[21:] = (levels[21:] / levels[:-21] - 1) * 365 / (elapsed[21:] - elapsed[:-21])
    return rates


def _observables(history: History, figures: dict[str, Figures], sessions: pd.DatetimeIndex) -> pd.DataFrame:
    known = {}
    for role, series in history.series.items():
        if not series.is_asset:
            told = annual_change(figures[series.of]) if series.of else figures[role]
            lag = (history.series[series.of] if series.of else series).lag_sessions
            known[role] = align_observable(told, sessions, lag_sessions=lag, close=history.table.close)
    return pd.DataFrame(known, index=sessions)
