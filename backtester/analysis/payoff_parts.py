"""What the mean payoff is made of, compiled: what the legs held at a window's start earned, trading, and other assets.

All that numba sees is in this file, since its cache does not notice edits elsewhere. The plain definition is in
`tests/witness/mix.py`.
"""

from typing import NamedTuple

from backtester.arrays import Array, Flags, Integers
from backtester.compiled import jit, jit_part

PART_NAMES = ("held", "trading", "others", "costs_and_interest")


class Excess(NamedTuple):
    """What the legs of the pair did over T sessions: `levels` (T, 2), returns in excess of bills in `moves` (T - 1, 2),
    what a unit of each, `kept` from the first session, has earned so (T, 2), the returns of `bills` (T,), and the
    windows (W, 2)."""

    levels: Array
    moves: Array
    kept: Array
    bills: Array
    windows: Integers


class Account(NamedTuple):
    """A strategy's book: `nav` (T,), `weights` and `gains` (T, K), which assets are `funded` (K,), and which of them
    the legs are (2,), -1 for none."""

    nav: Array
    weights: Array
    gains: Array
    funded: Flags
    legs: Integers


class Mix(NamedTuple):
    """Its mix: the book's `nav` (T,) and `weights` of the legs (T, 2), and the `level` (T,) with the slopes that were
    left added."""

    nav: Array
    weights: Array
    level: Array


@jit_part
def _held(weights: Array, legs: tuple[int, int], excess: Excess, start: int, end: int) -> float:
    """What the legs held at a window's start earn to its end, over the net asset value at the start."""
    held = 0.0
    for leg in range(2):
        if legs[leg] >= 0:
            unit = (excess.kept[end, leg] - excess.kept[start, leg]) / excess.levels[start, leg]
            held += weights[start, legs[leg]] * unit
    return held


@jit_part
def _earned(account: Account, bills: Array, start: int, end: int) -> tuple[float, float]:
    """What the legs, and all other assets, earned in a window in excess of bills, over the net asset value before."""
    of_legs, others = 0.0, 0.0
    for t in range(start + 1, end + 1):
        for k in range(len(account.funded)):
            earned = account.gains[t, k]
            if account.funded[k]:
                earned -= account.weights[t - 1, k] * (account.nav[t - 1] * bills[t])
            if k == account.legs[0] or k == account.legs[1]:
                of_legs += earned
            else:
                others += earned
    return of_legs / account.nav[start], others / account.nav[start]


@jit
def fill_parts(account: Account, mix: Mix, excess: Excess, parts: Array) -> None:
    """Fill the four `PART_NAMES`, zeros before, with means over the windows; they add up to the mean payoff.

    All in excess of bills. `held`: the legs that strategy and mix held at the window's start, kept to its end;
    `trading`: what the legs earned otherwise; `others`: all other assets; and what is left: costs, financing, and
    interest on what was gained.
    """
    count, legs = len(excess.windows), (account.legs[0], account.legs[1])
    for place in range(count):
        start, end = excess.windows[place, 0], excess.windows[place, 1]
        held = _held(account.weights, legs, excess, start, end)
        of_legs, others = _earned(account, excess.bills, start, end)
        mix_held, mix_legs = _held(mix.weights, (0, 1), excess, start, end), 0.0
        for t in range(start + 1, end + 1):
            for leg in range(2):
                mix_legs += mix.weights[t - 1, leg] * (mix.nav[t - 1] * excess.moves[t - 1, leg])
        trading = (of_legs - held) - (mix_legs / mix.nav[start] - mix_held)
        payoff = account.nav[end] / account.nav[start] - mix.level[end] / mix.level[start]
        parts[0] += (held - mix_held) / count
        parts[1] += trading / count
        parts[2] += others / count
        parts[3] += (payoff - (held - mix_held) - trading - others) / count
