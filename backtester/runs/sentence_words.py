"""The words that fill the fields of the sentence templates, made of the facts of a run and of a strategy.

A mix is the fixed shares of the legs (the pair's stocks and bonds) and bills that moved as the strategy did; a rhythm,
how often sessions come, daily to quarterly.
"""

from typing import Any

from backtester.analysis.verdict import FEWEST_ACTED
from backtester.pages.format import counted, date, listed_words, percent, period, points
from backtester.pages.names import role_label
from backtester.runs.facts import (
    SHOWN_AS_ZERO,
    RunFacts,
    StrategyFacts,
    document_rhythm,
    leg_labels,
    names_in_words,
)


def run_words(run: RunFacts) -> dict[str, Any]:
    """The words of the templates in `RUN_SENTENCES`, by the name of the field."""
    settings, rhythm, measured = run.document["settings"], document_rhythm(run.document), run.document["period"]
    only, least_loss = (run.others[0] if run.others else None), run.least_loss
    void = [strategy for strategy in run.others if strategy.verdict == "void"]
    sell_offs = counted(run.windows, "joint sell-off")
    return {
        "both": run.both_legs,
        "Both": run.both_legs.capitalize(),
        "windows": run.windows,
        "Sell_offs": sell_offs.capitalize(),
        "times": "once" if run.windows == 1 else counted(run.windows, "time"),
        "within": rhythm.words_for(rhythm.window_sessions),
        "first_leg": leg_labels(run.document)[0],
        "second_leg": leg_labels(run.document)[1],
        "first_fall": percent(-settings["stocks_fall"]),
        "second_fall": percent(-settings["bonds_fall"]),
        "fewest_acted": FEWEST_ACTED,
        "sell_offs": sell_offs,
        "reference": run.reference.label,
        "reference_lost": lost(run.reference, "strategy"),
        "reference_returned": _reference_returned(run),
        "reference_windows": len(run.reference_returns),
        "start": date(measured["start"]),
        "end": date(measured["end"]),
        "only_hedge": only.label if only else "",
        "acted": only.scorecard["acted"] if only else "",
        "hedges": counted(len(run.others), "hedge"),
        "plain_mix": f"a plain mix of {listed_words([*run.both_legs.split(' and '), 'bills'])}",
        "highest_bound": points(run.highest_bound, 2),
        "least_loss": least_loss.label if least_loss else "",
        "least_loss_words": lost(least_loss, "strategy") if least_loss else "",
        "its_mix": least_loss.mix_words if least_loss else "",
        "its_mix_lost": lost(least_loss, "mix") if least_loss else "",
        "legs_above": listed_words([role_label(settings[f"{leg}_role"]).lower() for leg in run.legs_above_threshold]),
        "deepest_falls": listed_words(
            [percent(-run.document["deepest_falls"][leg]) for leg in run.legs_above_threshold]
        ),
        "paid": run.names_with("paid"),
        "unpaid": names_in_words([strategy for strategy in run.others if strategy.verdict != "paid"]),
        "worse": run.names_with("worse"),
        "void": run.names_with("void"),
        "faults": listed_words([f"{strategy.label} ({strategy.faults or 'it has no mix'})" for strategy in void]),
        "reason": run.no_intervals,
    }


def _reference_returned(run: RunFacts) -> str:
    """The reference's mean and worst return in the joint sell-offs, in words; empty if there are none."""
    if not run.reference_returns:
        return ""
    worst, window = min(run.reference_returns, key=lambda pair: pair[0])
    mean = sum(move for move, _ in run.reference_returns) / len(run.reference_returns)
    span = period(window["start"], window["end"])
    return f"returned {percent(mean)} on average and {percent(worst)} in the worst ({span})"


def strategy_words(facts: StrategyFacts) -> dict[str, Any]:
    """The words of the templates in `STRATEGY_SENTENCES`, by the name of the field."""
    scorecard, intervals = facts.scorecard, facts.scorecard["intervals"]
    size = f"{points(abs(facts.payoff), 2)} points a sell-off {'more' if facts.payoff > 0 else 'less'} than its mix"
    return {
        "name": facts.label,
        "faults": facts.faults,
        "windows": facts.windows,
        "acted": scorecard["acted"],
        "better": scorecard["beyond_reference"]["better"],
        "sell_offs": counted(facts.windows, "joint sell-off"),
        "reference_lost": lost(facts, "reference"),
        "strategy_lost": lost(facts, "strategy"),
        "mix_lost": lost(facts, "mix"),
        "mix": facts.mix_words,
        "payoff": "what its mix did" if abs(facts.payoff) < SHOWN_AS_ZERO else size,
        "interval": interval_phrase(intervals.get("beyond_mix", {}).get("payoff_mean")),
        "above_or_below": "below" if facts.payoff < 0 else "above",
        "well_or_badly": "badly" if facts.payoff < 0 else "well",
        "by_chance": percent(facts.placebo_share, 0),
        "smallest": points(scorecard["beyond_mix"]["smallest_clear"], 2),
        "over_mix": grew(facts.growth_over_mix),
        "over_reference": grew(facts.growth_over_reference),
        "growth_interval": interval_phrase(intervals.get("growth_annual", {}).get("over_mix", {}).get("total")),
        "widened": " to ".join(percent(end, 2, signed=True) for end in facts.widened or ()),
        "other_definitions": listed_words(facts.opposite_sign_at),
    }


def lost(facts: StrategyFacts, whose: str) -> str:
    """The mean loss of `whose`, "strategy", "reference" or "mix", as `lost 7.1%`, or `gained 0.3%`."""
    loss = facts.scorecard["mean_loss"][whose]
    return "has no return" if loss is None else f"{'lost' if loss >= 0 else 'gained'} {percent(abs(loss))}"


def grew(growth: float | None) -> str:
    """A difference of growth as `0.7% a year more than`, `0.2% a year less than` or `as fast as`."""
    if abs(growth or 0.0) < 10 * SHOWN_AS_ZERO:  # printed with one decimal, so that 0.05% is the least that shows
        return "as fast as"
    return f"{percent(abs(growth or 0.0))} a year {'more' if (growth or 0.0) > 0 else 'less'} than"


def interval_phrase(ends: list[float] | None) -> str:
    """An interval as ` (90% interval −0.20% to +0.80%)`; empty where there is none."""
    if not ends or ends[0] is None or ends[1] is None:
        return ""
    low, high = (percent(end, 2, signed=True) for end in ends)
    return f" (90% interval {low} to {high})"
