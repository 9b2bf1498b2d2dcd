"""The basis-trade spiral: its closed form, which way everything points, what is conserved, and its calibration."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from backtester.errors import ScenarioError
from backtester.stress import calibrate
from backtester.stress.basis import BasisTerms, Pressure, unwind
from backtester.stress.calibrate import PRESSURE_SESSIONS, Calibration, calibrated, march_2020
from backtester.stress.fed import PACE_BN

PLAIN = {"decaying": 0.0, "capacity_bn": float("inf")}


def one_session(terms: BasisTerms, sales: float = 1.0) -> float:
    """How many times outside sales come to market in one session."""
    spiral = unwind(terms, Pressure(np.array([sales]), np.zeros(1)))
    return float((sales + spiral.sold[0]) / sales)


@pytest.mark.parametrize(
    ("leverage", "kappa", "theta"), [*itertools.product((1, 20, 56, 66), (3.7, 18.5), (0.05, 0.15))]
)
def test_the_closed_form(leverage: float, kappa: float, theta: float) -> None:
    """By iteration sales are amplified 1 / (1 - theta kappa X d L) times, to 1e-9."""
    terms = BasisTerms(leverage=leverage, kappa=kappa, theta=theta, **PLAIN)
    expected = 1 / (1 - theta * kappa / 100 * 830 * 0.0005 * leverage)
    assert terms.amplification == pytest.approx(expected, rel=1e-14)
    assert one_session(terms) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("amplification", [35.7, 100.0, 1000.0])
def test_the_closed_form_near_the_tipping_point(amplification: float) -> None:
    """There too, where rounds shrink slowly, iteration gives it to 1e-9 of what is sold for each billion."""
    strength = BasisTerms(theta=1.0, kappa=60.0, margin=0.0, leverage=1, **PLAIN).strength
    leverage = (1 - 1 / amplification) / strength
    terms = BasisTerms(theta=1.0, kappa=60.0, margin=0.0, leverage=leverage, **PLAIN)
    assert one_session(terms, 0.5) == pytest.approx(1 / (1 - strength * leverage), abs=1e-9)


def test_rounds_of_the_spiral_in_a_plain_loop() -> None:
    """Sales move yields, yields the basis, the basis costs equity, and leverage times that is sold, round by round."""
    terms = BasisTerms(leverage=40, kappa=15, theta=0.2, held_bn=900, duration=0.0006, **PLAIN)
    total = sales = 1.0
    while sales > 1e-15:
        yields_bp = 15 * sales / 100
        basis_bp = 0.2 * yields_bp
        lost_bn = 900 * 0.0006 * basis_bp
        sales = 40 * lost_bn
        total += sales
    assert one_session(terms) == pytest.approx(total, abs=1e-9)
    assert total == pytest.approx(1 / (1 - 0.2 * 0.15 * 900 * 0.0006 * 40), abs=1e-9)


def test_no_leverage_no_amplification() -> None:
    """Funds without leverage sell nothing, and nothing is amplified."""
    assert one_session(BasisTerms(leverage=0, **PLAIN)) == 1
    assert BasisTerms(leverage=0).amplification == 1
    assert BasisTerms(theta=0).tipping_leverage == float("inf")


def test_the_start_values_of_the_facts() -> None:
    """At kappa 9.2 the spiral tips at 262 times, with theta doubled at 131, and at the mild end at over a thousand."""
    assert BasisTerms(kappa=9.2).tipping_leverage == pytest.approx(262, abs=1)
    assert BasisTerms(kappa=9.2, theta=0.2).tipping_leverage == pytest.approx(131, abs=1)
    assert BasisTerms(kappa=3.7, theta=0.05).tipping_leverage == pytest.approx(1303, abs=2)


def test_the_usual_terms() -> None:
    """The start values, each with its source in the docstring of the terms."""
    assert BasisTerms().model_dump() == {
        "held_bn": 830, "leverage": 56, "theta": 0.1, "kappa": 9.25, "duration": 0.0005, "haircut": 0, "margin": 0.015,
        "margin_per_bp": 0, "volatility_span": 32, "capacity_bn": 150, "steeper": 2, "decaying": 0.25, "decay": 0.1,
        "trigger_bp": 30,
    }  # fmt: skip


def test_it_tips_at_the_tipping_leverage() -> None:
    """Just below L* sales are finite; at it everything is sold, whatever the size of the shock."""
    strong = {"theta": 1.0, "kappa": 60.0, "margin": 0.0, **PLAIN}
    tipping = BasisTerms(**strong).tipping_leverage
    below, above = (BasisTerms(**strong | {"leverage": tipping * part}) for part in (0.999, 1.001))
    assert unwind(below, Pressure(np.array([1e-3]), np.zeros(1))).sold[0] == pytest.approx(1e-3 * 999, rel=1e-6)
    assert unwind(above, Pressure(np.array([1e-3]), np.zeros(1))).sold[0] == pytest.approx(830)
    assert above.amplification == float("inf")
    at = BasisTerms(theta=1, kappa=100, held_bn=1000, duration=0.001, margin=0, leverage=1)
    assert (at.strength, at.amplification, at.tipping_leverage) == (1, float("inf"), 1)


@pytest.mark.parametrize(
    ("name", "values"),
    [("leverage", (10, 30, 60)), ("held_bn", (200, 800, 1000)), ("theta", (0.05, 0.1, 0.2)), ("kappa", (4, 9, 18))],
)
def test_more_of_anything_is_worse(name: str, values: tuple[float, ...]) -> None:
    """The peak rises with leverage, holdings, theta and kappa, and with what holders outside sell."""
    pressure = Pressure(np.full(7, 70.0), np.zeros(7))
    peaks = [unwind(BasisTerms.model_validate({name: value}), pressure).peak_bp for value in values]
    assert peaks == sorted(peaks)
    assert peaks[0] < peaks[-1]
    larger = unwind(BasisTerms(), Pressure(np.full(7, 80.0), np.zeros(7))).peak_bp
    assert larger > unwind(BasisTerms(), pressure).peak_bp


def test_margins_that_rise_make_it_worse() -> None:
    """Where margins follow volatility, funds sell more; the more the shorter its span, while volatility rises."""
    pressure = Pressure(np.full(7, 70.0), np.zeros(7))
    calm, slow, fast = (
        unwind(BasisTerms(margin_per_bp=per, volatility_span=span), pressure).sold.sum()
        for per, span in ((0.0, 32), (0.002, 32), (0.002, 1))
    )
    assert calm + 1 < slow < fast - 1


def test_margins_follow_volatility_by_hand() -> None:
    """At a span of 3 half of the mean square is the last move's: after moves of 20 and -4 it is 200 and then 108.

    Margins of 2% and 0.1% for each basis point of its root cut leverage to 1 / (0.02 + 0.001 x 200^0.5), of an equity
    of 12; the smaller move, a fall, lets volatility decline, and nothing more is sold.
    """
    market = {"kappa": 10, "theta": 0, "capacity_bn": 1e6, "decaying": 0}
    terms = BasisTerms(held_bn=600, leverage=50, margin=0.02, margin_per_bp=0.001, volatility_span=3, **market)
    to_sell = 600 - 12 / (0.02 + 0.001 * 200**0.5)
    spiral = unwind(terms, Pressure(np.array([200.0, -to_sell - 40, 0.0]), np.zeros(3)))
    assert spiral.yields_bp.tolist() == pytest.approx([20, 16, 16])
    assert spiral.sold.tolist() == pytest.approx([0, to_sell, 0])
    rising = unwind(terms, Pressure(np.array([200.0, 400 - to_sell, 0.0]), np.zeros(3)))
    assert rising.sold[:2].sum() + rising.sold[2] == pytest.approx(600 - 12 / (0.02 + 0.001 * 900**0.5))


def test_no_margin_allows_more_leverage_than_its_cap() -> None:
    """Whatever volatility has made of margins, funds hold at most 1 / (haircut + margin) times their equity."""
    terms = BasisTerms(haircut=0.001, margin_per_bp=0.0014, volatility_span=10)
    spiral = unwind(terms, Pressure(np.full(12, 20.0), np.full(12, 0.1)))
    moves, square, held = np.diff(np.insert(spiral.yields_bp, 0, 0.0)), 0.0, 830.0
    for t in range(12):
        held -= spiral.sold[t]
        cap = 1 / (0.016 + 0.0014 * square**0.5)
        assert held <= min(56, cap) * spiral.equity[t] + 1e-9
        square += 2 / 11 * (moves[t] ** 2 - square)
    assert min(spiral.sold[:5].min(), spiral.equity.min()) > 0


def test_three_sessions_by_hand() -> None:
    """Leverage 50 on an equity of 12, which margins of 2% and 0.1% for each basis point cut to 25 and then to 20.

    Yields rise by 20; by 30 and 10 of sales less 10 that decay: 50; then the 6 of 60 sold less half of the 50 that
    pass: 31. At those closes a bond is paid 1%, 2.5% and 1.55% less.
    """
    market = {"kappa": 10, "theta": 0, "capacity_bn": 1e6, "decaying": 1, "decay": 0.5}
    terms = BasisTerms(held_bn=600, leverage=50, margin=0.02, margin_per_bp=0.001, volatility_span=1, **market)
    spiral = unwind(terms, Pressure(np.array([200.0, 100.0, 0.0]), np.zeros(3)))
    assert spiral.sold.tolist() == pytest.approx([0, 300, 60])
    assert spiral.yields_bp.tolist() == pytest.approx([20, 50, 31])
    assert spiral.equity.tolist() == pytest.approx([12, 12, 12])
    assert spiral.holdings[-1].tolist() == pytest.approx([240, 660, 0, -300])
    assert spiral.cash[-1].tolist() == pytest.approx([292.5 + 59.07, -292.5 - 59.07 - 295.5, 0, 198 + 97.5])


def test_hedged_purchases_by_hand() -> None:
    """100bn of outside sales raise yields by 10 each session; purchases that are hedged leave that as it is, and take
    half of what they buy times 10 for 100bn out of the basis."""
    terms = BasisTerms(leverage=0, kappa=10, theta=0.5, trigger_bp=10, **PLAIN)
    plain, hedged = (
        unwind(terms, Pressure(np.full(3, 100.0), np.zeros(3), (40.0, 60.0), how)) for how in (False, True)
    )
    assert plain.yields_bp.tolist() == pytest.approx([10, 10 + 6, 16 + 4])
    assert hedged.yields_bp.tolist() == pytest.approx([10, 20, 30])
    assert hedged.basis_bp.tolist() == plain.basis_bp.tolist() == pytest.approx([5, 5 + 3, 8 + 2])


def test_what_decays_comes_out_of_the_basis_too() -> None:
    """Half of a rise by 10 passes in the next session, and half of that again is the basis."""
    terms = BasisTerms(leverage=0, kappa=10, theta=0.5, decaying=1, decay=0.5)
    spiral = unwind(terms, Pressure(np.array([100.0, 0.0]), np.zeros(2)))
    assert spiral.yields_bp.tolist() == pytest.approx([10, 5])
    assert spiral.basis_bp.tolist() == pytest.approx([5, 2.5])


def test_the_peak_is_over_the_start() -> None:
    """Yields that only fall never stood above the start; half a basis point counts."""
    terms = BasisTerms(leverage=0, kappa=10, **PLAIN)
    peaks = [unwind(terms, Pressure(np.array([sales, -100.0]), np.zeros(2))).peak_bp for sales in (-100.0, 5.0)]
    assert peaks == pytest.approx([0, 0.5])


def test_equity_at_the_start_and_when_it_is_paid_out() -> None:
    """Funds of 100 that hold half of their equity have 200 of it; after redemptions of more they have and hold none."""
    terms = BasisTerms(held_bn=100, leverage=0.5, theta=0)
    spiral = unwind(terms, Pressure(np.zeros(2), np.array([0.0, 300.0])))
    assert spiral.equity.tolist() == [200, 0]
    assert spiral.holdings[:, 0].tolist() == [100, 100, 0]


def test_redemptions_by_hand() -> None:
    """Funds of 100 with an equity of 10 that pay out 2 keep ten times 8."""
    terms = BasisTerms(held_bn=100, leverage=10, theta=0, decaying=0)
    spiral = unwind(terms, Pressure(np.zeros(2), np.array([2.0, 0.0])))
    assert spiral.sold.tolist() == pytest.approx([20, 0])
    assert spiral.equity.tolist() == pytest.approx([8, 8])


BOUNDS = {
    "held_bn": (0.001, 1e5), "leverage": (0, 1000), "theta": (0, 1), "kappa": (0, 1000), "duration": (1e-9, 0.01),
    "haircut": (0, 0.5), "margin": (0, 0.5), "margin_per_bp": (0, 0.01), "capacity_bn": (0.001, float("inf")),
    "volatility_span": (1, 1000), "steeper": (1, 100), "decaying": (0, 1), "decay": (0, 1),
    "trigger_bp": (0.001, float("inf")),
}  # fmt: skip


@pytest.mark.parametrize("name", BOUNDS)
def test_bounds_of_the_terms(name: str) -> None:
    """The least and the most are taken, and what is just beyond them is refused."""
    least, most = BOUNDS[name]
    others = {"margin": 0.0, "leverage": 1.0} | ({"margin_per_bp": 0.0} if name != "margin_per_bp" else {})
    for value in (least, most):
        assert getattr(BasisTerms(**others | {name: value}), name) == value
    for value in (least - 0.001 * max(1, least), 1.001 * most):
        if value != most:
            with pytest.raises(ValidationError, match=name):
                BasisTerms(**others | {name: value})


shocks = st.lists(st.floats(0, 300), min_size=1, max_size=12)


@given(shocks, st.floats(1, 66), st.floats(0.0, 0.2), st.floats(3.7, 18.5), st.booleans())
def test_positions_and_cash_are_conserved(
    sales: list[float], leverage: float, theta: float, kappa: float, hedged: bool
) -> None:
    """What one holder sells another buys, and pays for: both sums stay what they were."""
    terms = BasisTerms(leverage=leverage, theta=theta, kappa=kappa)
    spiral = unwind(terms, Pressure(np.array(sales), np.full(len(sales), 0.1), PACE_BN, hedged))
    assert np.abs(spiral.holdings.sum(axis=1) - 830).max() <= 1e-8
    assert np.abs(spiral.cash.sum(axis=1)).max() <= 1e-8
    assert (spiral.holdings[:, 0] >= -1e-12).all()


@given(st.floats(0, 200), st.floats(1, 66), st.floats(0.0, 0.2), st.floats(3.7, 18.5), st.floats(5, 60), st.booleans())
def test_purchases_never_raise_the_peak(
    sales: float, leverage: float, theta: float, kappa: float, trigger: float, hedged: bool
) -> None:
    """Under steady selling yields never peak higher with the Fed's purchases, hedged or not, than without."""
    terms = BasisTerms(leverage=leverage, theta=theta, kappa=kappa, trigger_bp=trigger)
    steady = np.full(PRESSURE_SESSIONS, sales)
    alone, helped = (
        unwind(terms, Pressure(steady, np.full(PRESSURE_SESSIONS, 0.1), buys, hedged)) for buys in ((), PACE_BN)
    )
    assert helped.peak_bp <= alone.peak_bp + 1e-9


def test_hedged_purchases_take_the_basis_alone() -> None:
    """They hold the basis as plain ones do at first, and leave the yields that holders outside make."""
    pressure = [Pressure(np.full(7, 100.0), np.zeros(7), PACE_BN, hedged) for hedged in (False, True)]
    plain, hedged = (unwind(BasisTerms(), one) for one in pressure)
    assert hedged.basis_bp[-1] < unwind(BasisTerms(), Pressure(np.full(7, 100.0), np.zeros(7))).basis_bp[-1]
    assert hedged.peak_bp > plain.peak_bp
    assert hedged.sold.sum() < unwind(BasisTerms(), Pressure(np.full(7, 100.0), np.zeros(7))).sold.sum()


def test_both_targets_of_march_2020_are_met() -> None:
    """The funds of February 2020 sell 173bn, and 16 of the 64 basis points are theirs: a quarter."""
    terms = BasisTerms()
    fitted = calibrated(terms)
    then = terms.model_copy(update={"held_bn": 450.0, "kappa": fitted.kappa})
    together = march_2020(then, fitted)
    alone = march_2020(then.model_copy(update={"leverage": 0.0}), fitted)
    assert together.sold.sum() == pytest.approx(173, rel=1e-6)
    assert together.yields_bp[-1] == pytest.approx(64, rel=1e-6)
    assert together.yields_bp[-1] - alone.yields_bp[-1] == pytest.approx(16, rel=1e-6)
    assert 3.7 < fitted.kappa < 18.5


@pytest.mark.parametrize("capacity", [50, 75, 110])
def test_both_targets_are_met_where_dealers_take_less(capacity: float) -> None:
    """Above what dealers take in a session it is the steeper kappa that makes 16 basis points of 173bn: half of it."""
    terms = BasisTerms(capacity_bn=capacity, decaying=0.0)
    fitted = calibrated(terms)
    together = march_2020(terms.model_copy(update={"held_bn": 450.0, "kappa": fitted.kappa}), fitted)
    assert (together.sold.sum(), together.yields_bp[-1]) == pytest.approx((173, 64), rel=1e-6)
    assert fitted.kappa in (pytest.approx(9.25, abs=0.01), pytest.approx(9.25 / 2, abs=0.01))


def test_without_decay_kappa_is_that_of_the_facts() -> None:
    """In the linear market a quarter of 64 basis points over 173bn is 9.25 for each 100bn, and the rest needs 519bn."""
    fitted = calibrated(BasisTerms(**PLAIN))
    assert fitted.kappa == pytest.approx(0.25 * 64 / 1.73, rel=1e-6)
    assert fitted.outside_bn == pytest.approx(0.75 * 64 / fitted.kappa * 100, rel=1e-6)


def test_what_cannot_be_calibrated_is_refused() -> None:
    """Funds that tip over sell everything, not 173bn: no pressure fits, and what to lower is said."""
    with pytest.raises(ScenarioError, match="no pressure makes funds with leverage 400 and theta 1 sell 173 billion"):
        calibrated(BasisTerms(leverage=400, theta=1, margin=0))


def test_leverage_that_margins_forbid_is_refused() -> None:
    """100 times needs haircut and margin of 1% in all; 1.5% allow 66.7."""
    with pytest.raises(ValidationError, match=r"leverage 100 with haircut and margin of 1\.50% in all; at most 66\.7"):
        BasisTerms(leverage=100)
    assert BasisTerms(leverage=100, margin=0.01).leverage == 100
    assert BasisTerms(leverage=1 + 1e-9, haircut=0.5, margin=0.5).haircut == 0.5
    with pytest.raises(ValidationError, match=r"at most 1\.0"):
        BasisTerms(leverage=1 + 2e-9, haircut=0.5, margin=0.5)


def test_the_march_of_today_is_larger() -> None:
    """The same pressure on the 830bn of 2025 makes yields rise further than on 450bn, and the Fed's purchases less."""
    fitted = Calibration(9.9, 517.0, 1.89)
    then, now = (march_2020(BasisTerms(held_bn=held, kappa=9.9), fitted).peak_bp for held in (450, 830))
    assert 64 < now < 100
    assert then < now
    assert march_2020(BasisTerms(kappa=9.9), fitted, fed=True).peak_bp < now


def test_the_targets_of_march_2020() -> None:
    """64 basis points in seven sessions, 173bn of 450bn sold, a quarter of it theirs; 250 to 400bn by others."""
    assert (calibrate.PRESSURE_SESSIONS, calibrate.ROSE_BP, calibrate.SOLD_BN) == (7, 64.0, 173.0)
    assert (calibrate.HELD_BN, calibrate.FUNDS_SHARE, calibrate.OUTSIDE_BN) == (450.0, 0.25, (250.0, 400.0))
