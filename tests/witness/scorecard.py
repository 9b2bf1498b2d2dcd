"""The scorecard of one strategy as docs/design.md defines it, from levels and window by window."""

import math

import numpy as np
import pandas as pd

from backtester.arrays import Integers

Level = "pd.Series[float]"
SAME = 1e-4  # a difference of returns of a basis point or less is a tie
NOTHING = 1e-12  # of a payoff: rounding
NAN = math.nan


def figures(
    own: "pd.Series[float]",
    mix: "pd.Series[float]",
    reference: "pd.Series[float]",
    joint: Integers,
    other: Integers,
) -> dict[str, float]:
    """The figures by name, NaN where undefined: levels by date, the mix NaN where there is none."""
    moves, stands, theirs = (returns_in(level, joint) for level in (own, mix, reference))
    better, worse = int((moves - theirs > SAME).sum()), int((theirs - moves > SAME).sum())
    return {
        "acted": better + worse,
        "beyond_reference.better": better,
        "beyond_reference.worse": worse,
        "beyond_reference.hit_rate": better / (better + worse) if better + worse else NAN,
        "mean_loss.strategy": -_mean(moves),
        "mean_loss.reference": -_mean(theirs),
        "mean_loss.mix": -_mean(stands),
        **_beyond_mix(moves, stands),
        **{f"growth_annual.over_mix.{name}": part for name, part in growth(own, mix, joint, other).items()},
        **{f"growth_annual.over_reference.{name}": part for name, part in growth(own, reference, joint, other).items()},
        "max_drawdown_reduction": _deepest(own) - _deepest(reference),
        "days_under_water_reduction": _days_below(reference) - _days_below(own),
    }


def returns_in(level: "pd.Series[float]", windows: Integers) -> "pd.Series[float]":
    """The return of each window; NaN from a level of 0."""
    closes = level.tolist()
    return pd.Series(
        [closes[end] / closes[start] - 1 if closes[start] > 0 else NAN for start, end in windows.tolist()], dtype=float
    )


def _mean(values: "pd.Series[float]") -> float:
    return NAN if values.isna().any() else float(values.mean())


def _beyond_mix(own: "pd.Series[float]", mix: "pd.Series[float]") -> dict[str, float]:
    if not len(own) or mix.isna().any():
        return {f"beyond_mix.{name}": NAN for name in ("better", "worse", "payoff_mean", "protection")}
    mean, lost = _mean(own - mix), -float(mix.sum())
    return {
        "beyond_mix.better": int((own - mix > SAME).sum()),
        "beyond_mix.worse": int((mix - own > SAME).sum()),
        "beyond_mix.payoff_mean": 0.0 if abs(mean) <= NOTHING else mean,
        "beyond_mix.protection": 1 + float(own.sum(skipna=False)) / lost if lost > NOTHING else NAN,
    }


def growth(own: "pd.Series[float]", against: "pd.Series[float]", joint: Integers, other: Integers) -> dict[str, float]:
    """Log points a year by which one level outgrew another, in all and by where: in joint sell-offs, in other ones, and
    in the rest, which also as a rate a year of the rest; NaN under 365 days, and after ruin."""
    names = ("total", "joint_sell_offs", "other_sell_offs", "rest", "rest_annual")
    dates = pd.DatetimeIndex(own.index)
    years = (dates[-1] - dates[0]).days / 365.25
    if (dates[-1] - dates[0]).days < 365 or not (own.iloc[-1] > 0 and against.iloc[-1] > 0):
        return dict.fromkeys(names, NAN)
    steps = np.log(own / own.shift()) - np.log(against / against.shift())  # the first is NaN
    kind = pd.Series("rest", own.index)
    for name, windows in (("joint", joint), ("other", other)):
        for start, end in windows.tolist():
            kind.iloc[start + 1 : end + 1] = name
    days = pd.Series(dates, own.index).diff().dt.days
    parts = {name: float(steps[kind == name].sum()) for name in ("joint", "other", "rest")}
    rest_days = float(days[kind == "rest"].sum())
    rate = parts["rest"] / (rest_days / 365.25) if rest_days >= 365 else NAN
    each = [parts[name] / years for name in ("joint", "other", "rest")]
    return dict(zip(names, (float(steps.sum()) / years, *each, rate), strict=True))


def _deepest(level: "pd.Series[float]") -> float:
    return float((level / level.cummax() - 1).min())


def _days_below(level: "pd.Series[float]") -> float:
    """Calendar days that ended below an earlier high."""
    days = pd.Series(pd.DatetimeIndex(level.index), level.index).diff().dt.days
    return float(days[level < level.cummax() * (1 - NOTHING)].sum())
