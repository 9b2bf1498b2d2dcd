"""A pair of other legs: page and terminal call them by their labels, and say nothing of stocks and bonds."""

import datetime
import re
from html.parser import HTMLParser

import pytest

from backtester.runs.folder import RunFolder, read_run, write_run
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings
from backtester.runs.summary import summary
from backtester.tearsheet.page import page_pieces

WORDS = re.compile(r"\b(stocks?|bonds?|treasur(y|ies))\b", re.IGNORECASE)
SENTENCES = {"title", "h1", "h2", "h3", "h4", "p", "caption", "figcaption", "summary", "dd", "dt", "li", "small"}
VOID = {"meta", "link", "br", "wbr", "img"}


class Sentences(HTMLParser):
    """The text of each sentence of a page with the ids around it; scripts, csv and stories of crises left out."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember the element; the words that only a screen reader hears are sentences too."""
        named = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.open.append((tag, f"{named.get('id', '')} {named.get('class', '')}"))
        if self.is_ours and "aria-label" in named:
            self.found.append(named["aria-label"])

    def handle_endtag(self, tag: str) -> None:
        """Forget it."""
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Keep the text of a sentence."""
        if self.is_ours and {tag for tag, _ in self.open} & SENTENCES:
            self.found.append(data)

    @property
    def is_ours(self) -> bool:
        """Whether the place is one where the page itself speaks."""
        inside = {word for _, words in self.open for word in words.split()}
        return not inside & {"provenance", "cards", "stories", "recipe", "words"}


@pytest.fixture(scope="module")
def gold_and_dollar(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run from 2019 whose pair is gold and the dollar."""
    folder = tmp_path_factory.mktemp("legs") / "run"
    settings = RunSettings(
        recipes=("sixty_forty + gold_overlay",),
        stocks_role="gold",
        bonds_role="dollar",
        stocks_fall=-0.03,
        start=datetime.date(2019, 1, 1),
        resamples=100,
        as_of=True,
    )
    write_run(carry_out(settings), folder)
    return read_run(folder)


def test_the_page_speaks_of_its_own_legs(gold_and_dollar: RunFolder) -> None:
    """No sentence outside of what strategies and sources are made of names a leg that is not there."""
    page = Sentences()
    page.feed("".join(page_pieces(gold_and_dollar, plotly_source="p.js")))
    text = [" ".join(one.split()) for one in page.found]
    assert [one for one in text if WORDS.search(one)] == []
    assert sum("gold and dollar" in one.lower() for one in text) > 5


def test_the_terminal_speaks_of_its_own_legs(gold_and_dollar: RunFolder) -> None:
    """Titles, the conclusion and the notes."""
    shown = summary(gold_and_dollar.document)
    text = [shown.heading, shown.conclusion, *shown.notes, *(grid.title for grid in shown.tables)]
    assert [one for one in text if WORDS.search(one)] == []
    assert "gold and dollar" in shown.conclusion.lower()


def test_charts_speak_of_their_own_legs(gold_and_dollar: RunFolder) -> None:
    """What stands in the charts themselves: titles of axes and panels, and what the pointer shows."""
    page = "".join(page_pieces(gold_and_dollar, plotly_source="p.js"))
    charts = re.findall(r'id="figure-(correlation|months|growth)">(.*?)</script>', page)
    texts = [text for _, chart in charts for text in re.findall(r'"(?:text|hovertemplate|name)":"([^"]*)"', chart)]
    assert len(charts) == 3
    assert [text for text in texts if WORDS.search(text)] == []
