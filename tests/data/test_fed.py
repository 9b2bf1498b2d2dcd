"""The Fed's meetings and the price of funding in the embedded history: what was known when."""

import pandas as pd
import pytest

from backtester.histories.market import Market, load_market
from folders import CHECKOUT


def seen(us: Market, date: str) -> tuple[float, float]:
    """Sessions since and until a scheduled meeting, as known at a close."""
    row = us.scheduled.loc[date]
    return row["sessions_since_fomc"], row["sessions_to_fomc"]


@pytest.mark.parametrize(
    ("date", "since", "to"),
    [
        ("2020-03-13", 31, 3),  # Friday: to Wednesday the 18th
        ("2020-03-16", 32, 31),  # dropped on Sunday: to 29 April, Good Friday left out
        ("2020-03-18", 34, 29),
        ("2011-08-25", 12, 17),  # to Tuesday 20 September
        ("2011-08-26", 13, 17),  # the meeting has become one of two days: to the 21st
        ("2011-09-20", 29, 1),
        ("2011-09-21", 0, 0),
        ("2026-05-26", 18, 16),  # the history's last session looks ahead to 17 June
    ],
)
def test_meetings_as_they_were_known(us: Market, date: str, since: int, to: int) -> None:
    """A meeting counts down until the day on which it was dropped, and is never one that was held."""
    assert seen(us, date) == (since, to)


@pytest.mark.parametrize(
    ("before", "date"),
    [
        ("2010-05-07", "2010-05-10"),  # Sunday the 9th, 21:15
        ("2020-03-13", "2020-03-16"),  # Sunday the 15th, 17:00
        ("2019-10-10", "2019-10-11"),  # not the 4th, the date of the call
        ("2008-01-18", "2008-01-22"),  # after Martin Luther King's day
    ],
)
def test_statements_outside_the_schedule(us: Market, before: str, date: str) -> None:
    """The count rises at the first close after the statement, and not before."""
    count = us.observables["fomc_unscheduled"]
    assert count[date] == count[before] + 1
    assert count.index[count.index.get_loc(date) - 1] == pd.Timestamp(before)


def test_what_is_known_of_meetings_does_not_depend_on_what_came(us: Market) -> None:
    """Loaded as it was seen on Friday the 13th, the history counts down to the meeting that was then dropped."""
    part = load_market("us", roles=["stocks", "fomc"], until=pd.Timestamp("2020-03-13").date())
    pd.testing.assert_frame_equal(part.scheduled, us.scheduled[:"2020-03-13"])


def test_funding_stress(us: Market) -> None:
    """Published the next morning: 17 September 2019 is seen on the 18th; the year's end of 2018 never."""
    stress = us.observables["funding_stress"]
    assert stress["2019-09-18"] == pytest.approx(3.15)  # SOFR 5.25, interest on reserves 2.10
    assert stress["2020-03-18"] == pytest.approx(0.44)
    assert stress["2025-04-10"] == pytest.approx(0.02)
    assert stress["2018-12-31"] == stress["2019-01-02"]  # of the 31st, +60, there is nothing to see
    assert str(stress.first_valid_index().date()) == "2018-04-04"


def test_the_carried_meetings_are_the_facts() -> None:
    """Each scheduled date and each count of the file beside the blueprints is that of the shared facts."""
    facts = CHECKOUT.parent / "shared" / "facts" / "FOMC.csv"
    if not facts.is_file():
        pytest.skip("needs FOMC.csv in ../shared/facts, beside the checkout")
    told = pd.read_csv(facts, index_col="date")["scheduled"] == "yes"
    carried = pd.read_csv(CHECKOUT / "data" / "blueprints" / "FOMC.csv", index_col="date")
    assert carried.index.equals(told.index)
    assert (carried["scheduled"].notna() == told).all()
    assert carried["unscheduled"].dropna().to_list() == list(range(1, (~told).sum() + 1))
    assert len(told) == 282
    assert told.sum() == 264
