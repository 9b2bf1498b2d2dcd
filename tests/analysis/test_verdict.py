"""The verdict: each answer, the conditions under which it is given, and their neighbours; the placebo, as loops."""

import itertools
import math

import numpy as np
import pytest

from analysed import Analysed, analysed, held, witnessed_placebo
from backtester.analysis.mix import slope_matrix
from backtester.analysis.verdict import (
    Evidence,
    Placebo,
    Verdict,
    _padded_length,
    payoff_sensitivities,
    payoff_spectrum,
    placebo,
    shifted_payoffs,
    verdict,
)
from backtester.histories.market import Market
from backtester.plugins.loader import Library
from witness import mix

CLEAR = Evidence(21, 15, 0.004, (0.001, 0.007), None, 0.07)
BY_HAND = np.array([[0, 2], [3, 4]])


def said(**changes: object) -> Verdict:
    return verdict(CLEAR._replace(**changes), sound=True)


def mirrored(evidence: Evidence) -> Evidence:
    """The same with gains for losses."""
    assert evidence.widened is not None
    low, high = evidence.widened
    return evidence._replace(payoff=-evidence.payoff, widened=(-high, -low))


def test_clear_either_way_by_one_rule() -> None:
    """An interval above zero has paid, the same below zero has done worse."""
    assert verdict(CLEAR, sound=True) == "paid"
    assert verdict(mirrored(CLEAR), sound=True) == "worse"


@pytest.mark.parametrize(("low", "word"), [(1e-5, "paid"), (0.0, "unclear"), (-1e-5, "unclear")])
def test_an_interval_that_reaches_zero_is_not_clear(low: float, word: str) -> None:
    """A bound of zero does not lie above it."""
    assert said(widened=(low, 0.007)) == word


@pytest.mark.parametrize(("share", "clear"), [(0.01, True), (0.05, True), (0.0501, False), (0.3, False)])
def test_the_placebo_is_a_condition_both_ways(share: float, clear: bool) -> None:
    """At most one shift in twenty may be as good for what paid, and as bad for what did worse."""
    good, bad = Placebo(4878, share, 1 - share), Placebo(4878, 1 - share, share)
    assert said(placebo=good) == ("paid" if clear else "unclear")
    worse = verdict(mirrored(CLEAR)._replace(placebo=bad), sound=True)
    assert worse == ("worse" if clear else "small")
    assert verdict(mirrored(CLEAR)._replace(placebo=good), sound=True) == "small"


@pytest.mark.parametrize(
    ("windows", "acted", "word"), [(20, 10, "paid"), (19, 10, "few"), (20, 9, "few"), (1, 1, "few"), (0, 0, "void")]
)
def test_few_windows_are_not_judged(windows: int, acted: int, word: str) -> None:
    """Twenty windows, and ten in which the strategy acted, are the fewest."""
    assert said(windows=windows, acted=acted) == word


@pytest.mark.parametrize(("high", "word"), [(0.0034, "small"), (0.0036, "unclear")])
def test_small_at_best_saves_less_than_a_twentieth(high: float, word: str) -> None:
    """Of a mean loss of 7% a twentieth is 0.35 points."""
    assert said(payoff=0.0, widened=(-0.01, high)) == word


def test_a_saving_that_cannot_matter_has_not_paid() -> None:
    """However sure it is, as a future's cheaper financing; what clearly did worse has done so by however little."""
    assert said(payoff=0.0002, widened=(0.0001, 0.0003)) == "small"
    assert said(payoff=0.002, widened=(0.0001, 0.0036)) == "paid"
    assert said(payoff=-0.0002, widened=(-0.0003, -0.0001)) == "worse"


def test_bounds_themselves_are_not_clear() -> None:
    """An interval that ends at zero is not below it, and one that ends at a twentieth is not small."""
    assert verdict(mirrored(CLEAR._replace(widened=(0.0, 0.007))), sound=True) == "small"
    assert said(widened=(-0.5, 0.0625), reference_loss=1.25) == "unclear"
    assert said(widened=(-0.5, 0.0624), reference_loss=1.25) == "small"


def test_without_an_interval_nothing_is_clear() -> None:
    """No resamples, no verdict either way."""
    assert said(widened=None) == "unclear"


def test_what_is_unsound_is_void() -> None:
    """A strategy that looked ahead or was ruined has no verdict, nor has one without a payoff."""
    assert verdict(CLEAR, sound=False) == "void"
    assert said(payoff=math.nan) == "void"


@pytest.fixture(scope="module")
def usual(us: Market, library: Library) -> Analysed:
    """Two strategies whose weights vary and one whose do not, on the embedded history."""
    overlays = ("vol_target", "bills_for_bonds", "gold_overlay")
    return analysed(us, library, ["sixty_forty", *(f"sixty_forty + {name}" for name in overlays)])


@pytest.mark.parametrize("place", [1, 2])
def test_shifts_of_the_embedded_history_are_those_made_one_by_one(usual: Analysed, place: int) -> None:
    """Sixty shifts of 4,878, each made and regressed on its own, pay the same to 1e-12."""
    period, run = usual.period, usual.runs[place]
    values = payoff_sensitivities(period.slope_matrix, period.excess, period.windows.joint)
    weights, returns = held(run, period)
    payoffs = shifted_payoffs(weights, payoff_spectrum(returns, values))
    shifts = np.random.default_rng(1).integers(0, len(payoffs), 60).tolist()
    np.testing.assert_allclose(payoffs[shifts], witnessed_placebo(run, period, shifts), rtol=0, atol=1e-12)
    assert usual.analysis.placebos[place] == placebo(payoffs)


def test_constant_weights_have_none(usual: Analysed) -> None:
    """Weights that do not vary have nothing to shift."""
    assert [one is None for one in usual.analysis.placebos] == [True, False, False, True]


@pytest.mark.parametrize("seed", range(4))
def test_any_shifts_are_those_made_one_by_one(seed: int) -> None:
    """All shifts of any weights of several assets, on any market."""
    noise = np.random.default_rng(seed)
    sessions = 120 + seed  # even and odd, for the transform
    returns, weights = noise.normal(0, 0.01, (2, sessions, 3))
    legs, joint = returns[:, :2].T.copy(), np.array([[5, 12], [40, 41], [90, 110]])
    values = payoff_sensitivities(slope_matrix(legs), legs, joint)
    one_by_one = mix.placebo_payoffs(weights, returns, legs, joint, range(sessions))
    np.testing.assert_allclose(
        shifted_payoffs(weights, payoff_spectrum(returns, values)), one_by_one, rtol=0, atol=1e-12
    )


def test_shifts_by_hand() -> None:
    """Without slopes a shift pays the sum of moved weights times returns in the windows, over their number."""
    none, legs = np.zeros((2, 4)), np.ones((2, 4))
    values = payoff_sensitivities(none, legs, BY_HAND)
    assert list(values) == [0.5, 0.5, 0.0, 0.5]
    payoffs = shifted_payoffs(np.eye(4)[:, :1], payoff_spectrum(np.array([[0.1], [0.2], [0.3], [0.4]]), values))
    assert list(payoffs) == pytest.approx([0.05, 0.1, 0.0, 0.2])


def test_shares_by_hand() -> None:
    """Of four shifts the first, the strategy's own, is as good as two, counting itself, and as bad as three."""
    assert placebo(np.array([0.2, 0.1, 0.2 + 1e-14, -0.3])) == (4, 0.5, 1.0)
    assert placebo(np.array([0.2, 0.1, 0.3, 0.4])) == (4, 0.75, 0.5)


def test_shifts_that_differ_by_rounding_are_ties() -> None:
    """A payoff within 1e-12 of the strategy's own is as good and as bad as it."""
    assert placebo(np.array([0.0, 1e-12, -1e-12, 3e-12])) == Placebo(4, 1.0, 0.75)
    assert placebo(np.array([0.0, 1e-12, -1e-12, -3e-12])) == Placebo(4, 0.75, 1.0)


def test_foresight_is_better_than_its_shifts() -> None:
    """Weights that are short of stocks in the windows alone are matched by next to none of their shifts."""
    noise = np.random.default_rng(9)
    legs = noise.normal(0, 0.01, (2, 2000))
    joint = np.arange(50, 1950, 90)[:, None] + np.array([0, 8])
    for start, end in joint:
        legs[:, start:end] -= 0.008
    weights = np.zeros((2000, 1))
    for start, end in joint:
        weights[start:end] = -1.0
    values = payoff_sensitivities(slope_matrix(legs), legs, joint)
    payoffs = shifted_payoffs(weights, payoff_spectrum(legs[:1].T, values))
    assert placebo(payoffs).as_good < 0.01
    assert placebo(-payoffs).as_bad < 0.01


def test_lengths_of_transforms() -> None:
    """The least of twice the sessions less one, or above, that has no factor but 2, 3 and 5; by trying each."""

    def is_smooth(number: int) -> bool:
        for factor in (2, 3, 5):
            while number % factor == 0:
                number //= factor
        return number == 1

    for count in range(1, 300):
        assert _padded_length(count) == next(one for one in itertools.count(2 * count - 1) if is_smooth(one)), count
