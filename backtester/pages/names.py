"""The names on a page of strategies and of roles; a role, as `long_bonds`, is a history's name for a series."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ROLE_LABELS = {  # of roles whose label is not just the role in words
    "pair": "The pair",
    "yield_3m": "3-month yield",
    "yield_2y": "2-year yield",
    "yield_10y": "10-year yield",
    "yield_30y": "30-year yield",
    "real_yield_10y": "10-year real yield",
    "iorb": "Interest on reserves",
    "fomc": "FOMC meetings",
    "fomc_unscheduled": "Unscheduled FOMC statements",
    "vix": "VIX",
    "sofr": "SOFR",
    "cpi": "CPI",
}


@dataclass(frozen=True)
class Flag:
    """A warning beside a strategy's name: a text of one or two words, and the reason."""

    text: str
    reason: str


@dataclass(frozen=True)
class Named:
    """A strategy as a page names it.

    `name` is its name in the run's document (the results as JSON), `label` its name in tables and charts. `recipe` has
    every setting; `written` has those that the user gave, without the reference at its start. `key` and `dash` are the
    colour and the SVG dash array of its line, `flags` warnings beside its name.
    """

    name: str
    label: str
    recipe: str
    key: str
    dash: str
    flags: tuple[Flag, ...]
    written: str = ""


def role_label(role: str, document: Mapping[str, Any] | None = None) -> str:
    """The label of a role for readers: the one that the document's history gives it, else the role in words, as
    "Long bonds" for long_bonds."""
    from_history = _asset(role, document or {}).get("label")
    return from_history or ROLE_LABELS.get(role) or role.replace("_", " ").capitalize()


def asset_key(role: str, document: Mapping[str, Any]) -> str:
    """The key of an asset's colour in `palette`: the one that the document's history gives it, or `other`."""
    return "cash" if role == "cash" else str(_asset(role, document).get("colour", "other"))


def _asset(role: str, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the document says of an asset of its history; empty if nothing."""
    found = document.get("history", {}).get("assets", {}).get(role, {})
    return found if isinstance(found, dict) else {}
