"""The bare kernel: as little as one can write in numba and still keep the accounts of docs/design.md.

It is the measure of what the engine's generality costs, and nothing else uses it. It takes the work in one fixed form,
checks nothing, returns the net asset value or all accounts, and like the engine earns and pays on cash, charges shorts
and a fee, lets unfunded notionals drift, watches a band, stops at ruin and solves the costs of a trade exactly. It has
none of the engine's further choices: minimum trades, fixed costs, bands to their edge or by asset, assets that end.
"""

import numba
import numpy as np

from backtester.arrays import Array
from benchmarks.engine.work import LAG, Work

Inputs = tuple[Array, ...]


def prepared(work: Work) -> Inputs:
    """The work as the bare kernel takes it."""
    assets = work.returns.shape[1]
    return (
        work.returns,
        work.bills,
        work.days / 365,
        np.ones(assets, dtype=bool),
        work.targets,
        work.rows,
        work.decisions,
        np.full(assets, work.rate),
        np.zeros(4),
        np.inf,
    )


def net_asset_values(inputs: Inputs) -> Array:
    """The net asset values (B, T)."""
    nav = np.zeros((len(inputs[4]), len(inputs[0])))
    keep_nav(*inputs, nav)
    return nav


def final_values(inputs: Inputs) -> Array:
    """The final values (B,)."""
    final = np.zeros((len(inputs[4]), 1))
    keep_nav(*inputs, final)
    return final[:, 0]


def accounts(inputs: Inputs) -> tuple[Array, ...]:
    """Net asset values (B, T), weights and gains (B, T, K), lines (B, T, 4) and turnover (B, T)."""
    books, (sessions, assets) = len(inputs[4]), inputs[0].shape
    kept = (
        np.zeros((books, sessions)),
        np.zeros((books, sessions, assets)),
        np.zeros((books, sessions, assets)),
        np.zeros((books, sessions, 4)),
        np.zeros((books, sessions)),
    )
    keep_accounts(*inputs, *kept)
    return kept


@numba.njit(cache=True, nogil=True, error_model="numpy")
def after_costs(nav, holdings, target, rates):
    """The x that solves x + sum of rate_k * |w_k x - h_k| = nav, by Newton's steps down a convex, kinked line."""
    value = nav
    for _ in range(2 * len(holdings) + 2):
        excess, slope = value - nav, 1.0
        for k in range(len(holdings)):
            trade = target[k] * value - holdings[k]
            rate = rates[k] if trade >= 0 else -rates[k]
            excess += rate * trade
            slope += rate * target[k]
        step = excess / slope
        value -= step
        if abs(step) <= 1e-16 * nav:
            break
    return value


@numba.njit(cache=True, nogil=True, error_model="numpy")
def distance(nav, holdings, target, funded):
    """Half the sum of what funded weights and cash are off, and all of what notionals are."""
    off, cash = 0.0, 0.0
    for k in range(len(holdings)):
        gap = target[k] - holdings[k] / nav
        if funded[k]:
            off += 0.5 * abs(gap)
            cash -= gap
        else:
            off += abs(gap)
    return off + 0.5 * abs(cash)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def keep_nav(returns, bills, years, funded, targets, rows, decisions, rates, yearly, band, navs):
    """Fill `navs` (B, T), or (B, 1) with the final values, which start at zero."""
    sessions, assets = returns.shape
    last = navs.shape[1] - 1
    lent, owed, shorts, fee = yearly
    holdings = np.empty(assets)
    for b in range(len(targets)):
        holdings[:] = 0.0
        cash = nav = 1.0
        for t in range(sessions):
            if t > 0:
                paid = nav * fee * years[t]
                if cash >= 0:
                    paid -= cash * (bills[t] - lent * years[t])
                else:
                    paid -= cash * (bills[t] + owed * years[t])
                nav = 0.0
                for k in range(assets):
                    held = holdings[k]
                    gain = held * returns[t, k]
                    holdings[k] = held + gain
                    if funded[k]:
                        nav += held + gain
                        if held < 0:
                            paid -= held * shorts * years[t]
                    else:
                        cash += gain
                cash -= paid
                nav += cash
            if nav > 0 and t >= LAG:
                target = targets[b, rows[t - LAG]]
                if decisions[t - LAG] or (band < np.inf and distance(nav, holdings, target, funded) >= band - 1e-12):
                    nav = after_costs(nav, holdings, target, rates)
                    cash = nav
                    for k in range(assets):
                        holdings[k] = target[k] * nav
                        if funded[k]:
                            cash -= holdings[k]
            if nav <= 0:
                navs[b, last] = 0.0
                break
            navs[b, min(t, last)] = nav


@numba.njit(cache=True, nogil=True, error_model="numpy")
def keep_accounts(
    returns, bills, years, funded, targets, rows, decisions, rates, yearly, band, navs, weights, gains, lines, turnover
):
    """Fill `navs` and `turnover` (B, T), `weights` and `gains` (B, T, K) and `lines` (B, T, 4), which start at zero."""
    sessions, assets = returns.shape
    lent, owed, shorts, fee = yearly
    holdings = np.empty(assets)
    for b in range(len(targets)):
        holdings[:] = 0.0
        cash = nav = 1.0
        for t in range(sessions):
            if t > 0:
                fees = nav * fee * years[t]
                interest = financing = 0.0
                if cash >= 0:
                    interest = cash * (bills[t] - lent * years[t])
                else:
                    financing = -cash * (bills[t] + owed * years[t])
                nav = 0.0
                for k in range(assets):
                    held = holdings[k]
                    gain = held * returns[t, k]
                    gains[b, t, k] = gain
                    holdings[k] = held + gain
                    if funded[k]:
                        nav += held + gain
                        if held < 0:
                            financing -= held * shorts * years[t]
                    else:
                        cash += gain
                cash += interest - financing - fees
                nav += cash
                lines[b, t, 0], lines[b, t, 1], lines[b, t, 3] = interest, financing, fees
            if nav > 0 and t >= LAG:
                target = targets[b, rows[t - LAG]]
                decided = decisions[t - LAG]
                if decided or band < np.inf:
                    off = distance(nav, holdings, target, funded)
                    if decided or off >= band - 1e-12:
                        value = after_costs(nav, holdings, target, rates)
                        lines[b, t, 2] = nav - value
                        turnover[b, t] = off
                        cash = nav = value
                        for k in range(assets):
                            holdings[k] = target[k] * nav
                            if funded[k]:
                                cash -= holdings[k]
            if nav <= 0:
                break
            navs[b, t] = nav
            for k in range(assets):
                weights[b, t, k] = holdings[k] / nav
