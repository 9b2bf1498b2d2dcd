"""Growth and underwater curves."""

from backtester.runs.folder import RunFolder
from backtester.tearsheet.figures.growth import growth_figure, sessions_group
from backtester.tearsheet.names import Named
from backtester.tearsheet.parts import chart_tables
from backtester.tearsheet.sections.section import Section


def section(run: RunFolder, names: tuple[Named, ...]) -> Section:
    """The chart, and where its curves end."""
    figure = growth_figure(run.document, names)
    return Section(
        "growth",
        "Growth and drawdowns",
        {"figure": figure, "table": chart_tables.growth_table(run.document, names)},
        (figure,),
        (sessions_group(run.nav, names, run.dependence),),
    )
