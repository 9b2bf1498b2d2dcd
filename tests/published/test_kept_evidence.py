"""The rows of the table of evidence on the long history, where its files are beside the checkout."""

from backtester.histories.market import Market
from backtester.plugins.loader import Library
from backtester.runs.evidence import evidence_lines
from backtester.runs.evidence_file import bundled_evidence
from backtester.runs.evidence_page import evidence_cells


def test_a_century_is_remade(us_long: Market, library: Library) -> None:
    """Every row on `us_long`, with 58 years of gold that no embedded history has, is remade word for word."""
    remade = evidence_lines(library, "us_long", us_long.history.folder)
    kept = [line for line in bundled_evidence() if line.history == "us_long"]
    assert [evidence_cells(line) for line in remade] == [evidence_cells(line) for line in kept]
    assert {line.strategy: line.start for line in remade}["gold_overlay"] == "1968-04-01"
