"""Put protection: Israelov (2019) on the Cboe's PPUT, the S&P 500 with a monthly put 5% below it."""

import numpy as np
import pandas as pd

from backtester.files import sha256
from backtester.histories.added import add_series
from backtester.histories.market import Market, build_market
from backtester.histories.options import Contract, Leg, rolling_levels
from replications.figure import Figure, Replication
from replications.sources import Sources, made_market, monthly, nav, sp500_total_return

ABOUT = (
    "The S&P 500 with a put 5% out of the money on all of it, priced by Black and Scholes with VIX + 2 points, 1990 to "
    "2016 (theirs is 1986 to 2016), regressed by month on the S&P 500, both in excess of bills. Beta is met. Alpha is "
    "half a point a year lower, and is not made to meet the number: 0.4 points come from the expiry. The Cboe's "
    "puts and ours end on the next third Friday, four or five weeks on; with puts that are priced for one calendar "
    "month, and so pay in the fifth week what nobody paid for, alpha is -1.84."
)
UNFUNDED = {"kind": "total_return", "funded": False, "unit": "index", "source": "Black and Scholes", "licence": "none"}


def replicate(sources: Sources) -> Replication:
    """Beta and alpha of the protected index on the index."""
    market = _with_puts(sources)
    value, stocks = nav("put_protected", market, rebalance="day"), market.levels["stocks"]
    bills = monthly(market.levels["bills"])
    excess = pd.DataFrame({"protected": monthly(value) - bills, "stocks": monthly(stocks) - bills}).dropna()
    beta, alpha = np.polyfit(excess["stocks"], excess["protected"], 1)
    figures = (
        Figure("beta", 0.74, float(beta), 0.02),
        Figure("alpha", -1.8, 1200 * float(alpha), 0.05, "% a year", differs=-0.5),
    )
    chart = pd.DataFrame({"S&P 500": stocks, "with puts": value}).dropna()
    return Replication("Put protection", ABOUT, figures, chart)


def _with_puts(sources: Sources) -> Market:
    """The S&P 500, bills, and the put as an unfunded holding, from the first roll on."""
    stocks = sp500_total_return(sources.column)["1990":"2016"]
    return with_puts(sources, stocks, sources.column("VIX_History.csv", "CLOSE"), Contract((Leg("put", 0.95),)))


def with_puts(sources: Sources, stocks: "pd.Series[float]", vix: "pd.Series[float]", contract: Contract) -> Market:
    """The S&P 500's total return, bills, and the contract as an unfunded holding `put`, from the first roll on; `vix`
    in percent."""
    sessions = pd.DatetimeIndex(stocks.index)
    spot = np.asarray(sources.column("GSPC.csv", "Close")[sessions], np.float64)
    volatility, rate = (
        np.asarray(column.reindex(sessions, method="ffill"), np.float64) / 100
        for column in (vix, sources.column("DGS3MO.csv", "value"))
    )
    put = pd.Series(rolling_levels(sessions, spot, volatility, rate, contract), sessions).dropna()
    levels = pd.DataFrame({"stocks": stocks, "bills": sources.us_long.levels["bills"].reindex(sessions).ffill()})
    frame = made_market(levels[put.index[0] :])
    return build_market(
        add_series(frame.history, "put", UNFUNDED, put, ("puts", sha256(put.to_numpy().tobytes()))).history
    )
