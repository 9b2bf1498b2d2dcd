"""The page of a run: its sections put into the templates."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backtester.pages.drawing import drawing
from backtester.pages.environment import Section, environment
from backtester.pages.format import counted, period
from backtester.runs.folder import RunFolder
from backtester.tearsheet.names import named_strategies, pair_words
from backtester.tearsheet.parts.measures import figure_cards
from backtester.tearsheet.sections import page_sections


@dataclass(frozen=True)
class Link:
    """A page beside this one: what it is called, where it lies, and what it holds."""

    text: str
    href: str
    note: str


def page_pieces(
    run: RunFolder,
    sections: tuple[Section, ...] | None = None,
    *,
    plotly_source: str | None = None,
    extras: Sequence[Link] = (),
    full: bool = False,
) -> Iterator[str]:
    """The page as HTML, piece by piece, for plotly.js alone is 5 MB: the same run gives the same text.

    plotly.js is inside the page, or beside it at `plotly_source`; `extras` are pages to link to; `sections` are those
    that `page_sections` gives; on a `full` page all that folds is open.
    """
    names, window, history = named_strategies(run.document), run.document["period"], run.document["history"]
    sections = page_sections(run) if sections is None else sections
    return (
        environment("backtester.tearsheet")
        .get_template("page.html.j2")
        .generate(
            title=f"{names[0].label}: {counted(len(names) - 1, 'strategy')} compared" if names[1:] else names[0].label,
            sections=sections,
            names=names,
            document=run.document,
            measured=period(window["start"], window["end"]),
            titled=re.sub(r",? \d{4}[-\N{EN DASH}]\d{4}$", "", history["title"] or history["name"]),
            extras=extras,
            full=full,
            cards=figure_cards(),
            pair=pair_words(run.document),
            **drawing(sections, plotly_source),
        )
    )


def render_tearsheet(run: RunFolder, *, full: bool = False) -> str:
    """The page as one text."""
    return "".join(page_pieces(run, full=full))
