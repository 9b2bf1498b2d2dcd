"""What the terms of computed series may be, and what they are where nothing is said."""

import pytest
from pydantic import BaseModel

from backtester.histories.kinds.bond import Bond
from backtester.histories.kinds.inflation_linked import InflationLinked
from backtester.histories.kinds.put_spread import PutSpread
from backtester.histories.kinds.rolling_call import RollingCall
from backtester.histories.kinds.rolling_put import RollingPut
from backtester.histories.manifest_schema import HistoryTable
from backtester.histories.rolling import RollingOption
from backtester.histories.series import Quoted
from bounds import takes

TINY = 1e-9
BOUNDS = [
    (RollingOption, "tenor_months", 1, 12, 0, 13),
    (RollingOption, "slope", 0.0, 5.0, -TINY, 5.1),
    (RollingPut, "moneyness", TINY, 1.0, 0.0, 1.01),
    (RollingCall, "moneyness", 1.0, 2.0, 0.99, 2.01),
    (PutSpread, "moneyness", TINY, 1.0, 0.0, 1.01),
    (PutSpread, "sold_moneyness", TINY, 1.0, 0.0, 1.01),
    (Bond, "maturity_years", 0.5, 100.0, 0.0, 100.5),
    (InflationLinked, "maturity_years", 0.5, 100.0, 0.0, 100.5),
    (Quoted, "carry_days", 1, 400, 0, 401),
    (Quoted, "lag_sessions", 0, 1000, -1, 1001),
    (HistoryTable, "sessions_a_year", TINY, 366, 0.0, 366.1),
]


@pytest.mark.parametrize(("model", "name", "least", "most", "below", "above"), BOUNDS)
def test_bounds(model: type[BaseModel], name: str, least: object, most: object, below: object, above: object) -> None:
    """The least and the most are taken, and what is just beyond them is refused."""
    assert [takes(model, name, value) for value in (least, most)] == [True, True]
    assert [takes(model, name, value) for value in (below, above)] == [False, False]


@pytest.mark.parametrize("model", [Bond, InflationLinked])
def test_maturities_are_of_half_years(model: type[BaseModel]) -> None:
    """Coupons are paid twice a year."""
    assert [takes(model, "maturity_years", years) for years in (1.5, 1.75, 10)] == [True, False, True]


def test_start_values() -> None:
    """A month, 5% out of the money, a spread of ten points; 252 sessions a year."""
    found = [
        (model.model_fields[name].default)
        for model, name in (
            (RollingPut, "tenor_months"),
            (RollingPut, "moneyness"),
            (RollingCall, "moneyness"),
            (PutSpread, "moneyness"),
            (PutSpread, "sold_moneyness"),
            (HistoryTable, "sessions_a_year"),
            (Quoted, "lag_sessions"),
        )
    ]
    assert found == [1, 0.95, 1.05, 0.95, 0.85, 252, 0]
