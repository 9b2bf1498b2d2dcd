"""Dependence on the long history: the published correlations and the three regimes, by the functions of a run."""

import math

import numpy as np
import pandas as pd
import pytest

from backtester.analysis.base_rates import rotated_windows, rotation_counts
from backtester.analysis.dependence import correlation_over, regime, rolling_correlations, spells, tails
from backtester.analysis.period import measure_period
from backtester.histories.market import Market

CORRELATION = 0.02  # the tolerance for later vintages of French's file


@pytest.fixture(scope="module")
def legs(since_1962: Market) -> pd.DataFrame:
    return since_1962.levels[["stocks", "bonds"]]


@pytest.mark.parametrize(
    ("first", "last", "months", "published"),
    [
        ("1962-01-31", "1999-12-31", 455, 0.27),
        ("1999-12-31", "2019-12-31", 240, -0.34),
        ("2021-12-31", "2023-09-29", 21, 0.62),
    ],
)
def test_correlations_are_the_published(
    since_1962: Market, legs: pd.DataFrame, first: str, last: str, months: int, published: float
) -> None:
    """REFERENCES, section 1: positive to 1999, negative to 2019, positive again from 2022."""
    told = correlation_over(legs[first:last], since_1962.calendar["month"][first:last])
    assert told.months == months
    assert abs(told.monthly - published) <= CORRELATION


def test_daily_correlation_missed_2022(since_1962: Market, legs: pd.DataFrame) -> None:
    """In 2022 and 2023 the daily correlation was +0.11 where the monthly was +0.62."""
    told = correlation_over(legs["2021-12-31":"2023-09-29"], since_1962.calendar["month"]["2021-12-31":"2023-09-29"])
    assert abs(told.by_session - 0.11) <= CORRELATION


def test_three_regimes_are_most_of_six_decades(since_1962: Market, legs: pd.DataFrame) -> None:
    """The 36-month sign: positive for most of 1966 to 2000, negative in one spell to July 2022, positive since."""
    rolling = rolling_correlations(legs, since_1962.calendar["month"])["correlation_36_months"]
    *early, negative, positive = spells(rolling, since_1962.calendar["month"])
    assert (negative.sign, str(negative.start.date()), str(negative.end.date())) == (
        "negative",
        "2000-11-30",
        "2022-07-29",
    )
    assert (positive.sign, str(positive.start.date())) == ("positive", "2022-08-31")
    months = sum(spell.months for spell in early if str(spell.start.date()) >= "1966-08-01")
    together = sum(
        spell.months for spell in early if str(spell.start.date()) >= "1966-08-01" and spell.sign == "positive"
    )
    assert together / months > 0.98


def test_regimes_of_known_windows(since_1962: Market, legs: pd.DataFrame) -> None:
    """October 1987 and April 2025 began in the positive regime, autumn 2008 and March 2020 in the negative."""
    rolling = rolling_correlations(legs, since_1962.calendar["month"])["correlation_36_months"]
    found = {since_1962.sessions[window.end].year: window for window in measure_period(since_1962).joint}
    signs = {year: regime(rolling, found[year]) for year in (1987, 2008, 2020, 2025)}
    assert signs == {1987: "positive", 2008: "negative", 2020: "negative", 2025: "positive"}


def test_tails_are_heavier_than_gaussian(since_1962: Market, legs: pd.DataFrame) -> None:
    """At either frequency and depth both legs' worst periods meet more often than a Gaussian copula would have them."""
    for tail in tails(legs, since_1962.calendar):
        assert tail.low > tail.gaussian
        assert not math.isnan(tail.gaussian)


def test_no_more_joint_sell_offs_than_by_chance(since_1962: Market) -> None:
    """Six decades had as many as when bonds' moves are those of another time: the rule finds falls, not dependence."""
    period = measure_period(since_1962)
    rotated = rotated_windows(period, seed=1)
    [of_all] = rotation_counts(period.windows.joint, rotated, [("all", np.ones(len(period.sessions)))])
    assert of_all.low <= of_all.count <= of_all.high
    assert of_all.low < of_all.high
