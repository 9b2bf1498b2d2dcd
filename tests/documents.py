"""Documents by hand: as much of one as names, words and tables look at."""

from typing import Any

Json = dict[str, Any]
REFERENCE = "sixty_forty"
SETTINGS = {
    "lag": 1,
    "rhythm": None,
    "reference": REFERENCE,
    "stocks_role": "stocks",
    "bonds_role": "bonds",
    "stocks_weight": 0.6,
    "stocks_fall": -0.05,
    "bonds_fall": -0.005,
}
GROWTH = {"total": 0.006, "joint_sell_offs": 0.001, "other_sell_offs": 0.002, "rest": 0.003, "rest_annual": 0.0036}
SLICE = {
    "name": "positive",
    "windows": 7,
    "spells": 1,
    "lost_less": 2,
    "lost_more": 4,
    "mean_loss": {"strategy": 0.061, "reference": 0.07, "mix": 0.0536},
    "payoff_mean": -0.0074,
}


def strategy(name: str, *, verdict: str = "unclear", payoff: float | None = 0.003) -> Json:
    """A strategy that acted in 20 of 21 windows and lost less than the reference in 12 of them."""
    full = f"{REFERENCE} + {name}" if name else REFERENCE
    own = None if payoff is None else 0.06 - payoff
    return {
        "name": full,
        "label": f"+ {name}" if name else REFERENCE,
        "recipe": f"{REFERENCE}(stocks=0.6) + {name}(size=0.1)" if name else REFERENCE,
        "verdict": verdict,
        "causal": True,
        "findings": [],
        "ruin_date": None,
        "ended": [],
        "calendar_turnover": {"2017": 0.05},
        "calendar_months": {},
        "calendar_years": {},
        "measures": {"cagr": 0.0818},
        "scorecard": {
            "joint_sell_offs": 21,
            "acted": 20 if name else 0,
            "beyond_reference": {"better": 12, "worse": 8, "hit_rate": 0.6},
            "mean_loss": {"strategy": own, "reference": 0.07, "mix": 0.06},
            "mix": {"stocks": 0.587, "bonds": 0.312},
            "beyond_mix": {
                "better": 11,
                "worse": 10,
                "payoff_mean": payoff,
                "protection": 0.05,
                "smallest_clear": 0.0106,
                "placebo": {"shifts": 4878, "as_good": 0.13, "as_bad": 0.88},
            },
            "payoff_parts": {"held": 0.004, "trading": -0.002, "others": 0.0015, "costs_and_interest": -0.0005},
            "growth_annual": {"over_mix": GROWTH, "over_reference": GROWTH | {"total": -0.0084}},
            "max_drawdown_reduction": 0.031,
            "days_under_water_reduction": -9,
            "recovery": {"median_days": 43, "reference_median_days": 44, "recovered": 20, "windows": 21},
            "sensitivity": [
                {"name": "falls −5% and −0.5%", "windows": 21, "payoff_mean": payoff, "interval": [-0.002, 0.008]},
                {"name": "falls −5% and −2%", "windows": 17, "payoff_mean": -0.004, "interval": None},
            ],
            "slices": {"regime": [SLICE], "decade": [], "cause": [SLICE | {"name": "inflation", "spells": None}]},
            "calm": [{"year": 2017, "difference": -0.012}],
            "intervals": {
                "beyond_reference": {"hit_rate": [0.41, 0.77]},
                "beyond_mix": {"payoff_mean": [-0.002, 0.008], "payoff_mean_of_all_tried": [-0.004, 0.010]},
                "growth_annual": {"over_mix": {"total": [-0.002, 0.018]}},
            },
        },
    }


def document(*strategies: Json, windows: int = 2, **settings: Any) -> Json:
    """A document of the reference and some strategies."""
    chance = {"name": "all", "count": windows, "rotations": 200, "mean": 5.24, "low": 3.0, "high": 8.05}
    falls = [{"start": "1973-03-01", "end": "1973-03-20", "stocks": -0.06, "bonds": -0.01},
             {"start": "2008-10-01", "end": "2008-10-10", "stocks": -0.2, "bonds": 0.03}]  # fmt: skip
    counts = [
        {"name": f"from {first} to {last}", "first_year": first, "last_year": last, "both_fell": both,
         "stock_sell_offs": 1, "base_rate": rate}
        for first, last, both, rate in ((1973, 1997, 1, 0.39), (1998, 2019, 0, 0.42))
    ]  # fmt: skip
    return {
        "history": {"name": "old", "rhythm": "daily", "sessions_a_year": 252, "slower": {}},
        "period": {"start": "2018-01-02", "end": "2026-05-26", "sessions": 2100},
        "settings": SETTINGS | settings,
        "resampling": {"resamples": 1000, "used": 990, "block_sessions": 134, "joint_sell_offs": None, "reason": None},
        "strategies": [strategy("", verdict="few", payoff=0.0), *strategies],
        "deepest_falls": {"stocks": -0.33, "bonds": -0.07},
        "joint_sell_offs": [{"start": "2020-03-04", "end": f"2020-03-{10 + place}"} for place in range(windows)],
        "chance": {
            "all": [chance],
            "decade": [chance | {"name": "2020s"}],
            "regime": [chance | {"name": "negative"}, chance | {"name": "positive", "mean": None}],
        },
        "stock_sell_offs": [
            {"history": "old", "first": "1962-01-02", "last": "2026-05-26", "falls": falls, "periods": counts}
        ],
        "dependence": {
            "correlation": {"by_session": -0.29, "monthly": -0.1, "months": 231},
            "months_both_down": {"k": 36, "n": 231, "share": 0.156, "low": 0.12, "high": 0.2},
        },
    }
