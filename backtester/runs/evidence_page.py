"""The table of evidence as text: the cells of each line, and the Markdown page strategies/README.md."""

from collections.abc import Iterable, Sequence

from backtester.pages.format import MISSING, points
from backtester.runs.evidence_line import EvidenceLine
from backtester.runs.sentences import VERDICTS

COLUMN_NOTES = {  # the headings of the columns, and what each column shows
    "Strategy": "at its defaults; one that changes another's weights is put on `sixty_forty`.",
    "History": "`us` comes with every role, `us_1962` with sixty years and few roles; `us_long` is built from files.",
    "Measured": "the whole time for which the history has what it needs. Before a signal exists an overlay "
    "returns its base.",
    "Sell-offs": "the joint sell-offs of stocks and bonds in that time.",
    "Lost less": "than `sixty_forty`: in k of the n sell-offs in which it did otherwise.",
    "Payoff": "the mean return in the sell-offs beyond its mix, the fixed shares of stocks, bonds and bills that moved "
    "as it did.",
    "90%": "the interval of that mean, resampled.",
    "Clear from": "the smallest payoff that would have been called clear four times in five.",
    "Growth": "gain or cost a year over the mix, all sessions, in log points; gains are positive.",
    "Negative": "the mean payoff in the sell-offs before which stocks and bonds moved apart for 36 months, and how "
    "many these are.",
    "Positive": "the same of those before which they moved together.",
    "Verdict": "by the rule of every run, with room for all strategies tried on that history.",
}
PAGE_TITLE = "# What the strategies came to"
INTRODUCTION = """Every strategy of this folder at its defaults, against `sixty_forty`, in percent.
`backtester strategies evidence --out FILE` makes this page, `--data DIR` with `us_long` in DIR its longest rows, and
`backtester strategies show NAME --evidence` prints the rows of one. Few hedges are clear, ours included: that is what
the data say."""


def evidence_cells(line: EvidenceLine) -> tuple[str, ...]:
    """The text of the line under each heading, in percent and log points; if it has no figures, the reason under the
    last."""
    if line.verdict is None:
        return (line.strategy, line.history, *[""] * (len(COLUMN_NOTES) - 3), line.why_not)
    regimes = (line.regimes.get(name) for name in ("negative", "positive"))
    return (
        line.strategy,
        line.history,
        f"{line.start} to {line.end}",
        str(line.windows),
        f"{line.lost_less} of {line.acted}",
        points(line.payoff, 2),
        " to ".join(points(end, 2) for end in line.interval) if line.interval else MISSING,
        points(line.smallest_clear, 2),
        points(line.growth, 2),
        *(f"{points(regime[1], 2)} in {regime[0]}" if regime else "" for regime in regimes),
        VERDICTS[line.verdict],
    )


def evidence_markdown(lines: Sequence[EvidenceLine]) -> str:
    """The page in Markdown: the table, sorted by strategy, and what each column shows."""
    rows = [evidence_cells(line) for line in sorted(lines, key=lambda line: line.strategy)]
    alignment = ["---"] * 3 + ["---:"] * (len(COLUMN_NOTES) - 4) + ["---"]
    table = "\n".join(_markdown_row(row) for row in (COLUMN_NOTES, alignment, *rows))
    words = "\n".join(f"* **{heading}**: {text}" for heading, text in COLUMN_NOTES.items())
    return f"{PAGE_TITLE}\n\n{INTRODUCTION}\n\n{table}\n\n{words}\n"


def _markdown_row(cells: Iterable[str]) -> str:
    """A row of a Markdown table; line breaks, which would end the row, become spaces, and bars are escaped."""
    plain = (" ".join(cell.split()).replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(plain)} |"
