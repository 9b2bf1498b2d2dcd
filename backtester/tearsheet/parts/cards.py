"""The metric cards at the page's end: what each figure is, where tables link to."""

from dataclasses import dataclass

from backtester.analysis.figures import Figure, card_key, figures


@dataclass(frozen=True)
class Anchored:
    """A figure with a card, and the id by which it is linked to."""

    anchor: str
    figure: Figure


def anchored_cards() -> tuple[Anchored, ...]:
    """Every card, in the order of the page's tables."""
    return tuple(Anchored(_anchor(key), figure) for key, figure in figures().items() if figure.card)


def card_link(*path: str) -> str:
    """The id of the card of a figure, by its path in a strategy's part of the document; empty where there is none."""
    key = card_key(".".join(path))
    return _anchor(key) if key else ""


def _anchor(key: str) -> str:
    return f"card-{key.replace('.', '-').replace('_', '-')}"
