"""What strategies are called, and where distributions declare theirs."""

ENTRY_POINTS = "backtester.strategies"  # the group of a distribution's metadata


def normal_name(name: str) -> str:
    """A strategy's name in lower case with underscores."""
    return name.lower().replace("-", "_")
