"""The named crises: each window can be looked up, and what its summary says of the legs is what the history says."""

import re
import tomllib
from functools import cache

import pandas as pd
import pytest

from backtester.histories.market import load_market
from folders import CHECKOUT

CRISES = tomllib.loads((CHECKOUT / "data" / "crises.toml").read_text())["crisis"]
CAUSES = {"growth", "inflation", "funding", "policy", "unknown"}
ROLES = {"stocks": "stocks", "long bonds": "long_bonds", "bonds": "bonds", "gold": "gold", "dollar": "dollar"}
LEGS = {  # percent, stocks and 10-year bonds, close to close, computed once with pandas from data/facts
    "Black Monday": (-28.5, -1.4),
    "After Black Monday": (-19.5, 9.7),
    "Asian mini-crash": (-9.8, 1.8),
    "September 2001": (-11.6, 1.2),
    "Global financial crisis": (-55.2, 21.4),
    "Lehman autumn": (-39.8, 6.2),
    "Flash crash and Greece": (-15.7, 8.0),
    "US downgrade and euro": (-17.9, 11.5),
    "Taper tantrum": (-5.5, -5.3),
    "China, August 2015": (-11.1, 1.2),
    "Volmageddon": (-10.1, -1.5),
    "Fourth quarter 2018": (-19.4, 3.7),
    "COVID crash": (-33.7, 7.8),
    "Dash for cash": (-12.5, -6.0),
    "Second wave of 2020": (-7.3, -0.8),
    "Taper signal of 2021": (-5.0, -2.0),
    "Inflation sell-off": (-24.3, -17.0),
    "Central banks, end 2022": (-5.9, -2.9),
    "No landing, early 2023": (-5.3, -4.7),
    "Regional banks": (-4.7, 3.7),
    "Term-premium sell-off": (-10.0, -5.8),
    "Sticky prices of 2024": (-5.3, -3.1),
    "Yen carry unwind": (-6.1, 2.6),
    "April 2025 tariffs": (-12.1, -0.4),
    "Flight from the dollar": (5.7, -3.7),
    "Early 2026": (-7.8, -3.0),
}
each = pytest.mark.parametrize("crisis", CRISES, ids=[crisis["name"] for crisis in CRISES])


load_once = cache(load_market)


def window(crisis: dict[str, str], role: str) -> float:
    """The return of a role from the close of the crisis's first date to the close of its last."""
    levels = load_once(crisis["history"]).levels[role]
    return float(levels[pd.Timestamp(crisis["end"])] / levels[pd.Timestamp(crisis["start"])] - 1)


def test_names_are_short_and_unique() -> None:
    """Each crisis has a name of its own that fits into a table, and they stand in order of their start."""
    names = [crisis["name"] for crisis in CRISES]
    assert len(set(names)) == len(names)
    assert max(len(name) for name in names) <= 24
    assert set(names) == set(LEGS)
    assert [crisis["start"] for crisis in CRISES] == sorted(crisis["start"] for crisis in CRISES)


@each
def test_both_dates_are_sessions(crisis: dict[str, str]) -> None:
    """The first and the last close are sessions of the history that the crisis names, and carry what they say."""
    sessions = load_once(crisis["history"]).sessions
    assert pd.Timestamp(crisis["start"]) in sessions
    assert pd.Timestamp(crisis["end"]) in sessions
    assert crisis["start"] < crisis["end"]


@each
def test_says_its_cause_and_source(crisis: dict[str, str]) -> None:
    """The cause is one of the listed words, the summary one sentence, and the source names a year or the history."""
    assert crisis["cause"] in CAUSES
    assert crisis["summary"].endswith(".")
    assert crisis["summary"].count(". ") == 0
    assert re.search(r"(19|20)\d\d|the history itself|H\.15", crisis["source"])


@each
def test_legs_are_those_of_the_history(crisis: dict[str, str]) -> None:
    """Stocks and bonds returned what they returned, to a tenth of a point."""
    stocks, bonds = LEGS[crisis["name"]]
    assert abs(100 * window(crisis, "stocks") - stocks) <= 0.06
    assert abs(100 * window(crisis, "bonds") - bonds) <= 0.06


@each
def test_the_summary_is_true(crisis: dict[str, str]) -> None:
    """Whatever the summary says rose, rose, and whatever it says fell, fell; stocks and bonds are always told."""
    told = re.findall(r"(stocks|long bonds|bonds|gold|dollar) (rose|fell)", crisis["summary"].lower())
    assert {"stocks", "bonds"} <= {what for what, _ in told}
    for what, moved in told:
        assert (window(crisis, ROLES[what]) > 0) == (moved == "rose"), what


def test_then_and_now() -> None:
    """Side by side by default: 1987, 1997, 2001 and 2008 against 2020, 2022 and 2025."""
    shown = [crisis["start"].year for crisis in CRISES if crisis.get("then_and_now")]
    assert shown == [1987, 1987, 1997, 2001, 2008, 2020, 2020, 2022, 2025]


def test_numbers_in_the_summaries() -> None:
    """The figures that the summaries quote are in the histories."""
    us, small = load_once("us"), load_once("crisis_1987")
    stocks, yields = us.levels["stocks"], us.observables["yield_10y"]
    assert round(small.levels["stocks"].pct_change()["1987-10-19"], 2) == -0.20  # Black Monday
    assert round(100 * small.observables["yield_10y"].diff()["1987-10-21"]) == -75  # 20 October, known a session later
    assert len(stocks["2020-02-20":"2020-03-23"]) == 23  # COVID crash, a third
    assert round(stocks["2020-03-23"] / stocks["2020-02-19"] - 1, 2) == -0.34
    assert 8.9 < us.observables["inflation"]["2022"].max() < 9.1  # 2022
    assert list(us.observables["fed_target"][["2022-01-03", "2022-10-14"]]) == [0.25, 3.25]
    assert 4.9 < yields["2023-08":"2023-10"].max() < 5.0  # almost 5%
    assert round(100 * (yields["2025-04-14"] - yields["2025-04-07"])) == 47  # 4 and 11 April, known a session later
    bonds = us.returns["bonds"]["2025-04-03":"2025-04-08"]
    assert list(bonds > 0) == [True, True, False, False]
    assert len(stocks["2026-02-27":"2026-03-27"]) == 21  # early 2026
