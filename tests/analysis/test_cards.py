"""Metric cards: one for every figure of the document, none for any other, and none with a hole."""

from pathlib import Path

import pytest

from backtester.analysis.cards import card_for, metric_cards
from backtester.runs.document.values import Json
from backtester.runs.document.whole import document
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings


@pytest.fixture(scope="module")
def strategy(small: Path) -> Json:
    told: Json = document(carry_out(RunSettings(recipes=("sixty_forty + gold_overlay",), history="small", data=small)))
    return dict(told["strategies"][1])


@pytest.mark.parametrize("part", ["measures", "scorecard"])
def test_every_figure_has_a_card_and_every_card_a_figure(strategy: Json, part: str) -> None:
    """The cards of measures and scorecard are those of the document's keys."""
    assert {key.partition(".")[2] for key in metric_cards() if key.startswith(f"{part}.")} == set(strategy[part])


@pytest.mark.parametrize("key", metric_cards())
def test_cards_are_whole(key: str) -> None:
    """Each says everything, in one line to read that is a sentence."""
    card = metric_cards()[key]
    assert all(value.strip() == value and value for value in card.model_dump().values())
    assert card.reading.endswith(".")
    assert len(card.label) <= 40


def test_a_part_has_the_card_of_the_whole() -> None:
    """The hit rate beyond the twin is told by the twin's card; what nobody knows has none."""
    assert card_for("scorecard.beyond_twin.hit_rate") == metric_cards()["scorecard.beyond_twin"]
    assert card_for("scorecard.hit_rate") == metric_cards()["scorecard.hit_rate"]
    assert card_for("colour") is None
