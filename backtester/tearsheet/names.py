"""The strategies of a document by the names, colours and flags that they keep on the whole page."""

from typing import Any

from backtester.pages.format import date, percent
from backtester.pages.names import Flag, Named, role_label
from backtester.pages.palette import line_dash, line_key

Json = dict[str, Any]


def cast(document: Json) -> tuple[Named, ...]:
    """The strategies in the document's order, the reference first."""
    return tuple(
        Named(
            name=strategy["name"],
            label=strategy["label"],
            recipe=strategy["recipe"],
            key=line_key(place),
            dash=line_dash(place),
            flags=_flags(strategy),
        )
        for place, strategy in enumerate(document["strategies"])
    )


def _flags(strategy: Json) -> tuple[Flag, ...]:
    flags = []
    if not strategy["causal"]:
        findings = "; ".join(strategy.get("findings", ())) or "its weights depend on what came later"
        flags.append(Flag("looks ahead", findings))
    if strategy.get("ruin_date"):
        flags.append(Flag("ruined", f"net asset value fell to zero on {date(strategy['ruin_date'])}"))
    for end in strategy.get("ended", ()):
        reason = f"{percent(end['weight'], 1)} of the portfolio went to cash at its last price, and its weight since"
        flags.append(Flag(f"{role_label(end['asset'])} ended on {date(end['last'])}", reason))
    return tuple(flags)
