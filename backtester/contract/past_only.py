"""Past only: `weights` on a history cut at t gives the same rows up to t as on the whole history.

What a strategy could not have known must not change what it would have done. Cutting finds it whatever the code looks
like: a shift the wrong way, a mean over the full sample, a month-end filled backward. Noise in the place of what came
after the cut finds what a cut alone may not: a rule that acts only when it sees a crash ahead.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from backtester.contract.cuts import choose_cuts, telling_cuts
from backtester.contract.rules import Finding, Inputs, first_difference
from backtester.engine.evaluate import Layer
from backtester.engine.targets import call_step, fill_targets
from backtester.errors import PluginError
from backtester.histories.market import Market
from backtester.plugins.loader import load_strategy
from backtester.plugins.recipes import Step

CUTS = 48
SHORT_CUTS = 12
RULE = "knows only the past"
NOISE = 0.5  # the deviation of a session's logarithm: crashes and leaps on most sessions

# Sums over longer arrays round differently in the last bits; a look-ahead moves weights by far more than this.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class PastOnly:
    """The first difference in time, if there is one, and on how many cuts it was looked for."""

    finding: Finding | None
    cuts: int


def knows_only_the_past(layer: Layer, market: Market, *, cuts: int = CUTS) -> PastOnly:
    """The layer's weights up to each cut, called again on what was known then, and with noise after it.

    At least `cuts` cuts where the history has as many sessions.
    """
    places = choose_cuts(market, cuts)
    places = np.union1d(places, telling_cuts(fill_targets(layer.raw), market, cuts // 8))
    found = [finding for cut in places if (finding := _difference(layer, market, int(cut)))]
    return PastOnly(min(found, key=lambda finding: str(finding.date), default=None), len(places))


def _difference(layer: Layer, market: Market, cut: int) -> Finding | None:
    end = market.sessions[cut - 1].date()
    try:
        step = _fresh(layer.step)
        raw = call_step(step, {name: value.iloc[:cut].copy() for name, value in layer.inputs.items()}, market.cut(cut))
    except PluginError as error:
        return Finding(RULE, f"fails on the history up to {end}: {error}", market.sessions[cut - 1])
    finding = _compare(layer.raw.iloc[:cut], raw, f"with the history up to {end}")
    if finding:
        return finding
    try:
        raw = call_step(step, _with_noise(layer.inputs, cut), market)
    except PluginError:
        return None  # what no history holds may well be refused: that is no look-ahead
    return _compare(layer.raw.iloc[:cut], raw.iloc[:cut], f"with noise after {end}")


def _fresh(step: Step) -> Step:
    """The step with its strategy's file executed anew, so that it remembers nothing of a longer history."""
    strategy = step.strategy
    return replace(step, strategy=load_strategy(strategy.name, strategy.origin, strategy.source))


def _with_noise(inputs: Inputs, cut: int) -> Inputs:
    """The inputs with noise in what came after the cut; the calendar is known in advance."""
    random = np.random.default_rng(cut)
    noisy: dict[str, pd.DataFrame | pd.Series[float]] = {}
    for name, value in inputs.items():
        values = value.to_numpy(copy=True)
        if name != "calendar":
            noise = random.normal(0, NOISE, values[cut:].shape)
            values[cut:] = noise if name == "returns" else values[cut:] * np.exp(noise)
        if isinstance(value, pd.Series):
            noisy[name] = pd.Series(values, value.index, name=value.name)
        else:
            noisy[name] = pd.DataFrame(values, value.index, value.columns)
    return noisy


def _compare(whole: pd.DataFrame, part: pd.DataFrame, known: str) -> Finding | None:
    where = first_difference(whole, part, tolerance=TOLERANCE)
    if where is None:
        return None
    date, column = where
    was, is_now = _digits(float(whole[column][date]), float(part[column][date]))
    return Finding(RULE, f"{column} on {date.date()} is {is_now} {known} and {was} with all of it", date, column)


def _digits(one: float, other: float) -> tuple[str, str]:
    """Both numbers, with as many digits as it takes to tell them apart."""
    short = f"{one:.4g}", f"{other:.4g}"
    return short if short[0] != short[1] else (f"{one:.12g}", f"{other:.12g}")
