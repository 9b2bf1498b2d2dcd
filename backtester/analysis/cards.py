"""Metric cards: of every measure and scorecard figure what it is, in words that stand beside it on a page."""

import tomllib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict


class Card(BaseModel):
    """One figure: its formula, unit, how days and interest rates are treated, where it comes from, how to read it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str
    formula: str
    unit: str
    days: str
    rates: str
    source: str
    reading: str


@cache
def metric_cards() -> dict[str, Card]:
    """The cards by the figure's key in a strategy's part of the document, as `measures.sharpe`; in the file's order.

    A card of a figure that has parts (`scorecard.slices`) speaks for all of them.
    """
    told = tomllib.loads((Path(__file__).parent / "cards.toml").read_text(encoding="utf-8"))
    return {f"{part}.{name}": Card.model_validate(card) for part, cards in told.items() for name, card in cards.items()}


def card_key(key: str) -> str:
    """The key of the card of a figure, or of the nearest figure that it is a part of; empty where there is none."""
    cards = metric_cards()
    while key and key not in cards:
        key = key.rpartition(".")[0]
    return key


def card_for(key: str) -> Card | None:
    """The card of a figure, or of the nearest figure that it is a part of."""
    return metric_cards().get(card_key(key))
