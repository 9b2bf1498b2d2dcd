"""The sections of the page, a function each, in the order of the page."""

from collections.abc import Callable

from backtester.pages.figure import Figure
from backtester.pages.names import Named
from backtester.pages.section import Section
from backtester.runs.folder import RunFolder
from backtester.tearsheet.figures.attribution import attribution_figure
from backtester.tearsheet.figures.bars import yearly_figure
from backtester.tearsheet.figures.correlation import correlation_figure
from backtester.tearsheet.figures.growth import growth_figure, sessions_group
from backtester.tearsheet.figures.lines import lines_figure
from backtester.tearsheet.figures.scatter import months_group, scatter_figure
from backtester.tearsheet.figures.weights import weights_by_strategy, weights_figures, weights_group, weights_legend
from backtester.tearsheet.names import cast
from backtester.tearsheet.parts import (
    attribution,
    chart_tables,
    crises,
    dependence,
    drawdowns,
    measures,
    provenance,
    sample,
    selloffs,
)
from backtester.tearsheet.parts.lines import lines_table
from backtester.tearsheet.parts.scorecard import scorecard_table
from backtester.tearsheet.parts.slices import slices_table
from backtester.tearsheet.parts.verdict_table import verdict_table
from backtester.tearsheet.parts.yearly import calm_columns, calm_table, months_tables, turnover_columns, turnover_table
from backtester.tearsheet.verdict import verdict

CALM = (
    "Calm years: what each strategy earned over the reference in years without any session of a joint sell-off. A "
    "premium shows as bars below zero; a hedge that cost nothing then has none.",
    "Bars by year; the table below has every number.",
)
TURNOVER = (
    "Turnover by calendar year, one way, in percent of value: what the hedge asks of whoever trades it.",
    "Bars by year; the table below has every number.",
)


def gather(run: RunFolder) -> tuple[Section, ...]:
    """The sections that the run has numbers for, in the order of the page."""
    names = cast(run.document)
    return tuple(section for make in SECTIONS if (section := make(run, names)) is not None)


def verdict_section(run: RunFolder, names: tuple[Named, ...]) -> Section:
    """The verdict in words, as a table with its forest plot, and every warning."""
    told = verdict(run.document, names)
    return Section(
        "verdict",
        "The verdict",
        {
            "verdict": told,
            "table": verdict_table(told.readings) if told.readings else None,
            "warnings": provenance.warnings(run.document),
        },
    )


def growth_section(run: RunFolder, names: tuple[Named, ...]) -> Section:
    """Growth and underwater curves, and where they end."""
    figure = growth_figure(run.document, names)
    return Section(
        "growth",
        "Growth and drawdowns",
        {"figure": figure, "table": chart_tables.growth_table(run.document, names)},
        (figure,),
        (sessions_group(run.nav, names, run.dependence),),
    )


def together_section(run: RunFolder, names: tuple[Named, ...]) -> Section:
    """Joint sell-offs, the pair's drawdowns and the crises, and what made each where the run has an attribution."""
    document = run.document
    attributions = attribution.attribution_tables(document, names)
    figures = (attribution_figure(document, names),) if attributions and document["joint_sell_offs"] else ()
    return Section(
        "together",
        "When stocks and bonds fell together",
        {
            "sample": sample.sample_words(document),
            "joint": selloffs.joint_table(document, names),
            "after": selloffs.after_table(document, names),
            "signs": sample.sign_table(document, names),
            "attributions": attributions,
            "figures": figures,
            "drawdowns": drawdowns.drawdown_table(document, names),
            "crises": crises.crisis_tables(document, names),
            "then_and_now": crises.then_and_now(document),
            "stories": crises.stories(document),
        },
        figures,
    )


def hedges_section(run: RunFolder, names: tuple[Named, ...]) -> Section | None:
    """How stocks and bonds hang together, and in which months the strategies paid; None where the run lacks them."""
    document = run.document
    told = document.get("dependence")
    if not told or not document.get("legs") or run.dependence is None:
        return None
    correlation, group = correlation_figure(document), months_group(document, names)
    months = scatter_figure(group, names)
    return Section(
        "hedges",
        "When hedges work",
        {
            "words": dependence.dependence_words(told),
            "correlation": correlation,
            "periods": dependence.periods_table(told),
            "spells": dependence.spells_table(told),
            "tails": dependence.tails_table(told),
            "months": months,
            "quarters": dependence.quarters_table(document, names),
        },
        (correlation, months),
        (group,),
    )


def scorecard_section(run: RunFolder, names: tuple[Named, ...]) -> Section | None:
    """The scorecard, its slices, and the cost in calm years; None for a run of the reference alone."""
    if not names[1:]:
        return None
    years, columns = calm_columns(run.document)
    figures = (yearly_figure("calm", CALM, years, columns, names),) if years else ()
    return Section(
        "scorecard",
        "The scorecard, and what it costs",
        {
            "table": scorecard_table(run.document, names),
            "slices": slices_table(run.document, names),
            "figures": figures,
            "calm": calm_table(run.document, names),
        },
        figures,
    )


def measures_section(run: RunFolder, names: tuple[Named, ...]) -> Section:
    """Measures, years, months and weights, and turnover and lines of profit and loss where the run has them."""
    document = run.document
    tables = weights_by_strategy(run.weights, run.manifest["sources"], names)
    group = weights_group(tables, names)
    weights = weights_figures(group, names)
    lines = lines_table(document, names)
    years, columns = turnover_columns(document)
    turnover: tuple[Figure, ...] = (yearly_figure("turnover", TURNOVER, years, columns, names),) if years else ()
    drawn = (lines_figure(document, names),) if lines else ()
    return Section(
        "measures",
        "Measures, years and weights",
        {
            "measures": measures.measures_table(document, names),
            "years": measures.years_table(document, names),
            "months": months_tables(document, names),
            "lines": lines,
            "lines_figures": drawn,
            "weights": tuple(zip(names, weights, strict=True)),
            "weights_legend": weights_legend(group),
            "weights_table": chart_tables.weights_table(tables, names),
            "turnover": turnover_table(document, names),
            "turnover_figures": turnover,
        },
        (*weights, *drawn, *turnover),
        (group,),
    )


def provenance_section(run: RunFolder, names: tuple[Named, ...]) -> Section:
    """Where the numbers come from, and how to make them again."""
    return Section(
        "provenance",
        "Provenance",
        {
            "facts": provenance.facts(run.document, run.manifest),
            "command": run.manifest["command"],
            "profiles": provenance.profiles(run.document, names),
            "sources": provenance.sources_table(run.manifest),
            "hashes": provenance.hashes_table(run.document, run.manifest),
        },
    )


SECTIONS: tuple[Callable[[RunFolder, tuple[Named, ...]], Section | None], ...] = (
    verdict_section,
    growth_section,
    together_section,
    hedges_section,
    scorecard_section,
    measures_section,
    provenance_section,
)
