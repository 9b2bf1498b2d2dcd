"""Resamples the slow way, levels rebuilt in pandas and the public functions on them; histories whose truth is known."""

from dataclasses import asdict

import numpy as np
import pandas as pd
from backtester.analysis.standins import mix_of

from backtester.analysis.pair import Pair
from backtester.analysis.resample import BILLS, BONDS, PAIR, REFERENCE, STOCKS, STRATEGIES, Tracks
from backtester.analysis.scorecard import cost_annual, has_acted, payoff, scorecard
from backtester.analysis.selloffs import joint_selloffs, other_selloffs
from backtester.analysis.windows import window_returns
from backtester.arrays import Integers

Figures = dict[str, float]


def slow_figures(tracks: Tracks, rows: Integers) -> tuple[list[Figures], int]:
    """The figures of each strategy by name, and how many joint sell-offs there are."""
    dates = pd.Timestamp("2000-01-03") + pd.to_timedelta(np.cumsum([0.0, *tracks.days[rows]]), unit="D")
    levels = pd.DataFrame(tracks.returns[:, rows].T, dates[1:]).add(1).cumprod()
    levels = pd.concat([pd.DataFrame(1.0, dates[:1], levels.columns), levels])
    bills = np.array([np.nan, *tracks.returns[BILLS, rows]])
    pair = Pair(levels[STOCKS], levels[BONDS], levels[PAIR], levels[[STOCKS, BONDS]])
    joint = joint_selloffs(pair)
    other = other_selloffs(pair, joint)
    told = []
    for place in range(STRATEGIES, len(tracks.returns)):
        nav, reference = levels[place], levels[REFERENCE]
        card, mix = scorecard(nav, reference, bills, joint=joint, other=other), mix_of(nav, pair, bills)
        own, theirs, mixed = (window_returns(level, joint) for level in (nav, reference, mix.nav))
        parts = {
            "": asdict(card.beyond_reference),
            "beyond_twin.": asdict(card.beyond_twin) | {"cost_annual": card.twin_cost_annual},
            "beyond_mix.": asdict(payoff(own, mixed, has_acted(own, theirs)))
            | {"cost_annual": cost_annual(nav, mix.nav, joint=joint, other=other).total}
            | {"stocks_beta": mix.stocks_beta, "bonds_beta": mix.bonds_beta},
            "cost_annual.": asdict(card.cost_annual),
        }
        figures = {prefix + name: value for prefix, part in parts.items() for name, value in part.items()}
        for name in ("beta", "break_even_per_year", "max_drawdown_reduction", "days_under_water_reduction"):
            figures[name] = getattr(card, name)
        told.append(figures)
    return told, len(joint)


def clustered_tracks(seed: int, sessions: int) -> Tracks:
    """A history in which volatility clusters and the correlation of stocks and bonds has spells of either sign, and a
    strategy of four fifths of the reference, the rest in bills, and a noise of its own: its payoff beyond its twin,
    and beyond its mix, is nothing but chance.
    """
    chance = np.random.default_rng(seed)
    steps, ends = chance.normal(0, 0.15, sessions), chance.random(sessions) < 1 / 500
    turmoil = np.empty(sessions)
    turmoil[0] = chance.normal(0, 0.15 / np.sqrt(1 - 0.98**2))
    for t in range(1, sessions):
        turmoil[t] = 0.98 * turmoil[t - 1] + steps[t]
    volatility, spell = np.exp(turmoil / 2), np.where(np.cumsum(ends) % 2 == 0, 0.4, -0.4)
    first, second, third = chance.normal(size=(3, sessions))
    stocks = 0.0003 + 0.008 * volatility * first
    bonds = 0.0001 + 0.003 * np.sqrt(volatility) * (spell * first + np.sqrt(1 - spell**2) * second)
    bills, pair = np.full(sessions, 1e-4), 0.6 * stocks + 0.4 * bonds
    own = 0.8 * pair + 0.2 * bills + 0.002 * np.sqrt(volatility) * third
    days = np.resize([1.0, 1.0, 1.0, 1.0, 3.0], sessions)
    return Tracks(np.vstack([stocks, bonds, pair, pair, bills, own]), days)
