"""A yield from a file, in percent a year, such as that of ten-year Treasuries; it can be read but not held."""

from typing import ClassVar

from backtester.histories.series import QuotedObservable


class Yield(QuotedObservable):
    """A yield in percent a year, which may be zero or negative."""

    floor: ClassVar[float] = -100.0
    refusal: ClassVar[str] = "is no yield in percent"
