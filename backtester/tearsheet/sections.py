"""The sections of the page, a function each, in the order of the page."""

from collections.abc import Callable

from backtester.pages.figure import Figure
from backtester.pages.names import Named
from backtester.pages.section import Section
from backtester.runs import sentences
from backtester.runs.folder import RunFolder
from backtester.tearsheet.figures.attribution import attribution_figure
from backtester.tearsheet.figures.bars import yearly_figure
from backtester.tearsheet.figures.correlation import correlation_figure
from backtester.tearsheet.figures.growth import growth_figure, sessions_group
from backtester.tearsheet.figures.lines import lines_figure
from backtester.tearsheet.figures.scatter import months_group, scatter_figure
from backtester.tearsheet.figures.weights import weights_by_strategy, weights_figures, weights_group, weights_legend
from backtester.tearsheet.lenses import lens
from backtester.tearsheet.names import cast
from backtester.tearsheet.parts import (
    attribution,
    chart_tables,
    crises,
    cushion,
    dependence,
    drawdowns,
    measures,
    payoff,
    provenance,
    selloffs,
    slices,
)
from backtester.tearsheet.parts.lines import lines_table
from backtester.tearsheet.parts.scorecard import scorecard_table
from backtester.tearsheet.parts.verdict_table import verdict_table
from backtester.tearsheet.parts.yearly import calm_columns, calm_table, months_tables, turnover_columns, turnover_table

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
    document = run.document
    strategies = zip(names[1:], document["strategies"][1:], strict=True)
    return Section(
        "verdict",
        "The verdict",
        {
            "headline": sentences.headline(document),
            "summary": sentences.summary_lines(document),
            "table": verdict_table(document, names),
            "ruler": sentences.ruler_lines(document),
            "context": sentences.context_lines(document),
            "strategies": [(named, sentences.strategy_lines(document, one)) for named, one in strategies],
            "warnings": provenance.warnings(document),
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
    """Joint sell-offs and how many chance gives, the pair's drawdowns, whether bonds cushioned, and the crises."""
    document = run.document
    attributions = attribution.attribution_tables(document, names)
    figures = (attribution_figure(document, names),) if attributions and document["joint_sell_offs"] else ()
    return Section(
        "together",
        f"When {lens(document).both} fell together",
        {
            "joint": selloffs.joint_table(document, names),
            "after": selloffs.after_table(document, names),
            "chance": sentences.chance_lines(document),
            "chance_table": slices.chance_table(document),
            "attributions": attributions,
            "figures": figures,
            "drawdowns": drawdowns.drawdown_table(document, names),
            "cushion": sentences.cushion_lines(document),
            "cushions": cushion.cushions(document),
            "crises": crises.crisis_tables(document, names),
            "stories": crises.stories(document),
        },
        figures,
    )


def hedges_section(run: RunFolder, names: tuple[Named, ...]) -> Section | None:
    """How the legs hang together, and in which months the strategies paid; None where the run is too short for it."""
    document = run.document
    if not document.get("dependence") or run.dependence is None:
        return None
    correlation, group = correlation_figure(document), months_group(document, names)
    months = scatter_figure(document, group, names)
    return Section(
        "hedges",
        "When hedges work",
        {
            "both": lens(document).both,
            "correlation": correlation,
            "periods": dependence.periods_table(document),
            "spells": dependence.spells_table(document["dependence"]),
            "tails": dependence.tails_table(document),
            "months": months,
            "quarters": dependence.quarters_table(document, names),
        },
        (correlation, months),
        (group,),
    )


def scorecard_section(run: RunFolder, names: tuple[Named, ...]) -> Section | None:
    """The scorecard, what made the payoffs and what they hang on, and calm years; None without a strategy."""
    if not names[1:]:
        return None
    document = run.document
    years, columns = calm_columns(document)
    figures = (yearly_figure("calm", CALM, years, columns, names),) if years else ()
    lines = (sentences.sensitivity_line(document, strategy) for strategy in document["strategies"][1:])
    return Section(
        "scorecard",
        "The scorecard",
        {
            "table": scorecard_table(document, names),
            "parts": payoff.parts_table(document, names),
            "sensitivity_lines": [line for line in lines if line],
            "sensitivity": payoff.sensitivity_table(document, names),
            "slices": slices.slices_table(document, names),
            "figures": figures,
            "calm": calm_table(document, names),
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
