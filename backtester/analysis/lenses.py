"""Through which lenses a run looks: the two legs of the pair, their weights, and how far each falls in a sell-off."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


@dataclass(frozen=True)
class Thresholds:
    """How far each leg falls at least, as negative fractions."""

    stocks: float = -0.05
    bonds: float = -0.005


def _fall(value: float) -> float:
    """The fall, told as everywhere in the document: a negative fraction."""
    if not -1 < value < 0:
        size = abs(value) if abs(value) < 1 else abs(value) / 100
        meant = size if 0 < size < 1 else 0.05
        raise ValueError(f"{value:g} is no fall; a fall is a negative fraction: {-meant:g} for {100 * meant:g}%")
    return value


Fall = Annotated[float, AfterValidator(_fall)]


class Lenses(BaseModel):
    """The pair and its thresholds. The legs are roles of the history; what is not in stocks is in bonds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stocks_role: str = "stocks"
    bonds_role: str = "bonds"
    stocks_weight: Annotated[float, Field(ge=0, le=1)] = 0.60
    stocks_fall: Fall = Thresholds.stocks
    bonds_fall: Fall = Thresholds.bonds

    @model_validator(mode="after")
    def _are_two(self) -> "Lenses":
        if self.stocks_role == self.bonds_role:
            raise ValueError(f"both legs are {self.bonds_role!r}; a pair has two")
        return self

    @property
    def legs(self) -> tuple[str, str]:
        """The roles of stocks and bonds."""
        return self.stocks_role, self.bonds_role

    @property
    def thresholds(self) -> Thresholds:
        """How far each leg falls at least in a joint sell-off."""
        return Thresholds(self.stocks_fall, self.bonds_fall)


USUAL = Lenses()
