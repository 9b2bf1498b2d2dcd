"""Information-free strategies, and one with a planted edge: from a period and a source of chance to a book.

All hold 60% stocks and 40% bonds where they say nothing else, and trade as a run does: at month-ends and when they are
5 points off, a session after the decision, at the usual costs.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from backtester.analysis.period import Period
from backtester.arrays import Array, Flags
from backtester.engine.book import Book
from backtester.engine.costs import Costs
from backtester.engine.execution import DEFAULT_BAND
from backtester.engine.schedule import decisions, parse_schedule
from backtester.histories.market import Market

Draw = Callable[[Period, np.random.Generator], Book]
STOCKS, BONDS = 0.6, 0.4
MONTH, YEAR = 21, 252  # sessions


def book(market: Market, weights: Mapping[str, float | Array], *, schedule: str = "month") -> Book:
    """The book of those target weights, numbers or (T,)."""
    targets = pd.DataFrame(dict(weights), market.sessions, dtype=float)
    flags = decisions(parse_schedule(schedule), market.calendar, first=0)
    return Book(market, targets, flags, 1, DEFAULT_BAND, Costs())


def sixty_forty(market: Market, leverage: float | Array = 1.0) -> Book:
    """So many times 60% stocks and 40% bonds."""
    return book(market, {"stocks": STOCKS * leverage, "bonds": BONDS * leverage})


def spells(count: int, chance: np.random.Generator) -> "np.typing.NDArray[np.int64]":
    """The number of the spell that each of so many sessions is in (T,), from 0 or 1: spells of 3 to 24 months."""
    lengths = chance.integers(3 * MONTH, 24 * MONTH, count // (3 * MONTH) + 1, endpoint=True)
    return np.repeat(np.arange(len(lengths)) + chance.integers(2), lengths)[:count]


def in_spells(period: Period, chance: np.random.Generator) -> Flags:
    """Every other spell."""
    inside: Flags = spells(len(period.sessions), chance) % 2 == 1
    return inside


def bonds_to_bills(period: Period, chance: np.random.Generator) -> Book:
    """Bills in place of bonds in spells."""
    return book(period.market, {"stocks": STOCKS, "bonds": np.where(in_spells(period, chance), 0.0, BONDS)})


def stocks_to_bills(period: Period, chance: np.random.Generator) -> Book:
    """Bills in place of stocks in spells."""
    return book(period.market, {"stocks": np.where(in_spells(period, chance), 0.0, STOCKS), "bonds": BONDS})


def all_out_and_in(period: Period, chance: np.random.Generator) -> Book:
    """Bills in place of both in spells."""
    return sixty_forty(period.market, np.where(in_spells(period, chance), 0.0, 1.0))


def random_leverage(period: Period, chance: np.random.Generator) -> Book:
    """Half to one and a half times both, drawn anew each spell."""
    numbers = spells(len(period.sessions), chance)
    return sixty_forty(period.market, chance.uniform(0.5, 1.5, numbers[-1] + 1)[numbers])


def noise_added(period: Period, chance: np.random.Generator) -> Book:
    """White noise added to both weights each month, of 10 points' standard deviation."""
    months = period.month_ends.to_numpy().cumsum()
    noise = chance.normal(0, 0.1, (2, months[-1] + 1))[:, months]
    return book(period.market, {"stocks": STOCKS + noise[0], "bonds": BONDS + noise[1]})


def gold_in_spells(period: Period, chance: np.random.Generator) -> Book:
    """10% gold beside both in spells; of a market in which gold has no drift."""
    return book(
        period.market, {"stocks": STOCKS, "bonds": BONDS, "gold": np.where(in_spells(period, chance), 0.1, 0.0)}
    )


def rotated_target(period: Period, chance: np.random.Generator) -> Book:
    """The leverage of a volatility target, of another time."""
    return sixty_forty(period.market, rotated(volatility_target(period.market), chance))


def rotated_stop(period: Period, chance: np.random.Generator) -> Book:
    """Out of the market as by a stop, at another time."""
    return sixty_forty(period.market, rotated(stop(period.market), chance))


def static_after_falls(period: Period, chance: np.random.Generator) -> Book:
    """Fixed weights that are traded only after falls."""
    stocks, bonds = chance.uniform(0.2, 1.0), chance.uniform(0.0, 0.8)
    return _after_falls(book(period.market, {"stocks": stocks, "bonds": bonds}), chance)


def drawn_after_falls(period: Period, chance: np.random.Generator) -> Book:
    """Weights that are drawn anew, and traded, only after falls."""
    count = len(period.sessions)
    weights = {"stocks": chance.uniform(0.4, 0.8, count), "bonds": chance.uniform(0.2, 0.6, count)}
    return _after_falls(book(period.market, weights), chance)


def _after_falls(asked: Book, chance: np.random.Generator) -> Book:
    """The book traded at the start and, one in 21 of them, on sessions with stocks 5% below those of 21 before."""
    fallen = (asked.market.levels["stocks"].pct_change(MONTH) <= -0.05).to_numpy()
    flags = fallen & (chance.random(len(fallen)) < 1 / MONTH)
    flags[0] = True
    return replace(asked, decisions=flags, band=np.inf)


def planted_edge(share: float) -> Draw:
    """Bills in place of bonds in each joint sell-off with that probability, from its first close to its last."""

    def draw(period: Period, chance: np.random.Generator) -> Book:
        out = np.zeros(len(period.sessions), bool)
        for start, end in period.windows.joint:
            out[start - 1 : end - 1] |= chance.random() < share  # traded a session later
        return book(period.market, {"stocks": STOCKS, "bonds": np.where(out, 0.0, BONDS)})

    return draw


def volatility_target(market: Market, *, target: float = 0.08, window: int = 3 * MONTH) -> Array:
    """The leverage (T,) that brings 60/40's trailing volatility to the target, at most 1.5; 1 while it warms up."""
    volatility = _pair_returns(market).rolling(window).std() * YEAR**0.5
    leverage: Array = (target / volatility).clip(upper=1.5).fillna(1.0).to_numpy()
    return leverage


def stop(market: Market) -> Array:
    """0 (T,) while 60/40 stands more than 5% below its high of a year, else 1."""
    level = (1 + _pair_returns(market)).cumprod()
    held: Array = (level >= 0.95 * level.rolling(YEAR, min_periods=1).max()).astype(float).to_numpy()
    return held


def _pair_returns(market: Market) -> "pd.Series[float]":
    legs = market.levels[["stocks", "bonds"]].pct_change().fillna(0.0)
    return STOCKS * legs["stocks"] + BONDS * legs["bonds"]


def rotated(values: Array, chance: np.random.Generator) -> Array:
    """The values moved on in time by anything from one session to all but one, what falls off the end first."""
    return np.roll(values, chance.integers(1, len(values)))


def driftless(period: Period, role: str) -> Market:
    """The market with the role's mean excess return taken out of each of its returns: what is left, a constant, when
    its slopes on both legs have been.

    With all of its mean return over bills taken out, gold would lag its mix by 2.4% a year, since it moves with bonds
    and stocks (slopes of 0.57 and 0.14) and would not earn what they earn for that.
    """
    level = period.market.levels[role].to_numpy()
    returns = level[1:] / level[:-1] - 1
    excess = returns - period.market.bill_returns[1:]
    drift = (excess - (period.slope_matrix @ excess) @ period.excess).mean()
    without = np.insert(np.cumprod(1 + returns - drift), 0, 1.0)
    return replace(period.market, levels=period.market.levels.assign(**{role: without}))
