"""Prices from Yahoo, downloaded by yfinance."""

import logging
import warnings

import pandas as pd
import requests

from backtester.histories.fetch.settings import FetchSettings, PermanentError, TemporaryError

SETTLED_HOUR = 17  # in the exchange's time: before it the day's own row may still change


def get_prices(ticker: str, settings: FetchSettings, session: requests.Session | None) -> bytes:
    """A csv with the columns Date, Close and Adj Close (adjusted for dividends), of all days of a ticker.

    Every dividend changes all adjusted closes before it, so the whole history is downloaded, never a part of it. A day
    that is not over is left out. `session`, if given, sends the requests elsewhere, as to a test's server. Raise
    TemporaryError if yfinance raises anything, for another attempt may succeed, PermanentError if there are no prices.
    """
    import yfinance  # takes a second and a half to import, and only this needs it

    logging.getLogger("yfinance").setLevel(logging.CRITICAL)  # it also raises what it logs
    yfinance.config.debug.hide_exceptions = False
    yfinance.set_tz_cache_location(str(settings.cache / "yahoo"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # yfinance uses pandas in ways that are deprecated
            source = yfinance.Ticker(ticker, session=session)
            table = source.history("max", auto_adjust=False, actions=False, timeout=settings.limits.silence_seconds)
    except Exception as error:  # errors of several libraries, such as curl_cffi and peewee
        raise TemporaryError(f"yfinance says {type(error).__name__}: {' '.join(str(error).split())[:200]}") from error
    if not len(table):
        raise PermanentError(f"it has no prices of {ticker}")
    now = pd.Timestamp(settings.clock.now(), unit="s", tz="UTC").tz_convert(table.index.tz)
    open_day = now.normalize() if now.hour < SETTLED_HOUR else None
    closes = table.loc[table.index.normalize() != open_day, ["Close", "Adj Close"]]
    return str(closes.to_csv(index_label="Date", date_format="%Y-%m-%d")).encode()
