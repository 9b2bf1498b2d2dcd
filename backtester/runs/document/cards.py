"""The scorecard of a strategy against the reference and what stands in for it."""

from dataclasses import asdict

import numpy as np

from backtester.analysis.aftermath import recovery
from backtester.analysis.betas import betas_with_neighbours
from backtester.analysis.calm import calm_years
from backtester.analysis.measures import session_returns
from backtester.analysis.periods import years_between
from backtester.analysis.scorecard import Payoff, beyond_mix, scorecard
from backtester.analysis.shares import LEVEL, sign_test, wilson_interval
from backtester.analysis.slices import Slice, slices
from backtester.analysis.standins import mix_of, twin_nav
from backtester.analysis.windows import window_returns
from backtester.engine.evaluate import Evaluation
from backtester.runs.document.kinds import cause, decade, regime, spell_counts
from backtester.runs.document.values import Json, clean
from backtester.runs.intervals import Keys
from backtester.runs.run import Result


def told_card(result: Result, run: Evaluation) -> Json:
    """The whole card."""
    nav, bills = result.nav[run.recipe.name], result.market.bill_returns
    card = scorecard(nav, result.reference, bills, joint=result.joint, other=result.other)
    mix = _beyond_mix(result, run)
    twin = asdict(card.beyond_twin)
    return {
        "joint_sell_offs": card.joint_sell_offs,
        "beta": card.beta,
        **asdict(card.beyond_reference),
        "beyond_twin": twin | {"cost_annual": card.twin_cost_annual},
        "beyond_mix": mix,
        "sign_test": {
            "beyond_reference": _sign_test(asdict(card.beyond_reference)),
            "beyond_twin": _sign_test(twin),
            "beyond_mix": _sign_test(mix),
        },
        "cost_annual": asdict(card.cost_annual),
        "cost_standard_error": card.cost_standard_error,
        "break_even_per_year": card.break_even_per_year,
        "max_drawdown_reduction": card.max_drawdown_reduction,
        "days_under_water_reduction": card.days_under_water_reduction,
        "conditional_beta": _conditional_beta(result, run),
        "recovery": _recovery(result, run),
        "slices": _slices(result, run),
        "calm": _calm(result, run),
        "intervals": {
            **_intervals(card.beyond_reference, card.beyond_twin, len(result.evaluations) - 1),
            **result.resampled[run.recipe.name],
        },
    }


def told_again(card: Json, tried: int, drawn: Keys) -> Json:
    """The card as one of so many strategies tried, with what was drawn again: beside others than those of its run."""
    twin = card["beyond_twin"]
    beyond = card["intervals"]["beyond_twin"] | {
        "hit_rate_of_all_tried": _of_all_tried(twin["better"], twin["better"] + twin["worse"], tried)
    }
    told: Json = clean({"hit_rate": card["intervals"]["hit_rate"], "beyond_twin": beyond, **drawn})
    return card | {"intervals": told}


def _of_all_tried(better: int, acted: int, tried: int) -> tuple[float, float]:
    """Wilson's interval, as wide as finding any of them by chance asks for."""
    return wilson_interval(better, acted, level=1 - (1 - LEVEL) / tried)


def _intervals(reference: Payoff, twin: Payoff, tried: int) -> Json:
    """Wilson's intervals; that of all tried is as wide as finding any of them by chance asks for."""
    acted = twin.better + twin.worse
    return {
        "hit_rate": wilson_interval(reference.better, reference.better + reference.worse),
        "beyond_twin": {
            "hit_rate": wilson_interval(twin.better, acted),
            "hit_rate_of_all_tried": _of_all_tried(twin.better, acted, tried),
        },
    }


def _beyond_mix(result: Result, run: Evaluation) -> Json:
    nav, bills = result.nav[run.recipe.name], result.market.bill_returns
    beyond = beyond_mix(nav, result.reference, result.pair, bills, joint=result.joint, other=result.other)
    return {
        **asdict(beyond.payoff),
        "cost_annual": beyond.cost_annual,
        "stocks_beta": beyond.stocks_beta,
        "bonds_beta": beyond.bonds_beta,
    }


def _sign_test(told: Json) -> float:
    return sign_test(told["better"], told["better"] + told["worse"])


def _conditional_beta(result: Result, run: Evaluation) -> Json:
    """Betas to the pair on the sessions inside joint sell-offs and on all."""
    bills = result.market.bill_returns[1:]
    own, pair = (session_returns(nav) - bills for nav in (result.nav[run.recipe.name], result.pair.nav))
    inside = np.zeros(len(bills), dtype=bool)
    for window in result.joint:
        inside[window.start : window.end] = True
    return {
        "joint_sell_offs": betas_with_neighbours(own, [pair], among=inside)[0],
        "all": betas_with_neighbours(own, [pair])[0],
    }


def _recovery(result: Result, run: Evaluation) -> Json:
    own, reference = (recovery(nav, result.joint) for nav in (result.nav[run.recipe.name], result.reference))
    return {
        "median_days": own.median_days,
        "reference_median_days": reference.median_days,
        "recovered": own.recovered,
        "windows": own.windows,
    }


def _slices(result: Result, run: Evaluation) -> Json:
    nav, bills = result.nav[run.recipe.name], result.market.bill_returns
    twin, _ = twin_nav(nav, result.reference, bills)
    mix = mix_of(nav, result.pair, bills).nav
    returns = [window_returns(one, result.joint) for one in (nav, result.reference, twin, mix)]
    years = years_between(result.market.sessions)
    told = {
        by: [_slice(one, years) for one in slices([name(result, window) for window in result.joint], *returns)]
        for by, name in (("regime", regime), ("decade", decade), ("cause", cause))
    }
    spells = spell_counts(result)
    for one in told["regime"]:
        one["spells"] = spells.get(one["name"])
    return told


def _slice(one: Slice, years: float) -> Json:
    return {
        "name": one.name,
        "windows": one.windows,
        **asdict(one.beyond_reference),
        "beyond_twin": asdict(one.beyond_twin),
        "beyond_mix": asdict(one.beyond_mix),
        "cost_annual": one.cost / years,
        "interval": one.interval,
    }


def _calm(result: Result, run: Evaluation) -> Json:
    """The calm years with the log return over the reference in each."""
    ends = result.market.calendar["year"].to_numpy()
    years = calm_years(result.nav[run.recipe.name], result.reference, result.joint, ends)
    return {
        "years": [{"year": year, "difference": difference} for year, difference in years.items()],
        "mean": float(np.mean(list(years.values()))) if years else float("nan"),
        "count": len(years),
    }
