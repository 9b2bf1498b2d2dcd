"""The verdict on a strategy: whether it clearly paid in joint sell-offs, by one rule both ways."""

from typing import Literal, NamedTuple

from backtester.analysis.placebo import Placebo

Verdict = Literal["paid", "worse", "unclear", "small", "few", "void"]
FEWEST_WINDOWS = 20
FEWEST_ACTED = 10
BY_CHANCE = 0.05  # at most this share of shifted weights may be as good as the strategy's own
SMALL = 0.05  # of the reference's mean loss: a saving of less is small at best


class Evidence(NamedTuple):
    """What a verdict rests on: the number of joint sell-offs and of those in which the strategy acted, its mean payoff
    (NaN where there is none), the interval of it that allows for all strategies tried, None where none was made, the
    placebo, None where none can be made, and the reference's mean loss."""

    windows: int
    acted: int
    payoff: float
    widened: tuple[float, float] | None
    placebo: Placebo | None
    reference_loss: float


def verdict(evidence: Evidence, *, sound: bool) -> Verdict:
    """The verdict of DESIGN section 7; `sound`: the strategy did not look ahead and was not ruined.

    Clear is what the interval and the placebo both say. `small`: not clear, and even the interval's upper end saves
    less than a twentieth of the reference's mean loss. `few`: too few windows, or acted in too few of them.
    """
    if not sound or not evidence.windows or evidence.payoff != evidence.payoff:  # NaN
        return "void"
    if evidence.windows < FEWEST_WINDOWS or evidence.acted < FEWEST_ACTED:
        return "few"
    if evidence.widened is None:
        return "unclear"
    low, high = evidence.widened
    if low > 0 and (evidence.placebo is None or evidence.placebo.as_good <= BY_CHANCE):
        return "paid"
    if high < 0 and (evidence.placebo is None or evidence.placebo.as_bad <= BY_CHANCE):
        return "worse"
    return "small" if high < SMALL * evidence.reference_loss else "unclear"
