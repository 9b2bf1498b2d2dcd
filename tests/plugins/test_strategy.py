"""What a loaded strategy says about itself."""

from dataclasses import replace

import pandas as pd
import pytest

from backtester.plugins.from_code import function_strategy, weights_strategy
from backtester.plugins.loader import Library
from builders import made_strategy

PAGE = '''"""Hold gold beside the portfolio.

Hypothesis: gold rises
while both fall. Fails when: everyone sells.
Source: Baur and Lucey (2010): pages 217-229.
"""
'''


def test_an_overlay_reads_base_or_portfolio() -> None:
    """A strategy that reads what is below it is an overlay; one that reads anything else is not."""
    assert made_strategy("s", "def weights(base): ...").is_overlay
    assert made_strategy("s", "def weights(stocks, portfolio): ...").is_overlay
    assert not made_strategy("s", "def weights(stocks, returns, calendar): ...").is_overlay
    assert not made_strategy("s", "def weights(*, base=1.0): ...").is_overlay


def test_summary_is_the_first_line() -> None:
    """The first line of the docstring stands for the strategy in lists."""
    assert made_strategy("s", PAGE + "def weights(): ...").summary == "Hold gold beside the portfolio."
    assert made_strategy("s", "def weights(): ...").summary == ""


def test_sections_are_found_wherever_they_stand() -> None:
    """Hypothesis, Fails when and Source are told apart on lines of their own or sharing one, wrapped or not."""
    assert made_strategy("s", PAGE + "def weights(): ...").sections == {
        "Hypothesis": "gold rises while both fall.",
        "Fails when": "everyone sells.",
        "Source": "Baur and Lucey (2010): pages 217-229.",
    }


@pytest.mark.parametrize(
    "page", ["", '"""One line."""\n', '"""Hypothesis: only in the first line."""\n', '"""A.\n\nB."""\n']
)
def test_sections_that_are_not_there_are_absent(page: str) -> None:
    """A docstring without sections has none, and its first line is never one."""
    assert made_strategy("s", page + "def weights(): ...").sections == {}


def test_the_built_ins_explain_themselves(library: Library) -> None:
    """Every built-in strategy has a summary and all three sections."""
    assert not library.broken
    for strategy in library.strategies.values():
        assert strategy.summary.endswith(".")
        assert list(strategy.sections) == ["Hypothesis", "Fails when", "Source"]
        assert all(len(text) > 40 for text in strategy.sections.values())


@pytest.mark.parametrize(
    ("reads", "is_base", "is_overlay"),
    [("stocks", True, False), ("base", False, True), ("base=None", True, True), ("portfolio", False, True)],
)
def test_what_can_stand_alone(reads: str, is_base: bool, is_overlay: bool) -> None:
    """Whatever needs no other strategy below it."""
    made = made_strategy("made", f"def weights({reads}):\n    return {{'stocks': 1.0}}\n")
    assert (made.is_base, made.is_overlay) == (is_base, is_overlay)


def test_words_are_names_and_short_texts() -> None:
    """Variables, parameters and texts of the source; nothing of a comment."""
    words = made_strategy("made", "def weights(stocks):  # gold\n    up = 1.0\n    return {'bonds': up}\n").words
    assert {"stocks", "up", "bonds"} <= words
    assert "gold" not in words


def test_words_of_what_is_no_file_of_a_strategy() -> None:
    """Of a table of weights its headings, of a function all of its source."""
    table = b"date,stocks,long_bonds\n2024-01-01,0.6,gold\n"
    index = pd.DatetimeIndex(["2024-01-01"])
    weights = weights_strategy("mine", "w.csv", table, pd.DataFrame({"stocks": [0.6]}, index))
    assert weights.words == {"date", "stocks", "long_bonds"}

    def half(base: object) -> object:
        return {"dollar": base}  # not gold

    assert {"half", "base", "dollar", "gold"} <= function_strategy("half", half).words


def test_a_function_is_given_what_it_reads() -> None:
    """And its settings; of a strategy that says when it acts, what it says too."""

    def sized(stocks: float, *, size: float = 0.5) -> float:
        return stocks * size

    made = function_strategy("sized", sized)
    assert made.answer({"stocks": 4.0, "bonds": 9.0}, {"size": 0.25}) == 1.0
    source = "def state(stocks):\n    return stocks + 1\ndef weights(state, *, size=2.0):\n    return state * size\n"
    says = made_strategy("says", source)
    assert says.state_answer({"stocks": 4.0}, {}) == 5.0
    assert says.answer({"stocks": 4.0}, {"size": 3.0}) == 15.0


def test_files_as_messages_name_them(library: Library) -> None:
    """One that comes with the program by its folder alone, so that a run says the same wherever it is installed."""
    built_in = library.strategies["sixty_forty"]
    assert built_in.file == "strategies/sixty_forty.py"
    assert replace(built_in, origin="mine/sixty_forty.py").file == "mine/sixty_forty.py"
