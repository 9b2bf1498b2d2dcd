"""The tearsheet of a run as HTML: its sections put into the templates. The document is its results as JSON."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backtester.pages.drawing import chart_values
from backtester.pages.environment import Section, environment
from backtester.pages.format import counted, period
from backtester.runs.folder import RunFolder
from backtester.tearsheet.names import named_strategies, pair_words
from backtester.tearsheet.parts.measures import figure_cards
from backtester.tearsheet.sections import page_sections

YEARS_AT_END = r",? \d{4}[-\N{EN DASH}]\d{4}$"  # of a history's title, beside which the page shows the run's period


@dataclass(frozen=True)
class Link:
    """A link to a page in the same folder: its text, its address, and a note on what the page holds."""

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
    """The page as HTML in pieces, since plotly.js alone is 5 MB. The same run gives the same text.

    `sections` are by default those that `page_sections` returns. plotly.js is inside the page or, with `plotly_source`,
    loaded from that address. `extras` are linked to. On a `full` page everything that folds is open.
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
            history_title=re.sub(YEARS_AT_END, "", history["title"] or history["name"]),
            extras=extras,
            full=full,
            cards=figure_cards(),
            pair=pair_words(run.document),
            **chart_values(sections, plotly_source),
        )
    )


def render_tearsheet(run: RunFolder, *, full: bool = False) -> str:
    """The page as one text."""
    return "".join(page_pieces(run, full=full))
