"""Puts 5% below the market on all of 60/40's stocks: bought, and replicated with stocks by their delta."""

from dataclasses import replace

import numpy as np
import pandas as pd

from backtester.analysis.period import measure_period
from backtester.arrays import Array
from backtester.engine.book import Book
from backtester.histories.kinds import as_series
from backtester.histories.manifest import find_history
from backtester.histories.market import Market, build_market
from backtester.histories.options import (
    DIVIDEND_YIELD,
    OPTION_DAYS_A_YEAR,
    VOLATILITY_MARKUP,
    put_price,
    third_fridays,
    without_dividends,
)
from benchmarks.size.families import BONDS, STOCKS, book, sixty_forty
from benchmarks.size.judge import Judged, judge

MONEYNESS = 0.95
BUMP = 1e-4  # of the spot, either way, for the slope of the price
PUT = as_series(
    {
        "kind": "rolling_put",
        "of": "stocks",
        "volatility": "vix",
        "moneyness": MONEYNESS,
        "funded": False,
        "unit": "index",
        "source": "computed",
        "licence": "none",
    }
)


def with_puts() -> Market:
    """The market `us` with rolling puts, from the session on which the first are bought."""
    us = find_history("us")
    table = us.table.model_copy(update={"series": us.series | {"puts": PUT}})
    market = build_market(replace(us, table=table))
    return market.since(int(market.levels["puts"].notna().to_numpy().argmax()))


def bought(market: Market) -> Book:
    """Beside 60/40, puts on a notional of 60%."""
    return book(market, {"stocks": STOCKS, "bonds": BONDS, "puts": STOCKS})


def replicated(market: Market) -> Book:
    """In place of the puts, stocks sold by the puts' delta, each day."""
    return book(market, {"stocks": STOCKS * (1 + deltas(market)), "bonds": BONDS}, schedule="day")


def deltas(market: Market) -> Array:
    """How the puts' value moves with the stocks' return, by session (T,): their delta x spot / spot when bought."""
    sessions, rates = market.sessions, market.role("yield_3m").to_numpy() / 100
    spots = without_dividends(market.levels["stocks"].to_numpy(), market.days)
    expiry = third_fridays(sessions)
    is_roll = np.append(expiry[1:] != expiry[:-1], False)
    is_roll[0] = True
    bought = pd.Series(np.where(is_roll, spots, np.nan)).ffill().to_numpy()
    next_expiry = third_fridays(sessions + pd.Timedelta(days=5))
    years = np.where(is_roll, (next_expiry - sessions).days, (expiry - sessions).days) / OPTION_DAYS_A_YEAR
    volatility = market.role("vix").to_numpy() / 100 + VOLATILITY_MARKUP

    def price(spot: Array) -> Array:
        return put_price(
            spot, MONEYNESS * bought, years=years, rate=rates, volatility=volatility, dividend_yield=DIVIDEND_YIELD
        )

    slopes: Array = (price(spots * (1 + BUMP)) - price(spots * (1 - BUMP))) / (2 * BUMP * bought)
    return slopes


def judged_puts(*, resamples: int) -> list[Judged]:
    """The puts, bought and replicated."""
    market = with_puts()
    books = [bought(market), replicated(market)]
    return judge(books, sixty_forty(market), measure_period(market), resamples=resamples)
