"""What trading, borrowing and management cost: yearly rates and rates a unit traded, in basis points."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

BasisPoints = Annotated[float, Field(ge=0, le=5000, allow_inf_nan=False)]
BP = 1e-4


class Sides(BaseModel):
    """What buying and selling an asset cost."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    buy_bps: BasisPoints
    sell_bps: BasisPoints


def _both_sides(rate: object) -> object:
    """One number is the cost of either side."""
    is_number = isinstance(rate, int | float) and not isinstance(rate, bool)
    return {"buy_bps": rate, "sell_bps": rate} if is_number else rate


class Costs(BaseModel):
    """The default costs of DESIGN section 6.

    `assets` are costs of single assets, instead of `trade_bps` or `unfunded_trade_bps`: a number or `Sides`;
    `fixed_bps`, of the starting value, is paid for each asset traded in a session.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    trade_bps: BasisPoints = 2.0
    unfunded_trade_bps: BasisPoints = 1.0
    assets: dict[str, Annotated[Sides, BeforeValidator(_both_sides)]] = {}
    fixed_bps: BasisPoints = 0.0
    cash_spread_bps: BasisPoints = 0.0
    borrow_spread_bps: BasisPoints = 50.0
    short_fee_bps: BasisPoints = 30.0
    management_fee_bps: BasisPoints = 0.0

    def sides(self, asset: str, *, funded: bool) -> Sides:
        """What buying and selling the asset cost."""
        rate = self.trade_bps if funded else self.unfunded_trade_bps
        return self.assets.get(asset) or Sides(buy_bps=rate, sell_bps=rate)


NO_COSTS = Costs(trade_bps=0, unfunded_trade_bps=0, borrow_spread_bps=0, short_fee_bps=0)
