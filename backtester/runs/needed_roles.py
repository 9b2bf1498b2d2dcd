"""Which roles of its history a run reads: those that its recipes need, and those that its tables show.

A role is the name under which a history has a series, such as `stocks`; a recipe, a base strategy and its overlays; a
rhythm, how often sessions come.
"""

from collections.abc import Iterable, Sequence

import pandas as pd

from backtester.errors import DataError
from backtester.histories.manifest import History, find_history
from backtester.histories.market import Market, build_market, load_market
from backtester.histories.series import Asset
from backtester.plugins.recipes import Recipe
from backtester.runs.settings import RunSettings

MOST_ASSETS_READ = 64  # beside those that recipes need; this number is read in a hundredth of a second


def needed_market(
    settings: RunSettings,
    recipes: Sequence[Recipe] | None = None,
    history: History | None = None,
    *,
    also: Iterable[str] = (),
) -> Market:
    """The market of a history up to the settings' `end`, with the roles that the recipes need and the roles `also`.

    Without recipes it has all roles; the history is by default the settings' one. Raise DataError if the settings'
    period is empty, or ends before the history begins.
    """
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
    """The market of another history, with the roles that tables show and those of the settings' pair."""
    history = find_history(name, settings.data)
    return load_market(name, settings.data, roles=roles_read((), history, also=settings.legs))


def roles_read(recipes: Iterable[Recipe], history: History, *, also: Iterable[str] = ()) -> list[str]:
    """The roles that the recipes need, the roles `also`, and the assets that tables show, in the history's order.

    A strategy needs the roles that its signature names (`returns` stands for every asset), those that its settings
    name, and the assets whose names occur in its file. Tables show every asset that the manifest does not hide; if
    these are more than 64, only those of which it says `shown`. Other observables are not read.
    """
    steps = [step for recipe in recipes for step in recipe.steps]
    needed = {*also, *(name for step in steps for name in step.strategy.declaration.reads)}
    needed |= {word for step in steps for word in step.words}
    read_assets = history.assets if "returns" in needed else _assets_in_tables(history)
    words_in_files = {word for step in steps for word in step.strategy.words}
    read_assets = [*read_assets, *(role for role in history.assets if role in words_in_files)]
    if "calendar" in needed:
        read_assets += [role for role, series in history.series.items() if series.is_schedule]
    return [role for role in history.series if role in needed or role in read_assets]


def _assets_in_tables(history: History) -> list[str]:
    """The assets that tables show even if no strategy names them."""
    assets = {role: asset for role, asset in history.series.items() if isinstance(asset, Asset) and asset.shown}
    if len(assets) <= MOST_ASSETS_READ:
        return list(assets)
    return [role for role, asset in assets.items() if "shown" in asset.model_fields_set]
