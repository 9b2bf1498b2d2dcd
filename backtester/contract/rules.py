"""Rules of the contract, which every strategy keeps: functions that return None if a rule is kept, else a finding.

The docstring of each states its rule; the past-only rule is in `past_only`, that on files in `files_written`. Most
rules are on a layer: a strategy with its settings in a recipe, the inputs that it got, and the weights that it returned
(`raw`).
"""

from dataclasses import dataclass

import pandas as pd

from backtester.engine.layers import Layer
from backtester.engine.targets import StepInputs, call_step, copied_inputs
from backtester.errors import did_you_mean
from backtester.histories.market import Market
from backtester.plugins.strategy import DOCSTRING_SECTIONS, Strategy

MAX_WEIGHT_SUM = 20  # of absolute weights: more than any book of futures has, less than weights given in percent


@dataclass(frozen=True)
class BrokenRule:
    """A finding of a rule: the rule's name, a message, and the first date and column (an asset) that break it, if any.

    If `warning` is true, the strategy still passes.
    """

    rule: str
    message: str
    date: pd.Timestamp | None = None
    column: str | None = None
    warning: bool = False

    def __str__(self) -> str:
        """The finding in one line."""
        return f"{'warning on' if self.warning else 'breaks'} '{self.rule}': {self.message}"


def documents_itself(strategy: Strategy) -> BrokenRule | None:
    """The docstring has a first line, and says its hypothesis, when it fails, and its source."""
    if not strategy.summary:
        return BrokenRule(
            "documents itself", "the file has no docstring; say in its first line what the strategy holds"
        )
    absent = [title for title in DOCSTRING_SECTIONS if not strategy.sections.get(title)]
    if absent:
        return BrokenRule(
            "documents itself", f"the docstring has no '{absent[0]}:'; it needs {', '.join(DOCSTRING_SECTIONS)}"
        )
    return None


def finds_what_it_reads(layer: Layer, market: Market) -> BrokenRule | None:
    """The history has the optional names that the strategy reads; a warning if not, since it may be a mistake."""
    available = (*layer.inputs, "base")  # the weights of the steps before, which only a first step has not
    absent = [name for name in layer.step.strategy.declaration.reads if name not in available]
    if not absent:
        return None
    history, role = market.history, absent[0]
    message = f"{role!r} is None: history {history.name!r} has none; {did_you_mean(role, history.readable)}"
    return BrokenRule("finds what it reads", message, warning=True)


def leaves_inputs_alone(layer: Layer, market: Market) -> BrokenRule | None:
    """A call does not change its inputs."""
    passed = copied_inputs(layer.inputs)
    call_step(layer.step, passed, market)
    before, after = _frames(layer.inputs), _frames(passed)
    changed = [name for name, frame in before.items() if not frame.equals(after[name])]
    if not changed:
        return None
    return BrokenRule("leaves its inputs alone", f"the call changed {changed[0]!r}; work on a copy")


def _frames(inputs: StepInputs) -> dict[str, pd.DataFrame]:
    """The inputs as frames, without those that are single numbers."""
    return {name: pd.DataFrame(value) for name, value in inputs.items() if not isinstance(value, float)}


def answers_the_same_twice(layer: Layer, market: Market) -> BrokenRule | None:
    """A second call with the same inputs returns the same weights."""
    again = call_step(layer.step, copied_inputs(layer.inputs), market)
    where = first_difference(layer.raw, again, tolerance=0.0)
    if where is None:
        return None
    date, column = where
    return BrokenRule("answers the same twice", f"{column} on {date.date()} differs at a second call", date, column)


def asks_for_no_unit(layer: Layer, market: Market) -> BrokenRule | None:
    """The weights do not depend on the units of asset levels, since the start of an index has no meaning.

    Each asset's levels are multiplied by another power of two, which leaves their ratios the same to the last bit. The
    units of observables (series that cannot be held, such as yields) mean something, so these are not scaled. Weights
    may differ by a millionth, for logarithms and sums round differently.
    """
    inputs = copied_inputs(layer.inputs)
    scaled = [name for name in inputs if name in market.levels.columns]
    for place, name in enumerate(scaled):
        inputs[name] = inputs[name] * 2.0 ** (place + 3)
    where = first_difference(layer.raw, call_step(layer.step, inputs, market), tolerance=1e-6) if scaled else None
    if where is None:
        return None
    date, column = where
    message = f"{column} on {date.date()} differs when levels of {', '.join(scaled)} are in other units; use returns"
    return BrokenRule("asks for no unit of prices", message, date, column)


def keeps_its_leverage(layer: Layer, market: Market) -> BrokenRule | None:
    """The absolute weights of a session add up to no more than the strategy's MAX_LEVERAGE, if it states one."""
    limit = layer.step.strategy.max_leverage
    if limit is None:
        return None
    if not isinstance(limit, int | float) or isinstance(limit, bool) or not limit >= 0:
        return BrokenRule("keeps its leverage", f"MAX_LEVERAGE is {limit!r}; a number of at least 0 is needed")
    sizes = layer.raw.abs().sum(axis=1)
    over = sizes > limit + 1e-9
    if not over.any():
        return None
    place = int(over.to_numpy().argmax())
    date, size = market.sessions[place], sizes.iloc[place]
    return BrokenRule("keeps its leverage", f"weights on {date.date()} add up to {size:.4g}, not {limit:g}", date)


def holds_fractions(layer: Layer, market: Market) -> BrokenRule | None:
    """Weights are fractions of net asset value, not percent: a warning if absolute weights add up to over 20."""
    sizes = layer.raw.abs().sum(axis=1)
    over = (sizes > MAX_WEIGHT_SUM).to_numpy()
    if not over.any():
        return None
    date, size = market.sessions[int(over.argmax())], sizes.iloc[int(over.argmax())]
    message = f"weights on {date.date()} add up to {size:.4g} times the value; 0.6 is 60%"
    return BrokenRule("holds fractions", message, date, warning=True)


def first_difference(before: pd.DataFrame, after: pd.DataFrame, *, tolerance: float) -> tuple[pd.Timestamp, str] | None:
    """The first date and column in which two frames with the same index and columns differ; None if they do not.

    Values differ by more than `tolerance`, or if only one of them is NaN.
    """
    differs = (((before - after).abs() > tolerance) | (before.isna() != after.isna())).to_numpy()
    if not differs.any():
        return None
    row = int(differs.any(axis=1).argmax())
    return before.index[row], str(before.columns[int(differs[row].argmax())])
