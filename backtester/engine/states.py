"""The states of a strategy: the text that its function `state` returns for each session, shown below the growth chart.

`state` takes inputs and settings as `weights` does. If `weights` has a parameter `state`, it is given the result; if
not, `state` takes some of the parameters of `weights`. It returns a Series with a row a session: text, empty where the
strategy does nothing in particular, or a boolean, whose True is shown as `on`.
"""

import numpy as np
import pandas as pd

from backtester.engine.targets import StepInputs
from backtester.errors import PluginError, one_line
from backtester.plugins.guard import plugin_code
from backtester.plugins.loader import describe_failure
from backtester.plugins.recipes import Step

ON = "on"
MOST_STATES = 6  # different ones
LONGEST_STATE = 30  # letters


def call_state(step: Step, inputs: StepInputs, sessions: pd.DatetimeIndex) -> "pd.Series[str]":
    """The state of each session, as `check_state` returns it; raise PluginError if the strategy fails.

    A step is a strategy with its settings in a recipe; `inputs` are by the names of its parameters. The strategy may
    change its inputs, so pass copies.
    """
    strategy = step.strategy
    with plugin_code():
        try:
            return check_state(strategy.state_answer(inputs, step.settings), sessions)
        except PluginError as error:
            raise PluginError(f"strategy {strategy.name!r} ({strategy.file}): {error}") from error
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise PluginError(describe_failure(strategy, error)) from error


def check_state(answer: object, sessions: pd.DatetimeIndex) -> "pd.Series[str]":
    """What `state` returned, as text by session; raise PluginError if it is not a Series of short texts or booleans."""
    if not isinstance(answer, pd.Series):
        raise PluginError(
            f"state returned a value of type {type(answer).__name__}; a Series of text or booleans is needed"
        )
    if not answer.index.equals(sessions):
        raise PluginError(
            f"state returned {len(answer)} rows for {len(sessions)} sessions; one row a session, in order"
        )
    states = [(ON if state else "") if isinstance(state, bool | np.bool_) else state for state in answer.tolist()]
    for session, state in zip(sessions, states, strict=True):
        if not isinstance(state, str):
            shown = one_line(repr(state))
            raise PluginError(f"state on {session.date()} is {shown}; text, True or False is needed")
        if len(state) > LONGEST_STATE:
            found = f"state on {session.date()} has {len(state)} letters"
            raise PluginError(f"{found}; {LONGEST_STATE} are the most that are shown")
    different = {*states} - {""}
    if len(different) > MOST_STATES:
        raise PluginError(f"state has {len(different)} different words; {MOST_STATES} are the most that are shown")
    return pd.Series(states, sessions, dtype=object)
