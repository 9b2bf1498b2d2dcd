"""The roles that a run reads of its history: those of its recipes, and those that its tables show."""

from collections.abc import Iterable, Sequence

import pandas as pd

from backtester.errors import DataError
from backtester.histories.manifest import History, find_history
from backtester.histories.market import Market, build_market, load_market
from backtester.histories.series import Asset
from backtester.plugins.recipes import Recipe
from backtester.runs.settings import RunSettings

MOST_ASSETS_READ = 64  # assets; no more than these are read in a hundredth of a second


def needed_market(
    settings: RunSettings,
    recipes: Sequence[Recipe] | None = None,
    history: History | None = None,
    *,
    also: Iterable[str] = (),
) -> Market:
    """The market of the history, else of the settings' one, up to their `end`: what the recipes need of it, and `also`
    those roles or, without recipes, all of it."""
    if settings.start is not None and settings.end is not None and settings.start > settings.end:
        raise DataError(f"the start {settings.start} is after the end {settings.end}; swap them")
    history = history or find_history(settings.history, settings.data)
    if settings.end is not None:
        sessions = build_market(history, roles=["stocks"], rhythm=settings.rhythm).sessions
        if pd.Timestamp(settings.end) < sessions[0]:
            raise DataError(
                f"nothing is left up to {settings.end}; history {history.name!r} covers {sessions[0].date()} to "
                f"{sessions[-1].date()}: choose --start and --end inside it"
            )
    roles = None if recipes is None else roles_read(recipes, history, also={*settings.legs, *also})
    return build_market(history, roles=roles, until=settings.end, rhythm=settings.rhythm)


def shown_market(name: str, settings: RunSettings) -> Market:
    """The market of what tables show of another history."""
    history = find_history(name, settings.data)
    return load_market(name, settings.data, roles=roles_read((), history, also=settings.legs))


def roles_read(recipes: Iterable[Recipe], history: History, *, also: Iterable[str] = ()) -> list[str]:
    """The roles that are read for the recipes, and `also` those, in the history's order.

    All that the signatures name (`returns` names every asset), that settings name, and the assets whose names stand in
    the strategies' files. Of assets besides: those that the manifest shows, if it is no more than 64; of more, those of
    which it says so. Observables that nobody reads are not read.
    """
    steps = [step for recipe in recipes for step in recipe.steps]
    named = {*also, *(name for step in steps for name in step.strategy.declaration.reads)}
    named |= {word for step in steps for word in step.words}
    held = history.assets if "returns" in named else _shown(history)
    written = {word for step in steps for word in step.strategy.words}
    held = [*held, *(role for role in history.assets if role in written)]
    if "calendar" in named:
        held += history.schedules
    return [role for role in history.series if role in named or role in held]


def _shown(history: History) -> list[str]:
    """The assets that are read though no strategy names them."""
    assets = {role: one for role, one in history.series.items() if isinstance(one, Asset) and one.shown}
    if len(assets) <= MOST_ASSETS_READ:
        return list(assets)
    return [role for role, one in assets.items() if "shown" in one.model_fields_set]
