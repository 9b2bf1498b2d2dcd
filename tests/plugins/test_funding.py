"""What pays for an asset that an overlay adds."""

import pandas as pd
import pytest

from backtester.plugins.funding import Fund, add_asset

BASE = {"stocks": [0.6, 0.0], "bonds": [0.4, 0.05], "gold": [0.0, 0.2]}


@pytest.mark.parametrize(
    ("fund", "size", "expected"),
    [
        ("bills", 0.1, {"stocks": [0.6, 0.0], "bonds": [0.4, 0.05], "gold": [0.1, 0.3]}),
        ("prorata", 0.1, {"stocks": [0.54, 0.0], "bonds": [0.36, 0.045], "gold": [0.1, 0.28]}),
        ("stocks", 0.1, {"stocks": [0.5, 0.0], "bonds": [0.4, 0.05], "gold": [0.1, 0.2]}),
        ("bonds", 0.1, {"stocks": [0.6, 0.0], "bonds": [0.3, 0.0], "gold": [0.1, 0.25]}),
        ("bills", -0.1, {"stocks": [0.6, 0.0], "bonds": [0.4, 0.05], "gold": [-0.1, 0.1]}),
        ("prorata", -0.1, {"stocks": [0.66, 0.0], "bonds": [0.44, 0.055], "gold": [-0.1, 0.12]}),
        ("bonds", -0.1, {"stocks": [0.6, 0.0], "bonds": [0.5, 0.15], "gold": [-0.1, 0.1]}),
    ],
)
def test_is_paid_for_as_it_says(fund: Fund, size: float, expected: dict[str, list[float]]) -> None:
    """Cash, all holdings, or one as far as it is held pay, and a short sale buys the same; the base stays."""
    base = pd.DataFrame(BASE)
    pd.testing.assert_frame_equal(add_asset(base, "gold", size, fund), pd.DataFrame(expected))
    pd.testing.assert_frame_equal(base, pd.DataFrame(BASE))


def test_a_size_a_session_and_an_asset_that_is_new() -> None:
    """A size may change by session; an asset that the base does not have is a column more."""
    base = pd.DataFrame({"stocks": [0.6, 0.6], "bonds": [0.4, -0.1]})
    found = add_asset(base, "put", pd.Series([0.1, 0.2]), "bonds")
    assert found.to_dict("list") == {"stocks": [0.6, 0.6], "bonds": [pytest.approx(0.3), -0.1], "put": [0.1, 0.0]}
