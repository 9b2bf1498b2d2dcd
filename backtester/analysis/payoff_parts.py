"""What the mean payoff is made of: what the legs held at a window's start earned, trading, and other assets.

The plain definition is in `tests/witness/mix.py`.
"""

from typing import NamedTuple

import numpy as np

from backtester.arrays import Array, Flags, Integers

PART_NAMES = ("held", "trading", "others", "costs_and_interest")


class Excess(NamedTuple):
    """The excess returns of the pair's legs over T sessions and in W windows, none of which is empty.

    `moves` (T - 1, 2): their returns in excess of bills, from the second session; `held` (W, 2): what a unit of net
    asset value held in each from a window's start to its end earned so; `bills` (T,): the returns of bills; `starts`
    and `ends` (W,) of the windows; `inside`: their sessions after the start, window after window; `begins` (W,):
    where the sessions of each window begin in `inside`.
    """

    moves: Array
    held: Array
    bills: Array
    starts: Integers
    ends: Integers
    inside: Integers
    begins: Integers


class Account(NamedTuple):
    """A strategy's book: `nav` (T,), `weights` and `gains` (T, K), which assets are `funded` (K,), and which of them
    the legs are (2,), -1 for none."""

    nav: Array
    weights: Array
    gains: Array
    funded: Flags
    legs: Integers


class Mix(NamedTuple):
    """Its mix: the book's `nav` (T,) and `weights` of the legs (T, 2), and its `level` (T,), to which
    the remaining slopes of strategy less mix on the legs are added."""

    nav: Array
    weights: Array
    level: Array


def make_excess(levels: Array, moves: Array, bills: Array, windows: Integers) -> Excess:
    """The `Excess` of legs with these levels (T, 2) and returns in excess of bills (T - 1, 2), in windows (W, 2)."""
    earned = np.cumsum(np.insert(levels[:-1] * moves, 0, 0.0, axis=0), axis=0)  # by a unit kept from the first session
    starts, ends = windows[:, 0], windows[:, 1]
    held = (earned[ends] - earned[starts]) / levels[starts]
    inside = [np.arange(start + 1, end + 1) for start, end in windows]
    begins = np.cumsum([0, *(ends - starts)[:-1]])
    return Excess(moves, held, bills, starts, ends, np.concatenate(inside), begins)


def payoff_parts(account: Account, mix: Mix, excess: Excess) -> Array:
    """The parts (4,) in the order of `PART_NAMES`, means over the windows, of which there is one at least; they add up
    to the mean payoff.

    All in excess of bills. `held`: the legs that strategy and mix held at the window's start, kept to its end;
    `trading`: what the legs earned otherwise; `others`: all other assets; and what is left: costs, financing, and
    interest on what was gained.
    """
    starts, ends, owned = excess.starts, excess.ends, account.legs >= 0
    legs = account.legs[owned]
    held = (account.weights[starts][:, legs] * excess.held[:, owned]).sum(axis=1)
    held_by_mix = (mix.weights[starts] * excess.held).sum(axis=1)
    earned = _earned(account, excess)
    others = np.delete(earned, legs, axis=1).sum(axis=1) / account.nav[starts]
    traded = earned[:, legs].sum(axis=1) / account.nav[starts] - held
    traded_by_mix = _earned_by_mix(mix, excess) / mix.nav[starts] - held_by_mix
    payoff = account.nav[ends] / account.nav[starts] - mix.level[ends] / mix.level[starts]
    parts = np.array([held - held_by_mix, traded - traded_by_mix, others])
    return np.asarray(np.mean([*parts, payoff - parts.sum(axis=0)], axis=1), np.float64)


def _earned(account: Account, excess: Excess) -> Array:
    """The return of each asset in each window in excess of bills, (W, K)."""
    after, before = excess.inside, excess.inside - 1
    financing = (account.nav[before] * excess.bills[after])[:, None] * account.weights[before] * account.funded
    return np.asarray(np.add.reduceat(account.gains[after] - financing, excess.begins), np.float64)


def _earned_by_mix(mix: Mix, excess: Excess) -> Array:
    """The return of the mix in each window in excess of bills, from the legs it held, (W,)."""
    before = excess.inside - 1
    earned = (mix.weights[before] * excess.moves[before]).sum(axis=1) * mix.nav[before]
    return np.asarray(np.add.reduceat(earned, excess.begins), np.float64)
