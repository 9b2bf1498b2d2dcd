"""How the legs moved together in the window, and the legs by the calendar."""

from dataclasses import asdict
from typing import Any

import pandas as pd

from backtester.analysis.dependence import by_decade, correlation_over, months_both_down, tails
from backtester.analysis.periods import calendar_months, calendar_years
from backtester.runs.document.kinds import told_spells
from backtester.runs.document.values import Json, iso
from backtester.runs.run import Result


def told_dependence(result: Result) -> Json:
    """Correlations, tails, months with both down, and the spells of the 36-month correlation's sign."""
    legs = pd.DataFrame({"stocks": result.pair.stocks, "bonds": result.pair.bonds})
    calendar = result.market.calendar
    whole = correlation_over(legs, calendar["month"])
    return {
        "correlation": {"daily": whole.daily, "monthly": whole.monthly, "months": whole.months},
        "by_period": [_dated(asdict(one)) for one in by_decade(legs, calendar["month"])],
        "tails": [
            {
                "frequency": tail.frequency,
                "q": tail.q,
                **asdict(tail.seen),
                "independent": tail.independent,
                "gaussian": tail.gaussian,
            }
            for tail in tails(legs, calendar["week"])
        ],
        "months_both_down": asdict(months_both_down(legs, calendar["month"])),
        "spells": [_dated(asdict(spell)) for spell in told_spells(result)],
    }


def told_legs(result: Result) -> Json:
    """Months and years of both legs and the pair."""
    levels = {"stocks": result.pair.stocks, "bonds": result.pair.bonds, "pair": result.pair.nav}
    return {
        name: {"calendar_months": calendar_months(level), "calendar_years": calendar_years(level)}
        for name, level in levels.items()
    }


def _dated(told: dict[str, Any]) -> Json:
    return told | {"start": iso(told["start"]), "end": iso(told["end"])}
