"""The table of evidence in words, by hand."""

from backtester.runs.evidence_line import EvidenceLine
from backtester.runs.evidence_page import COLUMN_NOTES, evidence_cells, evidence_markdown

LINE = EvidenceLine(
    "gold", "sixty_forty + gold", "us", start="2007-01-03", end="2026-05-26", windows=21, acted=20, lost_less=12,
    payoff=0.00304, interval=(-0.002, 0.0081), smallest_clear=0.0106, growth=-0.0012,
    regimes={"positive": (7, -0.0074)}, verdict="unclear",
)  # fmt: skip


def test_a_line_in_words() -> None:
    """Percent with two decimals, intervals, and regimes with how many windows they have."""
    assert evidence_cells(LINE) == (
        "gold", "us", "2007-01-03 to 2026-05-26", "21", "12 of 20", "0.30", "−0.20 to 0.81", "1.06", "−0.12", "",
        "−0.74 in 7", "not clear",
    )  # fmt: skip
    assert len(evidence_cells(LINE)) == len(COLUMN_NOTES)


def test_a_line_without_figures() -> None:
    """Why there are none stands in place of the verdict, and what is undefined is n/a."""
    assert evidence_cells(EvidenceLine("puts", "r", "us", why_not="no VIX")) == ("puts", "us", *[""] * 9, "no VIX")
    few = evidence_cells(EvidenceLine("puts", "r", "us", verdict="few"))
    assert few[5:9] == ("n/a", "n/a", "n/a", "n/a")


def test_the_page() -> None:
    """Strategies by name, each one's histories in their order; words to the left, figures to the right."""
    text = evidence_markdown(
        [LINE, EvidenceLine("bills", "r", "us", why_not="a|b\nc"), EvidenceLine("bills", "r", "us_1962", why_not="x")]
    )
    title, _, introduction, *_ = text.split("\n")
    assert title == "# What the strategies came to"
    assert introduction.startswith("Every strategy of this folder at its defaults")
    table = [line for line in text.split("\n") if line.startswith("|")]
    assert table[0] == "| " + " | ".join(COLUMN_NOTES) + " |"
    assert table[1] == "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |"
    assert [row.split(" | ")[:2] for row in table[2:]] == [["| bills", "us"], ["| bills", "us_1962"], ["| gold", "us"]]
    assert table[2].endswith("| a\\|b c |")
    assert text.count("\n* **") == len(COLUMN_NOTES)
