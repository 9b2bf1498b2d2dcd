"""The scorecard: losses in joint sell-offs, payoff beyond the mix, and growth over mix and reference at other times.

`make_scorecards` computes the figures of many strategies at once; it is used for the actual record and for each
resample. All that numba compiles is in this file, since its cache does not notice edits in others. docs/design.md
defines the figures, `figures.toml` explains each; `tests/witness/scorecard.py` is a plain definition.
"""

from typing import NamedTuple

import numpy as np

from backtester.arrays import Array, Integers
from backtester.compiled import jit, jit_part, jit_shared

TIE_RETURN = 1e-4  # a difference of a window's returns of up to a basis point is a tie
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
ONE_YEAR = 365 / 365.25  # the fewest days for a rate a year, as of growth in `levels_kernel`
ROUNDING_PAYOFF = 1e-12  # of a mean payoff, and of growth: rounding


class ScorecardInputs(NamedTuple):
    """Levels by session of the strategies and of their mixes (S, T) each, NaN throughout where a strategy has no mix;
    of the reference (T,); and calendar days since the session before (T,), the first unused."""

    own: Array
    mix: Array
    reference: Array
    days: Array


class SellOffs(NamedTuple):
    """Joint and other sell-offs, each (W, 2): sessions of the first and last close."""

    joint: Integers
    other: Integers


def make_scorecards(records: ScorecardInputs, windows: SellOffs) -> Array:
    """The figures (S, F) in the order of `SCORECARD_FIGURES`, NaN where undefined."""
    figures = np.full((len(records.own), len(SCORECARD_FIGURES)), np.nan)
    fill_scorecards(records, windows, TIE_RETURN, figures)
    return figures


def returns_in_windows(levels: Array, windows: Integers) -> Array:
    """The returns (..., W) of levels (..., T) in windows (W, 2); NaN from a level of 0."""
    first, last = levels[..., windows[:, 0]], levels[..., windows[:, 1]]
    returns: Array = np.divide(last, first, out=np.full(first.shape, np.nan), where=first > 0) - 1
    return returns


@jit_shared
def _move(level: Array, start: int, end: int) -> float:
    return level[end] / level[start] - 1 if level[start] > 0 else np.nan


@jit_shared
def _fall(level: Array, days: Array) -> tuple[float, float]:
    """The deepest drawdown, as a negative fraction, and the days below an earlier high."""
    peak, lowest, below = level[0], 1.0, 0.0
    for t in range(1, len(level)):  # with few branches: which way they go is chance
        now = level[t]
        peak = now if now > peak else peak
        if now < peak * lowest:
            lowest = now / peak
        below += days[t] * (now < peak * (1 - ROUNDING_PAYOFF))
    return lowest - 1, below


@jit_shared
def _inside(level: Array, other: Array, windows: Integers) -> float:
    """Log points by which the level outgrew the other in the windows; NaN where either was ruined."""
    grown = 0.0
    for place in range(len(windows)):
        start, end = windows[place, 0], windows[place, 1]
        if min(level[end], other[end]) > 0:
            grown += np.log(level[end] / level[start]) - np.log(other[end] / other[start])
        else:
            grown = np.nan
    return grown


@jit_shared
def _grow(level: Array, other: Array, windows: SellOffs, spans: tuple[float, float], figures: Array) -> None:
    """Fill the five of `GROWTH`: a year of all, but for the last, a year of the rest; none under a year."""
    years, rest_years = spans
    if years < ONE_YEAR or not (level[-1] > 0 and other[-1] > 0):  # NaN too
        return
    total = np.log(level[-1] / level[0]) - np.log(other[-1] / other[0])
    joint, elsewhere = _inside(level, other, windows.joint), _inside(level, other, windows.other)
    rest = total - joint - elsewhere
    figures[0], figures[1], figures[2], figures[3] = total / years, joint / years, elsewhere / years, rest / years
    figures[4] = rest / rest_years if rest_years >= ONE_YEAR else np.nan


@jit_part
def _spans(days: Array, windows: SellOffs) -> tuple[float, float]:
    """Years in all, and outside all windows."""
    total = 0.0
    for t in range(1, len(days)):
        total += days[t]
    rest = total
    for place in range(len(windows.joint)):
        for t in range(windows.joint[place, 0] + 1, windows.joint[place, 1] + 1):
            rest -= days[t]
    for place in range(len(windows.other)):
        for t in range(windows.other[place, 0] + 1, windows.other[place, 1] + 1):
            rest -= days[t]
    return total / 365.25, rest / 365.25


@jit
def fill_scorecards(records: ScorecardInputs, windows: SellOffs, same: float, figures: Array) -> None:
    """Fill `figures` (S, F); a difference of returns of up to `same` is a tie."""
    spans, (depth, below) = _spans(records.days, windows), _fall(records.reference, records.days)
    joint, count = windows.joint, len(windows.joint)
    for s in range(len(figures)):
        card, own, mix, reference = figures[s], records.own[s], records.mix[s], records.reference
        softer = harder = better = worse = 0
        lost = theirs = mixed = 0.0
        for w in range(count):
            move, other = _move(own, joint[w, 0], joint[w, 1]), _move(reference, joint[w, 0], joint[w, 1])
            stands = _move(mix, joint[w, 0], joint[w, 1])
            softer += move - other > same
            harder += other - move > same
            better += move - stands > same
            worse += stands - move > same
            lost, theirs, mixed = lost - move, theirs - other, mixed - stands
        card[0], card[1], card[2] = softer + harder, softer, harder
        card[3] = softer / (softer + harder) if softer + harder else np.nan
        if count:
            card[4], card[5], card[6] = lost / count, theirs / count, mixed / count
        if count and not np.isnan(mixed):
            card[7], card[8], card[9] = better, worse, (mixed - lost) / count
            card[9] = 0.0 if abs(card[9]) <= ROUNDING_PAYOFF else card[9]
            card[10] = 1 - lost / mixed if mixed > ROUNDING_PAYOFF else np.nan
        _grow(own, mix, windows, spans, card[11:16])
        _grow(own, reference, windows, spans, card[16:21])
        own_depth, own_below = _fall(own, records.days)
        card[21], card[22] = own_depth - depth, below - own_below
