"""The pair and the falls that a run looks for, by the labels of its legs."""

from dataclasses import dataclass

from backtester.pages.format import percent
from backtester.pages.palette import asset_key
from backtester.runs.facts import legs
from backtester.tearsheet.names import Json


@dataclass(frozen=True)
class Lens:
    """Labels of both legs in lower case and their colours, the first's weight in the pair, and the falls of a joint
    sell-off as fractions."""

    stocks: str
    bonds: str
    keys: tuple[str, str]
    stocks_weight: float
    stocks_fall: float
    bonds_fall: float

    @property
    def pair(self) -> str:
        """The pair as `60% stocks and 40% bonds`."""
        return f"{percent(self.stocks_weight, 0)} {self.stocks} and {percent(1 - self.stocks_weight, 0)} {self.bonds}"

    @property
    def falls(self) -> str:
        """The falls as `stocks return −5.0% or less and bonds −0.5% or less`."""
        return (
            f"{self.stocks} return {percent(self.stocks_fall)} or less and {self.bonds} {percent(self.bonds_fall)} "
            "or less"
        )

    @property
    def both(self) -> str:
        """Both legs as `stocks and bonds`."""
        return f"{self.stocks} and {self.bonds}"

    @property
    def legs(self) -> tuple[tuple[str, str, str], ...]:
        """Each leg's key in the document, label and colour."""
        return (("stocks", self.stocks, self.keys[0]), ("bonds", self.bonds, self.keys[1]))

    @property
    def labels(self) -> dict[str, str]:
        """The heads of the pair's and the legs' columns by their keys in the document."""
        return {"pair": "The pair", "stocks": _capital(self.stocks), "bonds": _capital(self.bonds)}


def lens(document: Json) -> Lens:
    """The lens of a run."""
    settings, (stocks, bonds) = document["settings"], legs(document)
    return Lens(
        stocks=stocks,
        bonds=bonds,
        keys=(asset_key(settings["stocks_role"]), asset_key(settings["bonds_role"])),
        **{key: settings[key] for key in ("stocks_weight", "stocks_fall", "bonds_fall")},
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
