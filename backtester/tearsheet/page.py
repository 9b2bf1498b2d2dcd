"""The page of a run: every section gathered and put into the templates."""

import functools
import importlib.resources
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import plotly
from markupsafe import Markup

from backtester.runs.folder import RunFolder
from backtester.tearsheet import palette
from backtester.tearsheet.embed import json_for_script, policy, script
from backtester.tearsheet.environment import environment, static
from backtester.tearsheet.format import counted, period
from backtester.tearsheet.lenses import lens
from backtester.tearsheet.names import Named, cast
from backtester.tearsheet.parts.cards import anchored_cards
from backtester.tearsheet.sections import growth, hedges, measures, provenance, scorecard, together, verdict
from backtester.tearsheet.sections.section import Section

SECTIONS: tuple[Callable[[RunFolder, tuple[Named, ...]], Section | None], ...] = (
    verdict.section,
    growth.section,
    together.section,
    hedges.section,
    scorecard.section,
    measures.section,
    provenance.section,
)


@dataclass(frozen=True)
class Link:
    """A page beside this one: what it is called, where it lies, and what it holds."""

    text: str
    href: str
    note: str


def gather(run: RunFolder) -> tuple[Section, ...]:
    """The sections that the run has numbers for, in the order of the page."""
    names = cast(run.document)
    return tuple(section for make in SECTIONS if (section := make(run, names)) is not None)


def render(
    run: RunFolder,
    sections: tuple[Section, ...] | None = None,
    *,
    plotly_source: str | None = None,
    extras: Sequence[Link] = (),
) -> str:
    """The page as HTML: the same run gives the same text.

    plotly.js is inside the page, or beside it at `plotly_source`; `extras` are pages to link to; `sections` are those
    that `gather` gives.
    """
    names, window = cast(run.document), run.document["window"]
    sections = gather(run) if sections is None else sections
    scripts = [script(static("charts.js"))]
    if plotly_source is None:
        scripts.insert(0, script(plotly_js()))
    return str(
        environment()
        .get_template("page.html.j2")
        .render(
            title=f"{names[0].label}: {counted(len(names) - 1, 'strategy')} compared" if names[1:] else names[0].label,
            sections=sections,
            names=names,
            document=run.document,
            window=period(window["start"], window["end"]),
            policy=policy(scripts, beside=plotly_source is not None),
            scripts=scripts,
            plotly_source=plotly_source,
            extras=extras,
            cards=anchored_cards(),
            lens=lens(run.document),
            styles=Markup(palette.stylesheet() + static("style.css")),  # noqa: S704 - our own files
            palette=json_for_script(palette.MODES),
            groups={group.name: json_for_script(group.packed()) for part in sections for group in part.groups},
            figures={figure.name: json_for_script(figure.spec()) for part in sections for figure in part.figures},
        )
    )


@functools.cache
def plotly_js() -> str:
    """The plotly.js that the installed package carries."""
    return (importlib.resources.files(plotly) / "package_data" / "plotly.min.js").read_text(encoding="utf-8")
