"""Schedules: how long ago and how far off their dates are, as it was known at each close."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from backtester.contract.check import check_layer
from backtester.engine.evaluate import evaluate
from backtester.engine.execution import Execution
from backtester.histories.market import Market, load_market
from backtester.plugins.recipes import parse_recipe
from builders import made_library
from folders import built, listed, made_folder, weekdays

DATES = weekdays("2024-01-01", 15)  # Mondays to Fridays, three weeks
MEETINGS = [None, None, 1.0, *[None] * 6, 1.0, *[None] * 5]  # on Wednesday the 3rd and Friday the 12th
COLUMNS = {
    "date": DATES,
    "stocks": [100.0 + place for place in range(15)],
    "rate": [2.0] * 15,
    "meeting": MEETINGS,
}
COUNTING = """
def weights(calendar):
    return {"stocks": 1.0 / (1.0 + calendar["sessions_to_meeting"].fillna(0.0))}
"""


def made(folder: Path, *, meetings: "list[float | None]" = MEETINGS, **keys: object) -> Market:
    """A market with a schedule of two meetings."""
    series = {
        "stocks": listed("total_return", "stocks"),
        "rate": listed("rate", "rate"),
        "bills": built("bills", **{"yield": "rate"}),
        "meeting": listed("schedule", "meeting", **keys),
    }
    return load_market("made", made_folder(folder, COLUMNS | {"meeting": meetings}, series, calendar="weekdays"))


def counts(market: Market, what: str) -> list[float | None]:
    """The column by session, None where it has no number."""
    return [None if np.isnan(value) else value for value in market.scheduled[f"sessions_{what}_meeting"]]


def test_sessions_since_and_until(tmp_path: Path) -> None:
    """Both are 0 on the day of a meeting; before the first there is no last, after the last no next."""
    market = made(tmp_path)
    assert counts(market, "since") == [None, None, 0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5]
    assert counts(market, "to") == [2, 1, 0, 6, 5, 4, 3, 2, 1, 0, None, None, None, None, None]
    assert "meeting" not in market.roles


def test_a_meeting_on_the_first_session(tmp_path: Path) -> None:
    """It was held on that day; of one before it nothing is known."""
    market = made(tmp_path, meetings=[1.0, *[None] * 14])
    assert counts(market, "since") == [float(place) for place in range(15)]
    assert counts(market, "to") == [0.0, *[None] * 14]


def test_a_meeting_that_was_called_off_counts_down_until_the_news(tmp_path: Path) -> None:
    """One on the 10th is counted down to through the 5th; the news is of Sunday the 7th; it was never held."""
    market = made(tmp_path, dropped=[["2024-01-10", "2024-01-07"]])
    assert counts(market, "to")[:10] == [2, 1, 0, 4, 3, 4, 3, 2, 1, 0]
    assert counts(market, "since") == [None, None, 0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5]


def test_a_meeting_that_was_set_late_is_known_from_the_news_on(tmp_path: Path) -> None:
    """That of the 12th is unknown until Tuesday the 9th."""
    market = made(tmp_path, added=[["2024-01-12", "2024-01-09"]])
    assert counts(market, "to")[:10] == [2, 1, 0, None, None, None, 3, 2, 1, 0]
    assert counts(market, "since")[9] == 0


@pytest.mark.parametrize("cut", [4, 5, 7, 12])
def test_a_cut_cuts_it(tmp_path: Path, cut: int) -> None:
    """What is seen of a history that ends earlier is what was seen then, loaded or cut."""
    market = made(tmp_path, dropped=[["2024-01-10", "2024-01-07"]])
    pd.testing.assert_frame_equal(market.cut(cut).scheduled, market.scheduled.iloc[:cut])
    part = load_market("made", tmp_path, until=DATES[cut - 1])
    pd.testing.assert_frame_equal(part.scheduled, market.scheduled.iloc[:cut])


def test_a_strategy_reads_it_in_the_calendar(tmp_path: Path) -> None:
    """The columns stand beside those of periods, and the contract finds that what counts down knows only the past."""
    market = made(tmp_path, dropped=[["2024-01-10", "2024-01-07"]])
    recipe = parse_recipe("counting", made_library(counting=COUNTING))
    run = evaluate(recipe, market, Execution())
    assert run.targets["stocks"].to_list()[:4] == [1 / 3, 1 / 2, 1.0, 1 / 5]
    assert check_layer(run.layers[-1], market).causal
