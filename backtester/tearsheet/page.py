"""The page of a run: everything gathered and put into the templates."""

import functools
import importlib.resources
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly
from markupsafe import Markup

from backtester.runs.folder import RunFolder
from backtester.tearsheet import palette
from backtester.tearsheet.embed import json_for_script, policy, script
from backtester.tearsheet.environment import environment, static
from backtester.tearsheet.figures.growth import growth_figure, growth_group
from backtester.tearsheet.figures.weights import weights_by_strategy, weights_figures, weights_group, weights_legend
from backtester.tearsheet.format import counted, period
from backtester.tearsheet.names import Named, cast
from backtester.tearsheet.parts import chart_tables, crises, measures, provenance, selloffs, verdict_table
from backtester.tearsheet.verdict import verdict

SECTIONS = (
    ("verdict", "The verdict"),
    ("growth", "Growth and drawdowns"),
    ("together", "When stocks and bonds fell together"),
    ("measures", "Measures, years and weights"),
    ("provenance", "Provenance"),
)


@dataclass(frozen=True)
class Link:
    """A page beside this one: what it is called, where it lies, and what it holds."""

    text: str
    href: str
    note: str


def render(run: RunFolder, *, plotly_source: str | None = None, extras: Sequence[Link] = ()) -> str:
    """The page as HTML: the same run gives the same text.

    plotly.js is inside the page, or beside it at `plotly_source`; `extras` are pages to link to.
    """
    names = cast(run.document)
    scripts = [script(static("charts.js"))]
    if plotly_source is None:
        scripts.insert(0, script(plotly_js()))
    template = environment().get_template("page.html.j2")
    return template.render(
        title=f"{names[0].label}: {counted(len(names) - 1, 'strategy')} compared" if names[1:] else names[0].label,
        sections=SECTIONS,
        names=names,
        document=run.document,
        policy=policy(scripts, beside=plotly_source is not None),
        scripts=scripts,
        plotly_source=plotly_source,
        extras=extras,
        styles=Markup(palette.stylesheet() + static("style.css")),  # noqa: S704 - our own files
        palette=json_for_script(palette.MODES),
        **_parts(run, names),
        **_charts(run, names),
    )


def _parts(run: RunFolder, names: tuple[Named, ...]) -> dict[str, Any]:
    """What the sections say, by the names that the templates use."""
    document, manifest = run.document, run.manifest
    told = verdict(document, names)
    return {
        "window": period(document["window"]["start"], document["window"]["end"]),
        "warnings": provenance.warnings(document),
        "verdict": told,
        "verdict_table": verdict_table.verdict_table(told.readings),
        "joint_table": selloffs.joint_table(document, names),
        "drawdown_table": selloffs.drawdown_table(document, names),
        "crisis_tables": crises.crisis_tables(document, names),
        "then_and_now": crises.then_and_now(document),
        "stories": crises.stories(document),
        "measures_table": measures.measures_table(document, names),
        "years_table": measures.years_table(document, names),
        "facts": provenance.facts(document, manifest),
        "profiles": provenance.profiles(document, names),
        "sources_table": provenance.sources_table(manifest),
        "hashes_table": provenance.hashes_table(document, manifest),
        "command": manifest["command"],
    }


def _charts(run: RunFolder, names: tuple[Named, ...]) -> dict[str, Any]:
    """The figures, their data and the tables that stand beside them."""
    tables = weights_by_strategy(run.weights, run.manifest["sources"], names)
    weights, growth = weights_group(tables, names), growth_group(run.nav, names)
    growth_chart, weight_charts = growth_figure(run.document, names), weights_figures(weights, names)
    return {
        "growth": growth_chart,
        "growth_table": chart_tables.growth_table(run.document, names),
        "weights": tuple(zip(names, weight_charts, strict=True)),
        "weights_legend": weights_legend(weights),
        "weights_table": chart_tables.weights_table(tables, names),
        "groups": {group.name: json_for_script(group.packed()) for group in (growth, weights)},
        "figures": {figure.name: json_for_script(figure.spec()) for figure in (growth_chart, *weight_charts)},
    }


@functools.cache
def plotly_js() -> str:
    """The plotly.js that the installed package carries."""
    return (importlib.resources.files(plotly) / "package_data" / "plotly.min.js").read_text(encoding="utf-8")
