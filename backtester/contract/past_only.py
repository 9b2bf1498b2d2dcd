"""The past-only rule: a strategy's weights up to a session do not depend on figures after it.

The strategy is called on the history cut off after some sessions, and on the history with noise after them. Cuts find
a look-ahead in any form: a shift in the wrong direction, a mean over the full sample, a month-end filled backward.
Noise finds what a cut may not: a strategy that acts only if a crash follows.

A step is a strategy with its settings in a recipe; a layer has also the inputs that it got and its weights (`raw`).
`batch.checks` calls the strategy in another process, which gets one cut after the other and no later figures.
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
from backtester.engine.targets import StepInputs, call_step, copied_inputs, fill_targets
from backtester.errors import PluginError
from backtester.histories.market import Market
from backtester.plugins.loader import load_anew
from backtester.plugins.recipes import Step

CHECK_CUTS = 48  # at least, in `strategies check`
SHORT_CHECK_CUTS = 12  # at least, in a run
PAST_ONLY_RULE = "knows only the past"
SHORT_HISTORY_RULE = "copes with a short history"
NOISE_DEVIATION = 0.5  # of returns, and of the logarithms of levels: crashes and jumps on most sessions
MIN_ANSWERED_SHARE = 0.25  # of cuts on which the strategy must not fail, or there is too little to compare

# Sums over longer arrays round differently in the last bits; a look-ahead moves weights by far more than this.
LOOK_AHEAD_TOLERANCE = 1e-9


@dataclass(frozen=True)
class PastOnly:
    """The findings, of which a look-ahead names the earliest date that it changed, and the number of cuts."""

    findings: tuple[BrokenRule, ...]
    cuts: int


class StepAnswer(NamedTuple):
    """A strategy's weights for some sessions, and its states, None if it has no function `state`."""

    weights: pd.DataFrame
    state: "pd.Series[str] | None"


class CutAnswers(NamedTuple):
    """A strategy's answers at one cut.

    `known`: on the history cut off there, or the error that it raised. `noisy`: on the history with noise after the
    cut; None if it raised an error.
    """

    known: StepAnswer | PluginError
    noisy: StepAnswer | None


AskStrategy = Callable[[StepInputs, int], CutAnswers]  # takes inputs with noise after a cut, and the cut


def knows_only_the_past(
    layer: Layer, market: Market, *, cuts: int = CHECK_CUTS, ask: AskStrategy | None = None
) -> PastOnly:
    """The findings of the past-only rule on a layer: its weights at each cut, compared with those on all figures.

    The shortest history comes first. There are at least `cuts` cuts, if the history has as many sessions. `ask` calls
    the strategy, by default in this process: see `AskStrategy`.
    """
    ask = ask or partial(answers_on, layer.step, market)
    chosen = np.union1d(choose_cuts(market, cuts), cuts_at_moves(fill_targets(layer.raw), market, cuts // 8)).tolist()
    differences: list[BrokenRule] = []
    failures: dict[int, PluginError] = {}
    for cut in chosen:
        answers, date = ask(_with_noise(layer.inputs, cut), cut), market.sessions[cut - 1].date()
        difference = None
        if isinstance(answers.known, PluginError):
            failures[cut] = answers.known
        else:
            difference = _difference(layer, answers.known, cut, f"with the history up to {date}")
        if difference is None and answers.noisy is not None:
            difference = _difference(layer, answers.noisy, cut, f"with noise after {date}")
        differences += [difference] if difference else []
    first = min(differences, key=lambda finding: str(finding.date), default=None)
    failure = _short_history(market, chosen, failures)
    return PastOnly(tuple(finding for finding in (failure, first) if finding), len(chosen))


def answers_on(step: Step, market: Market, inputs: StepInputs, cut: int) -> CutAnswers:
    """A step's answers at a cut, from inputs with noise after it; only the market's sessions and assets are used."""
    try:
        known: StepAnswer | PluginError = _answer(step, copied_inputs(inputs, cut), market.cut(cut))
    except PluginError as error:
        known = error
    try:
        return CutAnswers(known, _answer(step, inputs, market))
    except PluginError:
        return CutAnswers(known, None)  # a strategy may refuse figures that no history has: that is no look-ahead


def without_figures(market: Market) -> Market:
    """The market with its sessions and the names of its assets, but without figures."""
    no_columns = pd.DataFrame(index=market.sessions)
    no_returns = np.full(len(market.sessions), np.nan)
    levels = pd.DataFrame(np.nan, market.levels.index, market.levels.columns)
    return replace(market, levels=levels, observables=no_columns, scheduled=no_columns, bill_returns=no_returns)


def _short_history(market: Market, cuts: list[int], failures: dict[int, PluginError]) -> BrokenRule | None:
    """The finding on the cuts at which the strategy raised an error; None if there are none.

    A strategy that needs some sessions, and fails on all shorter histories, gets a warning. If it fails on a longer
    history than one on which it succeeds, or on more than three quarters of all, the rule is broken: whether it works
    depends on figures after the cut.
    """
    if not failures:
        return None
    answered = [cut for cut in cuts if cut not in failures]
    after_answer = [cut for cut in dropwhile(failures.__contains__, cuts) if cut in failures]
    cut = after_answer[0] if after_answer else max(failures)
    end = market.sessions[cut - 1]
    if after_answer or len(answered) < MIN_ANSWERED_SHARE * len(cuts):
        return BrokenRule(PAST_ONLY_RULE, f"fails on the history up to {end.date()}: {failures[cut]}", end)
    message = f"fails on the first {cut} sessions, up to {end.date()}: {failures[cut]}"
    return BrokenRule(SHORT_HISTORY_RULE, message, end, warning=True)


def _answer(step: Step, inputs: StepInputs, market: Market) -> StepAnswer:
    """The step's answer on the inputs, without memory of earlier calls."""
    step = _fresh(step)
    has_state = step.strategy.state is not None
    state = call_state(step, copied_inputs(inputs), market.sessions) if has_state else None
    return StepAnswer(call_step(step, inputs, market), state)


def _difference(layer: Layer, answer: StepAnswer, cut: int, condition: str) -> BrokenRule | None:
    """The finding that an answer differs, up to the cut, from that on all figures; None if it does not.

    `condition` says in words on which figures the answer was given.
    """
    difference = _compare(layer.raw.iloc[:cut], answer.weights.iloc[:cut], condition)
    return difference or _compare_states(layer, answer.state, cut, condition)


def _fresh(step: Step) -> Step:
    """The step with its strategy's file executed anew, so that nothing is left of earlier calls.

    A strategy that was made of a function, not a file, stays as it is.
    """
    strategy = step.strategy
    if strategy.made_of != "file":
        return step
    return replace(step, strategy=load_anew(strategy))


def _with_noise(inputs: StepInputs, cut: int) -> StepInputs:
    """A copy of the inputs with noise after the cut: instead of returns, and as a factor exp(noise) of all else.

    The calendar and the number of sessions a year, which are known in advance, stay.
    """
    random = np.random.default_rng(cut)
    noisy: StepInputs = {}
    for name, value in copied_inputs(inputs).items():
        if name == "calendar" or isinstance(value, float):
            noisy[name] = value
            continue
        values = value.to_numpy(copy=True)
        # 32-bit noise takes half the time and memory
        noise = NOISE_DEVIATION * random.standard_normal(values[cut:].shape, dtype=np.float32)
        if name == "returns":
            values[cut:] = noise
        else:
            values[cut:] *= np.exp(noise, out=noise)
        if isinstance(value, pd.Series):
            noisy[name] = pd.Series(values, value.index, name=value.name)
        else:
            noisy[name] = pd.DataFrame(values, value.index, value.columns)
    return noisy


def _compare(on_all: pd.DataFrame, answer: pd.DataFrame, condition: str) -> BrokenRule | None:
    """The finding on the first weight that differs between two frames of the same sessions; None if none does."""
    where = first_difference(on_all, answer, tolerance=LOOK_AHEAD_TOLERANCE)
    if where is None:
        return None
    date, column = where
    on_all_text, answer_text = _digits(float(on_all[column][date]), float(answer[column][date]))
    message = f"{column} on {date.date()} is {answer_text} {condition} and {on_all_text} with all of it"
    return BrokenRule(PAST_ONLY_RULE, message, date, column)


def _compare_states(layer: Layer, states: "pd.Series[str] | None", cut: int, condition: str) -> BrokenRule | None:
    """The finding on the first session up to the cut at which the states differ; None if there is none."""
    if states is None or layer.state is None:
        return None
    answer, on_all = states.iloc[:cut], layer.state.iloc[:cut]
    differs = (on_all != answer).to_numpy()
    if not differs.any():
        return None
    place = int(differs.argmax())
    date = on_all.index[place]
    message = f"is {answer.iloc[place]!r} {condition} and {on_all.iloc[place]!r} with all of it"
    return BrokenRule(PAST_ONLY_RULE, f"state on {date.date()} {message}", date)


def _digits(first: float, second: float) -> tuple[str, str]:
    """Both numbers as text, with twelve digits where four do not tell them apart."""
    short = f"{first:.4g}", f"{second:.4g}"
    return short if short[0] != short[1] else (f"{first:.12g}", f"{second:.12g}")
