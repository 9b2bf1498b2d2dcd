"""The rows of the table of evidence on the long history, where its files are beside the checkout."""

from backtester.histories.market import Market
from backtester.plugins.loader import Library
from backtester.runs.evidence import evidence
from backtester.runs.evidence_page import cells
from folders import CHECKOUT


def test_gold_since_1968_is_remade(us_long: Market, library: Library) -> None:
    """Gold's row on `us_long`, 58 years that no embedded history has, is remade word for word."""
    (line,) = evidence(library, "us_long", us_long.history.folder, only=["gold_overlay"])
    assert line.start == "1968-04-01"
    assert f"| {' | '.join(cells(line))} |\n" in (CHECKOUT / "strategies" / "README.md").read_text(encoding="utf-8")
