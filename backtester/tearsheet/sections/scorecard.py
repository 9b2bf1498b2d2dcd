"""The scorecard with its intervals, its slices, and what the hedge costs in calm years."""

from backtester.runs.folder import RunFolder
from backtester.tearsheet.figures.bars import yearly_figure
from backtester.tearsheet.names import Named
from backtester.tearsheet.parts.scorecard import scorecard_table
from backtester.tearsheet.parts.slices import slices_table
from backtester.tearsheet.parts.yearly import calm_columns, calm_table
from backtester.tearsheet.sections.section import Section

CALM = (
    "Calm years: what each strategy earned over the reference in years without any session of a joint sell-off. A "
    "premium shows as bars below zero; a hedge that cost nothing then has none.",
    "Bars by year; the table below has every number.",
)


def section(run: RunFolder, names: tuple[Named, ...]) -> Section | None:
    """The cards of all strategies; None for a run of the reference alone."""
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
