"""The verdict on a strategy, whether it clearly paid or clearly did worse in joint sell-offs; and its placebo.

A mix is the fixed shares of the legs (the pair's stocks and bonds) and bills that moved as the strategy did; payoff,
the return beyond it in a joint sell-off.

The placebo asks what the same weights would have paid beyond a mix had they been held at other times. The weights held
after each session are shifted in time, all assets together and with wrap-around, by every number of sessions. The mean
payoff of a shift is a sum over sessions of weights times returns times numbers that no shift changes
(`payoff_sensitivities`), so one Fourier transform for each asset gives all shifts, without simulating a book.
"""

import functools
from typing import Literal, NamedTuple

import numpy as np

from backtester.arrays import Array, Integers, Spectrum

Verdict = Literal["paid", "worse", "unclear", "small", "few", "void"]
FEWEST_WINDOWS = 20  # joint sell-offs; with fewer the verdict is `few`
FEWEST_ACTED = 10  # joint sell-offs in which the strategy's return was not the reference's
PLACEBO_LEVEL = 0.05  # at most this share of shifts may be as good as the strategy's own, the shift by 0
SMALL_SAVING = 0.05  # as a share of the reference's mean loss: a payoff that surely is less is `small`
TIE_PAYOFF = 1e-12  # payoffs that are this close are equal


class Placebo(NamedTuple):
    """The number of shifts, the one by 0 included, and the shares of them that paid at least as much (`as_good`), and
    at most as much (`as_bad`), as the strategy."""

    shifts: int
    as_good: float
    as_bad: float


def payoff_sensitivities(matrix: Array, legs: Array, joint: Integers) -> Array:
    """By how much a return of 1 in each session (n,) changes the mean payoff of a record beyond its mix.

    In a window it adds 1 / W to the mean payoff. In any session it also changes the record's slopes on the legs, and so
    the mix that is subtracted. `matrix` (2, n) is `mix.slope_matrix`, `legs` (2, n) are excess returns, `joint` (W, 2)
    the windows.
    """
    inside = np.zeros(legs.shape[1])
    for start, end in joint:
        inside[start:end] += 1 / len(joint)
    # of the legs in the windows; by einsum and not by BLAS, whose last bits depend on the number of its threads
    leg_means = np.einsum("kn,n->k", legs, inside)
    sensitivities: Array = inside - np.einsum("k,kn->n", leg_means, matrix)
    return sensitivities


def payoff_spectrum(returns: Array, sensitivities: Array) -> Spectrum:
    """The Fourier transforms (F, K) of what a weight of 1 in each asset adds to the mean payoff in each session.

    `returns` (n, K) are in excess of bills, but for unfunded assets, which tie up no cash; `sensitivities`
    (n,) are `payoff_sensitivities`.
    """
    spectrum: Spectrum = np.fft.rfft(returns * sensitivities[:, None], _padded_length(len(returns)), axis=0)
    return spectrum


def shifted_payoffs(weights: Array, spectrum: Spectrum) -> Array:
    """The mean payoff (n,) of each shift s: the sum over assets and sessions of weights[t - 1 - s] x returns[t] x
    sensitivities[t].

    `weights` (n, K) are held before each return; `spectrum` (F, K) is the `payoff_spectrum` of the same assets.
    """
    count, padded = len(weights), _padded_length(len(weights))
    products = np.einsum("fk,fk->f", spectrum, np.conj(np.fft.rfft(weights, padded, axis=0)))
    correlation = np.fft.irfft(products, padded)  # of sequences padded with zeros: nothing follows the last session
    payoffs: Array = correlation[:count]
    payoffs[1:] += correlation[padded - count + 1 :]  # wrap around: the first session follows the last
    return payoffs


@functools.cache
def _padded_length(count: int) -> int:
    """The least length from 2 count - 1 on, so that shifts do not overlap, whose only prime factors are 2, 3 and 5: its
    transform is several times as fast.

    As next_fast_len of scipy.fft, whose import takes a quarter of a second of each process.
    """
    least = 2 * count - 1
    odd = (3**threes * 5**fives for threes in range(least.bit_length()) for fives in range(least.bit_length()))
    # each odd factor times the least power of 2 that makes it long enough
    shortest: int = min(factor << max(0, -(-least // factor) - 1).bit_length() for factor in odd)
    return shortest


def placebo(payoffs: Array) -> Placebo:
    """The placebo of payoffs (n,) by shift, the first of which is the strategy's own."""
    own = payoffs[0]
    return Placebo(
        len(payoffs), float((payoffs >= own - TIE_PAYOFF).mean()), float((payoffs <= own + TIE_PAYOFF).mean())
    )


class Evidence(NamedTuple):
    """The evidence that a verdict rests on: the number of joint sell-offs, and of those in which the strategy acted;
    its mean payoff, NaN if undefined; the interval of that, widened for the number of strategies tried, None without
    resamples; the placebo, None where target weights do not vary; and the reference's mean loss."""

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
    if high < 0 and (evidence.placebo is None or evidence.placebo.as_bad <= PLACEBO_LEVEL):
        return "worse"
    if high < SMALL_SAVING * evidence.reference_loss:
        return "small"
    return "paid" if low > 0 and (evidence.placebo is None or evidence.placebo.as_good <= PLACEBO_LEVEL) else "unclear"
