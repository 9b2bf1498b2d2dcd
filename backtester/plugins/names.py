"""The normal form of strategies' names, and the entry-point group in which distributions declare strategies."""

ENTRY_POINTS = "backtester.strategies"  # the entry-point group


def normal_name(name: str) -> str:
    """The name in lower case, with underscores in place of hyphens."""
    return name.lower().replace("-", "_")
