"""The table of evidence: the kept page is what the program makes of the strategies today, and a run says the same."""

import json
from pathlib import Path

import pytest

from backtester.plugins.loader import Library
from backtester.plugins.recipes import parse_recipe
from backtester.runs.evidence import evidence_lines, evidence_recipe
from backtester.runs.evidence_file import EVIDENCE_FILE as KEPT_JSON
from backtester.runs.evidence_file import FIRST_LINE, bundled_evidence, evidence_json
from backtester.runs.evidence_line import EvidenceLine
from backtester.runs.evidence_page import COLUMN_NOTES, PAGE_TITLE, evidence_cells, evidence_markdown
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings
from builders import made_strategy
from folders import CHECKOUT

KEPT = (CHECKOUT / "strategies" / "README.md").read_text(encoding="utf-8")
LINE = EvidenceLine(
    strategy="gold",
    recipe="sixty_forty + gold",
    history="us",
    start="2007-01-03",
    end="2026-05-26",
    windows=21,
    acted=20,
    lost_less=4,
    payoff=0.00073,
    interval=(-0.0005, 0.0022),
    smallest_clear=0.0026,
    growth=-0.0072,
    regimes={"negative": (11, -0.0002)},
    verdict="small",
)


def rows(history: str) -> list[list[str]]:
    """The rows of the kept page for a history, as cells."""
    found = [line.strip("| ").split(" | ") for line in KEPT.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in found if row[1].strip() == history]


@pytest.fixture(scope="module")
def us_lines(library: Library) -> list[EvidenceLine]:
    """All strategies on the embedded history."""
    return evidence_lines(library, "us")


def test_the_kept_page_is_that_of_today(library: Library, us_lines: list[EvidenceLine]) -> None:
    """The page is remade to the same text, all rows of both embedded histories anew; tests/published has `us_long`.

    After a change of strategies or engine: `backtester strategies evidence --data DIR --out strategies/README.md`.
    """
    kept = [line for line in bundled_evidence() if line.history == "us_long"]
    assert evidence_markdown([*us_lines, *evidence_lines(library, "us_1962"), *kept]) == KEPT


def test_the_kept_page_is_whole() -> None:
    """Title, every strategy on each of the three histories, and a line on every column."""
    assert KEPT.startswith(f"{PAGE_TITLE}\n")
    names = [[row[0] for row in rows(history)] for history in ("us", "us_1962", "us_long")]
    assert names[0] == names[1] == names[2] == sorted(names[0])
    assert evidence_markdown([]).replace("| --- |\n", "| --- |\n" + "".join(_table_rows()), 1) == KEPT


def test_the_kept_lines_are_the_pages(library: Library) -> None:
    """The file for programs makes the page, and has every recipe and the hash of every file as they are today."""
    lines = bundled_evidence()
    assert evidence_markdown(lines) == KEPT
    assert (CHECKOUT / "strategies" / KEPT_JSON).read_text(encoding="utf-8") == evidence_json(lines)
    for line in lines:
        assert line.full == parse_recipe(line.recipe, library).full
        assert line.sha256 == {
            name: library.strategies[name].sha256 for name in {"sixty_forty", *line.recipe.split(" + ")}
        }


def _table_rows() -> list[str]:
    return [f"{line}\n" for line in KEPT.splitlines() if line.startswith("| ")][2:]


def test_a_run_says_the_same(us_lines: list[EvidenceLine]) -> None:
    """A line's figures are those of a run of the recipe alone, but for what allows for all strategies tried."""
    (line,) = [line for line in us_lines if line.strategy == "gold_overlay"]
    card = carry_out(RunSettings(recipes=(line.recipe,))).strategies[1].card
    assert (line.payoff, line.interval) == (
        card.figures["beyond_mix.payoff_mean"],
        card.intervals["beyond_mix.payoff_mean"],
    )
    assert line.growth == card.figures["growth_annual.over_mix.total"]
    assert line.smallest_clear is not None
    assert line.smallest_clear > card.smallest_clear


def test_what_a_history_lacks_is_named(small: Path) -> None:
    """A strategy that reads, or holds, a role that is not there has no figures but the role; the others have theirs."""
    strategies = [
        made_strategy("sixty_forty", "def weights():\n    return {'stocks': 0.6, 'bonds': 0.4}\n"),
        made_strategy("reader", "def weights(base, fed_target):\n    return base\n"),
        made_strategy("holder", "def weights(base):\n    return base.assign(linkers=0.1)\n"),
        made_strategy("wrong", "def weights(base):\n    return base.iloc[1:]\n"),
        made_strategy("raises", "def weights(base):\n    raise ValueError('no such luck')\n"),
        made_strategy("half", "def weights():\n    return {'stocks': 0.5}\n"),
    ]
    lines = {
        line.strategy: line for line in evidence_lines(Library({one.name: one for one in strategies}), "small", small)
    }
    assert [lines[name].why_not for name in ("reader", "holder")] == ["needs fed_target", "needs linkers"]
    assert lines["wrong"].why_not.startswith("weights returned ")
    assert lines["raises"].why_not == "no such luck"
    assert (lines["half"].start, lines["half"].end, lines["half"].verdict) == ("2019-06-03", "2021-09-30", "few")
    assert lines["half"].lost_less == lines["half"].acted == lines["half"].windows > 0


def test_overlays_lie_on_the_reference(library: Library) -> None:
    """A base is taken as it is, an overlay put on 60/40, and so is what can be either."""
    recipes = [evidence_recipe(library.strategies[name]) for name in ("sixty_forty", "gold_overlay", "hold")]
    assert recipes == ["sixty_forty", "sixty_forty + gold_overlay", "sixty_forty + hold"]


def test_words_of_a_line() -> None:
    """Percent with two decimals, a regime without sell-offs empty, and the verdict in the run's own words."""
    words = "gold|us|2007-01-03 to 2026-05-26|21|4 of 20|0.07|−0.05 to 0.22|0.26|−0.72|−0.02 in 11||small at best"
    assert "|".join(evidence_cells(LINE)) == words
    assert len(evidence_cells(EvidenceLine("gold", "gold", "us", why_not="needs gold"))) == len(COLUMN_NOTES)


def test_a_bar_in_an_error_stays_in_its_cell() -> None:
    """Words of a strategy's own, with the signs that Markdown makes tables of, are one cell of one row."""
    text = evidence_markdown([EvidenceLine("odd", "odd", "us", why_not="a | b\n| c |")])
    (row,) = [line for line in text.splitlines() if line.startswith("| odd")]
    assert row.endswith(r"|  | a \| b \| c \| |")


def test_lines_for_programs() -> None:
    """An object a line, sorted by strategy, below an opening by which the file is known."""
    first, *rows, last = evidence_json([LINE, EvidenceLine("collar", "collar", "us", why_not="needs put")]).splitlines()
    assert (first, last) == (FIRST_LINE, "]}")
    assert [json.loads(row.rstrip(","))["strategy"] for row in rows] == ["collar", "gold"]
    assert json.loads("\n".join((first, *rows, last)))["evidence"][1]["payoff"] == 0.00073
