"""The first section: the verdict."""

from backtester.runs.folder import RunFolder
from backtester.tearsheet.names import Named
from backtester.tearsheet.parts import provenance, verdict_table
from backtester.tearsheet.sections.section import Section
from backtester.tearsheet.verdict import verdict


def section(run: RunFolder, names: tuple[Named, ...]) -> Section:
    """The verdict in words, as a table with its forest plot, and every warning."""
    told = verdict(run.document, names)
    return Section(
        "verdict",
        "The verdict",
        {
            "verdict": told,
            "table": verdict_table.verdict_table(told.readings) if told.readings else None,
            "warnings": provenance.warnings(run.document),
        },
    )
