"""The long history as it was built of the providers' files: where roles begin and end, and runs on it."""

import datetime
import html
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from backtester.histories.checks.history import check_history
from backtester.histories.kinds.annual_change import annual_changes
from backtester.histories.market import Market, build_market
from backtester.histories.store import read_figures
from backtester.pages.embed import plotly_js
from mistakes import called

BEGINS = {  # by the files in ../shared/data; a value that is published counts from when it was
    "stocks": "1926-06-30",
    "bills": "1926-06-30",
    "bonds": "1962-01-02",
    "long_bonds": "1977-02-15",
    "gold": "1968-04-01",
    "dollar": "1973-01-02",
    "yield_10y": "1962-01-03",
    "vix": "1986-01-02",
    "fed_target": "1982-09-27",
}
READER = "def weights(vix):\n    return vix.to_frame('stocks') * 0 + 0.5\n"


def test_span(us_long: Market) -> None:
    """A century of sessions, Saturdays until 1952 among them."""
    assert (str(us_long.sessions[0].date()), str(us_long.sessions[-1].date())) == ("1926-06-30", "2026-04-30")
    saturdays = us_long.sessions[us_long.sessions.day_of_week == 5]
    assert saturdays[-1] < pd.Timestamp("1952-06-01")
    assert len(saturdays) > 1000


@pytest.mark.parametrize("role", BEGINS)
def test_roles_begin_where_their_files_do(us_long: Market, role: str) -> None:
    """A role has nothing before its file begins, and reaches to the end of the history."""
    values = us_long.role(role)
    assert str(pd.Timestamp(values.first_valid_index()).date()) == BEGINS[role]
    assert values.last_valid_index() == us_long.sessions[-1]


@pytest.mark.parametrize(
    ("year", "published", "tolerance"),
    [
        (1932, 0.0096, 0.0005),  # Ken French's annual table of RF, of which the monthly figures have two decimals
        (1962, 0.0273, 0.0005),
        (1981, 0.1471, 0.0010),
        (2017, 0.0095, 0.0002),  # the year's mean of DGS3MO; the two decimals of the daily file said 0.00%
        (2025, 0.0420, 0.0012),  # the same, which compounds to 0.1 more; the daily file said 5.1%
    ],
)
def test_what_bills_paid(us_long: Market, year: int, published: float, tolerance: float) -> None:
    """Bills pay in a year what they paid by a source with enough digits."""
    level = us_long.levels["bills"].resample("YE").last()
    assert level.pct_change()[f"{year}-12-31"] == pytest.approx(published, abs=tolerance)


@pytest.mark.parametrize(("year", "published"), [(1932, -0.0843), (1962, -0.1017), (1981, -0.0342), (2017, 0.2231)])
def test_what_stocks_paid(us_long: Market, year: int, published: float) -> None:
    """Stocks return what Ken French's annual table has, Mkt-RF plus RF, but for the rounding of the daily Mkt-RF."""
    level = us_long.levels["stocks"].resample("YE").last()
    assert level.pct_change()[f"{year}-12-31"] == pytest.approx(published, abs=0.004)


def test_no_long_bond_where_none_was_sold(us_long: Market) -> None:
    """From 19 February 2002 to 8 February 2006 there is no level and no yield is made up; around it there is."""
    level = us_long.levels["long_bonds"]
    assert level["2002-02-19":"2006-02-08"].isna().all()
    assert level["2002-02-01":"2002-02-18"].notna().all()
    assert level["2006-02-09":"2006-02-28"].notna().all()


def test_a_run_measures_all_of_it(us_long: Market, tmp_path: Path) -> None:
    """60/40 with a volatility target is measured from 1962, when bonds begin, to 2026; its page is no larger for it."""
    words = ["run", "sixty_forty + vol_target", "--history", "us_long", "--data", str(us_long.history.folder)]
    status, out, _ = called(tmp_path, *words, "--out", "out", "--json")
    assert status == 0
    told = json.loads(out)
    window = told["period"]
    assert (window["start"][:4], window["end"]) == ("1962", "2026-04-30")
    assert window["sessions"] > 16_000
    later = {role: BEGINS[role] for role in ("bonds", "long_bonds", "gold", "dollar")}
    assert told["history"]["begin_later"] == later | {
        "yield_10y": "1962-01-03", "yield_30y": "1977-02-16", "vix": "1986-01-02",
    }  # fmt: skip
    page = (tmp_path / "out" / "tearsheet.html").read_text()
    assert len(page.encode()) - len(plotly_js()) < 1_500_000
    assert "Bonds on 2 Jan 1962; Long bonds on 15 Feb 1977; Gold on 1 Apr 1968; Dollar on 2 Jan 1973" in page


def test_a_run_without_recipes_shows_it_from_before_1966(us_long: Market, tmp_path: Path) -> None:
    """The built-in variants that have all they read by then are compared from 1962; the others are told, with when."""
    words = ["run", "--history", "us_long", "--data", str(us_long.history.folder), "--out", "out", "--json"]
    status, out, err = called(tmp_path, *words)
    assert status == 0, err
    told = json.loads(out)
    assert (told["period"]["start"], told["period"]["end"]) == ("1962-01-02", "2026-04-30")
    names = [strategy["name"] for strategy in told["strategies"]]
    assert names == ["sixty_forty", "sixty_forty + bills_for_bonds", "sixty_forty + vol_target"]
    dollar, put, gold = told["left_out"]
    assert dollar.startswith("sixty_forty + dollar_overlay: it can only start on 1973-01-02;")
    assert put.startswith("sixty_forty + fed_put: ")
    assert put.endswith("a daily history with a schedule 'fomc' is needed")
    assert gold.startswith("sixty_forty + gold_overlay: it can only start on 1968-04-01;")
    page = html.unescape((tmp_path / "out" / "tearsheet.html").read_text())
    for text in told["left_out"]:
        assert text.partition(";")[0] in page


def test_a_run_starts_with_the_last_role_it_reads(us_long: Market, tmp_path: Path) -> None:
    """A strategy that reads the vix is measured from 1986 on, when it begins."""
    (tmp_path / "reader.py").write_text(READER)
    words = ["run", "reader", "--plugins", "reader.py", "--history", "us_long", "--data", str(us_long.history.folder)]
    status, out, err = called(tmp_path, *words, "--out", "out", "--json")
    assert status == 0, err
    assert json.loads(out)["period"]["start"].startswith("1986-01-0")


OBSERVABLES = ["yield_10y", "yield_30y", "vix", "fed_target", "fed_assets", "cpi", "inflation", "credit_spread"]


@pytest.mark.parametrize("role", OBSERVABLES)
def test_nothing_is_seen_before_it_was_published(us_long: Market, role: str) -> None:
    """At one session in fifty of the century the value seen is the last that was public by then, looked up alone."""
    series = us_long.history.series[role]
    source = us_long.history.price_source(role)
    lag = getattr(series, "lag_sessions", 0)
    figures = read_figures(us_long.history, [source])[source]
    for place in range(0, len(us_long.sessions), 50):
        close = us_long.sessions[place] + pd.Timedelta(hours=16)
        if figures.published_at is not None:
            public = figures.values[(figures.published_at <= close).to_numpy()]
        else:
            since = place - us_long.sessions.searchsorted(figures.values.index)
            public = figures.values[since >= lag]
        if series.kind == "annual_change":
            public = annual_changes(public)
        seen = us_long.observables[role].iloc[place]
        assert seen == public.iloc[-1] if len(public) else np.isnan(seen)


@pytest.mark.parametrize(
    ("role", "dated", "known"),
    [
        ("fed_assets", "2020-03-18", "2020-03-20"),  # a Wednesday; published on Thursday at 16:30
        ("fed_assets", "2008-12-24", "2008-12-30"),  # offices closed by order on Friday 26: Monday, after the close
        ("cpi", "2020-03-01", "2020-04-22"),
        ("cpi", "1950-01-01", "1950-02-28"),  # in the last third of the month, until 1996
        ("cpi", "1995-12-01", "1996-02-01"),  # held up
        ("cpi", "2010-12-01", "2011-01-24"),  # the 22nd was a Saturday
        ("cpi", "2025-09-01", "2025-10-24"),  # held up
        ("cpi", "2025-11-01", "2025-12-18"),  # October was never published
        ("yield_10y", "2020-03-09", "2020-03-10"),  # after the close
        ("credit_spread", "2008-11-28", "2008-12-01"),
        ("vix", "1987-10-19", "1987-10-19"),
    ],
)
def test_a_value_is_first_seen(us_long: Market, role: str, dated: str, known: str) -> None:
    """The value of a date is seen at the first close after it was out, and the one before until then."""
    values = read_figures(us_long.history, [role])[role].values
    seen = us_long.observables[role]
    before = seen.index[seen.index.searchsorted(pd.Timestamp(known)) - 1]
    assert seen[known] == values[dated]
    assert seen[before] == values[values.index < dated].iloc[-1]


def test_the_file_is_in_pieces_of_twenty_five_years(us_long: Market) -> None:
    """Row groups, so that a run that ends in 1987 reads three of them; what it reads is the whole cut there."""
    parquet = pq.ParquetFile(us_long.history.folder / "histories" / "us_long.parquet").metadata
    firsts = [parquet.row_group(number).column(0).statistics.min.year for number in range(parquet.num_row_groups)]
    assert firsts == [1926, 1947, 1971, 1992, 2009, 2026]  # policy rates have weekends
    part = build_market(us_long.history, until=datetime.date(1987, 10, 19))
    whole = us_long.cut(int(us_long.sessions.searchsorted(pd.Timestamp("1987-10-19"), side="right")))
    pd.testing.assert_frame_equal(part.levels, whole.levels, check_exact=True)
    pd.testing.assert_frame_equal(part.observables, whole.observables, check_exact=True)


def test_the_check_finds_only_what_is_there(us_long: Market) -> None:
    """No warning but of real shocks, 1987 and that of 2008; what the blueprint leaves out is a note."""
    told = check_history(us_long.history).findings
    warned = {(finding.series.partition(".")[2], finding.check) for finding in told if finding.severity != "note"}
    assert warned == {(role, "jumps") for role in ("stocks", "vix", "credit_spread")}
    (absent,) = [one for one in told if one.series == "us_long.yield_30y" and "'absent'" in one.message]
    assert (str(absent.first), str(absent.last)) == ("2002-02-19", "2006-02-08")
