"""The words of sentences on a run and on a strategy, made of their facts."""

from typing import Any

from backtester.analysis.verdict import FEWEST_ACTED
from backtester.pages.format import counted, date, listed_words, percent, period, points
from backtester.pages.names import role_label
from backtester.runs.facts import SHOWN_AS_ZERO, Facts, RunFacts, legs, names_in_words, rhythm_word


def run_words(f: RunFacts) -> dict[str, Any]:
    """The words of sentences on a run."""
    move, worst = min(f.moves, key=lambda one: one[0], default=(0.0, {"start": "2000-01-01", "end": "2000-01-01"}))
    settings, own = f.document["settings"], rhythm_word(f.document)
    window, mean = f.document["period"], sum(one for one, _ in f.moves) / max(1, len(f.moves))
    return {
        "both": f.both,
        "Both": f.both.capitalize(),
        "windows": f.windows,
        "Sell_offs": counted(f.windows, "joint sell-off").capitalize(),
        "times": "once" if f.windows == 1 else counted(f.windows, "time"),
        "within": own.words_for(own.window_sessions),
        "first_leg": legs(f.document)[0],
        "second_leg": legs(f.document)[1],
        "first_fall": percent(-settings["stocks_fall"]),
        "second_fall": percent(-settings["bonds_fall"]),
        "fewest": FEWEST_ACTED,
        "sell_offs": counted(f.windows, "joint sell-off"),
        "reference": f.reference.name,
        "lost": lost(f.reference, "strategy"),
        "falls": f"returned {percent(mean)} on average and {percent(move)} in the worst "
        f"({period(worst['start'], worst['end'])})",
        "lived": len(f.moves),
        "start": date(window["start"]),
        "end": date(window["end"]),
        "first": f.others[0].name if f.others else "",
        "acted": f.others[0].card["acted"] if f.others else "",
        "hedges": counted(len(f.others), "hedge"),
        "plain_mix": f"a plain mix of {listed_words([*f.both.split(' and '), 'bills'])}",
        "highest": points(f.highest, 2),
        "saver": f.saver.name if f.saver else "",
        "saver_lost": lost(f.saver, "strategy") if f.saver else "",
        "held": f.saver.mix if f.saver else "",
        "held_lost": lost(f.saver, "mix") if f.saver else "",
        "never": listed_words([role_label(f.document["settings"][f"{leg}_role"]).lower() for leg in f.never_so_far]),
        "deepest": listed_words([percent(-f.document["deepest_falls"][leg]) for leg in f.never_so_far]),
        "paid": f.named("paid"),
        "unpaid": names_in_words([one for one in f.others if one.verdict != "paid"]),
        "worse": f.named("worse"),
        "void": f.named("void"),
        "faults": listed_words(
            [f"{one.name} ({one.faults or 'it has no mix'})" for one in f.others if one.verdict == "void"]
        ),
        "reason": f.no_intervals,
    }


def strategy_words(f: Facts) -> dict[str, Any]:
    """The words of sentences on a strategy."""
    card, intervals = f.card, f.card["intervals"]
    size = f"{points(abs(f.payoff), 2)} points a sell-off {'more' if f.payoff > 0 else 'less'} than its mix"
    return {
        "name": f.name,
        "faults": f.faults,
        "windows": f.windows,
        "acted": card["acted"],
        "better": card["beyond_reference"]["better"],
        "sell_offs": counted(f.windows, "joint sell-off"),
        "counted": counted(f.windows, "joint sell-off"),
        "reference_lost": lost(f, "reference"),
        "own_lost": lost(f, "strategy"),
        "mix_lost": lost(f, "mix"),
        "mix": f.mix,
        "payoff": "what its mix did" if abs(f.payoff) < SHOWN_AS_ZERO else size,
        "interval": interval_phrase(intervals.get("beyond_mix", {}).get("payoff_mean")),
        "side": "below" if f.payoff < 0 else "above",
        "well": "badly" if f.payoff < 0 else "well",
        "by_chance": percent(f.by_chance, 0),
        "smallest": points(card["beyond_mix"]["smallest_clear"], 2),
        "over_mix": grew(f.over_mix),
        "over_reference": grew(f.over_reference),
        "growth_interval": interval_phrase(intervals.get("growth_annual", {}).get("over_mix", {}).get("total")),
        "widened": " to ".join(percent(end, 2, signed=True) for end in f.widened or ()),
        "turning": listed_words(f.turning),
    }


def lost(f: Facts, of: str) -> str:
    """The mean loss of `strategy`, `reference` or `mix` as `lost 7.1%`, or `gained 0.3%`."""
    loss = f.card["mean_loss"][of]
    return "has no return" if loss is None else f"{'lost' if loss >= 0 else 'gained'} {percent(abs(loss))}"


def grew(growth: float | None) -> str:
    """Growth over something as `0.7% a year more than`, `0.2% a year less than` or `as fast as`."""
    if abs(growth or 0.0) < 10 * SHOWN_AS_ZERO:
        return "as fast as"
    return f"{percent(abs(growth or 0.0))} a year {'more' if (growth or 0.0) > 0 else 'less'} than"


def interval_phrase(ends: list[float] | None) -> str:
    """An interval as ` (90% interval −0.20% to +0.80%)`; empty where there is none."""
    if not ends or ends[0] is None or ends[1] is None:
        return ""
    low, high = (percent(end, 2, signed=True) for end in ends)
    return f" (90% interval {low} to {high})"
