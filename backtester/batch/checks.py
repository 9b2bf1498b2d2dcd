"""Checking strategies, each in two processes of its own; a strategy cannot change the verdict, which is made here.

1. `_check_whole` calls the strategy on the whole history, and checks every rule but past-only: weights know no future.
2. `_check_cuts` calls it on cuts of the history, the shortest first, in a process that never saw the whole, so
   that nothing the strategy remembers (in a class, a module or the environment) can help it. The figures of the whole
   history, and the weights on it, are held by a fork of that process (`_hold_figures`), which passes on one cut at a
   time: a strategy that searches frames or all objects of its process does not find them. (Windows has no forks.)
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
Duplex: TypeAlias = "connection.Connection[Any, Any]"  # an end of a pipe
CHECKS_AT_ONCE = min(4, os.cpu_count() or 1)


@dataclass(frozen=True)
class Candidate:
    """A strategy to be checked, perhaps with settings; files to find it in; the history's name and data folder."""

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
    """The findings of a check, and the number of cuts (histories that end early) on which past-only was checked."""

    name: str
    findings: tuple[BrokenRule, ...]
    cuts: int = 0

    @property
    def passed(self) -> bool:
        """Whether no rule was broken; warnings do not count."""
        return all(finding.warning for finding in self.findings)


# the weights are those on the whole history, None where there are no cuts to compare with them
CheckAnswer = tuple[CheckOutcome, pd.DataFrame | None]


def check_candidates(candidates: Iterable[Candidate]) -> list[CheckOutcome]:
    """The verdict on each candidate, in order; raise BacktesterError if a recipe or the history is not understood."""
    todo = list(dict.fromkeys(candidates))
    waiting, verdicts = todo[::-1], dict[Candidate, CheckOutcome]()
    running: dict[Call[CheckAnswer], Candidate] = {}
    while waiting or running:
        while waiting and len(running) < CHECKS_AT_ONCE:
            candidate = waiting.pop()
            running[start_call(_check_whole, candidate)] = candidate
        for call in answered_calls(running):
            candidate = running.pop(call)
            verdict, weights = _answer(call, candidate)
            verdicts[candidate] = _joined(verdicts.get(candidate), verdict)
            if weights is not None:
                running[_start_cuts(candidate, weights)] = candidate
    return [verdicts[candidate] for candidate in todo]


def _answer(call: Call[CheckAnswer], candidate: Candidate) -> CheckAnswer:
    """The answer of a process that checks; if the process ended without one, an outcome that says so."""
    answer = call.answer()
    if not isinstance(answer, ProcessEnded):
        return answer
    message = f"its process ended with exit code {answer.exit_code} before it answered"
    return CheckOutcome(candidate.name, (BrokenRule("leaves the process alone", message),)), None


def _joined(whole: CheckOutcome | None, cuts: CheckOutcome) -> CheckOutcome:
    """The outcome of both processes; the first of them has no outcome before it."""
    return cuts if whole is None else CheckOutcome(whole.name, (*whole.findings, *cuts.findings), cuts.cuts)


def _check_whole(candidate: Candidate) -> CheckAnswer:
    """Check every rule but past-only, on the whole history, in a process of its own."""
    library = load_library(candidate.plugins, only={BASE_STRATEGY, candidate.strategy})
    if candidate.strategy in library.broken:
        return CheckOutcome(candidate.name, (BrokenRule("loads", str(library.broken[candidate.strategy])),)), None
    recipe, market = _recipe_and_market(candidate, library)
    step = recipe.steps[-1]
    compile_kernel()  # inside the block below, compiled code could not be written to its cache
    with files_written(step.strategy.weights) as written:
        layer, findings = check_calls(recipe, market)
    kept_files = keeps_nothing(written)
    verdict = CheckOutcome(step.short, (*findings, *((kept_files,) if kept_files else ())))
    return verdict, None if layer is None else layer.raw


def _start_cuts(candidate: Candidate, weights: pd.DataFrame) -> Call[CheckAnswer]:
    """Start `_check_cuts`, and send it the weights through a pipe that only `_hold_figures` reads."""
    reader, writer = multiprocessing.Pipe(duplex=False)
    call = start_call(_check_cuts, candidate, reader)
    reader.close()
    with writer, contextlib.suppress(BrokenPipeError):  # the process has ended, which its verdict says
        writer.send(weights)
    return call


def _check_cuts(candidate: Candidate, weights: Duplex) -> CheckAnswer:
    """Check the past-only rule in a process of its own, by weights on the whole history that come through a pipe."""
    if not hasattr(os, "fork"):
        past = _past_only(candidate, weights.recv(), None)
        return CheckOutcome(candidate.name, past.findings, past.cuts), None
    with forked(partial(_hold_figures, candidate, weights)) as holder:
        weights.close()
        market, message = holder.recv(), holder.recv()
        library = load_library(candidate.plugins, only={BASE_STRATEGY, candidate.strategy})
        step = _recipe(candidate, library).steps[-1]
        while not isinstance(message, PastOnly):  # else it is a cut on which to call the strategy
            holder.send(answers_on(step, market, *message))
            message = holder.recv()
    return CheckOutcome(candidate.name, message.findings, message.cuts), None


@contextlib.contextmanager
def forked(function: Callable[[Duplex], None]) -> Iterator[Duplex]:
    """Fork this process, run the function in the child until the block ends, and yield a pipe to the child.

    The function gets the other end of the pipe. The child has a copy of all that this process holds; what the child
    reads later is not in this process.
    """
    parent_end, child_end = multiprocessing.Pipe()
    this_process, child = os.getpid(), os.fork()
    if child == 0:
        parent_end.close()
        with contextlib.suppress(EOFError, BrokenPipeError):  # the parent has closed its end
            function(child_end)
        os._exit(os.EX_OK)
    child_end.close()
    try:
        yield parent_end
    finally:
        parent_end.close()
        if os.getpid() == this_process:  # a plugin may have forked in the block: the child is not that process's own
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _hold_figures(candidate: Candidate, weights: Duplex, pipe: Duplex) -> None:
    """Hold the figures, send one cut after another to the process that calls the strategy, and then the result."""

    def ask(inputs: StepInputs, cut: int) -> CutAnswers:
        pipe.send((inputs, cut))
        answers: CutAnswers = pipe.recv()
        return answers

    pipe.send(_past_only(candidate, weights.recv(), ask, pipe.send))


def _past_only(
    candidate: Candidate,
    weights: pd.DataFrame,
    ask: AskStrategy | None,
    send_market: Callable[[Market], None] | None = None,
) -> PastOnly:
    """The result of the past-only rule; `ask` calls the strategy on a cut, None to call it in this process.

    `send_market` is first called with the market without its figures.
    """
    library = load_library(candidate.plugins, only={BASE_STRATEGY, candidate.strategy})
    recipe, market = _recipe_and_market(candidate, library)
    if send_market is not None:
        send_market(without_figures(market))
    layer = Layer(recipe.steps[-1], last_inputs(recipe, market), weights)
    return knows_only_the_past(layer, market, ask=ask)


def _recipe(candidate: Candidate, library: Library) -> Recipe:
    """The strategy as a recipe, an overlay on top of 60/40."""
    is_overlay = library.find(candidate.strategy).is_overlay
    return parse_recipe(f"{BASE_STRATEGY} + {candidate.name}" if is_overlay else candidate.name, library)


def _recipe_and_market(candidate: Candidate, library: Library) -> tuple[Recipe, Market]:
    """The strategy's recipe, and the market: the history's series that it reads, aligned by session."""
    recipe = _recipe(candidate, library)
    history = find_history(candidate.history, candidate.data)
    return recipe, build_market(history, roles=roles_read([recipe], history))
