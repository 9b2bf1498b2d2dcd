"""Resamples the slow way: levels rebuilt in pandas, and the public functions on them."""

from dataclasses import asdict

import numpy as np
import pandas as pd

from backtester.analysis.pair import Pair
from backtester.analysis.resample import BILLS, BONDS, PAIR, REFERENCE, STOCKS, STRATEGIES, Tracks
from backtester.analysis.scorecard import cost_annual, has_acted, payoff, scorecard
from backtester.analysis.selloffs import joint_selloffs, other_selloffs
from backtester.analysis.standins import mix_of
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
