"""The check of prices and returns: a series whose values behave like the other of the two is reported."""

import numpy as np

from backtester.histories.checks.finding import Finding
from backtester.histories.checks.subject import FEWEST_VALUES, CheckedSeries, looks_like_changes

CONFUSION_CHECK = "price or return"


def check_confusion(subject: CheckedSeries) -> list[Finding]:
    """A warning if a series does not behave as its kind says, `return` or any other.

    A note if its kind is unknown and it behaves like returns.
    """
    numbers = subject.rounded_values
    if len(numbers) < FEWEST_VALUES or np.ptp(numbers) == 0:
        return []
    behaves_like_returns = looks_like_changes(numbers)
    text = f"looks like {_form(subject)}: a value says next to nothing about the next"
    if subject.kind is None and behaves_like_returns:
        return [Finding("note", CONFUSION_CHECK, subject.name, f"{text}; name the kind to have it checked as such")]
    if not behaves_like_returns:
        text = "looks like prices or levels: each value is near the one before"
    if subject.kind is not None and behaves_like_returns != (subject.kind == "return"):
        return [Finding("warning", CONFUSION_CHECK, subject.name, f"is said to be of kind {subject.kind!r} and {text}")]
    return []


def _form(subject: CheckedSeries) -> str:
    """The form that the values have if they are returns, judged by their size: growth factors, percent or fractions."""
    numbers = subject.rounded_values
    if abs(np.mean(numbers) - 1) < 0.1 and np.std(numbers) < 0.2:
        return "growth factors (1 + return)"
    return f"returns in {'percent' if np.std(numbers) > 0.15 else 'fractions'}"
