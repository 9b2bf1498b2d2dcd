"""The parts of a strategy's mean payoff: the legs held at a window's start, trading within it, other assets, and the
rest.

A payoff is the return in a joint sell-off beyond the mix, the fixed shares of the legs (the pair's stocks and bonds)
and bills that moved as the strategy did.
The plain definition is in `tests/witness/mix.py`.
"""

from typing import NamedTuple

import numpy as np

from backtester.arrays import Array, Flags, Integers

PART_NAMES = ("held", "trading", "others", "costs_and_interest")


class Excess(NamedTuple):
    """The excess returns of the pair's two legs over T sessions and in W windows, each of one session or more.

    `moves` (T - 1, 2) are their returns in excess of bills, from the second session on; `held` (W, 2) is what 1 put
    into a leg at a window's start, and kept, earned in excess of bills by its end; `bills` (T,) are the returns of
    bills. `starts` and `ends` (W,) are the session numbers of the windows; `inside` are those of their returns, one
    window after the other, and `begins` (W,) the places in it at which each window's begin.
    """

    moves: Array
    held: Array
    bills: Array
    starts: Integers
    ends: Integers
    inside: Integers
    begins: Integers


class Account(NamedTuple):
    """A strategy's book: `nav` (T,), `weights` and `gains` (T, K) of its assets, flags of the `funded` ones (K,), and
    the places of the pair's `legs` among them (2,), -1 for a leg that it never holds."""

    nav: Array
    weights: Array
    gains: Array
    funded: Flags
    legs: Integers


class Mix(NamedTuple):
    """The strategy's mix: the `nav` (T,) of its book and the `weights` of the legs in it (T, 2); and its `level` (T,),
    which also has the returns of the slopes that the fit left, and is what the payoff is measured against."""

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
    return Excess(
        moves=moves,
        held=held,
        bills=bills,
        starts=starts,
        ends=ends,
        inside=np.concatenate(inside),
        begins=begins,
    )


def payoff_parts(account: Account, mix: Mix, excess: Excess) -> Array:
    """The parts (4,) of the mean payoff over one window or more, in the order of `PART_NAMES`; they add up to it.

    In excess of bills, strategy less mix: `held` is what the legs held at a window's start earned by its end; `trading`
    what the legs earned besides, since holdings changed; `others` what all other assets earned; `costs_and_interest` is
    the remainder: costs, financing, and interest on gains.
    """
    starts, ends, is_held = excess.starts, excess.ends, account.legs >= 0
    legs = account.legs[is_held]
    held = (account.weights[starts][:, legs] * excess.held[:, is_held]).sum(axis=1)
    held_by_mix = (mix.weights[starts] * excess.held).sum(axis=1)
    earned = _earned(account, excess)
    others = np.delete(earned, legs, axis=1).sum(axis=1) / account.nav[starts]
    traded = earned[:, legs].sum(axis=1) / account.nav[starts] - held
    traded_by_mix = _earned_by_mix(mix, excess) / mix.nav[starts] - held_by_mix
    payoff = account.nav[ends] / account.nav[starts] - mix.level[ends] / mix.level[starts]
    parts = np.array([held - held_by_mix, traded - traded_by_mix, others])
    return np.asarray(np.mean([*parts, payoff - parts.sum(axis=0)], axis=1), np.float64)


def _earned(account: Account, excess: Excess) -> Array:
    """What each asset earned in each window in excess of bills, (W, K), in units of the starting value."""
    after, before = excess.inside, excess.inside - 1
    financing = (account.nav[before] * excess.bills[after])[:, None] * account.weights[before] * account.funded
    return np.asarray(np.add.reduceat(account.gains[after] - financing, excess.begins), np.float64)


def _earned_by_mix(mix: Mix, excess: Excess) -> Array:
    """What the legs of the mix earned in each window in excess of bills, (W,), in units of the starting value."""
    before = excess.inside - 1
    earned = (mix.weights[before] * excess.moves[before]).sum(axis=1) * mix.nav[before]
    return np.asarray(np.add.reduceat(earned, excess.begins), np.float64)
