"""`us` brought up to date: FRED's files and Yahoo's prices from a server on this machine, or the user's own csv."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from backtester.errors import DataError
from backtester.histories.fetch.history import FetchedHistory, fetch_history
from backtester.histories.fetch.settings import Clock, FetchSettings
from backtester.histories.market import Market, load_market
from folders import fact
from loopback import Answer, Provider, provider

FRED = "/fred.stlouisfed.org/graph/fredgraph.csv?id="
YAHOO = "/query2.finance.yahoo.com/v8/finance/chart/"
OPEN_DAY = pd.Timestamp("2026-06-08 15:00", tz="America/New_York")  # SPY's last row is of that day
NEW_YORK = {"exchangeTimezoneName": "America/New_York", "timezone": "EDT", "gmtoffset": -14400, "currency": "USD"}


def chart(values: "pd.Series[float]", ticker: str) -> bytes:
    """Yahoo's answer: closes and adjusted closes by the second at which New York opens; closes are twice as high."""
    opens = (pd.DatetimeIndex(values.index) + pd.Timedelta("9.5h")).tz_localize("America/New_York")
    traded = (2 * values).tolist()
    quote = dict.fromkeys(("open", "high", "low", "close"), traded) | {"volume": [1000] * len(values)}
    meta = NEW_YORK | {"symbol": ticker, "instrumentType": "ETF", "dataGranularity": "1d", "validRanges": ["max"]}
    result = {
        "meta": meta | {"priceHint": 2},
        "timestamp": [int(one.timestamp()) for one in opens],
        "indicators": {"quote": [quote], "adjclose": [{"adjclose": values.tolist()}]},
    }
    return json.dumps({"chart": {"result": [result], "error": None}}).encode()


def fred(name: str, values: "pd.Series[float]") -> bytes:
    """FRED's csv of a series."""
    rows = [f"{pd.Timestamp(str(date)):%Y-%m-%d},{value!r}" for date, value in values.items()]
    return "\n".join([f"observation_date,{name}", *rows, ""]).encode()


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """Every file of `us` by its address, made from the facts; the policy rate has every day, as FRED's has."""
    daily = ("DGS2", "DGS10", "DGS30", "DGS3MO", "DFII10", "DTWEXBGS", "VIXCLS", "SOFR")
    made = {FRED + name: fred(name, fact(name)) for name in (*daily, "WALCL", "CPIAUCSL")}
    target = fact("FED_TARGET").resample("D").ffill()
    made[FRED + "DFEDTAR"] = fred("DFEDTAR", target[:"2008-12-15"])
    made[FRED + "DFEDTARU"] = fred("DFEDTARU", target["2008-12-16":])
    reserves = fact("IORB").resample("D").ffill()
    made[FRED + "IOER"] = fred("IOER", reserves[:"2021-07-28"])
    made[FRED + "IORB"] = fred("IORB", reserves["2021-07-29":])
    made |= {YAHOO + ticker: chart(fact(ticker), ticker) for ticker in ("SPY", "GLD")}
    return made | {"/query1.finance.yahoo.com/v1/test/getcrumb": b"crumb"}


@pytest.fixture
def server(files: dict[str, bytes]) -> Iterator[Provider]:
    """A provider with every file of `us`."""
    with provider() as server:
        server.answers.update({path: [Answer(content)] for path, content in files.items()})
        yield server


def fetched(server: Provider, folder: Path, *own: Path, now: float | None = None) -> FetchedHistory:
    """`us`, fetched into the folder on the day after the facts' last, or at another time."""
    now = OPEN_DAY.timestamp() + 86_400 if now is None else now
    clock = Clock(now=lambda: now, sleep=lambda seconds: None)
    settings = FetchSettings(folder / ".cache", own, base_url=server.url)
    return fetch_history("us", folder, replace(settings, clock=clock))


def test_us_is_brought_up_to_date(server: Provider, tmp_path: Path, us: Market) -> None:
    """What is fetched is the embedded history where its sources say the same, and replaces it for who names it."""
    market = fetched(server, tmp_path).built.market
    pd.testing.assert_frame_equal(market.levels, us.levels, check_exact=True)
    pd.testing.assert_frame_equal(market.observables, us.observables, check_exact=True)
    assert load_market("us", tmp_path).history.folder == tmp_path


def test_newer_figures_make_it_longer(server: Provider, tmp_path: Path) -> None:
    """It ends on the last session that every asset has a figure of: of the dollar's index, which comes once a week."""
    for name in ("DGS2", "DGS10", "DGS30", "DGS3MO", "DFII10"):
        longer = pd.concat([fact(name)[:"2026-05-26"], pd.Series(4.0, pd.bdate_range("2026-05-27", "2026-06-05"))])
        server.answers[FRED + name] = [Answer(fred(name, longer))]
    server.answers[FRED + "DTWEXBGS"] = [Answer(fred("DTWEXBGS", fact("DTWEXBGS")[:"2026-05-29"]))]
    market = fetched(server, tmp_path).built.market
    assert str(market.sessions[-1].date()) == "2026-05-29"
    assert market.levels["stocks"].iloc[-1] == fact("SPY")["2026-05-29"]


def test_an_adjusted_close_is_taken_whole(server: Provider, tmp_path: Path) -> None:
    """After a dividend Yahoo's older closes are others: a second fetch has none of the first one's."""
    fetched(server, tmp_path)
    server.answers[YAHOO + "SPY"] = [Answer(chart(0.99 * fact("SPY"), "SPY"))]
    market = fetched(server, tmp_path, now=OPEN_DAY.timestamp() + 2 * 86_400).built.market
    assert market.levels["stocks"].iloc[0] == 0.99 * fact("SPY").iloc[0]


def test_a_day_that_is_not_over_is_left_out(server: Provider, tmp_path: Path) -> None:
    """Before New York's close the last row is of a day whose close nobody knows."""
    fetched(server, tmp_path, now=OPEN_DAY.timestamp())
    (copy,) = (tmp_path / ".cache" / "yahoo").glob("SPY*")
    assert copy.read_text().splitlines()[-1].startswith("2026-06-05,")


def test_the_users_own_prices_take_the_place_of_yahoos(server: Provider, tmp_path: Path, us: Market) -> None:
    """SPY.csv and GLD.csv in a folder named with --from; Yahoo is not asked."""
    (tmp_path / "own").mkdir()
    for ticker in ("SPY", "GLD"):
        table = pd.DataFrame({"Close": 2 * fact(ticker), "Adj Close": fact(ticker)}).rename_axis("Date")
        table.to_csv(tmp_path / "own" / f"{ticker}.csv")
    market = fetched(server, tmp_path / "data", tmp_path / "own").built.market
    pd.testing.assert_frame_equal(market.levels, us.levels, check_exact=True)
    assert not [path for path, _ in server.asked if "yahoo" in path]


def test_a_close_without_dividends_is_refused(server: Provider, tmp_path: Path) -> None:
    """Of a table of prices only the adjusted close is a total return."""
    (tmp_path / "SPY.csv").write_text("Date,Open,Close\n2024-01-02,1,2\n")
    with pytest.raises(DataError, match=r"^SPY\.csv has no column Adj Close; a Close may lack dividends; save it with"):
        fetched(server, tmp_path / "data", tmp_path)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"Edge: Too Many Requests", status=429),
        Answer(
            b'{"chart": {"result": null, "error": {"code": "Not Found", "description": "No data found"}}}', status=404
        ),
        Answer(b"<html>"),
    ],
)
def test_what_yahoo_refuses_is_a_line(server: Provider, tmp_path: Path, answer: Answer) -> None:
    """After three attempts the error says what yfinance said, and what to do."""
    server.answers[YAHOO + "SPY"] = [answer]
    with pytest.raises(DataError) as told:
        fetched(server, tmp_path)
    assert told.value.lines()[0].startswith("Yahoo did not send SPY.csv: yfinance says ")
    assert told.value.lines()[0].endswith("save the file yourself and name its folder with --from")
    assert not (tmp_path / "manifest.toml").exists()
