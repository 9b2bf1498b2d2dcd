"""The costs of trading, borrowing and management: rates a year and rates a unit traded, in basis points."""

import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from backtester.errors import RecipeError

BP = 1e-4
LEAST_BPS = 0.01  # the smallest cost but 0: a number below it was meant as a fraction, not as basis points


def _not_a_fraction(rate: float) -> float:
    """The rate; raise ValueError if it is above 0 and below `LEAST_BPS`."""
    if 0 < rate < LEAST_BPS:
        raise ValueError(f"{rate:g} basis points are less than any cost, 2 basis points a fraction of 0.0002")
    return rate


BasisPoints = Annotated[float, Field(ge=0, le=5000, allow_inf_nan=False, strict=True), AfterValidator(_not_a_fraction)]
COST_SPELLING = re.compile(r"(?:(?P<name>\w+)=)?(?P<first>[^=/]+)(?:/(?P<second>[^=/]+))?")
COST_OPTIONS = {  # as they are spelled on the command line, None without a name; any other name is an asset's
    None: "trade_bps",
    "unfunded": "unfunded_trade_bps",
    "fixed": "fixed_bps",
    "cash": "cash_spread_bps",
    "borrow": "borrow_spread_bps",
    "short": "short_fee_bps",
    "fee": "management_fee_bps",
}


class Sides(BaseModel):
    """The costs of buying and of selling an asset."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    buy_bps: BasisPoints
    sell_bps: BasisPoints


def _both_sides(rate: object) -> object:
    """One number is the cost of either side."""
    is_number = isinstance(rate, int | float) and not isinstance(rate, bool)
    return {"buy_bps": rate, "sell_bps": rate} if is_number else rate


class Costs(BaseModel):
    """The costs of trading and holding, in basis points.

    Of what is traded: `trade_bps`, `unfunded_trade_bps` of futures and options, which use no cash, or for single
    `assets` a number or `Sides`; `fixed_bps`, of the starting value, for each asset traded in a session. A year: cash
    earns bills less `cash_spread_bps`, debt pays bills and `borrow_spread_bps`, funded assets sold short
    `short_fee_bps`, all of the portfolio `management_fee_bps`.
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
        """The costs of buying and of selling the asset."""
        rate = self.trade_bps if funded else self.unfunded_trade_bps
        return self.assets.get(asset) or Sides(buy_bps=rate, sell_bps=rate)


NO_COSTS = Costs(trade_bps=0, unfunded_trade_bps=0, borrow_spread_bps=0, short_fee_bps=0)


def parse_costs(words: Iterable[str]) -> Costs:
    """The costs that words such as `5`, `gold=10`, `stocks=50/0` (buying and selling) or `borrow=80` state."""
    costs, stated, assets = Costs(), dict[str, object](), dict[str, object]()
    for word in words:
        match = COST_SPELLING.fullmatch(word)
        try:
            if match is None:
                raise ValueError
            numbers = [float(part) for part in (match["first"], match["second"]) if part is not None]
            if match["name"] in assets or COST_OPTIONS.get(match["name"]) in stated:
                raise RecipeError(f"costs {word!r} come after others of the same; state each once")
            if match["name"] not in COST_OPTIONS:
                assets[match["name"]] = {"buy_bps": numbers[0], "sell_bps": numbers[-1]}
            elif len(numbers) == 1:
                stated[COST_OPTIONS[match["name"]]] = numbers[0]
            else:
                raise ValueError
            costs = Costs.model_validate({**stated, "assets": assets})
        except ValidationError as error:
            raise RecipeError(
                f"costs {word!r}: {error.errors()[0]['msg'].removeprefix('Value error, ')}; 0 to 5000 basis points"
            ) from error
        except ValueError as error:
            raise RecipeError(
                f"costs {word!r} are not understood; give basis points such as 5, gold=10, gold=10/5 (buying and "
                f"selling), or of {', '.join(name for name in COST_OPTIONS if name)}, such as borrow=80"
            ) from error
    return costs


def spell_costs(costs: Costs) -> list[str]:
    """The words that state these costs where they are not the default."""
    words = [
        (f"{name}=" if name else "") + _number(getattr(costs, field))
        for name, field in COST_OPTIONS.items()
        if getattr(costs, field) != Costs.model_fields[field].default
    ]
    for asset, sides in costs.assets.items():
        both = dict.fromkeys((sides.buy_bps, sides.sell_bps))
        words.append(f"{asset}=" + "/".join(map(_number, both)))
    return words


def _number(value: float) -> str:
    """The number as text, without a decimal point if it is whole."""
    return repr(value).removesuffix(".0")
