"""Paths for strategies that react to the market: each path is made a market, and the strategies are run on it.

The last two years of the history come before the path, so that strategies can look back. The sessions of the path are
drawn from the history: returns are those of the drawn sessions; yields, VIX and inflation have the values that were
known at these sessions; administered rates and published levels (the Fed's balance sheet) change as they did then.
A mix is the fixed shares of the legs, stocks and bonds, and bills that moved as a strategy did; a recipe, a base
strategy and its overlays; a role, the name of a series, such as `stocks`.
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

WARM_UP_YEARS = 2  # of the history before each path


def drawn_market(source: PathSource, rows: Integers) -> Market:
    """The market of the history's last two years, followed by a path of T sessions drawn from it.

    `rows` (T,) are the numbers of the drawn sessions, as rows of the source's returns: row r is the move from session r
    to session r + 1 of its market.
    """
    past, series = source.market, source.market.history.series
    warm = past.since(max(0, len(past.sessions) - round(WARM_UP_YEARS * past.rhythm.sessions_a_year)))  # last years
    sessions = warm.sessions.append(following_sessions(past, len(rows)))
    moves = pd.DataFrame(source.returns[rows], columns=past.assets).assign(bills=source.bills[rows])
    levels = {role: _continued(warm.levels[role], 1 + moves[role].to_numpy()) for role in warm.levels.columns}
    observables = {}
    for role, column in past.observables.items():
        values, before = column.to_numpy(dtype=np.float64), warm.observables[role].to_numpy(dtype=np.float64)
        kind, quoted = series[str(role)].kind, series[str(role)]
        is_published = isinstance(quoted, QuotedObservable) and quoted.known is not None
        if kind in ("yield", "annual_change", "spread") or (kind == "level" and not is_published):
            observables[role] = np.append(before, values[rows + 1])  # the values of the drawn sessions
        elif kind == "level":  # grows as it did in them; a value that is missing there changes nothing
            factors = np.nan_to_num(values[rows + 1] / values[rows], nan=1.0)
            observables[role] = _continued(warm.observables[role], factors)
        else:  # an administered rate, which changes by as much as it did in them
            changes = np.nan_to_num(np.diff(values)[rows])
            observables[role] = np.append(before, before[-1] + np.cumsum(changes))
    return replace(
        past,
        sessions=pd.DatetimeIndex(sessions, name="date"),
        levels=pd.DataFrame(levels, sessions),
        observables=pd.DataFrame(observables, sessions),
        calendar=period_ends(pd.DatetimeIndex(sessions), past.rhythm.span),
        bill_returns=np.append(warm.bill_returns, source.bills[rows]),
        days=np.append(warm.days, source.days[rows]),
    )


def _continued(before: "pd.Series[float]", factors: Array) -> Array:
    """The values of a level followed by those that grow from the last of them by these factors, one a session."""
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
    """The results of S recipes, each run on every path of a plan, beside their mixes with shares (S, 2) of the legs.

    `trading` has the settings of trading and those of the pair; `chances` (n,) are the probabilities that a block of
    sessions starts at each row of the source.
    """
    execution, pair_settings = trading
    count, ends = sessions_of(source, plan.years), year_end_sessions(source.market.rhythm.sessions_a_year, plan)
    shape = (plan.paths, len(recipes))
    wealth, falls, growth, unpaid = np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape)
    windows, cumulative = np.zeros(plan.paths, np.int64), np.cumsum(chances)
    for number in range(plan.paths):
        rows = draw_path_rows(cumulative, source.blocks.block_sessions, count, (plan.seed, number))
        market = drawn_market(source, rows)
        period = measure_period(market, pair_settings)
        windows[number] = count_windows(source.blocks, rows)
        for place, recipe in enumerate(recipes):
            run = evaluate(recipe, market, execution)
            nav = np.asarray(run.accounts.nav, np.float64)[-count - 1 :]
            nav = (nav / nav[0])[None]  # (1, T + 1), from the close before the path
            mixes = mix_nav(run, shares[place], period, count)[None]
            wealth[number, place], falls[number, place] = nav[0, -1], deepest_falls(nav)[0]
            growth[number, place] = growth_over(nav, mixes, plan.years)[0]
            unpaid[number, place] = unpaid_years(nav[:, ends], plan)[0]
    return PathResults(wealth=wealth, falls=falls, growth=growth, unpaid=unpaid, windows=windows)
