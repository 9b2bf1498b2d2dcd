"""Resamples the slow way, levels rebuilt in pandas and the witnesses on them; histories whose truth is known."""

import numpy as np
import pandas as pd

from backtester.analysis.resample import BILLS, BONDS, PAIR, REFERENCE, STOCKS, STRATEGIES, TrackRecords
from backtester.analysis.sell_offs_kernel import Legs, Rule
from backtester.arrays import Array, Integers
from witness import mix, scorecard, sell_offs

Figures = dict[str, float]


def slow_figures(tracks: TrackRecords, rows: Integers, rule: Rule) -> tuple[list[Figures], int]:
    """The figures of each strategy by name, and how many joint sell-offs there are; both legs are fitted."""
    dates = pd.Timestamp("2000-01-03") + pd.to_timedelta(np.cumsum([0.0, *tracks.days[rows]]), unit="D")
    drawn = pd.DataFrame(tracks.returns[rows])
    excess = drawn[[STOCKS, BONDS]].sub(drawn[BILLS], axis=0).to_numpy().T
    mixes = STRATEGIES + tracks.strategies
    for own in range(STRATEGIES, mixes):
        place = own + tracks.strategies
        drawn[place] += mix.summed_slopes((drawn[own] - drawn[place]).to_numpy(), excess) @ excess
    levels = pd.concat([pd.DataFrame(1.0, [0], drawn.columns), (1 + drawn).cumprod()]).set_axis(dates)
    legs = Legs(*(levels[place].to_numpy() for place in (STOCKS, BONDS, PAIR)))
    joint = sell_offs.joint_sell_offs(legs, rule)
    other = sell_offs.other_sell_offs(legs, rule, joint)
    found = [
        scorecard.figures(levels[own], levels[own + tracks.strategies], levels[REFERENCE], joint, other)
        for own in range(STRATEGIES, mixes)
    ]
    return found, len(joint)


def clustered_tracks(seed: int, sessions: int) -> TrackRecords:
    """A history in which volatility clusters and the correlation of stocks and bonds has spells of either sign, and a
    strategy of four fifths of the reference, the rest in bills, and a noise of its own: its payoff beyond its mix is
    nothing but chance.
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
    noise = 0.002 * np.sqrt(volatility) * third
    return tracks_of(np.array([stocks, bonds, pair, bills]), noise[None])


def tracks_of(market: Array, noise: Array) -> TrackRecords:
    """Records of stocks, bonds, their pair, which is the reference, and bills (4, N), and of strategies that are four
    fifths of the pair and a noise (S, N) each."""
    stocks, bonds, pair, bills = market
    mix_moves = 0.8 * pair + 0.2 * bills
    own = mix_moves + noise
    returns = np.vstack([stocks, bonds, pair, pair, bills, own, np.broadcast_to(mix_moves, own.shape)])
    days = np.resize([1.0, 1.0, 1.0, 1.0, 3.0], len(stocks))
    return TrackRecords(np.ascontiguousarray(returns.T), days, np.arange(2))
