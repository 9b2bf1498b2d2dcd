"""The Fed's put: when it is in the money and when void, what was known when, and the table that it rests on."""

import itertools
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from backtester.engine.evaluate import evaluate
from backtester.engine.execution import Execution
from backtester.errors import PluginError
from backtester.histories.market import Market, load_market
from backtester.plugins.loader import Library
from backtester.plugins.recipes import parse_recipe

GSPC = Path(__file__).parents[3] / "shared" / "data" / "yahoo" / "GSPC.csv"
AT_ZERO = {*range(2009, 2016), 2021}
DAYS = pd.date_range("2024-01-01", periods=10, freq="7D")  # so that four rows are 28 days
OBSERVED = ("fed_target", "fed_assets", "fomc_unscheduled", "inflation")


def put(library: Library, stocks: list[float], memory: int = 2, **observed: list[float]) -> list[str]:
    """The put by session with a strike of -10%, meetings on the second and the seventh day and another known ahead."""
    since = [np.nan, 0, 1, 2, 3, 4, 0, 1, 2, 3]
    calendar = pd.DataFrame({"sessions_since_fomc": since, "sessions_to_fomc": [9.0] * 10}, DAYS)
    seen = [pd.Series(observed[role], DAYS) if role in observed else None for role in OBSERVED]
    words = library.find("fed_put").state(pd.Series(stocks, DAYS), calendar, 252.0, *seen, memory=memory)
    assert words.index.equals(DAYS)
    return [word[:3] for word in words]


FALLEN = [
    100.0,
    100.0,
    95.0,
    90.0,
    95.0,
    95.0,
    95.0,
    95.0,
    86.0,
    86.0,
]  # 10% below the first meeting, 9.5% below the next
HIGH = [5.25] * 10


def test_the_strike_is_counted_from_the_last_meeting(library: Library) -> None:
    """At the strike the put is anticipated until the next meeting is over, from whose close the next is counted."""
    assert put(library, FALLEN) == ["", "", "", "ant", "ant", "ant", "ant", "", "", ""]
    assert put(library, [100.0] * 10) == [""] * 10


def test_without_a_meeting_ahead_nothing_is_anticipated(library: Library) -> None:
    """After the last meeting that is known none is waited for."""
    calendar = pd.DataFrame({"sessions_since_fomc": [0.0, 1.0], "sessions_to_fomc": [3.0, np.nan]}, DAYS[:2])
    words = library.find("fed_put").state(pd.Series([100.0, 80.0], DAYS[:2]), calendar, 252.0)
    assert words.tolist() == ["", ""]


@pytest.mark.parametrize(
    "observed",
    [
        {"fed_target": [5.25] * 5 + [5.0] * 5},
        {"fomc_unscheduled": [1.0] * 5 + [2.0] * 5},
        {"fomc_unscheduled": [1.0] * 5 + [2.0] * 5, "fed_target": [5.25] * 5 + [5.0] * 5},
        {"fed_assets": [100.0] * 5 + [102.1] * 5},
    ],
)
def test_the_put_is_exercised(library: Library, observed: dict[str, list[float]]) -> None:
    """A cut, a statement or a growing balance sheet, with the strike reached within the memory, exercises it."""
    expected = ["", "", "", "ant", "ant", "exe", "exe", "exe"]
    found = put(library, FALLEN, memory=3, **observed)
    assert found[:8] == expected
    assert "exe" not in put(library, [100.0] * 10, memory=3, **observed)


def test_a_rise_or_an_old_fall_exercises_nothing(library: Library) -> None:
    """A statement that raises the target is no easing, and a cut long after the strike is not for it."""
    raised = {"fomc_unscheduled": [1.0] * 4 + [2.0] * 6, "fed_target": [5.25] * 4 + [5.5] * 6}
    assert put(library, FALLEN, memory=3, **raised) == put(library, FALLEN)
    assert put(library, FALLEN, memory=2, fed_target=[5.25] * 7 + [5.0] * 3) == put(library, FALLEN)


def test_inflation_makes_it_void(library: Library) -> None:
    """Above the ceiling, not at it, the put is void, whatever else; before prices are known it is not."""
    found = put(library, FALLEN, inflation=[np.nan, 4.0, 4.1, 4.1, 4.0, 3.0, 3.0, 3.0, 3.0, 9.0])
    assert found == ["", "", "voi", "voi", "ant", "ant", "ant", "", "", "voi"]


def test_it_sells_only_what_it_owns(library: Library) -> None:
    """In the money bonds go to stocks, void to bills, no more than the base holds."""
    calendar = pd.DataFrame({"sessions_since_fomc": [0.0, 1.0, 2.0], "sessions_to_fomc": [9.0] * 3}, DAYS[:3])
    stocks, prices = pd.Series([100.0, 80.0, 80.0], DAYS[:3]), pd.Series([1.0, 1.0, 9.0], DAYS[:3])
    base = pd.DataFrame({"stocks": [0.6, 0.9, 0.6], "bonds": [0.4, 0.1, -0.4]}, DAYS[:3])
    state = library.find("fed_put").state(stocks, calendar, 252.0, None, None, None, prices)
    found = library.find("fed_put").weights(base, state)
    np.testing.assert_allclose(found, [[0.6, 0.4], [1.0, 0.0], [0.6, -0.4]])


def test_without_meetings_it_says_so(library: Library, small: Path) -> None:
    """A history without the Fed's schedule, or whose sessions are months, is refused with what is missing."""
    for market in (load_market("small", small), load_market("us", rhythm="month")):
        with pytest.raises(PluginError, match="by the day between meetings: a daily history with a schedule 'fomc'"):
            states("sixty_forty + fed_put", library, market)


def states(text: str, library: Library, market: Market) -> pd.DataFrame:
    """What the last step of a recipe says on a market, beside the calendar and the other things that it read."""
    layer = evaluate(parse_recipe(text, library), market, Execution()).layers[-1]
    calendar = layer.inputs["calendar"]
    assert isinstance(calendar, pd.DataFrame)
    seen = {role: layer.inputs[role] for role in OBSERVED if role in layer.inputs}
    return calendar.assign(put=layer.state, **seen)


@pytest.fixture(scope="module")
def known(us: Market, library: Library) -> pd.DataFrame:
    """What the put was on `us`."""
    return states("sixty_forty + fed_put", library, us)


def test_sundays_are_first_seen_on_monday(known: pd.DataFrame) -> None:
    """The swap lines of Sunday 2010-05-09, and the cut of Sunday 2020-03-15, are known at Monday's close."""
    statements = known["fomc_unscheduled"].diff()
    assert statements[["2010-05-07", "2010-05-10"]].tolist() == [0.0, 1.0]
    assert statements[["2020-03-13", "2020-03-16"]].tolist() == [0.0, 1.0]
    assert known["fed_target"][["2020-03-13", "2020-03-16"]].tolist() == [1.25, 0.25]


def test_the_meeting_of_2020_03_18_is_waited_for_until_it_was_dropped(known: pd.DataFrame) -> None:
    """On Friday the 13th the meeting of the 18th is three sessions ahead, on Monday the next is that of 29 April."""
    assert known["sessions_to_fomc"][["2020-03-13", "2020-03-16", "2020-03-18"]].tolist() == [3.0, 31.0, 29.0]
    assert known["put"][["2020-03-06", "2020-03-09", "2020-03-12"]].tolist() == ["", "anticipated", "anticipated"]
    assert (known["put"]["2020-03-13":"2020-09-16"] == "exercised").all()


def test_the_meeting_of_2011_09_20_became_one_of_two_days(known: pd.DataFrame) -> None:
    """Until 25 August 2011 it is waited for on the 20th of September, from the 26th on on the 21st."""
    ahead = known["sessions_to_fomc"]
    assert ahead[["2011-08-25", "2011-08-26", "2011-09-20", "2011-09-21"]].tolist() == [17.0, 17.0, 1.0, 0.0]
    assert known["sessions_since_fomc"][["2011-09-20", "2011-09-21", "2011-09-22"]].tolist() == [29.0, 0.0, 1.0]


def test_the_bills_of_october_2019_exercise_nothing(known: pd.DataFrame) -> None:
    """The purchases of bills announced on 2019-10-11 are a statement, but stocks had not fallen to the strike."""
    assert known["fomc_unscheduled"].diff()[["2019-10-10", "2019-10-11"]].tolist() == [0.0, 1.0]
    assert (known["put"]["2019-07":"2020-02"] == "").all()


def test_2022_was_void(known: pd.DataFrame) -> None:
    """In June 2022 stocks stood below the strike and the Fed raised its target: inflation made the put void."""
    assert (known["put"]["2021-06":"2023-06"] == "void").all()
    assert (known["put"]["2008-10-10":"2008-11-21"] == "void").all()
    assert (known["put"]["2008-11-24":"2009-07-29"] == "exercised").all()


def test_sixty_years_have_what_they_have(library: Library) -> None:
    """On `us_1962` it runs from the first session: void by prices from the sixties, struck from 1994 on."""
    market = load_market("us_1962", roles=["stocks", "bonds", "bills", "fomc", *OBSERVED[:1], *OBSERVED[2:]])
    run = evaluate(parse_recipe("sixty_forty + fed_put", library), market, Execution())
    words = run.layers[-1].state
    assert words is not None
    assert run.first == 0
    assert set(words[:"1993"]) == {"", "void"}
    assert words[["1974-06-03", "1998-08-31", "1998-09-29", "2001-09-17"]].tolist() == [
        "void", "anticipated", "exercised", "exercised",
    ]  # fmt: skip


def meetings_of(stocks: "pd.Series[float]") -> pd.DataFrame:
    """By scheduled meeting the return of stocks to the close before it, and what the target did since the last, in
    basis points; without the years at zero. Changes after 2017 count from the day after."""
    market = load_market("us_1962", roles=["stocks", "bills", "fomc", "fed_target"])
    days = market.sessions[(market.scheduled["sessions_since_fomc"] == 0).to_numpy()]
    target = market.role("fed_target").shift(-1)
    rows = [
        (day, stocks[:day].iloc[-2] / stocks[last] - 1, 100 * (target[day] - target[last]))
        for last, day in itertools.pairwise(days)
        if day.year not in AT_ZERO
    ]
    return pd.DataFrame(rows, columns=["date", "fall", "change"]).set_index("date")


@pytest.mark.skipif(not GSPC.exists(), reason="the S&P 500 index is looked for in ../shared/data")
def test_the_table_of_cuts_is_what_the_index_gives(library: Library) -> None:
    """The table in the docstring, with its six meetings, is computed again from the index and the Fed's record."""
    index = pd.read_csv(GSPC, parse_dates=["Date"]).set_index("Date")["Close"]
    found = meetings_of(index)
    rows = []
    for low, high in ((-1.0, -0.10), (-0.10, -0.05), (-0.05, -0.02)):
        change = found["change"][(found["fall"] > low) & (found["fall"] <= high)]
        rows.append((str(len(change)), f"{100 * (change < 0).mean():.0f}", f"{change.mean():+.0f}"))
    docstring = library.find("fed_put").state.__doc__
    assert re.findall(r"%(?: or more)? +(\d+) +(\d+)% +([+-]\d+) bp", docstring) == rows
    six = found[found["fall"] <= -0.10]
    named = re.search(r"The six are those of ([^:]*):", docstring)
    assert named is not None
    days = [day.date().isoformat().replace("2020-04-29", "2020-03-18") for day in six.index]
    assert re.findall(r"\d{4}-\d\d-\d\d", named[1]) == days
    assert six["change"].round(6).tolist() == [-50, -100, 0, -100, -150, 75]
    assert six["fall"].iloc[-1] == pytest.approx(-0.131, abs=5e-4)


def test_falls_to_the_strike_on_the_embedded_history() -> None:
    """By all US stocks five of the six are falls to the strike too, and no other meeting is."""
    found = meetings_of(load_market("us_1962", roles=["stocks", "bills"]).levels["stocks"])
    six = found[found["fall"] <= -0.10]
    assert [day.date().isoformat() for day in six.index] == [
        "2001-03-20", "2001-10-02", "2008-10-29", "2020-04-29", "2022-06-15",
    ]  # fmt: skip
    assert six["change"].round(6).tolist() == [-50, -100, -100, -150, 75]
