"""What a strategy and a role are called on a page."""

from dataclasses import dataclass

ROLES = {  # those that their own words do not name
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
    """A strategy on the page: `name` as in the document, `label` in tables and charts."""

    name: str
    label: str
    recipe: str
    key: str
    dash: str
    flags: tuple[Flag, ...]


def role_label(role: str) -> str:
    """A role in words: long_bonds is Long bonds."""
    return ROLES.get(role) or role.replace("_", " ").capitalize()
