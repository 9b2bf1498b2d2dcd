"""The measures that are made of levels, each defined once, compiled; `figures.toml` explains them to readers.

`measure_levels` fills a row a book in the order of `LEVELS_NAMES`. Drawdowns are negative fractions, dates session
numbers, durations calendar days. What is undefined is NaN.

A level within `AT_PEAK` of the highest so far, as a fraction of that, is at the peak: levels are products of many
rounded factors, so one that has recovered can miss its old peak by the last bits.

All that numba sees is in this file, since its cache does not notice edits elsewhere.
"""

import numpy as np

from backtester.arrays import Array, Flags
from backtester.compiled import jit, jit_part

LEVELS_NAMES = (
    *("final_nav", "cagr"),
    *("max_drawdown", "max_drawdown_peak", "max_drawdown_trough", "max_drawdown_recovery", "max_drawdown_days"),
    *("days_under_water", "ulcer_index", "current_drawdown", "calmar"),
    *("best_month", "worst_month", "positive_months"),
    *("up_capture", "down_capture"),
)
AT_PEAK = 1e-12
FEWEST_DAYS = 365  # of a record whose growth is made a rate a year


@jit_part
def _growth(nav: Array, days: float, years: float) -> tuple[float, float]:
    """The value of 1 at the end, and the compound annual growth rate: (last / first)^(1 / years) - 1.

    -1 after ruin; NaN under 365 days.
    """
    final = nav[-1] / nav[0]
    return final, final ** (1 / years) - 1 if days >= FEWEST_DAYS else np.nan


@jit_part
def _falls(nav: Array, elapsed: Array) -> tuple[float, float, float, float, float, float, float, float]:
    """The deepest drawdown, its peak, trough and recovery, its days, all days under water, the ulcer index, and the
    drawdown at the last session.

    The deepest is the first of equals: 0 without dates where the level never fell; its peak is the last close at the
    high, its days run to the recovery or the last session. Under water are, for each session below its peak, the days
    since the session before. The ulcer index is the root mean square of the drawdown over all sessions: Martin and
    McCann (1989), The Investor's Guide to Fidelity Funds.
    """
    high, depth = nav[0], 0.0
    at_high = peak = trough = recovery = 0
    under_water, squares = 0.0, 0.0
    for t in range(len(nav)):
        fall = nav[t] / high - 1
        if fall > -AT_PEAK:
            high, at_high = max(high, nav[t]), t
            if recovery < 0:
                recovery = t
        else:
            squares += fall * fall
            under_water += elapsed[t] - elapsed[t - 1]
            if fall < depth:
                depth, peak, trough, recovery = fall, at_high, t, -1
    last = nav[-1] / high - 1
    ulcer, current = np.sqrt(squares / len(nav)), last if last <= -AT_PEAK else 0.0
    if not depth:
        return 0.0, np.nan, np.nan, np.nan, 0.0, under_water, ulcer, current
    days = elapsed[recovery] - elapsed[peak]  # session -1 is the last
    return depth, peak, trough, recovery if recovery >= 0 else np.nan, days, under_water, ulcer, current


@jit_part
def _months(nav: Array, month_ends: Flags) -> tuple[float, float, float]:
    """The best and the worst return of a calendar month from the last close before it, and the share above zero, of
    which rounding is none.

    Months at the ends can be parts of one; one with the first session only, or after ruin, has no return.
    """
    best, worst, rose, count, before = -np.inf, np.inf, 0, 0, nav[0]
    for t in range(1, len(nav)):
        if month_ends[t] and before > 0:
            value = nav[t] / before - 1
            best, worst, before = max(best, value), min(worst, value), nav[t]
            rose += value > AT_PEAK
            count += 1
    return (best, worst, rose / count) if count else (np.nan, np.nan, np.nan)


@jit_part
def _captures(nav: Array, theirs: Array, month_ends: Flags) -> tuple[float, float]:
    """The mean return of a month, geometric, over the reference's, in months in which it rose and in which it fell.

    Morningstar's up and down capture ratios. NaN without such a month; months are those of `_months`, to its ruin.
    """
    rose, fell, their_rise, their_fall = 0.0, 0.0, 0.0, 0.0
    before = rises = falls = 0
    for t in range(1, len(theirs)):
        if month_ends[t] and theirs[before] > 0 and nav[before] > 0:
            move = theirs[t] / theirs[before] - 1
            if abs(move) > AT_PEAK:
                own, their = np.log(nav[t] / nav[before]), np.log(theirs[t] / theirs[before])  # of ruin -inf
                if move > 0:
                    rose, their_rise, rises = rose + own, their_rise + their, rises + 1
                else:
                    fell, their_fall, falls = fell + own, their_fall + their, falls + 1
            before = t
    up = np.expm1(rose / rises) / np.expm1(their_rise / rises) if rises else np.nan
    down = np.expm1(fell / falls) / np.expm1(their_fall / falls) if falls else np.nan
    return up, down


@jit
def measure_levels(
    navs: Array, elapsed: Array, years: float, month_ends: Flags, reference: Array, measured: Array
) -> None:
    """Fill `measured` (B, F) with the measures `LEVELS_NAMES` of net asset values (B, T), T at least 2.

    `elapsed` (T,) are calendar days since the first session, `years` those of the last; `month_ends` (T,) marks the
    last session of each month, so the last of all; `reference` is net asset values (T,), or (0,) where there is none.
    """
    for b in range(len(navs)):
        nav, row = navs[b], measured[b]
        row[0], row[1] = _growth(nav, elapsed[-1], years)
        row[2], row[3], row[4], row[5], row[6], row[7], row[8], row[9] = _falls(nav, elapsed)
        row[10] = row[1] / -row[2] if row[2] < 0 else np.nan
        row[11], row[12], row[13] = _months(nav, month_ends)
        row[14], row[15] = _captures(nav, reference, month_ends)
