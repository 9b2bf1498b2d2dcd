"""The sections of the tearsheet: a function for each returns the values of its template.

`names` are the strategies, the reference first; a `group` has the dates and the arrays that several charts share.
"""

from collections.abc import Callable
from dataclasses import replace

from backtester.pages.environment import Section
from backtester.pages.figure import strategy_legend
from backtester.pages.names import Named
from backtester.runs import sentences
from backtester.runs.as_of_words import as_of_lines
from backtester.runs.evidence_file import LONG_HISTORY, has_evidence_settings, long_history_evidence
from backtester.runs.folder import RunFolder
from backtester.runs.stress_words import stress_answers
from backtester.runs.values import Json
from backtester.tearsheet.figures import weights
from backtester.tearsheet.figures.bars import attribution_figure, lines_figure, yearly_figure
from backtester.tearsheet.figures.curves import correlation_figure, growth_figure, sessions_group
from backtester.tearsheet.figures.paths import paths_figures
from backtester.tearsheet.figures.scatter import months_group, scatter_figure
from backtester.tearsheet.limit_assets import limit_assets
from backtester.tearsheet.names import named_strategies, pair_words
from backtester.tearsheet.parts import (
    as_of,
    chart_tables,
    crises,
    dependence,
    episodes,
    measures,
    other_assets,
    payoff,
    provenance,
    states,
    stress,
    today,
    twelve_months,
    windows,
    yearly,
)
from backtester.tearsheet.parts.verdict_table import verdict_table

CALM_CAPTION = (
    "Calm years: what each strategy earned over the reference in years without any session of a joint sell-off. A "
    "premium shows as bars below zero; a hedge that cost nothing then has none."
)
TURNOVER_CAPTION = "Turnover by calendar year, one way, in percent of value: what the hedge asks of whoever trades it."


def page_sections(run: RunFolder) -> tuple[Section, ...]:
    """The sections of the page, in its order, without those for which the run has no numbers."""
    run = limit_assets(run)  # to those that tables have room for
    names, both = named_strategies(run.document), pair_words(run.document).both
    made = (Section(name, title.format(both=both), make(run, names)) for name, title, make in PAGE_SECTIONS)
    return tuple(section for section in made if section.values)


def verdict_section(run: RunFolder, names: tuple[Named, ...]) -> Json:
    """The verdict in words, as a table with its forest plot, and every warning."""
    document = run.document
    strategies = zip(names[1:], document["strategies"][1:], strict=True)
    long_history = long_history_evidence(run) if has_evidence_settings(run) else {}  # verdicts, by strategy
    table = verdict_table(document, names, long_history)
    return {
        "headline": sentences.run_headline(document),
        "summary": sentences.summary_lines(document),
        "table": table and replace(table, note=" ".join(sentences.note_lines(document))),
        "then_and_now": crises.then_and_now(document),
        "longer_run": provenance.longer_history(run, long_history),
        "long_history": LONG_HISTORY if long_history else "",
        "definitions": sentences.ruler_lines(document),
        "context": sentences.context_lines(document),
        "strategies": [(named, sentences.strategy_lines(document, strategy)) for named, strategy in strategies],
        "rhythm": sentences.rhythm_lines(document),
        "warnings": provenance.run_warnings(run),
        "notes": document.get("notes", ()),
    }


def episodes_section(run: RunFolder, names: tuple[Named, ...]) -> Json:
    """Small charts of four well-known falls, or of the deepest; empty if there are none."""
    panels = episodes.episode_panels(run, names)
    return {"panels": panels, "heading": episodes.episodes_heading(run, names)} if panels else {}


def growth_section(run: RunFolder, names: tuple[Named, ...]) -> Json:
    """Growth and underwater curves, where they end, when strategies acted, and the situation at the last close."""
    return {
        "figure": growth_figure(run.document, names),
        "group": sessions_group(run.nav, names, run.dependence),
        "table": chart_tables.growth_table(run.document, names),
        "states": states.states_part(run.document, names),
        "today": today.today_part(run, names),
        "end_lines": tuple((index, sentences.growth_line(run.document, index)) for index in range(1, len(names))),
    }


def together_section(run: RunFolder, names: tuple[Named, ...]) -> Json:
    """Joint sell-offs and their number by chance, the pair's drawdowns, whether bonds cushioned, and the crises."""
    document = run.document
    return {
        "assets": windows.assets_to_choose(document),
        "joint": windows.joint_table(document, names),
        "after": windows.after_table(document, names),
        "chance": sentences.chance_lines(document),
        "chance_table": payoff.chance_table(document),
        "drawdowns": windows.drawdown_table(document, names),
        "others": other_assets.other_assets(document),
        "cushion_lines": sentences.cushion_lines(document),
        "cushion_parts": crises.cushion_parts(document),
        "crises": crises.crisis_tables(document, names),
        "stories": crises.crises_in_order(document),
        "attributions": chart_tables.attribution_tables(document, names),
        "attribution_figure": attribution_figure(document) if document["joint_sell_offs"] else None,
    }


def hedges_section(run: RunFolder, names: tuple[Named, ...]) -> Json:
    """The correlation of the legs (stocks and bonds), and the months in which strategies paid."""
    document, group = run.document, months_group(run.document, names)
    return {
        "both": pair_words(document).both,
        "correlation": correlation_figure(document),
        "periods": dependence.periods_table(document),
        "spells": dependence.spells_table(document),
        "tails": dependence.tails_table(document),
        "group": group,
        "months": scatter_figure(document, group, names),
        "quarters": dependence.quarters_table(document, names),
    }


def scorecard_section(run: RunFolder, names: tuple[Named, ...]) -> Json:
    """The scorecard; payoffs by part and by definition of a joint sell-off; calm years; empty without a strategy."""
    if not names[1:]:
        return {}
    document = run.document
    years, columns = yearly.calm_columns(document)
    return {
        "table": measures.scorecard_table(document, names),
        "parts": payoff.parts_table(document, names),
        "sensitivity": payoff.sensitivity_table(document, names),
        "slices": payoff.slices_table(document, names),
        "calm": yearly.calm_table(document, names),
        "calm_figure": yearly_figure("calm", CALM_CAPTION, years, columns=columns, names=names) if years else None,
    }


def measures_section(run: RunFolder, names: tuple[Named, ...]) -> Json:
    """Measures, years, months, lines of profit and loss, weights and turnover."""
    document, tables = run.document, weights.weights_by_strategy(run, names)
    group = weights.weights_group(tables, names)
    years, columns = yearly.turnover_columns(document)
    return {
        "twelve_months": twelve_months.twelve_months_part(run, names),
        "measures": measures.measures_table(document, names),
        "years": yearly.years_table(document, names),
        "months": yearly.months_tables(document, names),
        "lines": chart_tables.lines_table(document, names),
        "group": group,
        "weights": tuple(zip(names, weights.weights_figures(group, document, names), strict=True)),
        "weights_legend": weights.weights_legend(group, document),
        "weights_table": chart_tables.weights_table(tables, document, names),
        "lines_figure": lines_figure(document, names),
        "turnover": yearly.turnover_table(document, names),
        "turnover_figure": yearly_figure("turnover", TURNOVER_CAPTION, years, columns=columns, names=names),
    }


def as_of_section(run: RunFolder, names: tuple[Named, ...]) -> Json:
    """The page's verdicts as of each year-end; empty unless the run has them."""
    table = as_of.as_of_table(run.document, names)
    return {"table": table, "lines": as_of_lines(run.document)} if table else {}


def stress_section(run: RunFolder, names: tuple[Named, ...]) -> Json:
    """The outcomes of the strategies in the run's scenarios; empty without a scenario."""
    return scenario_values(run.document["stress"], names) if run.document.get("stress") else {}


def scenario_values(outcomes: Json, names: tuple[Named, ...]) -> Json:
    """The values of the section on stress scenarios, from the part `stress` of a document."""
    paths = paths_figures(outcomes, names)
    return {
        "answers": stress_answers(outcomes, {named.name: named.label for named in names[1:]}),
        "conditions": stress.conditions_line(outcomes),
        "heat": stress.heat_table(outcomes, names),
        "assets": stress.assets_table(outcomes),
        "legend": strategy_legend(names),
        "paths": tuple(zip((scenario["title"] for scenario in outcomes["scenarios"]), paths, strict=True)),
        "outcomes": stress.outcomes_table(outcomes, names),
        "stories": stress.scenario_stories(outcomes),
        "left_out": outcomes["left_out"],
    }


def provenance_section(run: RunFolder, names: tuple[Named, ...]) -> Json:
    """Where the numbers come from, and how to repeat them."""
    return {
        "facts": provenance.provenance_facts(run.document, run.manifest),
        "command": run.manifest["command"],
        "profiles": provenance.profiles(run.document, names),
        "sources": provenance.sources_table(run.manifest),
        "hashes": provenance.hashes_table(run.document, run.manifest),
    }


PAGE_SECTIONS: tuple[tuple[str, str, Callable[[RunFolder, tuple[Named, ...]], Json]], ...] = (
    ("verdict", "The verdict", verdict_section),
    ("episodes", "Four falls", episodes_section),
    ("growth", "Growth and drawdowns", growth_section),
    ("together", "When {both} fell together", together_section),
    ("hedges", "When hedges work", hedges_section),
    ("scorecard", "The scorecard", scorecard_section),
    ("as_of", "As of each year-end", as_of_section),
    ("stress", "If it happened next", stress_section),
    ("measures", "Measures, years and weights", measures_section),
    ("provenance", "Provenance", provenance_section),
)
