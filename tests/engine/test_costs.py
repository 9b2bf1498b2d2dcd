"""The defaults of costs and the limits on them."""

import pytest
from pydantic import ValidationError

from backtester.engine.costs import NO_COSTS, Costs


def test_defaults() -> None:
    """By default a trade costs 2 basis points, 1 for unfunded assets; borrowing 50 a year over bills, a short 30."""
    assert Costs().model_dump() == {
        "trade_bps": 2.0,
        "unfunded_trade_bps": 1.0,
        "assets": {},
        "fixed_bps": 0.0,
        "cash_spread_bps": 0.0,
        "borrow_spread_bps": 50.0,
        "short_fee_bps": 30.0,
        "management_fee_bps": 0.0,
    }


def test_no_costs_is_free_of_all_of_them() -> None:
    """`NO_COSTS` has no cost above zero, whatever the defaults are."""
    assert set(NO_COSTS.model_dump(exclude={"assets"}).values()) == {0.0}
    assert NO_COSTS.assets == {}


@pytest.mark.parametrize("value", [-1.0, 5001.0, float("nan"), float("inf")])
@pytest.mark.parametrize("name", [name for name in Costs.model_fields if name != "assets"])
def test_refuses_what_is_no_cost(name: str, value: float) -> None:
    """A cost below zero, above half of what is traded, or not finite is refused."""
    with pytest.raises(ValidationError, match=name):
        Costs.model_validate({name: value})


def test_refuses_an_unknown_cost() -> None:
    """A cost that is misspelled is refused instead of ignored."""
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Costs.model_validate({"trade_bp": 1.0})
