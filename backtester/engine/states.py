"""When a strategy acts: what its function `state` says at each session's close, for a strip under the growth chart.

`state` reads and is set as `weights` is. Where `weights` reads `state` it is given the answer; else `state` takes some
of what `weights` takes. It returns a Series, one row a session: text, empty where the strategy does nothing in
particular, or a boolean, whose True is shown as `on`.
"""

import numpy as np
import pandas as pd

from backtester.engine.targets import StepInputs
from backtester.errors import PluginError, one_line
from backtester.plugins.guard import plugin_code
from backtester.plugins.loader import describe_failure
from backtester.plugins.recipes import Step

ON = "on"
MOST_WORDS = 6
LONGEST_STATE = 30


def call_state(step: Step, inputs: StepInputs, sessions: pd.DatetimeIndex) -> "pd.Series[str]":
    """The text that the strategy's `state` gives for each session, empty where it gives none; raise PluginError if it
    fails.

    The strategy may change its inputs, so they are the caller's to lose.
    """
    strategy = step.strategy
    with plugin_code():
        try:
            return check_state(strategy.state_answer(inputs, step.settings), sessions)
        except PluginError as error:
            raise PluginError(f"strategy {strategy.name!r} ({strategy.origin}): {error}") from error
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise PluginError(describe_failure(strategy, error)) from error


def check_state(answer: object, sessions: pd.DatetimeIndex) -> "pd.Series[str]":
    """The answer of `state` as text; raise PluginError if it is anything but a word or a boolean a session."""
    if not isinstance(answer, pd.Series):
        raise PluginError(
            f"state returned a value of type {type(answer).__name__}; a Series of text or booleans is needed"
        )
    if not answer.index.equals(sessions):
        raise PluginError(
            f"state returned {len(answer)} rows for {len(sessions)} sessions; one row a session, in order"
        )
    values = [(ON if one else "") if isinstance(one, bool | np.bool_) else one for one in answer.tolist()]
    for place, one in enumerate(values):
        if not isinstance(one, str):
            day = sessions[place].date()
            raise PluginError(f"state on {day} is {one_line(repr(one))}; text, True or False is needed")
        if len(one) > LONGEST_STATE:
            day = sessions[place].date()
            raise PluginError(f"state on {day} has {len(one)} letters; {LONGEST_STATE} are the most that are shown")
    words = sorted({*values} - {""})
    if len(words) > MOST_WORDS:
        raise PluginError(f"state has {len(words)} different words; {MOST_WORDS} are the most that are shown")
    return pd.Series(values, sessions, dtype=object)
