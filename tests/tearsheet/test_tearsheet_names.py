"""What the strategies of a document are called on the page."""

from backtester.tearsheet.names import cast
from documents import document, strategy


def test_labels() -> None:
    """A recipe on top of the reference is labelled by what it adds; any other by its whole name."""
    other = strategy("gold") | {"name": "sixty_forty_plus + gold"}
    names = cast(document(strategy("gold_overlay(size=0.05)"), other))
    assert [one.label for one in names] == ["sixty_forty", "+ gold_overlay(size=0.05)", "sixty_forty_plus + gold"]
    assert names[1].spoken == "gold_overlay(size=0.05)"
