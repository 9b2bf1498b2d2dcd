"""The verdict on a strategy: whether it clearly paid in joint sell-offs, by one rule both ways; and its placebo.

The placebo is what the same weights would have paid beyond a mix had they been held at other times. The weights held
after each session are moved in time by every circular shift, all assets together. What a shift pays in the windows,
less its slopes on the legs times what the legs did there, is a sum of products of weights and numbers that no shift
changes, so that one Fourier transform an asset gives all shifts, without a book.
"""

import functools
from typing import Literal, NamedTuple

import numpy as np

from backtester.arrays import Array, Integers, Spectrum

Verdict = Literal["paid", "worse", "unclear", "small", "few", "void"]
FEWEST_WINDOWS = 20
FEWEST_ACTED = 10
BY_CHANCE = 0.05  # at most this share of shifted weights may be as good as the strategy's own
SMALL_SAVING = 0.05  # of the reference's mean loss: a saving of less is small at best
TIE_PAYOFF = 1e-12  # payoffs this close to a strategy's own are as good as it


class Placebo(NamedTuple):
    """The number of shifts, the strategy's own place among them, and the shares that paid as much, and as little."""

    shifts: int
    as_good: float
    as_bad: float


def payoff_sensitivities(matrix: Array, legs: Array, joint: Integers) -> Array:
    """The addition of each session's return (n,) of a record to its mean payoff beyond a mix without slopes on the
    legs.

    `matrix` (2, n) as of `mix.slope_matrix`, `legs` (2, n) excess returns, `joint` (W, 2) sessions of the windows.
    """
    inside = np.zeros(legs.shape[1])
    for start, end in joint:
        inside[start:end] += 1 / len(joint)
    there = np.einsum("kn,n->k", legs, inside)  # not a BLAS product, whose last bits depend on its threads
    values: Array = inside - np.einsum("k,kn->n", there, matrix)
    return values


def payoff_spectrum(returns: Array, values: Array) -> Spectrum:
    """The Fourier transforms (F, K) of what a weight of 1 in each asset adds to the payoff at each session.

    `returns` (n, K) are in excess of bills, but for unfunded assets, which tie up no cash; `values` (n,) are the
    `payoff_sensitivities`.
    """
    worth: Spectrum = np.fft.rfft(returns * values[:, None], _padded(len(returns)), axis=0)
    return worth


def shifted_payoffs(weights: Array, worth: Spectrum) -> Array:
    """The payoff (n,) of each shift s: sum over sessions of weights[t - 1 - s] x returns[t] x values[t].

    `weights` (n, K) held before each return; `worth` (F, K) of the same assets, as of `payoff_spectrum`.
    """
    count, padded = len(weights), _padded(len(weights))
    products = np.einsum("fk,fk->f", worth, np.conj(np.fft.rfft(weights, padded, axis=0)))
    moved = np.fft.irfft(products, padded)  # as if nothing followed the last session; the beginning does
    shifted: Array = moved[:count]
    shifted[1:] += moved[padded - count + 1 :]
    return shifted


@functools.cache
def _padded(count: int) -> int:
    """A length that holds both ends of all shifts, and has the factors 2, 3 and 5 only: several times as fast.

    As next_fast_len of scipy.fft, whose import takes a quarter of a second of each process.
    """
    least = 2 * count - 1
    odd = (3**threes * 5**fives for threes in range(least.bit_length()) for fives in range(least.bit_length()))
    shortest: int = min(one << max(0, -(-least // one) - 1).bit_length() for one in odd)
    return shortest


def placebo(payoffs: Array) -> Placebo:
    """The shares of shifts whose payoffs are as good, and as bad, as the first, the strategy's own."""
    own = payoffs[0]
    return Placebo(
        len(payoffs), float((payoffs >= own - TIE_PAYOFF).mean()), float((payoffs <= own + TIE_PAYOFF).mean())
    )


class Evidence(NamedTuple):
    """The evidence that a verdict rests on: the number of joint sell-offs and of those in which the strategy acted, its
    mean payoff (NaN where there is none), the interval of it that allows for all strategies tried, None where none was
    made, the placebo, None where none can be made, and the reference's mean loss."""

    windows: int
    acted: int
    payoff: float
    widened: tuple[float, float] | None
    placebo: Placebo | None
    reference_loss: float


def verdict(evidence: Evidence, *, sound: bool) -> Verdict:
    """The verdict of docs/design.md; `sound`: the strategy did not look ahead and was not ruined.

    Clear is what the interval and the placebo both say. `small`: not clearly worse, and even the interval's upper end
    saves less than a twentieth of the reference's mean loss. `few`: too few windows, or acted in too few of them.
    """
    if not sound or not evidence.windows or evidence.payoff != evidence.payoff:  # NaN
        return "void"
    if evidence.windows < FEWEST_WINDOWS or evidence.acted < FEWEST_ACTED:
        return "few"
    if evidence.widened is None:
        return "unclear"
    low, high = evidence.widened
    if high < 0 and (evidence.placebo is None or evidence.placebo.as_bad <= BY_CHANCE):
        return "worse"
    if high < SMALL_SAVING * evidence.reference_loss:
        return "small"
    return "paid" if low > 0 and (evidence.placebo is None or evidence.placebo.as_good <= BY_CHANCE) else "unclear"
