"""A quoted number above zero that cannot be held, such as the VIX or a balance sheet."""

from backtester.histories.series import QuotedObservable


class Level(QuotedObservable):
    """A level as it was published."""
