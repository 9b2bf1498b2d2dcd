"""Carrying out `strategies evidence` and `strategies show --evidence`: results of strategies on each history.

The table of evidence has them at the strategies' defaults, over the longest period.
"""

import dataclasses
from collections.abc import Collection
from pathlib import Path

from backtester.cli.actions.run_screen import shown_progress
from backtester.cli.actions.screen import note, print_json, print_table, say
from backtester.cli.actions.strategy_documents import library_with_warnings
from backtester.errors import OutputError, PluginError
from backtester.files import open_regular, write_text
from backtester.histories.manifest import find_history
from backtester.plugins.loader import Library, load_library
from backtester.runs.evidence import HISTORIES, evidence_histories, evidence_lines
from backtester.runs.evidence_file import FIRST_LINE, evidence_json
from backtester.runs.evidence_line import EvidenceLine
from backtester.runs.evidence_page import COLUMN_NOTES, PAGE_TITLE, evidence_cells, evidence_markdown
from backtester.runs.settings import DEFAULT_REFERENCE


def make_evidence(
    histories: tuple[str, ...], plugins: tuple[Path, ...], data: Path | None, *, out: Path | None, as_json: bool
) -> None:
    """Print the table of all strategies, or write it to the page `out`, with its rows as JSON beside the page."""
    if out is not None:
        _refuse_foreign(out, PAGE_TITLE)
        if out.suffix == ".json":
            raise OutputError(f"{out} is what the file beside a page is called; name a page, as evidence.md")
        _refuse_foreign(beside := out.with_suffix(".json"), FIRST_LINE)
    lines = _lines(histories, library_with_warnings(plugins), data)
    if as_json:
        print_json([dataclasses.asdict(line) for line in lines])
    elif out is None:
        _print(lines)
    if out is not None:
        write_text(out, evidence_markdown(lines))
        write_text(beside, evidence_json(lines))
        if not as_json:
            say(f"Evidence: {out}, and for programs {beside}")


def show_evidence(name: str, plugins: tuple[Path, ...], data: Path | None, *, as_json: bool) -> None:
    """Print the rows of one strategy; raise PluginError if there is none of that name, or it is the reference."""
    library = load_library(plugins)
    strategy = library.find(name)
    if strategy.name == DEFAULT_REFERENCE:
        raise PluginError(f"{strategy.name} is what the others are compared with; name another strategy")
    lines = _lines((), library, data, only=(strategy.name,))
    if as_json:
        print_json([dataclasses.asdict(line) for line in lines])
    else:
        _print(lines)


def _lines(
    histories: tuple[str, ...], library: Library, data: Path | None, only: Collection[str] | None = None
) -> list[EvidenceLine]:
    """The rows of the strategies, all or those in `only`, on the histories, or on all at hand if none is named."""
    names = histories or tuple(evidence_histories(data))
    for name in names:
        find_history(name, data)  # raise an error on a wrong name before the work
    for name in () if histories else HISTORIES:
        if name not in names:
            note(
                f"history {name!r} is not here; 'data fetch {name} --data DIR' builds it, and --data DIR adds its rows"
            )
    with shown_progress() as report:
        return [line for name in names for line in evidence_lines(library, name, data, only=only, report=report)]


def _print(lines: list[EvidenceLine]) -> None:
    """Print the table, sorted by strategy."""
    texts = ("Strategy", "History", "Measured", "Verdict")
    columns = dict.fromkeys(COLUMN_NOTES, "right") | dict.fromkeys(texts, "left")
    print_table(columns, [evidence_cells(line) for line in sorted(lines, key=lambda line: line.strategy)])


def _refuse_foreign(out: Path, first_line: str) -> None:
    """Raise OutputError if there is a file that does not begin with the line, and so is not of this command."""
    if out.exists():
        try:
            with open_regular(out) as file:
                is_evidence = file.readline().decode(errors="replace").strip() == first_line
        except OSError as error:
            raise OutputError(f"cannot write {out}: {error.strerror}; name another file with --out") from error
        if not is_evidence:
            raise OutputError(f"{out} is there and is no table of evidence; name another file with --out")
