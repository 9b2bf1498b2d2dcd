"""What each strategy is called on the page, with the colour and the flags that it keeps everywhere."""

from dataclasses import dataclass
from typing import Any

from backtester.tearsheet.format import date, percent
from backtester.tearsheet.palette import line_dash, line_key

Json = dict[str, Any]

ROLES = {
    "stocks": "Stocks",
    "bonds": "Bonds",
    "long_bonds": "Long bonds",
    "bills": "Bills",
    "gold": "Gold",
    "dollar": "Dollar",
    "cash": "Cash",
    "pair": "The pair",
    "yield_3m": "3-month yield",
    "yield_10y": "10-year yield",
    "yield_30y": "30-year yield",
    "vix": "VIX",
    "sofr": "SOFR",
    "cpi": "CPI",
}


@dataclass(frozen=True)
class Flag:
    """A warning that stands beside a strategy's name wherever it stands: one or two words, and why."""

    text: str
    reason: str


@dataclass(frozen=True)
class Named:
    """A strategy on the page: `name` as in the document, `label` in tables and charts, `spoken` in sentences."""

    name: str
    label: str
    recipe: str
    key: str
    dash: str
    flags: tuple[Flag, ...]

    @property
    def spoken(self) -> str:
        """The label without the plus that says what it stands on."""
        return self.label.removeprefix("+ ")


def cast(document: Json) -> tuple[Named, ...]:
    """The strategies in the document's order, the reference first."""
    strategies = document["strategies"]
    reference = strategies[0]["name"]
    return tuple(
        Named(
            name=strategy["name"],
            label=_label(strategy["name"], reference),
            recipe=strategy["recipe"],
            key=line_key(place),
            dash=line_dash(place),
            flags=_flags(strategy),
        )
        for place, strategy in enumerate(strategies)
    )


def role_label(role: str) -> str:
    """A role in words: long_bonds is Long bonds."""
    return ROLES.get(role) or role.replace("_", " ").capitalize()


def _label(name: str, reference: str) -> str:
    """What a recipe puts on top of the reference, as `+ gold_overlay(size=0.05)`; else the whole recipe."""
    return name.removeprefix(f"{reference} ") if name.startswith(f"{reference} + ") else name


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
