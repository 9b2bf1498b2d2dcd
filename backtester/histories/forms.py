"""The form of an asset's figures (levels, returns or percent), judged by their size, and levels from returns."""

from typing import Literal

import numpy as np
import pandas as pd

from backtester.errors import DataError
from backtester.histories.checks.subject import looks_like_changes
from backtester.histories.rhythm import infer_rhythm
from backtester.pages.format import numbered

FiguresForm = Literal["levels", "returns", "percent"]
FORM_WORDS = {"levels": "levels", "returns": "returns, fractions of 1", "percent": "returns in percent"}
# Annual volatility, if figures are read as levels or as fractions of 1.
MAX_LEVEL_VOLATILITY = 1.5  # above it they are no levels
MAX_FRACTIONS_VOLATILITY = 0.4  # up to it they are fractions
MIN_PERCENT_VOLATILITY = 3.0  # from it on they are percent
MEDIAN_LEVEL_STEP = 0.1  # of logarithms from one level to the next; returns change by more


def infer_form(name: str, values: "pd.Series[float]") -> FiguresForm:
    """The form of a series by date, judged by the size of its values.

    Raise DataError, with the name of the series, if two forms are possible or there are fewer than three values.
    """
    numbers = np.asarray(values, dtype=np.float64)
    rhythm = infer_rhythm(pd.DatetimeIndex(values.index))
    # the rhythm is how often values come, from daily to quarterly; the root annualises a volatility
    root = (252 if rhythm is None else rhythm.sessions_a_year) ** 0.5
    if len(numbers) < 3:
        raise DataError(
            f"{name} has {numbered(len(numbers), 'value')}, too few to tell levels from returns; {_remedy()}"
        )
    if (numbers > 0).all():
        if float(np.std(np.diff(np.log(numbers)))) * root <= MAX_LEVEL_VOLATILITY and not looks_like_changes(numbers):
            return "levels"
        raise DataError(f"{name}: its figures are above zero and move as no level does; {_remedy()}")
    _refuse_zero_level(name, values)
    if (numbers <= -1).any():
        return "percent"
    volatility = float(np.std(numbers)) * root
    if MAX_FRACTIONS_VOLATILITY < volatility < MIN_PERCENT_VOLATILITY:
        text = f"as fractions its returns vary by {volatility:.0%} a year, in percent by {volatility:.1f}%"
        raise DataError(f"{name}: {text}; {_remedy()}")
    return "returns" if volatility <= MAX_FRACTIONS_VOLATILITY else "percent"


def _refuse_zero_level(name: str, values: "pd.Series[float]") -> None:
    """Raise DataError if some values are zero and the others, all above it, follow each other as closely as levels."""
    others = values[values != 0].to_numpy(dtype=float)
    if len(others) in (0, 1, len(values)) or (others < 0).any():
        return
    if float(np.median(np.abs(np.diff(np.log(others))))) < MEDIAN_LEVEL_STEP:
        first = pd.DatetimeIndex(values.index)[int((values == 0).to_numpy().argmax())]
        raise DataError(f"{name}: the value on {first.date()} is 0 among what move as levels; mend it, or {_remedy()}")


def _remedy() -> str:
    """The end of an error's message: how to say which form it is."""
    return "say with --form NAME=FORM which they are: levels, returns (fractions of 1) or percent"


def as_levels(
    name: str, values: "pd.Series[float]", form: FiguresForm, sessions: pd.DatetimeIndex
) -> "pd.Series[float]":
    """The levels of an asset by date, from its levels or its returns.

    Returns are compounded from a level of 1, dated by the last of `sessions` before the period (day, week, month or
    quarter) of the first return. If there is no such session it is the day before that period, or the last weekday
    before it if all dates are weekdays. Raise DataError if a return is -100% or less, or they compound to more than a
    number holds.
    """
    if form == "levels":
        return values
    growth = 1 + values / (100 if form == "percent" else 1)
    dates = pd.DatetimeIndex(values.index)
    if (lost := growth <= 0).any():
        first = dates[int(lost.to_numpy().argmax())]
        raise DataError(f"{name}: {values[first]:g} on {first.date()} is a loss of all, or more; say --form NAME=FORM")
    with np.errstate(over="ignore"):
        levels = growth.cumprod()
    if not (is_number := np.isfinite(levels.to_numpy())).all():
        first = dates[int(is_number.argmin())]
        raise DataError(f"{name}: by {first.date()} its returns come to more than any price; say --form NAME=FORM")
    rhythm = infer_rhythm(dates)
    opening = dates[0].to_period("D" if rhythm is None else rhythm.period_code).start_time
    before = sessions[sessions < opening]
    start = before[-1] if len(before) else opening - pd.Timedelta(days=1)
    if not len(before) and (dates.day_of_week < 5).all():
        start -= pd.Timedelta(days=max(0, start.day_of_week - 4))  # from a weekend back to Friday
    return pd.concat([pd.Series([1.0], pd.DatetimeIndex([start]).as_unit("s")), levels])
