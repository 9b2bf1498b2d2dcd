"""Paths for strategies that react to the market: each is a market of drawn sessions, on which they are run.

The last two years of the history come first, so that strategies can look back. Returns are those of the drawn sessions;
yields, VIX and inflation have the values known at these sessions; administered rates and published levels change as
they did then.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from backtester.analysis.pair import PairSettings
from backtester.analysis.period import measure_period
from backtester.arrays import Array, Integers
from backtester.engine.evaluate import evaluate
from backtester.engine.execution import Execution
from backtester.histories.market import Market
from backtester.histories.series import QuotedObservable
from backtester.histories.sessions import period_ends
from backtester.plugins.recipes import Recipe
from backtester.stress.frequency import PathSource, sessions_of
from backtester.stress.outcomes import mix_nav
from backtester.stress.path_results import (
    PathPlan,
    PathResults,
    deepest_falls,
    growth_over,
    unpaid_years,
    year_end_sessions,
)
from backtester.stress.starting_point import following_sessions
from backtester.stress.tilt import count_windows, draw_path_rows

WARM_YEARS = 2


def drawn_market(source: PathSource, rows: Integers) -> Market:
    """The market of the history's last two years followed by the sessions of these rows."""
    past, series = source.market, source.market.history.series
    warm = past.since(max(0, len(past.sessions) - round(WARM_YEARS * past.rhythm.sessions_a_year)))
    sessions = warm.sessions.append(following_sessions(past, len(rows)))
    moves = pd.DataFrame(source.returns[rows], columns=past.assets).assign(bills=source.bills[rows])
    levels = {role: _grown(warm.levels[role], 1 + moves[role].to_numpy()) for role in warm.levels.columns}
    known = {}
    for role, column in past.observables.items():
        whole, before = column.to_numpy(dtype=np.float64), warm.observables[role].to_numpy(dtype=np.float64)
        one = series[str(role)]
        is_published = isinstance(one, QuotedObservable) and one.known is not None
        if one.kind in ("yield", "annual_change", "spread") or (one.kind == "level" and not is_published):
            known[role] = np.append(before, whole[rows + 1])
        elif one.kind == "level":
            known[role] = _grown(warm.observables[role], np.nan_to_num(whole[rows + 1] / whole[rows], nan=1.0))
        else:
            known[role] = np.append(before, before[-1] + np.cumsum(np.nan_to_num(np.diff(whole)[rows])))
    return replace(
        past,
        sessions=pd.DatetimeIndex(sessions, name="date"),
        levels=pd.DataFrame(levels, sessions),
        observables=pd.DataFrame(known, sessions),
        calendar=period_ends(pd.DatetimeIndex(sessions), past.rhythm.span),
        bill_returns=np.append(warm.bill_returns, source.bills[rows]),
        days=np.append(warm.days, source.days[rows]),
    )


def _grown(before: "pd.Series[float]", factors: Array) -> Array:
    """The level followed by its last value times the running product of the factors."""
    values = before.to_numpy(dtype=np.float64)
    return np.append(values, values[-1] * np.cumprod(factors))


def dynamic_paths(
    source: PathSource,
    recipes: Sequence[Recipe],
    trading: tuple[Execution, PairSettings],
    shares: Array,
    chances: Array,
    plan: PathPlan,
) -> PathResults:
    """The fates of recipes, each carried out on every path of a plan, and of their mixes of those shares (S, 2)."""
    count, ends = sessions_of(source, plan.years), year_end_sessions(source.market.rhythm.sessions_a_year, plan)
    wealth, falls, growth, unpaid = np.zeros((4, plan.paths, len(recipes)))
    windows, sums = np.zeros(plan.paths, np.int64), np.cumsum(chances)
    for number in range(plan.paths):
        rows = draw_path_rows(sums, source.blocks.block_sessions, count, (plan.seed, number))
        market = drawn_market(source, rows)
        period = measure_period(market, trading[1])
        windows[number] = count_windows(source.blocks, rows)
        for place, recipe in enumerate(recipes):
            run = evaluate(recipe, market, trading[0])
            nav = np.asarray(run.accounts.nav, np.float64)[-count - 1 :]
            nav = (nav / nav[0])[None]
            mixes = mix_nav(run, shares[place], period, count)[None]
            wealth[number, place], falls[number, place] = nav[0, -1], deepest_falls(nav)[0]
            growth[number, place] = growth_over(nav, mixes, plan.years)[0]
            unpaid[number, place] = unpaid_years(nav[:, ends], plan)[0]
    return PathResults(wealth, falls, growth, unpaid, windows)
