"""The table of figures: what every figure of a strategy is called, how it is shown, and what it is.

`figures.toml` is the table. Documents, batch rows, pages and cards take keys, order, labels and units from it.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

Kind = Literal["percent", "number", "days", "count", "date", "group"]


class Explanation(BaseModel):
    """What a figure is: formula, treatment of days and of interest rates, source, and a line on how to read it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    formula: str
    days: str
    rates: str
    source: str
    reading: str


class FigureEntry(BaseModel):
    """A figure of the table; `figures.toml` explains the fields. Without a card it is explained by its group's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    label: str
    unit: str = ""
    kind: Kind
    decimals: int
    signed: bool = False
    column: bool = True
    card: Explanation | None = None

    @property
    def name(self) -> str:
        """The key without the part of the document that it begins with: `sharpe`, `beyond_mix.payoff_mean`."""
        return self.key.partition(".")[2]

    @property
    def column_name(self) -> str:
        """The figure's column in a batch's rows: `sharpe`, `beyond_mix_payoff_mean`; empty where there is none."""
        return self.name.replace(".", "_") if self.column and self.kind not in ("date", "group") else ""


@cache
def figures() -> dict[str, FigureEntry]:
    """All figures by key, in the order of the table."""
    table = tomllib.loads((Path(__file__).parent / "figures.toml").read_text(encoding="utf-8"))
    usual = {"percent": 2, "number": 2}
    return {
        key: FigureEntry.model_validate({"key": key, "decimals": usual.get(row["kind"], 0)} | row)
        for key, row in table.items()
    }


def figures_in(part: str) -> dict[str, FigureEntry]:
    """The figures of a part of a strategy's document (`measures`, `scorecard`) by name, in the order of the table."""
    return {figure.name: figure for key, figure in figures().items() if key.startswith(f"{part}.")}


def card_key(key: str) -> str:
    """The key of the figure or, if it has no card, of the nearest group around it that has one; empty if none has."""
    while key and not (key in figures() and figures()[key].card):
        key = key.rpartition(".")[0]
    return key
