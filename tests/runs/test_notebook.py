"""What a notebook shows of a result: the summary's tables, escaped, by IPython's own formatter."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from IPython.core.formatters import DisplayFormatter

from backtester.runs.document import document
from backtester.runs.result import Result
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings
from backtester.runs.summary import Summary, TextTable, summary
from backtester.runs.summary_html import summary_html

HOSTILE = """</td><script>alert(1)</script><img src=x onerror=alert(2)> "'> & {0}"""


@pytest.fixture(scope="module")
def result(small: Path) -> Result:
    return carry_out(RunSettings(recipes=("sixty_forty + gold_overlay",), history="small", data=small))


class Tags(HTMLParser):
    """The names of start tags, and all text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_notebooks_get_html_and_a_line(result: Result) -> None:
    """IPython finds both forms: tables for a notebook, one line for a terminal."""
    shown, _ = DisplayFormatter().format(result)
    assert shown["text/plain"] == "<Result of sixty_forty, sixty_forty + gold_overlay: 2019-06-03 to 2021-09-30>"
    found = Tags(shown["text/html"])
    assert found.tags.count("table") == 2
    assert set(found.tags) == {"div", "p", "table", "caption", "thead", "tr", "th", "tbody", "td", "small"}
    assert len(shown["text/html"]) < 6_000


def test_shows_what_the_command_line_prints(result: Result) -> None:
    """Every cell of the summary stands in the HTML, row by row."""
    told = summary(document(result))
    rows = re.findall(r"<tr><th[^>]*>(.*?)</th>(.*?)</tr>", result._repr_html_())
    cells = [(head, *re.findall(r"<td[^>]*>(.*?)</td>", rest)) for head, rest in rows]
    assert [row for row in cells if row[1:]] == [row for grid in told.tables for row in grid.rows]
    assert all(note in result._repr_html_() for note in (told.conclusion, *told.notes[:1]))


def test_text_from_outside_is_escaped() -> None:
    """A hostile name, title, heading or note adds no element and is shown as it is."""
    grid = TextTable(HOSTILE, (HOSTILE,), ((HOSTILE, HOSTILE),))
    found = Tags(summary_html(Summary(HOSTILE, (grid,), HOSTILE, (HOSTILE,))))
    assert {"script", "img"} & set(found.tags) == set()
    assert found.text.count(HOSTILE) == 7


def test_reference_alone_has_one_table(small: Path) -> None:
    """Without strategies there is nothing to compare, and no notes on what is not there."""
    told = summary(document(carry_out(RunSettings(recipes=("sixty_forty",), history="small", data=small))))
    assert (len(told.tables), told.notes) == (1, ())
