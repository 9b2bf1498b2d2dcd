"""Option prices by Black and Scholes, and the level of a holding whose options are replaced when they expire."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from backtester.arrays import Array, Flags, Integers

OPTION_DAYS_A_YEAR = 365  # of an option's life, as its quoting convention counts
DIVIDEND_YIELD = 0.02  # of the S&P 500, about its mean since 1990 (docs/design.md)
VOLATILITY_MARKUP = 0.02  # implied volatility of puts 5% below the spot minus the VIX (docs/design.md)
MARKUP_MONEYNESS = 0.95  # strike / spot at which the markup was measured
SLOPE = 1.1  # of a month's smile: 11 points of volatility for 10% of strike / spot, see `Contract`
MIN_VOLATILITY_SHARE = 0.5  # of the index of volatility: high above the spot the line would reach zero; quotes do not


@dataclass(frozen=True)
class Leg:
    """`count` puts or calls, bought at a strike of `moneyness` times the spot; sold instead if `count` is below 0."""

    right: Literal["put", "call"]
    moneyness: float
    count: float = 1.0


@dataclass(frozen=True)
class Contract:
    """The options that are bought at each roll, and their implied volatility.

    A roll is the last session on or before the third Friday of every `tenor_months`-th month; options expire at the
    next. Their volatility is a line in strike / spot: an index such as the VIX plus 2 points at 0.95, and `slope` x
    (0.95 - strike / spot) more elsewhere, but at least half of the index. Strike / spot is that of the day on which the
    option was bought, so that an option keeps its place on the smile until it expires.

    If `slope` is None it is 1.1 / sqrt(tenor_months). Zhang and Xiang (2008), Quantitative Finance 8, 263-284: at the
    money a smile falls by skewness / 6 for each standard deviation of the strike, and so by -skewness / (6 sqrt T) of
    volatility for each unit of ln(strike / spot). Cboe's SKEW, 100 - 10 x skewness of 30 days, was 118.8 on average
    from 1990 to August 2017: 1.88 / (6 sqrt(30 / 365)) = 1.09.
    """

    legs: tuple[Leg, ...]
    tenor_months: int = 1
    slope: float | None = None

    def volatility(self, index: Array, moneyness: float) -> Array:
        """The implied volatility at `moneyness`, strike / spot, for values of the index; both fractions a year."""
        slope = SLOPE / self.tenor_months**0.5 if self.slope is None else self.slope
        line: Array = index + VOLATILITY_MARKUP + slope * (MARKUP_MONEYNESS - moneyness)
        return np.maximum(line, MIN_VOLATILITY_SHARE * index)


def put_price(
    spot: Array, strike: Array, *, years: Array, rate: Array, volatility: Array, dividend_yield: float = 0.0
) -> Array:
    """The price of European puts, in the unit of spot and strike; arrays of one shape, or that broadcast.

    `years` to expiry; `rate` and `dividend_yield` are fractions a year, compounded continuously; `volatility` a
    fraction a year. K exp(-rT) N(-d2) - S exp(-qT) N(-d1), d1 = (ln(S/K) + (r - q + s^2/2) T) / (s sqrt T),
    d2 = d1 - s sqrt T. Without time or volatility it is K exp(-rT) - S exp(-qT), or 0 if that is negative. NaN gives
    NaN. Black and Scholes (1973), Journal of Political Economy 81, 637-654; Merton (1973) for the dividend yield.
    """
    from scipy.special import ndtr  # a fifth of a second to import, and only histories with options need it

    discounted_strike, discounted_spot = strike * np.exp(-rate * years), spot * np.exp(-dividend_yield * years)
    deviation = volatility * np.sqrt(years)
    is_certain = deviation == 0
    distance = np.log(discounted_strike / discounted_spot) + deviation**2 / 2
    minus_d2 = np.divide(distance, deviation, out=np.zeros(np.shape(distance)), where=~is_certain)
    intrinsic = np.maximum(discounted_strike - discounted_spot, 0.0)
    uncertain = discounted_strike * ndtr(minus_d2) - discounted_spot * ndtr(minus_d2 - deviation)
    price: Array = np.where(is_certain, intrinsic, uncertain)
    return price


def call_price(
    spot: Array, strike: Array, *, years: Array, rate: Array, volatility: Array, dividend_yield: float = 0.0
) -> Array:
    """The price of European calls: the put's, by parity S exp(-qT) - K exp(-rT) = call - put; as `put_price`."""
    put = put_price(spot, strike, years=years, rate=rate, volatility=volatility, dividend_yield=dividend_yield)
    price: Array = put + spot * np.exp(-dividend_yield * years) - strike * np.exp(-rate * years)
    return price


def third_fridays(sessions: pd.DatetimeIndex, *, tenor_months: int = 1) -> pd.DatetimeIndex:
    """For each session (T,) the day on which options expire next: the first such third Friday on or after it.

    Options expire in the months whose number `tenor_months` divides: with 3 in March, June, September and December.
    """
    months = pd.period_range(sessions[0].to_period("M"), sessions[-1].to_period("M") + tenor_months, freq="M")
    months = months[(12 * months.year + months.month) % tenor_months == 0]
    firsts = months.to_timestamp()
    fridays = firsts + pd.to_timedelta((4 - firsts.day_of_week) % 7 + 14, unit="D")
    return pd.DatetimeIndex(fridays[fridays.searchsorted(sessions, side="left")])


def without_dividends(levels: Array, days: Array, *, dividend_yield: float = DIVIDEND_YIELD) -> Array:
    """The price index (T,) of a total-return index, if it paid `dividend_yield` a year, continuously.

    `levels` (T,) are those of the total-return index; `days` (T,) the calendar days since the session before, 365 to
    the year. It starts at the first level; NaN stays NaN.
    """
    price: Array = levels * np.exp(-dividend_yield * np.cumsum(days) / OPTION_DAYS_A_YEAR)
    return price


def _rolls(expiry: pd.DatetimeIndex, last_is_roll: bool, is_known: Flags) -> Integers:
    """The numbers of the sessions that are the last before the next expiry, from the first with known inputs on;
    `is_known` has a row for each input."""
    rolls = np.flatnonzero(np.append(expiry[1:] != expiry[:-1], last_is_roll))
    known = is_known[:, rolls].all(axis=0)
    return rolls[int(known.argmax()) :] if known.any() else rolls[:0]


def rolling_levels(
    sessions: pd.DatetimeIndex, spots: Array, volatilities: Array, rates: Array, contract: Contract
) -> Array:
    """The level (T,) of an unfunded holding of a contract that is replaced at every roll; 1 at the first, NaN before.

    `spots` are prices, not total returns; `volatilities`, of the index, and `rates`, of bills, are fractions a year;
    all are (T,). At a roll the options held are sold, and those that expire at the next roll are bought on the whole
    notional. They are priced at each close with that close's spot, rate and volatility, and a dividend yield of 2%.
    The level is that at the last roll times 1 + (value now - value when bought) / spot when bought, for a notional N
    buys N / spot options. What the premium would have earned in bills is not charged: for a put 5% below the spot 0.02%
    to 0.05% of notional a year.

    The first roll is the first at which spot, rate and volatility are known. Later a NaN in one of them makes the level
    NaN on that session; a NaN at a roll makes it NaN from then on.
    """
    levels = np.full(len(sessions), np.nan)
    expiry = third_fridays(sessions, tenor_months=contract.tenor_months)
    is_known: Flags = np.isfinite(np.stack([spots, volatilities, rates]))
    rolls = _rolls(expiry, expiry[-1] == sessions[-1], is_known)
    if not len(rolls):
        return levels
    held = np.arange(rolls[0] + 1, len(sessions))  # sessions at whose close options are held or sold
    roll_number = np.searchsorted(rolls, held, side="left") - 1  # of the roll at which these were bought
    bought = rolls[roll_number]  # and the session of that roll

    def leg_values(leg: Leg, priced_at: Integers) -> Array:
        """The values, at the sessions `priced_at`, of the options that are held at each session of `held`."""
        price = put_price if leg.right == "put" else call_price
        return price(
            spots[priced_at],
            leg.moneyness * spots[bought],
            years=((expiry[held] - sessions[priced_at]) / pd.Timedelta(days=OPTION_DAYS_A_YEAR)).to_numpy(),
            rate=rates[priced_at],
            volatility=contract.volatility(volatilities[priced_at], leg.moneyness),
            dividend_yield=DIVIDEND_YIELD,
        )

    gained = np.zeros(len(held))
    for leg in contract.legs:
        gained += leg.count * (leg_values(leg, held) - leg_values(leg, bought))
    growth = 1 + gained / spots[bought]
    level_at_roll = np.cumprod(np.append(1.0, growth[np.isin(held, rolls)]))
    levels[rolls[0]] = 1.0
    levels[held] = level_at_roll[roll_number] * growth
    return levels
