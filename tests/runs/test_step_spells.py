"""The spells in which a strategy acted, and what it returned in them."""

import numpy as np
import pandas as pd
import pytest

from backtester.engine.evaluate import evaluate
from backtester.engine.execution import Execution
from backtester.plugins.loader import Library
from backtester.plugins.recipes import parse_recipe
from backtester.runs.step_spells import StepSpells, step_spells
from builders import made_market, made_strategy

MARKET = made_market({"stocks": np.linspace(1, 2, 16), "bonds": [1.0] * 16})
SOURCE = (
    "import pandas as pd\n"
    "def weights(stocks): return {'stocks': 0.5}\n"
    "def state(stocks): return pd.Series([*'  aaaaaaaaaa b a'], stocks.index).replace(' ', '')\n"
)


def acts(*, lag: int = 1, since: int = 0) -> StepSpells:
    """The spells of sixteen sessions: ten of a, one of b, one of a at the end; values double, the reference's stand."""
    strategy = made_strategy("made", SOURCE)
    run = evaluate(parse_recipe("made", Library({"made": strategy})), MARKET, Execution(lag=lag))
    days = MARKET.sessions[since:]
    nav = pd.Series(2.0 ** np.arange(len(days)), days)
    [found] = step_spells(run, nav, pd.Series(1.0, days))
    return found


def test_spells_are_sessions_on_end() -> None:
    """A spell is as long as the word stays; each change of the word, and each gap, begins another."""
    found = acts()
    dates = [(one.state, *(MARKET.sessions.get_loc(day) for day in (one.start, one.end))) for one in found.spells]
    assert found.step == "made"
    assert dates == [("a", 2, 11), ("b", 13, 13), ("a", 15, 15)]
    assert [one.sessions for one in found.spells] == [10, 1, 1]


def test_returns_are_those_of_what_was_held() -> None:
    """From the close of the first trade to the close of the last, and of the first eight sessions apart."""
    first, second, last = acts().spells
    assert (first.strategy, first.first_strategy) == (2.0**10 - 1, 2.0**8 - 1)
    assert (first.reference, first.first_reference) == (0.0, 0.0)
    assert (second.strategy, second.first_strategy) == (1.0, 1.0)
    assert np.isnan([last.strategy, last.first_strategy, last.reference]).all()  # traded after the last close
    assert acts(lag=0).spells[1].strategy == pytest.approx(1.0)


def test_a_window_cuts_the_spells() -> None:
    """Of a spell that began before the window only the sessions inside count."""
    first = acts(since=5).spells[0]
    assert (first.start, first.sessions) == (MARKET.sessions[5], 7)


def test_who_says_nothing_has_none() -> None:
    """A strategy without `state` has no spells to show."""
    strategy = made_strategy("made", "def weights(stocks): return {'stocks': 0.5}")
    run = evaluate(parse_recipe("made", Library({"made": strategy})), MARKET, Execution())
    assert step_spells(run, run.accounts.nav, run.accounts.nav) == ()
