"""How many strategies are checked at once, and what becomes of their two answers, by made-up processes."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from backtester.batch import checks
from backtester.batch.checks import Candidate, CheckOutcome, check_candidates
from backtester.contract.rules import BrokenRule
from backtester.plugins.loader import Library
from backtester.processes import ProcessEnded

RULE, OTHER = BrokenRule("adds up", "to 2"), BrokenRule("knows only the past", "it knew")


def candidate(name: str) -> Candidate:
    """A strategy of the embedded history."""
    return Candidate(name, (), "us", None)


@pytest.mark.parametrize("name", ["gold_overlay(size=0.1)", " gold-overlay (size=(1, 2))", "gold_overlay"])
def test_a_candidate_without_settings(name: str) -> None:
    """Its strategy's name stands before the first bracket, in the one spelling of names."""
    assert candidate(name).strategy == "gold_overlay"


def test_warnings_pass() -> None:
    """A broken rule does not; without findings a check passes, of no cuts unless it says so."""
    warning = BrokenRule("finds what it reads", "no", warning=True)
    assert [CheckOutcome("a", found).passed for found in ((), (warning,), (warning, RULE))] == [True, True, False]
    assert CheckOutcome("a", ()).cuts == 0


def test_four_are_checked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """In their order, each once, first on the whole history and then, where it has weights, on cuts; the findings of
    both are one verdict."""
    monkeypatch.setattr(checks, "CHECKS_AT_ONCE", 2)
    heard: list[str] = []
    running: list[Any] = []

    class Call:
        """A process that was started."""

        def __init__(self, what: str, one: Candidate) -> None:
            """With what it answers."""
            heard.append(f"{what} {one.name}")
            self.what, self.one = what, one

        def answer(self) -> Any:
            """A broken rule of either call, and of the first weights, but for b's."""
            if self.what == "cuts":
                return CheckOutcome(self.one.name, (OTHER,), 48), None
            return CheckOutcome(self.one.name, (RULE,)), None if self.one.name == "b" else "weights"

    def ready(calls: dict[Any, Any]) -> list[Any]:
        running.append(len(calls))
        return [next(iter(calls))]

    monkeypatch.setattr(checks, "start_call", lambda function, one: Call("whole", one))
    monkeypatch.setattr(checks, "_start_cuts", lambda one, weights: Call("cuts", one))
    monkeypatch.setattr(checks, "answered_calls", ready)
    found = check_candidates(map(candidate, "abcab"))
    assert heard[:2] == ["whole a", "whole b"]
    assert sorted(heard) == ["cuts a", "cuts c", "whole a", "whole b", "whole c"]
    assert max(running) == 2
    assert found == [
        CheckOutcome("a", (RULE, OTHER), 48), CheckOutcome("b", (RULE,)), CheckOutcome("c", (RULE, OTHER), 48),
    ]  # fmt: skip


def test_a_process_that_ends_is_a_broken_rule() -> None:
    """Whichever exit code it has."""
    ended = SimpleNamespace(answer=lambda: ProcessEnded(0))
    outcome, weights = checks._answer(cast(Any, ended), candidate("a"))
    assert weights is None
    assert [str(one) for one in outcome.findings] == [
        "breaks 'leaves the process alone': its process ended with exit code 0 before it answered"
    ]


def test_a_strategy_that_does_not_load(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its error is its finding, and there is nothing to cut."""
    broken = Library({}, {"a": cast(Any, "no module")})
    monkeypatch.setattr(checks, "load_library", lambda plugins, only: broken)
    assert checks._check_whole(Candidate("a", (Path("x.py"),), "us", None)) == (
        CheckOutcome("a", (BrokenRule("loads", "no module"),)), None,
    )  # fmt: skip


@pytest.mark.parametrize(("is_overlay", "recipe"), [(True, "sixty_forty + a(x=1)"), (False, "a(x=1)")])
def test_an_overlay_is_put_on_sixty_forty(is_overlay: bool, recipe: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A base stands for itself."""
    monkeypatch.setattr(checks, "parse_recipe", lambda text, library: text)
    library = SimpleNamespace(find=lambda name: SimpleNamespace(is_overlay=is_overlay and name == "a"))
    assert checks._recipe(candidate("a(x=1)"), cast(Library, library)) == recipe


def test_a_fork_is_gone_after_its_block() -> None:
    """Killed where it still waits, and not left as a process that has ended and is not asked for."""

    def told(pipe: checks.Duplex) -> None:
        pipe.send(os.getpid())
        pipe.recv()

    with checks.forked(told) as ours:
        number = ours.recv()
        assert number != os.getpid()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
