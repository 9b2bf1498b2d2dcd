"""The first session of a recipe: the first on which every role that it needs has a value.

A recipe is a base strategy and its overlays (its `steps`), a role the name of a series, such as `stocks`.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.errors import DataError
from backtester.histories.manifest_schema import RESERVED_WORDS
from backtester.histories.market import Market
from backtester.plugins.recipes import Step


@dataclass(frozen=True)
class Presence:
    """Where a market has values: `begins` has by role the number of the first session with one, None if there is none;
    `has_gaps` is whether any asset lacks a value on any session."""

    begins: dict[str, int | None]
    has_gaps: bool


def presence_of(market: Market) -> Presence:
    """The presence of values in a market; compute it once for many recipes."""
    begins: dict[str, int | None] = {}
    for table in (market.levels, market.observables):
        known = zip(table.columns, table.notna().to_numpy().T, strict=True)
        begins |= {str(role): int(days.argmax()) if days.any() else None for role, days in known}
    return Presence(begins, bool(market.levels[market.assets].isna().to_numpy().any()))


def first_session(
    market: Market, steps: tuple[Step, ...], targets: pd.DataFrame, presence: Presence | None = None
) -> int:
    """The number of the first session from which a recipe can be simulated: the latest of its `first_sessions`."""
    return max(first_sessions(market, steps, targets, presence).values(), default=0)


def first_sessions(
    market: Market, steps: tuple[Step, ...], targets: pd.DataFrame, presence: Presence | None = None
) -> dict[str, int]:
    """By role the number of the first session from which a recipe has what it needs of it: a value of bills and of each
    role that it reads, and a value of each asset as long as its target, in `targets` (T, K), is not 0.

    Raise DataError if a role that the recipe reads or holds has no value in the window.
    """
    presence = presence or presence_of(market)
    first = {"bills": _bills_begin(market, presence)} if market.has_bills else {}
    for step in steps:
        for name in step.strategy.declaration.needs:
            if name not in RESERVED_WORDS:  # those are inputs that are no single series, such as `returns`
                begin = presence.begins[name]
                if begin is None:
                    raise DataError(
                        f"strategy {step.strategy.name!r} reads {name!r}, which has no value in this window"
                    )
                first[name] = max(first.get(name, 0), begin)
    if not presence.has_gaps:
        return first
    missing = np.isnan(market.levels[targets.columns].to_numpy())
    known_later = np.maximum.accumulate(~missing[::-1])[::-1]  # has a value on this session or a later one
    has_ended = missing & ~known_later & (~missing).any(axis=0)  # it is paid out, see `Accounts.ended`
    impossible = (targets.to_numpy() != 0) & missing & ~has_ended  # wanted where it has no value
    for place, asset in enumerate(targets.columns):
        sessions = np.flatnonzero(impossible[:, place])
        if len(sessions) and sessions[-1] == len(targets) - 1:
            raise DataError(f"the recipe holds {asset!r}, which has no value in this window")
        if len(sessions):
            after = int(sessions[-1]) + 1
            first[asset] = max(first.get(asset, after), after)
    return first


def _bills_begin(market: Market, presence: Presence) -> int:
    """The number of the first session with a level of bills from which on cash always has a return; 0 if cash has none
    on the last session."""
    unknown = np.flatnonzero(np.isnan(market.bill_returns))
    begin = int(unknown[-1]) + 1 if len(unknown) else 0
    return 0 if begin == len(market.sessions) else max(begin, presence.begins["bills"] or 0)
