"""The names of a csv's columns, from one header row or, as yfinance writes them, from two or three."""

DATE_WORDS = ("date", "datetime", "time", "timestamp")


def column_names(upper: list[list[str]], lowest: list[str]) -> list[str]:
    """The name of each column, from the header row right above the figures (`lowest`) and up to two rows above it.

    pandas writes a table whose columns have two levels (price and ticker) as two header rows, with a third row below
    them that holds only the name of the index; after `reset_index`, as two rows, of which the upper one names the
    column of dates. A level that is the same in all columns, such as the only ticker of a file, is left out.
    """
    if upper and not any(lowest[1:]):
        levels = upper[-2:]
    elif upper and not lowest[0] and upper[-1][0].lower() in DATE_WORDS:
        levels = [upper[-1], lowest]
    else:
        return lowest
    differing = [level for level in levels if len(set(level[1:])) > 1] or levels
    parts_by_column = zip(*(level[1:] for level in differing), strict=True)
    return [lowest[0], *(" ".join(part for part in parts if part) for parts in parts_by_column)]
