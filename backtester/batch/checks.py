"""Checking strategies, each in two processes of its own; whatever a strategy does there, the verdict is given here.

1. `_whole` calls the strategy on the whole history and holds its calls to the rules.
2. `_cuts` calls it on the shortest history first, then on longer ones, in a process that never saw the whole: what the
   strategy remembers of it, in a class, a module or the environment, is not there. A fork of that process, made before
   anything was read, holds the figures and the weights on all of them (`_hold`), and hands out one cut at a time: what
   the strategy looks for in frames or among all objects is not there either. (Windows has no forks.)
"""

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing import connection
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from backtester.contract.check import check_calls
from backtester.contract.files_written import files_written, keeps_nothing
from backtester.contract.past_only import (
    AskStrategy,
    CutAnswers,
    PastOnly,
    answers_on,
    knows_only_the_past,
    without_figures,
)
from backtester.contract.rules import BrokenRule
from backtester.engine.layers import Layer, last_inputs
from backtester.engine.simulate import compile_kernel
from backtester.engine.targets import StepInputs
from backtester.histories.manifest import find_history
from backtester.histories.market import Market, build_market
from backtester.plugins.loader import Library, load_library
from backtester.plugins.names import normal_name
from backtester.plugins.recipes import Recipe, parse_recipe
from backtester.processes import Call, ProcessEnded, answered_calls, start_call
from backtester.runs.needed_roles import roles_read

BASE_STRATEGY = "sixty_forty"
Duplex: TypeAlias = "connection.Connection[Any, Any]"
CHECKS_AT_ONCE = min(4, os.cpu_count() or 1)


@dataclass(frozen=True)
class Candidate:
    """A strategy to be checked: its name, with settings if need be, where to look for it, and the history."""

    name: str
    plugins: tuple[Path, ...]
    history: str
    data: Path | None

    @property
    def strategy(self) -> str:
        """The strategy's name without settings."""
        return normal_name(self.name.partition("(")[0].strip())


@dataclass(frozen=True)
class CheckOutcome:
    """The findings of a check, and the number of cuts of the past-only rule."""

    name: str
    findings: tuple[BrokenRule, ...]
    cuts: int = 0

    @property
    def passed(self) -> bool:
        """Whether no rule was broken."""
        return all(finding.warning for finding in self.findings)


CheckAnswer = tuple[
    CheckOutcome, pd.DataFrame | None
]  # the weights on the whole history, where cuts are to be compared with them


def check_candidates(candidates: Iterable[Candidate]) -> list[CheckOutcome]:
    """The verdict on each candidate, in order; raise BacktesterError if a recipe or the history is not understood."""
    todo = list(dict.fromkeys(candidates))
    waiting, verdicts = todo[::-1], dict[Candidate, CheckOutcome]()
    running: dict[Call[CheckAnswer], Candidate] = {}
    while waiting or running:
        while waiting and len(running) < CHECKS_AT_ONCE:
            one = waiting.pop()
            running[start_call(_whole, one)] = one
        for call in answered_calls(running):
            one = running.pop(call)
            verdict, weights = _answer(call, one)
            verdicts[one] = _joined(verdicts.get(one), verdict)
            if weights is not None:
                running[_start_cuts(one, weights)] = one
    return [verdicts[one] for one in todo]


def _answer(call: Call[CheckAnswer], candidate: Candidate) -> CheckAnswer:
    answer = call.answer()
    if not isinstance(answer, ProcessEnded):
        return answer
    what = f"its process ended with exit code {answer.exit_code} before it answered"
    return CheckOutcome(candidate.name, (BrokenRule("leaves the process alone", what),)), None


def _joined(first: CheckOutcome | None, last: CheckOutcome) -> CheckOutcome:
    return last if first is None else CheckOutcome(first.name, (*first.findings, *last.findings), last.cuts)


def _whole(candidate: Candidate) -> CheckAnswer:
    """Everything but the past-only rule, in a process of its own."""
    library = load_library(candidate.plugins, only={BASE_STRATEGY, candidate.strategy})
    if candidate.strategy in library.broken:
        return CheckOutcome(candidate.name, (BrokenRule("loads", str(library.broken[candidate.strategy])),)), None
    recipe, market = _subject(candidate, library)
    step = recipe.steps[-1]
    compile_kernel()  # what is compiled amid the block could not be kept
    with files_written(step.strategy.weights) as written:
        layer, findings = check_calls(recipe, market)
    kept = keeps_nothing(written)
    verdict = CheckOutcome(step.short, (*findings, *((kept,) if kept else ())))
    return verdict, None if layer is None else layer.raw


def _start_cuts(candidate: Candidate, weights: pd.DataFrame) -> Call[CheckAnswer]:
    """Start `_cuts`, and send the weights through a pipe that only the one who holds the figures reads."""
    reader, writer = multiprocessing.Pipe(duplex=False)
    call = start_call(_cuts, candidate, reader)
    reader.close()
    with writer, contextlib.suppress(BrokenPipeError):  # it has ended, and its verdict says so
        writer.send(weights)
    return call


def _cuts(candidate: Candidate, weights: Duplex) -> CheckAnswer:
    """The past-only rule on weights that another process was given, in a process of its own."""
    if not hasattr(os, "fork"):
        past = _past_only(candidate, weights.recv(), None)
        return CheckOutcome(candidate.name, past.findings, past.cuts), None
    with forked(partial(_hold, candidate, weights)) as holder:
        weights.close()
        market, asked = holder.recv(), holder.recv()
        library = load_library(candidate.plugins, only={BASE_STRATEGY, candidate.strategy})
        step = _recipe(candidate, library).steps[-1]
        while not isinstance(asked, PastOnly):
            holder.send(answers_on(step, market, *asked))
            asked = holder.recv()
    return CheckOutcome(candidate.name, asked.findings, asked.cuts), None


@contextlib.contextmanager
def forked(function: Callable[[Duplex], None]) -> Iterator[Duplex]:
    """The end of a pipe, at whose other end a fork of this process runs the function, until the block ends.

    It has a copy of all that this process holds, and this process nothing of what it comes to hold.
    """
    ours, theirs = multiprocessing.Pipe()
    own, number = os.getpid(), os.fork()
    if number == 0:
        ours.close()
        with contextlib.suppress(EOFError, BrokenPipeError):  # nobody asks any more
            function(theirs)
        os._exit(0)
    theirs.close()
    try:
        yield ours
    finally:
        ours.close()
        if os.getpid() == own:  # and not a fork that a plugin made in the block, whose child it is not
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
            os.waitpid(number, 0)


def _hold(candidate: Candidate, weights: Duplex, pipe: Duplex) -> None:
    """Hold the figures, and hand those of one cut after another to the process that calls the strategy."""

    def ask(inputs: StepInputs, cut: int) -> CutAnswers:
        pipe.send((inputs, cut))
        answers: CutAnswers = pipe.recv()
        return answers

    pipe.send(_past_only(candidate, weights.recv(), ask, pipe.send))


def _past_only(
    candidate: Candidate, weights: pd.DataFrame, ask: AskStrategy | None, show: Callable[[Market], None] | None = None
) -> PastOnly:
    recipe, market = _subject(candidate, load_library(candidate.plugins, only={BASE_STRATEGY, candidate.strategy}))
    if show is not None:
        show(without_figures(market))
    layer = Layer(recipe.steps[-1], last_inputs(recipe, market), weights)
    return knows_only_the_past(layer, market, ask=ask)


def _recipe(candidate: Candidate, library: Library) -> Recipe:
    """The strategy as a recipe of its own, an overlay on top of 60/40."""
    is_overlay = library.find(candidate.strategy).is_overlay
    return parse_recipe(f"{BASE_STRATEGY} + {candidate.name}" if is_overlay else candidate.name, library)


def _subject(candidate: Candidate, library: Library) -> tuple[Recipe, Market]:
    """The strategy's recipe, and what it needs of the history."""
    recipe = _recipe(candidate, library)
    history = find_history(candidate.history, candidate.data)
    return recipe, build_market(history, roles=roles_read([recipe], history))
