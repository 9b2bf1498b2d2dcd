"""When hedges work: how stocks and bonds hang together, and in which months the strategies paid."""

from backtester.runs.folder import RunFolder
from backtester.tearsheet.figures.correlation import correlation_figure
from backtester.tearsheet.figures.scatter import months_group, scatter_figure
from backtester.tearsheet.names import Named
from backtester.tearsheet.parts import dependence
from backtester.tearsheet.sections.section import Section


def section(run: RunFolder, names: tuple[Named, ...]) -> Section | None:
    """Correlation, tails and months; None where the run does not have them."""
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
