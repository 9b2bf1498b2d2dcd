"""What is asked of yfinance, and which of its rows are taken, by hand."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from backtester.histories.fetch.settings import Clock, FetchSettings, PermanentError, TemporaryError
from backtester.histories.fetch.yahoo import get_prices

DAYS = pd.DatetimeIndex(["2024-03-14", "2024-03-15"], tz="America/New_York")
TABLE = pd.DataFrame({"Open": [1.0, 2.0], "Close": [10.0, 20.0], "Adj Close": [9.5, 20.0]}, DAYS)


def settings(now: str) -> FetchSettings:
    """FetchSettings with a clock that stands still."""
    seconds = pd.Timestamp(now, tz="America/New_York").timestamp()
    return FetchSettings(Path("cache"), clock=cast(Clock, SimpleNamespace(now=lambda: seconds)))


def answering(answer: "pd.DataFrame | Exception", asked: list[Any]) -> SimpleNamespace:
    """A yfinance that gives the answer, and notes what it is asked."""

    def ticker(name: str, session: object) -> SimpleNamespace:
        def history(period: str, **options: object) -> pd.DataFrame:
            asked.append((name, session, period, options))
            if isinstance(answer, Exception):
                raise answer
            return answer

        return SimpleNamespace(history=history)

    config = SimpleNamespace(debug=SimpleNamespace(hide_exceptions=True))
    return SimpleNamespace(Ticker=ticker, config=config, set_tz_cache_location=asked.append)


@pytest.mark.parametrize(
    ("now", "days"),
    [("2024-03-15 16:59", 1), ("2024-03-15 17:00", 2), ("2024-03-16 09:00", 2), ("2024-03-14 12:00", 1)],
)
def test_closes_as_traded_and_adjusted(now: str, days: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them, without dividends in rows of their own; a day counts from five in the afternoon on, its exchange's
    time."""
    asked: list[Any] = []
    monkeypatch.setitem(sys.modules, "yfinance", cast(Any, answering(TABLE, asked)))
    rows = ["2024-03-14,10.0,9.5", "2024-03-15,20.0,20.0"]
    kept = rows[:days] if now > "2024-03-15" else rows[1:]
    assert get_prices("SPY", settings(now), None).decode().splitlines() == ["Date,Close,Adj Close", *kept]
    options = {"auto_adjust": False, "actions": False, "timeout": 30}
    assert asked == [str(Path("cache", "yahoo")), ("SPY", None, "max", options)]


def test_without_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty table is a refusal, an error of any library may pass, in two hundred signs."""
    monkeypatch.setitem(sys.modules, "yfinance", cast(Any, answering(TABLE[:0], [])))
    with pytest.raises(PermanentError, match="it has no prices of SPY"):
        get_prices("SPY", settings("2024-03-15"), None)
    monkeypatch.setitem(sys.modules, "yfinance", cast(Any, answering(KeyError("a  b" + "c" * 300), [])))
    with pytest.raises(TemporaryError) as caught:
        get_prices("SPY", settings("2024-03-15"), None)
    assert str(caught.value) == f"yfinance says KeyError: {chr(39)}a b{'c' * 196}"
