"""The period in which all recipes of a run are measured, and the notes that say why it is not the one asked for.

The legs are the stocks and the bonds of the pair that sell-offs are defined on; a role is the name of a series; a
recipe, a base strategy and its overlays.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from backtester.analysis.pair import leg_levels
from backtester.engine.evaluate import Evaluation
from backtester.engine.first_sessions import first_sessions
from backtester.engine.schedule import parse_schedule
from backtester.engine.simulate import check_cost_assets
from backtester.errors import DataError, RecipeError
from backtester.histories.market import Market
from backtester.runs.settings import RunSettings, SharedSettings

HOLIDAY_MARGIN = pd.Timedelta(days=7)  # between a date asked for and the nearest session; a longer gap is reported


def first_with_pair(market: Market, settings: SharedSettings) -> int:
    """The index of the first session, not before the settings' start, on which both legs of the pair have a level.

    Raise DataError if there is none.
    """
    legs, start = leg_levels(market, settings).notna().all(axis=1).to_numpy(), settings.start
    if not legs.any():
        both = " and ".join(settings.legs)
        raise DataError(f"history {market.history.name!r} has no session with both {both} in this period")
    first = int(legs.argmax())
    return first if start is None else max(first, int(market.sessions.searchsorted(pd.Timestamp(start))))


def refuse_unmeasurable(market: Market, settings: SharedSettings) -> None:
    """Raise an error if no recipe could be measured with the settings' period, pair, schedule and costs."""
    common_start(market, [], first_with_pair(market, settings))
    if settings.execution.rebalance is not None:
        parse_schedule(settings.execution.rebalance, market.rhythm)
    check_cost_assets(settings.execution.costs, market.history.assets)


def common_start(market: Market, evaluations: Sequence[Evaluation], opening: int) -> int:
    """The index of the first session, not before `opening`, on which every recipe has begun.

    Raise DataError if fewer than three sessions are left, RecipeError if a recipe was ruined before.
    """
    first = max([opening, *(run.first for run in evaluations)])
    if first > len(market.sessions) - 3:
        raise DataError(
            f"the period holds {max(0, len(market.sessions) - first)} sessions; history {market.history.name!r} covers "
            f"{market.sessions[0].date()} to {market.sessions[-1].date()}: choose --start and --end inside it"
        )
    for run in evaluations:
        if run.accounts.ruin is not None and run.accounts.ruin <= market.sessions[first]:
            raise RecipeError(
                f"{run.recipe.name!r} was ruined on {run.accounts.ruin.date()} and has nothing left to measure from "
                f"{market.sessions[first].date()} on; leave it out, or start before its ruin"
            )
    return first


def period_notes(market: Market, evaluations: list[Evaluation], settings: RunSettings, first: int) -> list[str]:
    """Notes on why the period begins or ends at another date than asked for, with the options that would change it.

    If the settings have no start, the period is expected to begin when the pair and the reference do.
    """
    sessions, notes = market.sessions, []
    begin, end = (None if date is None else pd.Timestamp(date) for date in (settings.start, settings.end))
    legs = {role: int(market.role(role).notna().to_numpy().argmax()) for role in settings.legs}
    expected = max(evaluations[0].first, *legs.values()) if begin is None else int(sessions.searchsorted(begin))
    if first > expected:
        expected_date = sessions[expected] if begin is None else begin
        why = _why(market, evaluations, legs, first)
        notes.append(f"measured from {sessions[first].date()}, not {expected_date.date()}: {why}")
    elif begin is not None and sessions[0] - begin > HOLIDAY_MARGIN:
        text = f"measured from {sessions[0].date()}, not {begin.date()}: history {market.history.name!r} begins then"
        notes.append(f"{text}; 'backtester data list' shows those that begin earlier, to be named with --history")
    if end is not None and end - sessions[-1] > HOLIDAY_MARGIN:
        text = f"measured to {sessions[-1].date()}, not {end.date()}: history {market.history.name!r} ends then"
        notes.append(f"{text}; leave out --end")
    return notes


def _why(market: Market, evaluations: list[Evaluation], legs: dict[str, int], first: int) -> str:
    """Why the period cannot begin before the session with index `first`, and which option would change it.

    `legs` has for each leg's role the first session on which it has a value.
    """
    latest = max(evaluations, key=lambda run: run.first)
    if latest.first < first:
        first_known, needed_by = legs, "the pair"
    else:
        steps = tuple(layer.step for layer in latest.layers)
        first_known, needed_by = first_sessions(market, steps, latest.targets), latest.recipe.name
    role, date = max(first_known, key=lambda name: first_known[name]), market.sessions[first].date()
    remedy = f"leave it out to begin earlier, or say --start {date}"
    if first_known[role] < first:
        return f"the weights of {needed_by} begin then; {remedy}"
    known_before = np.flatnonzero(market.role(role).notna().to_numpy()[:first])
    if not len(known_before):
        return f"{needed_by} needs {role}, which begins then; {remedy}"
    last = int(known_before[-1])
    gap = f"{market.sessions[last + 1].date()} to {market.sessions[first - 1].date()}"
    remedy = f"--end {market.sessions[last].date()} measures what is before"
    return f"{needed_by} needs {role}, which has no value from {gap}; {remedy}"
