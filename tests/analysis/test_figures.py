"""The table of figures: a row for every figure of the document, none for any other, and no card with a hole."""

from pathlib import Path

import pytest

from backtester.analysis.figures import FigureEntry, card_key, figures, figures_in
from backtester.analysis.payoff_parts import PART_NAMES
from backtester.analysis.scorecard import SCORECARD_FIGURES as FIGURES_OF_CARDS
from backtester.batch.rows import MEASURES, ROW_FIGURES
from backtester.runs.document import document
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings
from backtester.runs.values import Json


@pytest.fixture(scope="module")
def strategy(small: Path) -> Json:
    told: Json = document(carry_out(RunSettings(recipes=("sixty_forty + gold_overlay",), history="small", data=small)))
    return dict(told["strategies"][1])


@pytest.mark.parametrize("part", ["measures", "scorecard"])
def test_every_figure_has_a_row_and_every_row_a_figure(strategy: Json, part: str) -> None:
    """The rows of measures and scorecard are the document's keys, those of measures in its order too."""
    top_level = [name for name in figures_in(part) if "." not in name]
    assert set(top_level) == set(strategy[part])
    assert part != "measures" or top_level == list(strategy[part])


def test_every_figure_of_the_scorecard_has_a_row() -> None:
    """Whatever the analysis and its intervals make is in the table, by its whole name."""
    made = {*FIGURES_OF_CARDS, *(f"payoff_parts.{part}" for part in PART_NAMES)}
    assert made <= set(figures_in("scorecard"))


@pytest.mark.parametrize("key", figures())
def test_rows_are_whole(key: str) -> None:
    """A label is short, a card says everything, in one line to read that is a sentence, and no figure is without."""
    figure = figures()[key]
    texts = [figure.label, *(figure.card.model_dump().values() if figure.card else ())]
    assert all(text.strip() == text and text for text in texts)
    assert len(figure.label) <= 40
    assert figure.card is None or figure.card.reading.endswith(".")
    assert card_key(key)


def test_a_part_has_the_card_of_the_whole() -> None:
    """The payoff beyond the mix is explained by its group's card; what is not in the table has none."""
    assert card_key("scorecard.beyond_mix.payoff_mean") == "scorecard.beyond_mix"
    assert card_key("scorecard.growth_annual.over_mix.rest") == "scorecard.growth_annual"
    assert card_key("scorecard.beyond_mix.smallest_clear") == "scorecard.beyond_mix.smallest_clear"
    assert card_key("colour") == ""


def test_columns_are_the_numbers() -> None:
    """Rows of a batch have the numbers among the measures, in their order, and no dates."""
    columns = MEASURES
    assert columns[:3] == ("final_nav", "cagr", "volatility")
    assert not [name for name in columns if figures_in("measures")[name].kind == "date"]
    assert len(columns) == len(figures_in("measures")) - 4  # three dates, and a beta that the scorecard has too


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"kind": "percent"}, "b_c"),
        ({"kind": "percent", "column": False}, ""),
        ({"kind": "date"}, ""),
        ({"kind": "group"}, ""),
        ({"kind": "group", "column": False}, ""),
    ],
)
def test_what_has_no_column(row: Json, column: str) -> None:
    """Dates and groups, and what its row says has none; without a word on it a figure has one, and no sign."""
    figure = FigureEntry.model_validate({"key": "a.b.c", "label": "A", "decimals": 1} | row)
    assert figure.column_name == column
    assert (figure.signed, figure.unit, figure.card) == (False, "", None)


def test_columns_have_names_of_their_own() -> None:
    """No two figures share a column."""
    assert len(set(ROW_FIGURES)) == len(ROW_FIGURES)


def test_decimals_follow_the_kind() -> None:
    """Percent and numbers have two decimals, whole numbers none, where the row does not say."""
    decimals = {name: figure.decimals for name, figure in figures_in("measures").items()}
    assert (decimals["cagr"], decimals["sharpe"], decimals["days_under_water"], decimals["turnover_annual"]) == (
        2,
        2,
        0,
        0,
    )


@pytest.mark.parametrize(
    ("key", "decimals"), [("measures.sharpe", 2), ("measures.cagr", 2), ("measures.days_under_water", 0)]
)
def test_decimals(key: str, decimals: int) -> None:
    """Of numbers and percentages two, where the table does not say otherwise, and none of what is counted."""
    assert figures()[key].decimals == decimals
