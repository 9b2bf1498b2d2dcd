"""Options by Black and Scholes, and the put that is bought again every month."""

import numpy as np
import pandas as pd

from backtester.arrays import Array

DAYS_A_YEAR = 365  # of an option's life, as its quoting convention counts
DIVIDEND_YIELD = 0.02  # of the S&P 500, about its mean since 1990 (DESIGN, section 5)
VOLATILITY_MARKUP = 0.02  # what puts 5% below the spot cost above the VIX (DESIGN, section 5)


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
    safe = np.where(certain, 1.0, deviation)
    below = (np.log(paid / received) + deviation**2 / 2) / safe  # -d2
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


def third_fridays(sessions: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """For each session the first third Friday of a month on or after it, (T,): when the puts of that time expire."""
    months = pd.period_range(sessions[0].to_period("M"), sessions[-1].to_period("M") + 1, freq="M")
    firsts = months.to_timestamp()
    fridays = firsts + pd.to_timedelta((4 - firsts.day_of_week) % 7 + 14, unit="D")
    return pd.DatetimeIndex(fridays[fridays.searchsorted(sessions, side="left")])


def without_dividends(levels: Array, days: Array, *, dividend_yield: float = DIVIDEND_YIELD) -> Array:
    """The price index (T,) whose total return, at a steady continuous dividend yield, has those levels.

    `days` are calendar days since the session before, over 365 to the year. Starts at the first level; NaN stays NaN.
    """
    price: Array = levels * np.exp(-dividend_yield * np.cumsum(days) / DAYS_A_YEAR)
    return price


def rolling_put_levels(
    sessions: pd.DatetimeIndex, spots: Array, volatilities: Array, rates: Array, *, moneyness: float
) -> Array:
    """The level (T,) of an unfunded holding of one-month puts, from 1 at the first roll; NaN before it.

    On the last session on or before the third Friday of each month the puts held are sold and puts at `moneyness`
    times the spot, which expire on the next third Friday, are bought on the whole notional. Contracts stay fixed until
    the roll and are marked at each close by `put_price` with that close's spot (a price, not a total return), bill
    rate and volatility index plus 2 points (all (T,), the last two fractions a year), and a dividend yield of 2%. The
    level is 1 + (put now - put when bought) / spot when bought, times the level at the roll: a notional N at the roll
    earns contracts x change of the put's price, N / spot being the contracts. What the premium would have earned in
    bills is not charged: 0.02% to 0.05% of notional a year. The first roll is the first with all three; a NaN after it
    is NaN until the next roll, one at a roll for good.
    """
    levels = np.full(len(sessions), np.nan)
    expiry = third_fridays(sessions)
    rolls = np.flatnonzero(np.append(expiry[1:] != expiry[:-1], expiry[-1] == sessions[-1]))
    known = np.isfinite(spots + volatilities + rates)[rolls]
    if not known.any():
        return levels
    rolls = rolls[int(known.argmax()) :]
    held = np.arange(rolls[0] + 1, len(sessions))
    cycle = np.searchsorted(rolls, held, side="left") - 1
    bought = rolls[cycle]
    prices = [
        put_price(
            spots[at],
            moneyness * spots[bought],
            years=((expiry[held] - sessions[at]) / pd.Timedelta(days=DAYS_A_YEAR)).to_numpy(),
            rate=rates[at],
            volatility=volatilities[at] + VOLATILITY_MARKUP,
            dividend_yield=DIVIDEND_YIELD,
        )
        for at in (bought, held)
    ]
    gains = 1 + (prices[1] - prices[0]) / spots[bought]
    at_roll = np.cumprod(np.append(1.0, gains[np.isin(held, rolls)]))
    levels[rolls[0]] = 1.0
    levels[held] = at_roll[cycle] * gains
    return levels
