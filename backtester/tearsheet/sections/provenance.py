"""Where the numbers come from, and how to make them again."""

from backtester.runs.folder import RunFolder
from backtester.tearsheet.names import Named
from backtester.tearsheet.parts import provenance
from backtester.tearsheet.sections.section import Section


def section(run: RunFolder, names: tuple[Named, ...]) -> Section:
    """Facts, profiles, sources and hashes."""
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
