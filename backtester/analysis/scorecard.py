"""The scorecard: losses in joint sell-offs, payoff beyond the mix, and growth over mix and reference at other times.

A mix is the fixed shares of stocks, bonds and bills that moved as the strategy did; payoff, the return beyond it in a
joint sell-off. `make_scorecards` computes the figures of many strategies at once; it is used for the actual record and
for each resample. All that numba compiles is in this file, since its cache does not notice edits in others.
docs/design.md defines the figures, `figures.toml` explains each; `tests/witness/scorecard.py` is a plain definition.
"""

from typing import NamedTuple

import numpy as np

from backtester.arrays import Array, Integers
from backtester.compiled import jit, jit_part, jit_shared

TIE_RETURN = 1e-4  # two returns in a window that differ by a basis point or less are a tie
GROWTH = ("total", "joint_sell_offs", "other_sell_offs", "rest", "rest_annual")
SCORECARD_FIGURES = (
    "acted",
    "beyond_reference.better",
    "beyond_reference.worse",
    "beyond_reference.hit_rate",
    "mean_loss.strategy",
    "mean_loss.reference",
    "mean_loss.mix",
    "beyond_mix.better",
    "beyond_mix.worse",
    "beyond_mix.payoff_mean",
    "beyond_mix.protection",
    *(f"growth_annual.over_mix.{part}" for part in GROWTH),
    *(f"growth_annual.over_reference.{part}" for part in GROWTH),
    "max_drawdown_reduction",
    "days_under_water_reduction",
)
PAYOFF_INDEX = SCORECARD_FIGURES.index("beyond_mix.payoff_mean")
ONE_YEAR = 365 / 365.25  # years; nothing is annualised under 365 days, as in `levels_kernel`
ROUNDING_PAYOFF = 1e-12  # a mean payoff or a drawdown of up to this is rounding


class ScorecardInputs(NamedTuple):
    """What S strategies are judged by: levels by session of the strategies (`own`) and of their mixes, (S, T) each, a
    mix NaN throughout where there is none; those of the reference (T,); and calendar `days` since the session before
    (T,), the first unused."""

    own: Array
    mix: Array
    reference: Array
    days: Array


class SellOffs(NamedTuple):
    """Windows (W, 2), by the session numbers of their first and last close: joint sell-offs, in which stocks and bonds
    fell, and other ones, in which stocks fell and bonds did not."""

    joint: Integers
    other: Integers


def make_scorecards(records: ScorecardInputs, windows: SellOffs) -> Array:
    """The figures (S, F) of each strategy in the order of `SCORECARD_FIGURES`, NaN where undefined."""
    figures = np.full((len(records.own), len(SCORECARD_FIGURES)), np.nan)
    fill_scorecards(records, windows, TIE_RETURN, figures)
    return figures


def returns_in_windows(levels: Array, windows: Integers) -> Array:
    """The returns (..., W) of levels (..., T) in windows (W, 2); NaN where a window starts at a level of 0."""
    first, last = levels[..., windows[:, 0]], levels[..., windows[:, 1]]
    returns: Array = np.divide(last, first, out=np.full(first.shape, np.nan), where=first > 0) - 1
    return returns


@jit_shared
def _return(level: Array, start: int, end: int) -> float:
    """The return from one session's close to another's; NaN from a level of 0."""
    return level[end] / level[start] - 1 if level[start] > 0 else np.nan


@jit_shared
def _fall(level: Array, days: Array) -> tuple[float, float]:
    """The lowest level as a fraction of the highest before it, and the calendar days below an earlier high."""
    peak, lowest, below = level[0], 1.0, 0.0
    for t in range(1, len(level)):  # sums of conditions instead of branches, which the processor cannot predict here
        now = level[t]
        peak = now if now > peak else peak
        if now < peak * lowest:
            lowest = now / peak
        below += days[t] * (now < peak * (1 - ROUNDING_PAYOFF))
    return lowest, below


@jit_shared
def _excess_growth(level: Array, other: Array, windows: Integers) -> float:
    """The log growth of a level over another one in all windows together; NaN where either was ruined."""
    growth = 0.0
    for w in range(len(windows)):
        start, end = windows[w, 0], windows[w, 1]
        if min(level[end], other[end]) > 0:
            growth += np.log(level[end] / level[start]) - np.log(other[end] / other[start])
        else:
            growth = np.nan
    return growth


@jit_shared
def _fill_growth(level: Array, other: Array, windows: SellOffs, years: tuple[float, float], figures: Array) -> None:
    """Fill the first five `figures` with a level's growth over another one, by `GROWTH`, in log points a year.

    `years` are those of the record and those outside all windows. The first four figures are a year of the record, so
    that they add up; `rest_annual` is a year outside the windows. Nothing is filled after ruin or under a year.
    """
    all_years, rest_years = years
    if all_years < ONE_YEAR or not (level[-1] > 0 and other[-1] > 0):  # the second is so for NaN too
        return
    total = np.log(level[-1] / level[0]) - np.log(other[-1] / other[0])
    in_joint, in_other = _excess_growth(level, other, windows.joint), _excess_growth(level, other, windows.other)
    rest = total - in_joint - in_other
    figures[0], figures[1] = total / all_years, in_joint / all_years
    figures[2], figures[3] = in_other / all_years, rest / all_years
    figures[4] = rest / rest_years if rest_years >= ONE_YEAR else np.nan


@jit_part
def _years(days: Array, windows: SellOffs) -> tuple[float, float]:
    """The years of the record, and those outside all windows; `days` (T,) are calendar days since the session
    before."""
    total = 0.0
    for t in range(1, len(days)):
        total += days[t]
    rest = total
    for w in range(len(windows.joint)):
        for t in range(windows.joint[w, 0] + 1, windows.joint[w, 1] + 1):
            rest -= days[t]
    for w in range(len(windows.other)):
        for t in range(windows.other[w, 0] + 1, windows.other[w, 1] + 1):
            rest -= days[t]
    return total / 365.25, rest / 365.25


@jit
def fill_scorecards(inputs: ScorecardInputs, windows: SellOffs, tie: float, figures: Array) -> None:
    """Fill `figures` (S, F), NaN before, in the order of `SCORECARD_FIGURES`; returns that differ by `tie` or less
    tie."""
    years, (lowest, below) = _years(inputs.days, windows), _fall(inputs.reference, inputs.days)
    joint, count = windows.joint, len(windows.joint)
    for s in range(len(figures)):
        card, own, mix, reference = figures[s], inputs.own[s], inputs.mix[s], inputs.reference
        above_reference = below_reference = above_mix = below_mix = 0  # numbers of windows
        loss = reference_loss = mix_loss = 0.0  # sums over the windows
        for w in range(count):
            own_return = _return(own, joint[w, 0], joint[w, 1])
            reference_return = _return(reference, joint[w, 0], joint[w, 1])
            mix_return = _return(mix, joint[w, 0], joint[w, 1])
            above_reference += own_return - reference_return > tie
            below_reference += reference_return - own_return > tie
            above_mix += own_return - mix_return > tie
            below_mix += mix_return - own_return > tie
            loss, reference_loss = loss - own_return, reference_loss - reference_return
            mix_loss -= mix_return
        acted = above_reference + below_reference
        card[0], card[1], card[2] = acted, above_reference, below_reference
        card[3] = above_reference / acted if acted else np.nan
        if count:
            card[4], card[5], card[6] = loss / count, reference_loss / count, mix_loss / count
        if count and not np.isnan(mix_loss):
            card[7], card[8], card[9] = above_mix, below_mix, (mix_loss - loss) / count
            card[9] = 0.0 if abs(card[9]) <= ROUNDING_PAYOFF else card[9]
            card[10] = 1 - loss / mix_loss if mix_loss > ROUNDING_PAYOFF else np.nan
        _fill_growth(own, mix, windows, years, card[11:])
        _fill_growth(own, reference, windows, years, card[16:])
        own_lowest, own_below = _fall(own, inputs.days)
        card[21], card[22] = own_lowest - lowest, below - own_below
