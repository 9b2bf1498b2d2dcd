"""What a run reads of its history: what its recipes name, and what its tables show beside them."""

from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from backtester.errors import DataError
from backtester.histories.manifest import History, find_history
from backtester.histories.market import Market, build_market, load_market
from backtester.plugins.recipes import Recipe
from backtester.runs.settings import RunSettings

MANY = 64  # assets; no more than these are read in a hundredth of a second, and all can be held
SHOWN = ("stocks", "bonds", "long_bonds", "bills", "gold", "dollar")  # of a history of many, beside what is named


def market_of(settings: RunSettings, recipes: Sequence[Recipe] | None = None, *, also: Iterable[str] = ()) -> Market:
    """The market of the settings' history up to their `end`: what the recipes need of it, and `also` those roles or,
    without recipes, all of it."""
    if settings.start is not None and settings.end is not None and settings.start > settings.end:
        raise DataError(f"the start {settings.start} is after the end {settings.end}; swap them")
    history = find_history(settings.history, settings.data)
    if settings.end is not None:
        sessions = build_market(history, roles=["stocks"]).sessions
        if pd.Timestamp(settings.end) < sessions[0]:
            raise DataError(
                f"nothing is left up to {settings.end}; history {history.name!r} covers {sessions[0].date()} to "
                f"{sessions[-1].date()}: choose --start and --end inside it"
            )
    roles = None if recipes is None else roles_read(recipes, history, also={*settings.legs, *also})
    return build_market(history, roles=roles, until=settings.end)


def shown_market(name: str, settings: RunSettings) -> Market:
    """The market of what tables show of another history."""
    history = find_history(name, settings.data)
    return load_market(name, settings.data, roles=roles_read((), history, also=settings.legs))


def roles_read(recipes: Iterable[Recipe], history: History, *, also: Iterable[str] = ()) -> list[str]:
    """The roles that are read for the recipes, and `also` those, in the history's order.

    All that the signatures name (`returns` names every asset), and those that settings name. Of assets besides: all, if
    the history has no more than 64, else the well-known ones that it has. Observables that nobody reads are not read.
    """
    steps = [step for recipe in recipes for step in recipe.steps]
    named = {*also, *(name for step in steps for name in step.strategy.declaration.reads)}
    named |= {word for step in steps for word in _words(step.settings)}
    besides = history.assets if len(history.assets) <= MANY or "returns" in named else SHOWN
    return [role for role in history.series if role in named or role in besides]


def _words(setting: object) -> Iterator[str]:
    """Every text in a setting, which may be the name of a role."""
    if isinstance(setting, str):
        yield setting
    elif isinstance(setting, dict):
        yield from _words([*setting, *setting.values()])
    elif isinstance(setting, list | tuple | set | frozenset):
        for part in setting:
            yield from _words(part)
