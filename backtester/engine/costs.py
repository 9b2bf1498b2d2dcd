"""What trading, borrowing and management cost: yearly rates and rates a unit traded, in basis points."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

BasisPoints = Annotated[float, Field(ge=0, le=5000, allow_inf_nan=False)]
BP = 1e-4


class Costs(BaseModel):
    """The default costs of DESIGN section 6."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    trade_bps: BasisPoints = 2.0
    unfunded_trade_bps: BasisPoints = 1.0
    cash_spread_bps: BasisPoints = 0.0
    borrow_spread_bps: BasisPoints = 50.0
    short_fee_bps: BasisPoints = 30.0
    management_fee_bps: BasisPoints = 0.0


NO_COSTS = Costs(trade_bps=0, unfunded_trade_bps=0, borrow_spread_bps=0, short_fee_bps=0)
