"""How the legs moved together in the window, and the legs by the calendar, as the document has them."""

import pandas as pd

from backtester.analysis.dependence import by_decade, correlation_over, months_both_down, tails
from backtester.analysis.period import Period
from backtester.analysis.regimes import spells
from backtester.runs.values import Json, clean


def dependence(period: Period, correlation: "pd.Series[float]") -> Json:
    """Correlations, tails, months with both down, and the spells of the 36-month correlation's sign."""
    legs = pd.DataFrame({"stocks": period.pair.stocks, "bonds": period.pair.bonds})
    weeks, months = period.market.calendar["week"], period.month_ends
    whole = correlation_over(legs, months)
    return {
        "correlation": {"daily": whole.daily, "monthly": whole.monthly, "months": whole.months},
        "by_period": [clean(one) for one in by_decade(legs, months)],
        "tails": [
            {
                "frequency": tail.frequency,
                "q": tail.q,
                **clean(tail.seen),
                "independent": tail.independent,
                "gaussian": tail.gaussian,
            }
            for tail in tails(legs, weeks)
        ],
        "months_both_down": clean(months_both_down(legs, months)),
        "spells": [clean(spell) for spell in spells(correlation, months)],
    }
