"""The gallery: every built-in strategy with what its file says, and what a run of it says."""

import backtester
from backtester.plugins.loader import load_library
from backtester.plugins.strategy import Strategy
from backtester.runs.result import Result
from made.tables import table
from made.words import range_of

RESAMPLES = 100
AT_ONCE = 12  # as many as a run compares
HEADS = (
    "acted in",
    "lost",
    "reference lost",
    "mix lost",
    "payoff, 90% interval",
    "growth over the mix, % a year",
    "verdict",
)
NAMES = {
    "paid": "clearly paid",
    "worse": "clearly did worse",
    "unclear": "not clear",
    "small": "small at best",
    "few": "too few to judge",
    "void": "no figure",
}


def all_of_them() -> str:
    """The gallery in Markdown."""
    strategies = load_library(installed=False).strategies.values()
    recipes = [recipe for recipe in map(recipe_of, strategies) if recipe]
    made: dict[str, Result] = {}
    for first in range(0, len(recipes), AT_ONCE):
        together = recipes[first : first + AT_ONCE]
        result = backtester.run(
            dict(zip(together, together, strict=True)), settings=backtester.RunSettings(resamples=RESAMPLES)
        )
        made |= dict.fromkeys(together, result)
    return "\n".join(section(one, made.get(recipe_of(one) or "")) for one in strategies)


def recipe_of(strategy: Strategy) -> str | None:
    """The strategy at its defaults, an overlay on 60/40; None where it is the reference, or needs a setting."""
    if strategy.name in ("sixty_forty", "hold"):
        return None
    return strategy.name if strategy.is_base else f"sixty_forty + {strategy.name}"


def section(strategy: Strategy, made: Result | None) -> str:
    """A strategy's part of the page."""
    parts = [f"## {strategy.name}", strategy.summary]
    parts += [f"**{title}.** {text}" for title, text in strategy.sections.items()]
    settings = [[f"`{one.name}`", f"`{one.default!r}`", one.accepts] for one in strategy.declaration.settings.values()]
    if settings:
        parts.append(table(["setting", "default", "accepts"], settings))
    if made:
        parts.append(table(HEADS, [evidence(str(recipe_of(strategy)), made)]))
    return "\n\n".join(parts) + "\n"


def evidence(recipe: str, result: Result) -> list[str]:
    """The row of a strategy."""
    one, figures = result.strategy(recipe), result.strategy(recipe).card.figures
    losses = (figures[f"mean_loss.{name}"] for name in ("strategy", "reference", "mix"))
    payoff = f"{100 * figures['beyond_mix.payoff_mean']:+.2f}, {range_of(one.card.intervals['beyond_mix.payoff_mean'])}"
    growth = f"{100 * figures['growth_annual.over_mix.total']:+.1f}"
    seen = f"{figures['acted']:.0f} of {figures['joint_sell_offs']:.0f}"
    return [seen, *(f"{100 * loss:.1f}%" for loss in losses), payoff, growth, NAMES[one.verdict]]
