"""Documents by hand: as much of one as names, readings and verdict look at."""

from typing import Any

Json = dict[str, Any]
REFERENCE = "sixty_forty"


def strategy(
    name: str,
    *,
    hits: int = 0,
    windows: int = 21,
    interval: tuple[float | None, float | None] = (0.3, 0.6),
    payoff: float | None = 0.001,
    cost: float | None = 0.008,
    rest: float | None = 0.011,
) -> Json:
    """A strategy that acted in every window, beat its twin in `hits` of them and the reference in one more."""
    share = hits / windows if windows else None
    better = min(hits + 1, windows)
    return {
        "name": f"{REFERENCE} + {name}",
        "recipe": f"{REFERENCE}(stocks=0.6) + {name}(size=0.1)",
        "causal": True,
        "findings": [],
        "ruin_date": None,
        "scorecard": {
            "joint_sell_offs": windows,
            "beta": 1.1,
            "better": better,
            "worse": windows - better,
            "hit_rate": better / windows if windows else None,
            "payoff_mean": None if payoff is None else payoff + 0.001,
            "protection": 0.05,
            "beyond_twin": {
                "better": hits,
                "worse": windows - hits,
                "hit_rate": share,
                "payoff_mean": payoff,
                "protection": 0.02,
                "cost_annual": cost,
            },
            "cost_annual": {"total": cost, "joint_sell_offs": 0.0, "other_sell_offs": 0.0, "rest": rest},
            "cost_standard_error": 0.004,
            "intervals": {"beyond_twin": {"hit_rate": list(interval), "hit_rate_of_all_tried": list(interval)}},
        },
    }


def drawn(one: Json, twin: tuple[float, float], mix: tuple[float, float], wide: float = 0.0) -> Json:
    """The strategy with resampled intervals of its payoffs; those of all tried are wider by `wide` on either side."""
    card = one["scorecard"]
    card["beyond_mix"] = card["beyond_twin"] | {"better": 11, "payoff_mean": sum(mix) / 2}
    twin_wide, mix_wide = ([low - wide, high + wide] for low, high in (twin, mix))
    card["intervals"]["resampled"] = {
        "payoff_mean": [-0.001, 0.009],
        "beyond_twin": {"payoff_mean": list(twin)},
        "beyond_mix": {"payoff_mean": list(mix)},
        "beyond_twin_of_all_tried": {"payoff_mean": twin_wide},
        "beyond_mix_of_all_tried": {"payoff_mean": mix_wide},
        "cost_annual": {"total": [-0.002, 0.018], "rest": [0.001, 0.015]},
    }
    return one


def pays(name: str) -> Json:
    """A strategy whose interval lies above one half."""
    return strategy(name, hits=18, interval=(0.69, 0.94), payoff=0.0058, cost=-0.009, rest=0.002)


def document(*strategies: Json, windows: int = 2) -> Json:
    """A document of the reference and some strategies; the reference lost 5% and 10% in turn."""
    reference = {"name": REFERENCE, "recipe": REFERENCE, "causal": True, "findings": [], "ruin_date": None}
    falls = [
        {
            "start": "2020-03-04",
            "end": f"2020-03-{10 + place}",
            "strategies": {REFERENCE: -0.05 * (1 + place % 2)},
        }
        for place in range(windows)
    ]
    return {
        "window": {"start": "2018-01-02", "end": "2026-05-26", "sessions": 2100},
        "strategies": [{**reference, "scorecard": None}, *strategies],
        "joint_sell_offs": falls,
    }
