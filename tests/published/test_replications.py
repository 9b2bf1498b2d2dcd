"""The replications, where the providers' files are beside the checkout: every figure holds, and has its page."""

import dataclasses
import sys
from pathlib import Path

import pytest
from markupsafe import escape

from backtester.histories.blueprints.build import file_reader
from backtester.histories.market import Market
from backtester.histories.providers.parse import find_column, parse_table
from folders import MORE, SHARED
from replications.__main__ import REPLICATIONS, main
from replications.figure import Figure
from replications.page import page, words
from replications.sources import Sources


@pytest.fixture(scope="module")
def sources(us_long: Market) -> Sources:
    """The history that this session's tests have built, and the files."""
    read = file_reader(SHARED, MORE)
    return Sources(us_long, lambda file, column: find_column(parse_table(read(file), file), column, file).dropna())


@pytest.mark.parametrize("name", REPLICATIONS)
def test_published_figures_are_obtained(sources: Sources, name: str) -> None:
    """Through plugins and the engine each is as near as its tolerance; the page has them all and one chart."""
    done = REPLICATIONS[name](sources)
    assert [figure for figure in done.figures if not figure.holds] == []
    text = page(done)
    assert all(words(figure)[2] in text for figure in done.figures)
    assert (text.count("<svg"), text.count("<polyline")) == (1, len(done.chart.columns))
    assert str(escape(done.about)) in text
    assert "<script" not in text
    assert "http" not in text


def test_a_figure_that_is_off_says_so() -> None:
    """Beyond the tolerance, on either side, of what was published or of what is known to differ."""
    figure = Figure("alpha", -1.8, -2.33, 0.05, "% a year", differs=-0.5)
    assert figure.holds
    assert words(figure)[3] == "within 0.05 of -2.3, a known difference"
    for obtained in (-1.8, -2.4):
        assert not dataclasses.replace(figure, obtained=obtained).holds
    assert words(Figure("beta", 0.74, 0.7, 0.02)) == ("beta", "0.74", "0.70", "OFF by more than 0.02")


def test_without_the_files_it_says_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line on stderr, status 2, and no page."""
    monkeypatch.setattr(sys, "argv", ["replications", "--from", str(tmp_path), "--out", str(tmp_path / "out")])
    assert main() == 2
    assert capsys.readouterr().err.startswith("Error: no file ")
    assert not (tmp_path / "out").exists()
