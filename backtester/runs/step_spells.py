"""When the steps of a recipe acted, as their `state` says, and what recipe and reference returned then."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.analysis.windows import Window, window_return
from backtester.engine.evaluate import Evaluation

FIRST_SESSIONS = 8  # of a spell, measured apart


@dataclass(frozen=True)
class Spell:
    """Sessions on end at whose closes a strategy said one `state`, from `start` to `end`.

    Returns are from the close at which its first target is traded to the one at which its last is no longer held;
    `first_` those of its first `FIRST_SESSIONS` sessions at most. NaN where it was traded too late to have one.
    """

    state: str
    start: pd.Timestamp
    end: pd.Timestamp
    sessions: int
    strategy: float
    reference: float
    first_strategy: float
    first_reference: float


@dataclass(frozen=True)
class StepSpells:
    """The spells of one step of a recipe, in the order of time."""

    step: str
    spells: tuple[Spell, ...]


def step_spells(run: Evaluation, nav: "pd.Series[float]", reference: "pd.Series[float]") -> tuple[StepSpells, ...]:
    """The spells of each step that says when it acts, in the sessions of `nav`; none of a step that never did."""
    return tuple(
        StepSpells(layer.step.strategy.name, _spells(layer.state.loc[nav.index], nav, reference, run.book.lag))
        for layer in run.layers
        if layer.state is not None
    )


def _spells(
    state: "pd.Series[str]", nav: "pd.Series[float]", reference: "pd.Series[float]", lag: int
) -> tuple[Spell, ...]:
    words, last = state.to_numpy(), len(nav) - 1
    edges = np.flatnonzero(np.append(True, words[1:] != words[:-1])).tolist()
    found = []
    for start, after in zip(edges, [*edges[1:], len(words)], strict=True):
        if not words[start]:
            continue
        traded = min(start + lag, last)
        whole = Window(traded, min(after + lag, last))
        first = Window(traded, min(traded + FIRST_SESSIONS, whole.end))
        moves = [_return(level, window) for window in (whole, first) for level in (nav, reference)]
        found.append(Spell(words[start], nav.index[start], nav.index[after - 1], after - start, *moves))
    return tuple(found)


def _return(level: "pd.Series[float]", window: Window) -> float:
    return window_return(level, window) if window.sessions else float("nan")
