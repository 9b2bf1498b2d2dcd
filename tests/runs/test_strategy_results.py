"""The scorecard's figures, each worked out again from the run's own series."""

import numpy as np
import pandas as pd
import pytest

from backtester.analysis.dependence import spells
from backtester.analysis.windows import Window, window_return
from backtester.runs.document import document
from backtester.runs.episodes import EpisodeData
from backtester.runs.result import Result
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings
from backtester.runs.strategy_results import _slice
from backtester.runs.values import Json

NAME = "sixty_forty + vol_target"


@pytest.fixture(scope="module")
def result() -> Result:
    return carry_out(RunSettings(recipes=(NAME, "sixty_forty + gold_overlay"), resamples=0))


@pytest.fixture(scope="module")
def card(result: Result) -> Json:
    return dict(document(result)["strategies"][1]["scorecard"])


def test_three_losses_and_the_payoff(result: Result, card: Json) -> None:
    """Losses of reference, strategy and mix, better and worse and the mean payoff, window by window from the values."""
    strategy = result.strategies[1]
    moves = [
        [window_return(nav, window) for nav in (strategy.nav, result.strategies[0].nav, strategy.mix_nav)]
        for window in result.period.joint
    ]
    own, reference, mix = np.array(moves).T
    for of, returned in (("strategy", own), ("reference", reference), ("mix", mix)):
        assert card["mean_loss"][of] == pytest.approx(-returned.mean(), abs=1e-14)
    for part, other in (("beyond_reference", reference), ("beyond_mix", mix)):
        assert (card[part]["better"], card[part]["worse"]) == ((own - other > 1e-4).sum(), (other - own > 1e-4).sum())
    assert card["beyond_mix"]["payoff_mean"] == pytest.approx((own - mix).mean(), abs=1e-14)
    assert card["beyond_mix"]["protection"] == pytest.approx(1 - own.sum() / mix.sum(), abs=1e-12)
    assert sum(card["payoff_parts"].values()) == pytest.approx(card["beyond_mix"]["payoff_mean"], abs=1e-12)
    assert list(card["mix"]) == ["stocks", "bonds"]


def test_growth_is_split_exactly(result: Result, card: Json) -> None:
    """Over mix and reference the total is joint sell-offs, other sell-offs and the rest; gains are positive."""
    strategy, dates = result.strategies[1], result.period.sessions
    years = (dates[-1] - dates[0]).days / 365.25
    inside = np.zeros(len(dates), bool)
    for start, end in [*result.period.windows.joint.tolist(), *result.period.windows.other.tolist()]:
        inside[start + 1 : end + 1] = True
    rest_years = result.period.market.days[1:][~inside[1:]].sum() / 365.25
    for over, other in (("over_mix", strategy.mix_nav), ("over_reference", result.strategies[0].nav)):
        gaps = np.diff(np.log(strategy.nav) - np.log(other))
        growth = card["growth_annual"][over]
        assert growth["total"] == pytest.approx(gaps.sum() / years, abs=1e-12)
        assert growth["rest"] == pytest.approx(gaps[~inside[1:]].sum() / years, abs=1e-12)
        assert growth["rest_annual"] == pytest.approx(gaps[~inside[1:]].sum() / rest_years, abs=1e-12)
        parts = growth["joint_sell_offs"] + growth["other_sell_offs"] + growth["rest"]
        assert parts == pytest.approx(growth["total"], abs=1e-15)


def test_recovery_is_counted_from_each_end(result: Result, card: Json) -> None:
    """The median of days to the first close at or above the window's first, both for the strategy and the reference."""
    for key, nav in (("median_days", result.nav[NAME]), ("reference_median_days", result.strategies[0].nav)):
        days = []
        for window in result.period.joint:
            later = nav.iloc[window.end :]
            days.append((later[later >= nav.iloc[window.start]].index[0] - nav.index[window.end]).days)
        assert card["recovery"][key] == np.median(days)
    assert card["recovery"]["recovered"] == card["recovery"]["windows"] == len(result.period.joint)


def test_calm_years_are_those_without_a_window(result: Result, card: Json) -> None:
    """The difference of log returns by calendar year, from the document's own yearly returns."""
    told = document(result)
    touched = {
        day.year
        for window in result.period.joint
        for day in result.period.market.sessions[window.start + 1 : window.end + 1]
    }
    calm = {one["year"]: one["difference"] for one in card["calm"]}
    assert set(calm) == set(range(2008, 2026)) - touched
    for year, difference in calm.items():
        own, reference = (one["calendar_years"][str(year)] for one in told["strategies"][1::-1])
        assert difference == pytest.approx(np.log1p(own) - np.log1p(reference), abs=1e-12)


def test_half_a_basis_point_is_a_tie_in_slices_too() -> None:
    """Of three windows the strategy lost less in one, more in one, and as much, to half a basis point, in one."""
    own, reference = np.array([-0.05, -0.07, -0.06]), np.array([-0.06, -0.06, -0.06005])
    made = _slice("2020s", np.array([own, reference, reference]), None)
    assert (made.lost_less, made.lost_more, made.windows) == (1, 1, 3)


def test_slices_count_spells_by_regime_alone(result: Result) -> None:
    """Each slice of a regime has the spells of that sign; every window is in one slice of each kind."""
    found = result.strategies[1].card.slices
    assert list(found) == ["regime", "decade", "cause"]
    for kind, own in found.items():
        assert sum(one.windows for one in own) == len(result.period.windows.joint)
        assert all((one.spells is None) is (kind != "regime") for one in own)
    signs = {one.name: one.spells for one in found["regime"]}
    known = spells(result.correlations["correlation_36_months"], result.period.month_ends)
    assert signs == {name: sum(spell.sign == name for spell in known) for name in signs}


def test_a_window_is_of_the_decade_that_it_begins_in(result: Result) -> None:
    """A window over the turn of a decade is filed by its first close."""
    sessions = result.period.sessions
    turn = int(sessions.searchsorted(pd.Timestamp("2020-01-01")))
    view = EpisodeData(result.period, result.nav, (), result.correlations["correlation_36_months"])
    assert view.decade(Window(turn - 3, turn + 3)) == "2010s"
    assert view.decade(Window(turn, turn + 3)) == "2020s"
