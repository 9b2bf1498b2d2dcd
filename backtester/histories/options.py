"""Prices of options by Black and Scholes, and the level of options that are bought again at every roll."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from backtester.arrays import Array

OPTION_DAYS_A_YEAR = 365  # of an option's life, as its quoting convention counts
DIVIDEND_YIELD = 0.02  # of the S&P 500, about its mean since 1990 (docs/design.md)
VOLATILITY_MARKUP = 0.02  # what puts 5% below the spot cost above the VIX (docs/design.md)
MARKED_AT = 0.95  # strike over spot
SLOPE = 1.1  # 11 points of volatility for 10% of strike over spot, of an option of one month: see `Contract`
LOWEST_VOLATILITY = 0.5  # of the index: the line would reach zero at strikes above the spot, and quotes do not


@dataclass(frozen=True)
class Leg:
    """A put or call at a strike that is `moneyness` times the spot when it is bought; sold where `count` is below 0."""

    right: Literal["put", "call"]
    moneyness: float
    count: float = 1.0


@dataclass(frozen=True)
class Contract:
    """What is bought on the last session on or before each `tenor_months`-th third Friday, until the next.

    Volatility is the index plus 2 points at a strike of 95% of the spot, and `slope` x (0.95 - strike / spot) more at
    another, at least half of the index. Strike / spot is that of the day on which the option was bought (each contract
    keeps its place on the smile). `slope` None is 1.1 / sqrt(months). Zhang and Xiang (2008), Quantitative Finance 8,
    263-284: at the money a smile falls by skewness / 6 for each standard deviation of the strike, so by
    -skewness / (6 sqrt T) of volatility for each unit of ln(strike / spot). Cboe's SKEW, 100 - 10 x skewness of 30
    days, was 118.8 on average from 1990 to August 2017: 1.88 / (6 sqrt(30 / 365)) = 1.09.
    """

    legs: tuple[Leg, ...]
    tenor_months: int = 1
    slope: float | None = None

    def volatility(self, index: Array, moneyness: float) -> Array:
        """The volatility at a strike, a fraction a year as the index is."""
        slope = SLOPE / self.tenor_months**0.5 if self.slope is None else self.slope
        line: Array = index + VOLATILITY_MARKUP + slope * (MARKED_AT - moneyness)
        return np.maximum(line, LOWEST_VOLATILITY * index)


def put_price(
    spot: Array, strike: Array, *, years: Array, rate: Array, volatility: Array, dividend_yield: float = 0.0
) -> Array:
    """The price of European puts, in the unit of spot and strike; arrays of one shape, or that broadcast.

    `years` to expiry; `rate` and `dividend_yield` are fractions a year, compounded continuously; `volatility` a
    fraction a year. K exp(-rT) N(-d2) - S exp(-qT) N(-d1), d1 = (ln(S/K) + (r - q + s^2/2) T) / (s sqrt T),
    d2 = d1 - s sqrt T. Without time or volatility: what is left of K exp(-rT) - S exp(-qT), or nothing. NaN gives NaN.
    Black and Scholes (1973), Journal of Political Economy 81, 637-654; Merton (1973) for the dividend yield.
    """
    from scipy.special import ndtr  # a fifth of a second that only histories with options pay

    paid, received = strike * np.exp(-rate * years), spot * np.exp(-dividend_yield * years)
    deviation = volatility * np.sqrt(years)
    certain = deviation == 0
    distance = np.log(paid / received) + deviation**2 / 2
    below = np.divide(distance, deviation, out=np.zeros(np.shape(distance)), where=~certain)  # -d2
    price: Array = np.where(
        certain, np.maximum(paid - received, 0.0), paid * ndtr(below) - received * ndtr(below - deviation)
    )
    return price


def call_price(
    spot: Array, strike: Array, *, years: Array, rate: Array, volatility: Array, dividend_yield: float = 0.0
) -> Array:
    """The price of European calls: the put's, by parity S exp(-qT) - K exp(-rT) = call - put; as `put_price`."""
    put = put_price(spot, strike, years=years, rate=rate, volatility=volatility, dividend_yield=dividend_yield)
    price: Array = put + spot * np.exp(-dividend_yield * years) - strike * np.exp(-rate * years)
    return price


def third_fridays(sessions: pd.DatetimeIndex, *, tenor_months: int = 1) -> pd.DatetimeIndex:
    """For each session the first third Friday on or after it of a month whose number `tenor_months` divides, (T,).

    These are when options expire: with 3 in March, June, September and December.
    """
    months = pd.period_range(sessions[0].to_period("M"), sessions[-1].to_period("M") + tenor_months, freq="M")
    months = months[(12 * months.year + months.month) % tenor_months == 0]
    firsts = months.to_timestamp()
    fridays = firsts + pd.to_timedelta((4 - firsts.day_of_week) % 7 + 14, unit="D")
    return pd.DatetimeIndex(fridays[fridays.searchsorted(sessions, side="left")])


def without_dividends(levels: Array, days: Array, *, dividend_yield: float = DIVIDEND_YIELD) -> Array:
    """The price index (T,) whose total return, at a steady continuous dividend yield, has those levels.

    `days` are calendar days since the session before, over 365 to the year. Starts at the first level; NaN stays NaN.
    """
    price: Array = levels * np.exp(-dividend_yield * np.cumsum(days) / OPTION_DAYS_A_YEAR)
    return price


def rolling_levels(
    sessions: pd.DatetimeIndex, spots: Array, volatilities: Array, rates: Array, contract: Contract
) -> Array:
    """The level (T,) of an unfunded holding of a contract that is bought anew at every roll, from 1 at the first; NaN
    before it.

    At a roll what is held is sold, and on the whole notional the contract bought that expires at the next. Options stay
    fixed until then and are marked at each close with that close's spot (a price, not a total return), bill rate and
    volatility index (all (T,), the last two fractions a year), and a dividend yield of 2%. The level is 1 + (value now
    - value when bought) / spot when bought, times the level at the roll: a notional N at the roll earns contracts x
    change of their value, N / spot being the contracts. What the premium would have earned in bills is not charged:
    for a put 5% below the spot 0.02% to 0.05% of notional a year. The first roll is the first with all three; after
    it a NaN lasts until the next roll, and a NaN at a roll for good.
    """
    levels = np.full(len(sessions), np.nan)
    expiry = third_fridays(sessions, tenor_months=contract.tenor_months)
    rolls = np.flatnonzero(np.append(expiry[1:] != expiry[:-1], expiry[-1] == sessions[-1]))
    known = np.isfinite(np.stack([spots, volatilities, rates])[:, rolls]).all(axis=0)
    if not known.any():
        return levels
    rolls = rolls[int(known.argmax()) :]
    held = np.arange(rolls[0] + 1, len(sessions))
    cycle = np.searchsorted(rolls, held, side="left") - 1
    bought = rolls[cycle]
    gained = np.zeros(len(held))
    for leg in contract.legs:
        price = put_price if leg.right == "put" else call_price
        before, now = (
            price(
                spots[at],
                leg.moneyness * spots[bought],
                years=((expiry[held] - sessions[at]) / pd.Timedelta(days=OPTION_DAYS_A_YEAR)).to_numpy(),
                rate=rates[at],
                volatility=contract.volatility(volatilities[at], leg.moneyness),
                dividend_yield=DIVIDEND_YIELD,
            )
            for at in (bought, held)
        )
        gained += leg.count * (now - before)
    gains = 1 + gained / spots[bought]
    at_roll = np.cumprod(np.append(1.0, gains[np.isin(held, rolls)]))
    levels[rolls[0]] = 1.0
    levels[held] = at_roll[cycle] * gains
    return levels
