"""The usual page: measures, years, months, weights, turnover and the lines of profit and loss."""

from backtester.runs.folder import RunFolder
from backtester.tearsheet.figures.bars import yearly_figure
from backtester.tearsheet.figures.figure import Figure
from backtester.tearsheet.figures.lines import lines_figure
from backtester.tearsheet.figures.weights import weights_by_strategy, weights_figures, weights_group, weights_legend
from backtester.tearsheet.names import Named
from backtester.tearsheet.parts import chart_tables, measures
from backtester.tearsheet.parts.lines import lines_table
from backtester.tearsheet.parts.yearly import months_tables, turnover_columns, turnover_table
from backtester.tearsheet.sections.section import Section

TURNOVER = (
    "Turnover by calendar year, one way, in percent of value: what the hedge asks of whoever trades it.",
    "Bars by year; the table below has every number.",
)


def section(run: RunFolder, names: tuple[Named, ...]) -> Section:
    """The tables, a small chart of weights for each strategy, and bars where the run has their numbers."""
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
