"""Whether a series looks like prices or like returns, and whether that is what it is declared to be."""

import numpy as np

from backtester.histories.checks.finding import Finding
from backtester.histories.checks.subject import CheckedSeries, looks_like_changes

CONFUSION_CHECK = "price or return"


def check_confusion(subject: CheckedSeries) -> list[Finding]:
    """A warning where kind and behaviour disagree, a note where an unknown kind behaves like returns."""
    numbers = subject.numbers
    if len(numbers) < 60 or np.ptp(numbers) == 0:
        return []
    changes = looks_like_changes(numbers)
    why = f"looks like {_form(subject)}: a value says next to nothing about the next"
    if subject.kind is None and changes:
        return [Finding("note", CONFUSION_CHECK, subject.name, f"{why}; name the kind to have it checked as such")]
    if not changes:
        why = "looks like prices or levels: each value is near the one before"
    if subject.kind is not None and changes != (subject.kind == "return"):
        return [Finding("warning", CONFUSION_CHECK, subject.name, f"is said to be of kind {subject.kind!r} and {why}")]
    return []


def _form(subject: CheckedSeries) -> str:
    """The form of returns that the values have: growth factors, percent or fractions."""
    numbers = subject.numbers
    if abs(np.mean(numbers) - 1) < 0.1 and np.std(numbers) < 0.2:
        return "growth factors (1 + return)"
    return f"returns in {'percent' if np.std(numbers) > 0.15 else 'fractions'}"
