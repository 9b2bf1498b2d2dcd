"""The dots of the months."""

import numpy as np

from backtester.tearsheet.figures.scatter import months_group


def test_payoffs_are_over_the_reference() -> None:
    """In percent: 3% where the reference made 1% is 2, 6% is 5; unknown where either is."""
    months = {"2020-01": 0.01, "2020-02": -0.02}
    document = {
        "legs": {
            "stocks": {"calendar_months": months},
            "bonds": {"calendar_months": {"2020-01": 0.005, "2020-02": None}},
        },
        "strategies": [
            {"calendar_months": months},
            {"calendar_months": {"2020-01": 0.03, "2020-02": 0.0}},
            {"calendar_months": {"2020-01": 0.06, "2020-02": None}},
        ],
    }
    arrays = months_group(document, ("Reference", "First", "Second")).arrays  # type: ignore[arg-type]  # counted alone
    np.testing.assert_allclose(arrays["payoff1"], [2.0, 2.0])
    np.testing.assert_allclose(arrays["payoff2"], [5.0, np.nan])
    np.testing.assert_allclose(arrays["bonds"], [0.5, np.nan])
