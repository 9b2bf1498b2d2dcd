"""Rules on one call of a strategy, one function each: None when the rule is kept, else a finding."""

from dataclasses import dataclass

import pandas as pd

from backtester.engine.layers import Layer
from backtester.engine.targets import StepInputs, call_step, copied
from backtester.errors import did_you_mean
from backtester.histories.market import Market
from backtester.plugins.strategy import DOCSTRING_SECTIONS, Strategy

PERCENT = 20  # times net asset value: above any book of futures, below weights in percent


@dataclass(frozen=True)
class BrokenRule:
    """A broken rule: its name, a message, and the first date and column, if any.

    A `warning` does not count as broken.
    """

    rule: str
    message: str
    date: pd.Timestamp | None = None
    column: str | None = None
    warning: bool = False

    def __str__(self) -> str:
        """One line."""
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
    given = (*layer.inputs, "base")
    absent = [name for name in layer.step.strategy.declaration.reads if name not in given]
    if not absent:
        return None
    history, role = market.history, absent[0]
    message = f"{role!r} is None: history {history.name!r} has none; {did_you_mean(role, history.readable)}"
    return BrokenRule("finds what it reads", message, warning=True)


def leaves_inputs_alone(layer: Layer, market: Market) -> BrokenRule | None:
    """A call leaves every input as it was."""
    given = copied(layer.inputs)
    call_step(layer.step, given, market)
    before, after = _frames(layer.inputs), _frames(given)
    changed = [name for name, frame in before.items() if not frame.equals(after[name])]
    if not changed:
        return None
    return BrokenRule("leaves its inputs alone", f"the call changed {changed[0]!r}; work on a copy")


def _frames(inputs: StepInputs) -> dict[str, pd.DataFrame]:
    """The inputs that are no numbers."""
    return {name: pd.DataFrame(value) for name, value in inputs.items() if not isinstance(value, float)}


def answers_the_same_twice(layer: Layer, market: Market) -> BrokenRule | None:
    """A second call with the same inputs returns the same weights."""
    again = call_step(layer.step, copied(layer.inputs), market)
    where = first_difference(layer.raw, again, tolerance=0.0)
    if where is None:
        return None
    date, column = where
    return BrokenRule("answers the same twice", f"{column} on {date.date()} differs at a second call", date, column)


def asks_for_no_unit(layer: Layer, market: Market) -> BrokenRule | None:
    """Levels of assets that are each multiplied by a power of two of their own give the same weights.

    The start of an index has no meaning; powers of two leave every ratio the same to the last bit. Observables have
    units with a meaning, and are not scaled. A millionth is allowed for logarithms and sums.
    """
    given = copied(layer.inputs)
    scaled = [name for name in given if name in market.levels.columns]
    for place, name in enumerate(scaled):
        given[name] = given[name] * 2.0 ** (place + 3)
    where = first_difference(layer.raw, call_step(layer.step, given, market), tolerance=1e-6) if scaled else None
    if where is None:
        return None
    date, column = where
    message = f"{column} on {date.date()} differs when levels of {', '.join(scaled)} are in other units; use returns"
    return BrokenRule("asks for no unit of prices", message, date, column)


def keeps_its_leverage(layer: Layer, market: Market) -> BrokenRule | None:
    """The sizes of all weights add up to no more than the strategy's MAX_LEVERAGE, where it states one."""
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
    """Weights look like fractions of net asset value, not like percent: a warning where they add up to over 20."""
    sizes = layer.raw.abs().sum(axis=1)
    over = (sizes > PERCENT).to_numpy()
    if not over.any():
        return None
    date, size = market.sessions[int(over.argmax())], sizes.iloc[int(over.argmax())]
    message = f"weights on {date.date()} add up to {size:.4g} times the value; 0.6 is 60%"
    return BrokenRule("holds fractions", message, date, warning=True)


def first_difference(one: pd.DataFrame, other: pd.DataFrame, *, tolerance: float) -> tuple[pd.Timestamp, str] | None:
    """The first date and column in which two frames of one shape differ by more than the tolerance, or by a NaN."""
    gap = (one - other).abs() > tolerance
    wrong = (gap | (one.isna() != other.isna())).to_numpy()
    if not wrong.any():
        return None
    row = int(wrong.any(axis=1).argmax())
    return one.index[row], str(one.columns[int(wrong[row].argmax())])
