"""The scorecard's figures beside the twin's, each worked out again from the run's own series."""

import numpy as np
import pytest
from scipy.stats import binomtest

from backtester.analysis.standins import mix_of
from backtester.analysis.windows import window_return
from backtester.runs.document.values import Json
from backtester.runs.document.whole import document
from backtester.runs.run import Result, carry_out
from backtester.runs.settings import RunSettings

NAME = "sixty_forty + vol_target"


@pytest.fixture(scope="module")
def result() -> Result:
    return carry_out(RunSettings(recipes=(NAME, "sixty_forty + gold_overlay"), resamples=0))


@pytest.fixture(scope="module")
def card(result: Result) -> Json:
    return dict(document(result)["strategies"][1]["scorecard"])


def test_beyond_the_mix(result: Result, card: Json) -> None:
    """Better, worse and the mean payoff, window by window against the mix's own value."""
    mix = mix_of(result.nav[NAME], result.pair, result.market.bill_returns)
    better = worse = 0
    payoffs = []
    for window in result.joint:
        own, reference, other = (window_return(nav, window) for nav in (result.nav[NAME], result.reference, mix.nav))
        payoffs.append(own - other)
        if abs(own - reference) > 1e-4:
            better += own > other
            worse += not own > other
    told = card["beyond_mix"]
    assert (told["better"], told["worse"]) == (better, worse)
    assert told["payoff_mean"] == pytest.approx(np.mean(payoffs), abs=1e-15)
    assert (told["stocks_beta"], told["bonds_beta"]) == (mix.stocks_beta, mix.bonds_beta)
    years = (result.market.sessions[-1] - result.market.sessions[0]).days / 365.25
    cost = np.log(mix.nav.iloc[-1] / result.nav[NAME].iloc[-1]) / years
    assert told["cost_annual"] == pytest.approx(cost, abs=1e-12)


def test_sign_tests_are_of_their_own_counts(result: Result) -> None:
    """Each p-value is scipy's of the counts that stand beside it, and the counts differ."""
    differences = set()
    for strategy in document(result)["strategies"][1:]:
        card = strategy["scorecard"]
        parts = {"beyond_reference": card, "beyond_twin": card["beyond_twin"], "beyond_mix": card["beyond_mix"]}
        for name, part in parts.items():
            theirs = binomtest(part["better"], part["better"] + part["worse"]).pvalue
            assert card["sign_test"][name] == pytest.approx(theirs)
        differences.add(card["beyond_twin"]["better"] - card["beyond_mix"]["better"])
    assert differences != {0}


def test_conditional_betas_by_least_squares(result: Result, card: Json) -> None:
    """Rows of the sessions inside joint windows only, with their neighbours, by numpy; and of all sessions."""
    bills = result.market.bill_returns[1:]
    own, pair = (nav.pct_change().to_numpy()[1:] - bills for nav in (result.nav[NAME], result.pair.nav))
    inside = [place for window in result.joint for place in range(window.start, window.end)]
    for name, places in (("joint_sell_offs", inside), ("all", range(len(own)))):
        rows = [place for place in places if 0 < place < len(own) - 1]
        columns = np.array([[1.0, pair[place - 1], pair[place], pair[place + 1]] for place in rows])
        slopes = np.linalg.lstsq(columns, own[rows], rcond=None)[0]
        assert card["conditional_beta"][name] == pytest.approx(slopes[1:].sum(), rel=1e-9)


def test_recovery_is_counted_from_each_end(result: Result, card: Json) -> None:
    """The median of days to the first close at or above the window's first, both for the strategy and the reference."""
    for key, nav in (("median_days", result.nav[NAME]), ("reference_median_days", result.reference)):
        days = []
        for window in result.joint:
            later = nav.iloc[window.end :]
            days.append((later[later >= nav.iloc[window.start]].index[0] - nav.index[window.end]).days)
        assert card["recovery"][key] == np.median(days)
    assert card["recovery"]["recovered"] == card["recovery"]["windows"] == len(result.joint)


def test_calm_years_are_those_without_a_window(result: Result, card: Json) -> None:
    """The difference of log returns by calendar year, from the document's own yearly returns."""
    told = document(result)
    touched = {day.year for window in result.joint for day in result.market.sessions[window.start + 1 : window.end + 1]}
    calm = {one["year"]: one["difference"] for one in card["calm"]["years"]}
    assert set(calm) == set(range(2008, 2026)) - touched
    for year, difference in calm.items():
        own, reference = (one["calendar_years"][str(year)] for one in told["strategies"][1::-1])
        assert difference == pytest.approx(np.log1p(own) - np.log1p(reference), abs=1e-12)
    assert card["calm"]["mean"] == pytest.approx(np.mean(list(calm.values())))
