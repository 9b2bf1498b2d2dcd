"""A quoted rate, in percent a year, such as the target of the Federal Reserve."""

from typing import ClassVar

from backtester.histories.series import QuotedObservable


class Rate(QuotedObservable):
    """In percent a year; zero and below are real."""

    floor: ClassVar[float] = -100.0
    refusal: ClassVar[str] = "is no yield in percent"
