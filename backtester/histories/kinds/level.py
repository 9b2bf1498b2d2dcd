"""A number above zero, from a file, that can be read but not held, such as the VIX or a balance sheet."""

from backtester.histories.series import QuotedObservable


class Level(QuotedObservable):
    """A level as it was published."""
