"""The spells in which a step of a recipe acted, as its function `state` says, and the returns in each.

A recipe's steps are its base strategy and its overlays. A strategy's file may define `state`, which gives each session
a word such as "risk off", empty when it does not act.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.analysis.windows import Window, window_return
from backtester.engine.evaluate import Evaluation

FIRST_SESSIONS = 8  # of a spell, whose returns are also measured alone


@dataclass(frozen=True)
class Spell:
    """Consecutive sessions, from `start` to `end`, with the same `state` at their closes.

    `strategy` and `reference` are returns, from the close at which the spell's first target is traded to the close at
    which its last target is replaced; those with `first_` end after `FIRST_SESSIONS` sessions at the latest. NaN if
    no session is left after the trade.
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
    """The spells of one step of a recipe, in order of time."""

    step: str
    spells: tuple[Spell, ...]


def step_spells(
    evaluation: Evaluation, nav: "pd.Series[float]", reference: "pd.Series[float]"
) -> tuple[StepSpells, ...]:
    """The spells of each step whose file defines `state`, within the sessions of `nav`: one that is under way at the
    first of these begins there.

    `nav` and `reference` are the net asset values of the recipe and of the reference.
    """
    return tuple(
        StepSpells(layer.step.strategy.name, _spells(layer.state.loc[nav.index], nav, reference, evaluation.book.lag))
        for layer in evaluation.layers
        if layer.state is not None
    )


def _spells(
    state: "pd.Series[str]", nav: "pd.Series[float]", reference: "pd.Series[float]", lag: int
) -> tuple[Spell, ...]:
    """The spells of one step, whose states are by session of `nav`; targets are traded `lag` sessions later."""
    states, last = state.to_numpy(), len(nav) - 1
    starts = np.flatnonzero(np.append(True, states[1:] != states[:-1])).tolist()
    spells = []
    for start, next_start in zip(starts, [*starts[1:], len(states)], strict=True):
        if not states[start]:
            continue
        traded = min(start + lag, last)
        window = Window(traded, min(next_start + lag, last))
        first = Window(traded, min(traded + FIRST_SESSIONS, window.end))
        spells.append(
            Spell(
                state=states[start],
                start=nav.index[start],
                end=nav.index[next_start - 1],
                sessions=next_start - start,
                strategy=_return(nav, window),
                reference=_return(reference, window),
                first_strategy=_return(nav, first),
                first_reference=_return(reference, first),
            )
        )
    return tuple(spells)


def _return(level: "pd.Series[float]", window: Window) -> float:
    """The return of a level over a window; NaN if it has no session."""
    return window_return(level, window) if window.sessions else float("nan")
