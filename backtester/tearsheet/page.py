"""The page of a run: its sections put into the templates."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backtester.pages.drawing import chart_values
from backtester.pages.environment import Section, environment
from backtester.pages.format import counted, period
from backtester.runs.folder import RunFolder
from backtester.tearsheet.names import cast, lens
from backtester.tearsheet.parts.measures import cards
from backtester.tearsheet.sections import gather


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
    that `gather` gives; on a `full` page all that folds is open.
    """
    names, window, history = cast(run.document), run.document["period"], run.document["history"]
    sections = gather(run) if sections is None else sections
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
            cards=cards(),
            lens=lens(run.document),
            **chart_values(sections, plotly_source),
        )
    )


def render_tearsheet(run: RunFolder, *, full: bool = False) -> str:
    """The page as one text."""
    return "".join(page_pieces(run, full=full))
