"""Stand-in until the sentences of page, terminal and notebook are merged; it has their interface and no words."""

from backtester.runs.values import Json

VERDICTS = {
    "paid": "clearly paid",
    "worse": "clearly did worse",
    "unclear": "not clear",
    "small": "small at best",
    "few": "too few to judge",
    "void": "void",
}


def headline(document: Json) -> str:
    """The first screen's sentence."""
    stocks, bonds = legs(document)
    tried = len(document["strategies"]) - 1
    return f"When {stocks} and {bonds} fell together, none of {tried} strategies clearly paid beyond its mix."


def summary_lines(document: Json) -> tuple[str, ...]:
    """What stands below the headline."""
    return (f"{len(document['joint_sell_offs'])} joint sell-offs.",)


def context_lines(document: Json) -> tuple[str, ...]:
    """The reference's own losses, and how much evidence so many windows are."""
    return (f"{document['settings']['reference']} lost in the joint sell-offs; they are a small sample.",)


def strategy_lines(document: Json, strategy: Json) -> tuple[str, ...]:
    """One strategy's losses, payoff and growth."""
    return (f"{strategy['label']} in {len(document['joint_sell_offs'])} joint sell-offs.",)


def cushion_lines(document: Json) -> tuple[str, ...]:
    """Whether bonds cushioned falls of stocks."""
    return tuple(f"The count in {one['history']}." for one in document["stock_sell_offs"])


def chance_lines(document: Json) -> tuple[str, ...]:
    """How many joint sell-offs chance would give."""
    return tuple(f"By {kind}." for kind in document["chance"])


def sensitivity_line(strategy: Json) -> str:
    """Whether the payoff hangs on the definition."""
    return f"{strategy['label']}: its sign does not hang on the definition."


def ruler_lines(document: Json) -> tuple[str, ...]:
    """What a mix is and what the intervals are worth."""
    return (f"A mix holds fixed shares of {' and '.join(legs(document))}.",)


def legs(document: Json) -> tuple[str, str]:
    """The labels of the pair's legs, in lower case."""
    settings = document["settings"]
    return settings["stocks_role"].replace("_", " "), settings["bonds_role"].replace("_", " ")
