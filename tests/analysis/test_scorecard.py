"""The scorecard: by hand, against the plain definition, and by property."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtester.analysis.scorecard import (
    SCORECARD_FIGURES,
    ScorecardInputs,
    SellOffs,
    fill_scorecards,
    make_scorecards,
    returns_in_windows,
)
from backtester.arrays import Array, Integers
from witness import scorecard

RETURN = st.floats(-0.1, 0.1)
NONE = np.empty((0, 2), np.int64)
FOUR_YEARS = [0.0, 366.0, 365.0, 365.0, 365.0]  # days since the session before: 1,461
Card = dict[str, float]


def cards(records: ScorecardInputs, joint: Integers = NONE, other: Integers = NONE) -> list[Card]:
    """The figures of each strategy by name."""
    made = make_scorecards(records, SellOffs(joint, other))
    return [dict(zip(SCORECARD_FIGURES, card, strict=True)) for card in made.tolist()]


def card(
    own: list[float], reference: list[float], mix: list[float] | None = None, *, joint: object = (), other: object = (),
    days: list[float] | None = None,
) -> Card:  # fmt: skip
    """The figures of one strategy, whose mix is the reference unless one is given."""
    levels = [np.array(level, dtype=float) for level in (own, reference if mix is None else mix, reference)]
    spans = np.array([0.0] + [1.0] * (len(own) - 1) if days is None else days)
    records = ScorecardInputs(levels[0][None], levels[1][None], levels[2], spans)
    found = cards(records, *(np.array(some, np.int64).reshape(-1, 2) for some in (joint, other)))
    return found[0]


@st.composite
def records(draw: st.DrawFn) -> tuple[ScorecardInputs, Integers, Integers]:
    """Two strategies, the second without a mix, a reference, and windows of two kinds that share no return."""
    count = draw(st.integers(3, 40))
    levels = [
        np.array([1.0, *np.cumprod(1 + np.array(draw(st.lists(RETURN, min_size=count, max_size=count))))])
        for _ in range(4)
    ]
    if draw(st.booleans()):
        levels[0][draw(st.integers(1, count)) :] = 0.0  # ruined
    ends = sorted(draw(st.sets(st.integers(0, count), min_size=2, max_size=8)))
    windows = np.array(ends[: len(ends) // 2 * 2], np.int64).reshape(-1, 2)
    days = np.array([0.0, *draw(st.lists(st.sampled_from([1.0, 3.0, 40.0]), min_size=count, max_size=count))])
    mixes = np.array([levels[2], np.full(count + 1, np.nan)])
    return ScorecardInputs(np.array(levels[:2]), mixes, levels[3], days), windows[::2], windows[1::2]


@given(records())
def test_any_card_is_that_of_the_definition(made: tuple[ScorecardInputs, Integers, Integers]) -> None:
    """Every figure of strategies with and without a mix, ruined or not, is the definition's, to 1e-12."""
    levels, joint, other = made
    dates = pd.Timestamp("2000-01-03") + pd.to_timedelta(np.cumsum(levels.days), unit="D")
    for place, found in enumerate(cards(levels, joint, other)):
        own, mix, reference = (
            pd.Series(level, dates) for level in (levels.own[place], levels.mix[place], levels.reference)
        )
        with np.errstate(divide="ignore"):  # the definition takes the logarithm of ruin and leaves it out
            expected = scorecard.figures(own, mix, reference, joint, other)
        assert list(expected) == list(SCORECARD_FIGURES)
        assert list(found.values()) == pytest.approx(list(expected.values()), rel=1e-12, abs=1e-12, nan_ok=True)


def test_payoff_by_hand() -> None:
    """-5% and -20% against the mix's -10% and -10%: one better, one worse, -2.5 points, a quarter more lost."""
    found = card([1, 0.95, 1, 0.8], [1, 1, 1, 1], [1, 0.9, 1, 0.9], joint=[(0, 1), (2, 3)])
    assert (found["beyond_mix.better"], found["beyond_mix.worse"]) == (1, 1)
    assert found["beyond_mix.payoff_mean"] == pytest.approx(-0.025)
    assert found["beyond_mix.protection"] == pytest.approx(-0.25)
    assert [found[f"mean_loss.{of}"] for of in ("strategy", "reference", "mix")] == pytest.approx([0.125, 0, 0.1])


def test_a_difference_of_a_basis_point_is_a_tie() -> None:
    """Half a basis point off the reference, or off the mix, is neither better nor worse, and no acting."""
    found = card([1, 0.90005, 1, 0.95, 1, 0.8], [1, 0.9, 1, 0.9, 1, 0.85], joint=[(0, 1), (2, 3), (4, 5)])
    assert [found[name] for name in ("acted", "beyond_reference.better", "beyond_reference.worse")] == [2, 1, 1]
    assert (found["beyond_mix.better"], found["beyond_mix.worse"]) == (1, 1)
    assert found["beyond_reference.hit_rate"] == 0.5
    assert found["beyond_mix.payoff_mean"] == pytest.approx((0.00005 + 0.05 - 0.05) / 3)  # the mean is over all


def test_one_and_a_half_basis_points_are_no_tie() -> None:
    """The bound of a tie is one basis point; a difference of exactly the bound is a tie, either way."""
    found = card([1, 0.90015], [1, 0.9], joint=[(0, 1)])
    assert (found["acted"], found["beyond_reference.better"], found["beyond_mix.better"]) == (1, 1, 1)
    for own in (0.75, 0.25):
        levels = ScorecardInputs(np.array([[1, own]]), np.array([[1, 0.5]]), np.array([1, 0.5]), np.array([0.0, 1.0]))
        figures = np.full((1, len(SCORECARD_FIGURES)), np.nan)
        fill_scorecards(levels, SellOffs(np.array([[0, 1]]), NONE), 0.25, figures)
        assert figures[0, [0, 1, 2, 7, 8]].tolist() == [0, 0, 0, 0, 0]


def test_rounding_is_no_payoff() -> None:
    """A mean payoff of 6e-17 is none."""
    assert card([1, 0.9], [1, 0.9], [1, 0.9 + 1e-16], joint=[(0, 1)])["beyond_mix.payoff_mean"] == 0


def test_without_windows_nothing_is_known_of_them() -> None:
    """No sell-off, no loss and no payoff: undefined, not zero."""
    found = card([1, 2], [1, 2])
    assert found["acted"] == 0
    for name in ("beyond_reference.hit_rate", "mean_loss.reference", "beyond_mix.better", "beyond_mix.payoff_mean"):
        assert math.isnan(found[name])


def test_without_a_mix_there_is_nothing_beyond_it() -> None:
    """Figures against the reference stand by themselves."""
    found = card([1, 0.9], [1, 0.8], [np.nan, np.nan], joint=[(0, 1)], days=[0, 800])
    assert all(math.isnan(value) for name, value in found.items() if "mix" in name)
    assert found["beyond_reference.better"] == 1
    assert found["growth_annual.over_reference.total"] == pytest.approx(math.log(0.9 / 0.8) / (800 / 365.25))


def test_protection_is_undefined_where_the_mix_lost_nothing() -> None:
    """A mix that gained, or stood still, has no loss to protect from."""
    for end in (1.1, 1.0):
        assert math.isnan(card([1, 1.2], [1, 1], [1, end], joint=[(0, 1)])["beyond_mix.protection"])


def test_growth_by_hand() -> None:
    """Over four years: reference to e, strategy to 1; half a log point lost in a joint window, a tenth in another; the
    rest lost four tenths, over 730 days."""
    reference = [1, math.exp(0.5), math.exp(0.6), math.exp(0.7), math.e]
    found = card([1] * 5, reference, joint=[(0, 1)], other=[(1, 2)], days=FOUR_YEARS)
    parts = [found[f"growth_annual.over_reference.{name}"] for name in ("total", "joint_sell_offs", "other_sell_offs")]
    assert parts == pytest.approx([-1 / 4, -0.5 / 4, -0.1 / 4])
    assert found["growth_annual.over_reference.rest"] == pytest.approx(-0.4 / 4)
    assert found["growth_annual.over_reference.rest_annual"] == pytest.approx(-0.4 / (730 / 365.25))
    assert found["growth_annual.over_mix.total"] == found["growth_annual.over_reference.total"]


def test_nothing_is_annualised_under_a_year() -> None:
    """364 days are less than a year and 365 are one, as for CAGR; a rest of less has no rate of its own."""
    names = [f"growth_annual.over_mix.{name}" for name in ("total", "rest", "rest_annual")]
    short = card([1, 2, 2], [1, 1, 1], days=[0, 200, 164])
    assert all(math.isnan(short[name]) for name in names)
    long = card([1, 2, 2], [1, 1, 1], days=[0, 200, 165], joint=[(0, 1)])
    assert [math.isnan(long[name]) for name in names] == [False, False, True]
    rests = (card([1, 2, 2], [1, 1, 1], days=[0, 200, rest], joint=[(0, 1)]) for rest in (364, 365))
    assert [math.isnan(one["growth_annual.over_mix.rest_annual"]) for one in rests] == [True, False]


def test_growth_after_ruin_is_undefined() -> None:
    """Nothing left has no logarithm: undefined throughout, not infinite."""
    for own, reference in (([1, 0.5, 0], [1, 1, 1]), ([1, 1, 1], [1, 0.5, 0])):
        found = card(own, reference, joint=[(0, 1)], days=[0, 400, 400])
        assert all(math.isnan(value) for name, value in found.items() if name.startswith("growth_annual"))


def test_reductions_by_hand() -> None:
    """A fall of 10% where the reference fell 20% is 10 points less; under water one day instead of two."""
    found = card([1, 0.9, 1], [1, 0.8, 0.9])
    assert found["max_drawdown_reduction"] == pytest.approx(0.1)
    assert found["days_under_water_reduction"] == 1


@given(records())
def test_splits_of_growth_add_up(made: tuple[ScorecardInputs, Integers, Integers]) -> None:
    """Joint, other and rest are the total, against mix and reference."""
    for found in cards(*made):
        for against in ("over_mix", "over_reference"):
            total, *parts = (
                found[f"growth_annual.{against}.{name}"]
                for name in ("total", "joint_sell_offs", "other_sell_offs", "rest")
            )
            assert sum(parts) == pytest.approx(total, abs=1e-12, nan_ok=True)


@given(records())
def test_against_itself_nothing_is_different(made: tuple[ScorecardInputs, Integers, Integers]) -> None:
    """A strategy that is reference and mix acted nowhere, paid nothing and grew no more."""
    levels, joint, other = made
    same = ScorecardInputs(levels.reference[None], levels.reference[None], levels.reference, levels.days)
    [found] = cards(same, joint, other)
    assert found["acted"] == found["max_drawdown_reduction"] == found["days_under_water_reduction"] == 0
    if len(joint):
        assert (found["beyond_mix.payoff_mean"], found["beyond_mix.better"], found["beyond_mix.worse"]) == (0, 0, 0)
    if levels.days.sum() > 366:
        assert found["growth_annual.over_mix.total"] == found["growth_annual.over_reference.rest"] == 0


@given(records())
def test_units_and_the_order_of_windows_do_not_matter(made: tuple[ScorecardInputs, Integers, Integers]) -> None:
    """Records in other units, and windows in reverse, have the same card."""
    levels, joint, other = made
    scaled = ScorecardInputs(levels.own * 4, levels.mix * 0.5, levels.reference * 8, levels.days)
    one, two = cards(levels, joint, other), cards(scaled, joint[::-1].copy(), other[::-1].copy())
    for first, second in zip(one, two, strict=True):
        assert list(first.values()) == pytest.approx(list(second.values()), rel=1e-9, abs=1e-12, nan_ok=True)


@given(records())
def test_inputs_stay_as_they_were(made: tuple[ScorecardInputs, Integers, Integers]) -> None:
    """A card changes no record and no window."""
    levels, joint, other = made
    parts: list[Array | Integers] = [*levels, joint, other]
    before = [part.copy() for part in parts]
    cards(levels, joint, other)
    for part, copy in zip(parts, before, strict=True):
        np.testing.assert_array_equal(part, copy)


def test_window_returns_of_many_levels_at_once() -> None:
    """A row a level; undefined from a level of 0."""
    levels = np.array([[1.0, 2, 0, 0], [1.0, 1, 3, 6]])
    windows = np.array([[0, 1], [1, 2], [2, 3]])
    expected = [[1, -1, math.nan], [0, 2, 1]]
    np.testing.assert_array_equal(returns_in_windows(levels, windows), expected)
