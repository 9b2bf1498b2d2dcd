"""The names of strategies and roles on a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ROLES = {  # labels that are not the role's own words
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
    """A warning beside a strategy's name: one or two words, and the reason."""

    text: str
    reason: str


@dataclass(frozen=True)
class Named:
    """A strategy on the page: its `name` in the document, its `label` in tables and charts, its recipe in full and, as
    `written`, in short, and the colour and dashes of its line."""

    name: str
    label: str
    recipe: str
    key: str
    dash: str
    flags: tuple[Flag, ...]
    written: str = ""


def role_label(role: str, document: Mapping[str, Any] | None = None) -> str:
    """The role's label in the manifest of the document's history, else its words: long_bonds is Long bonds."""
    own = _asset(role, document or {}).get("label")
    return own or ROLES.get(role) or role.replace("_", " ").capitalize()


def asset_key(role: str, document: Mapping[str, Any]) -> str:
    """The colour of an asset of the document's history; cash has its own."""
    return "cash" if role == "cash" else str(_asset(role, document).get("colour", "other"))


def _asset(role: str, document: Mapping[str, Any]) -> Mapping[str, Any]:
    found = document.get("history", {}).get("assets", {}).get(role, {})
    return found if isinstance(found, dict) else {}
