"""Past only: `weights` on a history cut at t gives the same rows up to t as on the whole history.

What a strategy could not have known must not change its weights. Cuts find a look-ahead in any form: a shift the wrong
way, a mean over the full sample, a month-end filled backward. Noise instead of the figures after the cut finds what a
cut may not: a rule that acts only if a crash follows.

The strategy may be called in another process, which is given one cut after the other and no later figures.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import dropwhile
from typing import NamedTuple

import numpy as np
import pandas as pd

from backtester.contract.cuts import choose_cuts, cuts_at_moves
from backtester.contract.rules import BrokenRule, first_difference
from backtester.engine.layers import Layer
from backtester.engine.states import call_state
from backtester.engine.targets import StepInputs, call_step, copied, fill_targets
from backtester.errors import PluginError
from backtester.histories.market import Market
from backtester.plugins.loader import load_anew
from backtester.plugins.recipes import Step

CUTS = 48
SHORT_CUTS = 12
RULE = "knows only the past"
SHORT_RULE = "copes with a short history"
NOISE = 0.5  # the deviation of a session's log change: crashes and jumps on most sessions
ANSWERED = 0.25  # share of cuts that must succeed; with fewer there is too little to compare

# Sums over longer arrays round differently in the last bits; a look-ahead moves weights by far more than this.
SAME_WEIGHT = 1e-9


@dataclass(frozen=True)
class PastOnly:
    """The findings, a look-ahead with its earliest difference, and the number of cuts."""

    findings: tuple[BrokenRule, ...]
    cuts: int


class StepAnswer(NamedTuple):
    """A strategy's weights on some sessions, and the states that its function `state` returns, None without one."""

    weights: pd.DataFrame
    state: "pd.Series[str] | None"


class CutAnswers(NamedTuple):
    """A strategy's answer on the sessions up to a cut, or its error, and with noise after the cut, None if it
    failed."""

    known: StepAnswer | PluginError
    noisy: StepAnswer | None


Ask = Callable[[StepInputs, int], CutAnswers]  # of inputs with noise after a cut, and the number of sessions to it


def knows_only_the_past(layer: Layer, market: Market, *, cuts: int = CUTS, ask: Ask | None = None) -> PastOnly:
    """Compare the layer's weights up to each cut with those on the history up to it, and with noise after it.

    The shortest history comes first. There are at least `cuts` cuts, if the history has as many sessions. `ask` calls
    the strategy, by default in this process.
    """
    ask = ask or partial(answers_on, layer.step, market)
    places = choose_cuts(market, cuts)
    places = np.union1d(places, cuts_at_moves(fill_targets(layer.raw), market, cuts // 8))
    differences: list[BrokenRule] = []
    failures: dict[int, PluginError] = {}
    for cut in map(int, places):
        answers, date = ask(_with_noise(layer.inputs, cut), cut), market.sessions[cut - 1].date()
        found = None
        if isinstance(answers.known, PluginError):
            failures[cut] = answers.known
        else:
            found = _difference(layer, answers.known, cut, f"with the history up to {date}")
        if found is None and answers.noisy is not None:
            found = _difference(layer, answers.noisy, cut, f"with noise after {date}")
        differences += [found] if found else []
    first = min(differences, key=lambda finding: str(finding.date), default=None)
    short = _short_history(market, [int(cut) for cut in places], failures)
    return PastOnly(tuple(finding for finding in (short, first) if finding), len(places))


def answers_on(step: Step, market: Market, inputs: StepInputs, cut: int) -> CutAnswers:
    """The answers of a step on inputs that have noise after the cut; of the market only sessions and assets count."""
    try:
        known: StepAnswer | PluginError = _answer(step, copied(inputs, cut), market.cut(cut))
    except PluginError as error:
        known = error
    try:
        return CutAnswers(known, _answer(step, inputs, market))
    except PluginError:
        return CutAnswers(known, None)  # a strategy may refuse figures that no history has: that is no look-ahead


def without_figures(market: Market) -> Market:
    """The market with its sessions and the names of its assets, but without figures."""
    nothing = pd.DataFrame(index=market.sessions)
    unknown = np.full(len(market.sessions), np.nan)
    levels = pd.DataFrame(np.nan, market.levels.index, market.levels.columns)
    return replace(market, levels=levels, observables=nothing, scheduled=nothing, bill_returns=unknown)


def _short_history(market: Market, cuts: list[int], failures: dict[int, PluginError]) -> BrokenRule | None:
    """The finding on cuts on which the strategy fails, None if there are none.

    A strategy that needs a number of sessions, and fails on all shorter histories, gets a warning. One that fails on a
    longer history than one on which it succeeds, or on nearly all, depends on the end of the whole: a look-ahead.
    """
    if not failures:
        return None
    answered = [cut for cut in cuts if cut not in failures]
    late = [cut for cut in dropwhile(failures.__contains__, cuts) if cut in failures]
    cut = late[0] if late else max(failures)
    end, few = market.sessions[cut - 1], len(answered) < ANSWERED * len(cuts)
    if late or few:
        return BrokenRule(RULE, f"fails on the history up to {end.date()}: {failures[cut]}", end)
    message = f"fails on the first {cut} sessions, up to {end.date()}: {failures[cut]}"
    return BrokenRule(SHORT_RULE, message, end, warning=True)


def _answer(step: Step, inputs: StepInputs, market: Market) -> StepAnswer:
    step = _fresh(step)
    says = step.strategy.state is not None
    state = call_state(step, copied(inputs), market.sessions) if says else None
    return StepAnswer(call_step(step, inputs, market), state)


def _difference(layer: Layer, answer: StepAnswer, cut: int, known: str) -> BrokenRule | None:
    """The first difference of an answer from that on the whole history up to the cut, first of weights, then of
    states."""
    found = _compare(layer.raw.iloc[:cut], answer.weights.iloc[:cut], known)
    return found or _compare_states(layer, answer.state, cut, known)


def _fresh(step: Step) -> Step:
    """The step with its strategy's file executed again, so that it has no memory of calls; functions stay as they
    are."""
    strategy = step.strategy
    if strategy.made_of != "file":
        return step
    return replace(step, strategy=load_anew(strategy))


def _with_noise(inputs: StepInputs, cut: int) -> StepInputs:
    """The inputs with noise after the cut; the calendar and the number of sessions a year are known in advance."""
    random = np.random.default_rng(cut)
    noisy: StepInputs = {}
    for name, value in copied(inputs).items():
        if name == "calendar" or isinstance(value, float):
            noisy[name] = value
            continue
        values = value.to_numpy(copy=True)
        noise = NOISE * random.standard_normal(values[cut:].shape, dtype=np.float32)  # in half the time and memory
        if name == "returns":
            values[cut:] = noise
        else:
            values[cut:] *= np.exp(noise, out=noise)
        if isinstance(value, pd.Series):
            noisy[name] = pd.Series(values, value.index, name=value.name)
        else:
            noisy[name] = pd.DataFrame(values, value.index, value.columns)
    return noisy


def _compare(whole: pd.DataFrame, part: pd.DataFrame, known: str) -> BrokenRule | None:
    where = first_difference(whole, part, tolerance=SAME_WEIGHT)
    if where is None:
        return None
    date, column = where
    was, is_now = _digits(float(whole[column][date]), float(part[column][date]))
    return BrokenRule(RULE, f"{column} on {date.date()} is {is_now} {known} and {was} with all of it", date, column)


def _compare_states(layer: Layer, answer: "pd.Series[str] | None", cut: int, known: str) -> BrokenRule | None:
    """The first session up to the cut at which the states differ, as a finding; None if there is none."""
    if answer is None or layer.state is None:
        return None
    part, whole = answer.iloc[:cut], layer.state.iloc[:cut]
    wrong = (whole != part).to_numpy()
    if not wrong.any():
        return None
    place = int(wrong.argmax())
    date, was, is_now = whole.index[place], whole.iloc[place], part.iloc[place]
    return BrokenRule(RULE, f"state on {date.date()} is {is_now!r} {known} and {was!r} with all of it", date)


def _digits(one: float, other: float) -> tuple[str, str]:
    """Both numbers, with enough digits to differ."""
    short = f"{one:.4g}", f"{other:.4g}"
    return short if short[0] != short[1] else (f"{one:.12g}", f"{other:.12g}")
