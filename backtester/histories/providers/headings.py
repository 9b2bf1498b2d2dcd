"""The names of a csv's columns: from one header row or, as yfinance writes them, from two or three."""

DATE_WORDS = ("date", "datetime", "time", "timestamp")


def column_names(above: list[list[str]], last: list[str]) -> list[str]:
    """The name of each column, from the row above the figures (`last`) and the rows of equal width directly above it.

    pandas writes columns of two levels in two rows, and below them one with the index' name alone; without an index,
    two rows with the name in the upper. A part that is the same in all columns, such as the only ticker of a file, is
    left out of their names.
    """
    if above and not any(last[1:]):
        levels = above[-2:]
    elif above and not last[0] and above[-1][0].lower() in DATE_WORDS:
        levels = [above[-1], last]
    else:
        return last
    different = [level for level in levels if len(set(level[1:])) > 1] or levels
    names = zip(*(level[1:] for level in different), strict=True)
    return [last[0], *(" ".join(part for part in name if part) for name in names)]
