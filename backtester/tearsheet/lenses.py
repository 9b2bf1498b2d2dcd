"""The pair and the falls that a run looks for, as its settings have them; where they are silent, the usual ones."""

from dataclasses import dataclass

from backtester.pages.format import percent
from backtester.pages.names import role_label
from backtester.tearsheet.names import Json


@dataclass(frozen=True)
class Lens:
    """The roles of both legs, the weight of stocks in the pair, and the falls of a joint sell-off as fractions."""

    stocks_role: str
    bonds_role: str
    stocks_weight: float
    stocks_fall: float
    bonds_fall: float

    @property
    def pair(self) -> str:
        """The pair as 60% stocks and 40% bonds."""
        stocks, bonds = (role_label(role).lower() for role in (self.stocks_role, self.bonds_role))
        return f"{percent(self.stocks_weight, 0)} {stocks} and {percent(1 - self.stocks_weight, 0)} {bonds}"

    @property
    def falls(self) -> str:
        """The falls as `stocks return −5.0% or less and bonds −0.5% or less`."""
        return f"stocks return {percent(self.stocks_fall)} or less and bonds {percent(self.bonds_fall)} or less"

    @property
    def other_legs(self) -> str:
        """What `stocks` and `bonds` stand for on the page, where they are not the roles of these names."""
        legs = (("stocks", self.stocks_role), ("bonds", self.bonds_role))
        return ", ".join(f"{name} stands for {role_label(role).lower()}" for name, role in legs if name != role)


def lens(document: Json) -> Lens:
    """The lens of a run."""
    settings = document["settings"]
    return Lens(
        stocks_role=settings.get("stocks_role", "stocks"),
        bonds_role=settings.get("bonds_role", "bonds"),
        stocks_weight=settings.get("stocks_weight", 0.6),
        stocks_fall=settings.get("stocks_fall", -0.05),
        bonds_fall=settings.get("bonds_fall", -0.005),
    )
