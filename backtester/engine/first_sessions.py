"""The first session of a recipe, from which a market has all values that it needs."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.errors import DataError
from backtester.histories.manifest_schema import RESERVED
from backtester.histories.market import Market
from backtester.plugins.recipes import Step


@dataclass(frozen=True)
class Presence:
    """By role the number of the first session on which a market has a value, None if it never has; and whether any
    asset that can be held lacks a value on any session."""

    begins: dict[str, int | None]
    has_gaps: bool


def presence_of(market: Market) -> Presence:
    """The presence of values in the market, to be computed once for many recipes."""
    begins: dict[str, int | None] = {}
    for table in (market.levels, market.observables):
        known = zip(table.columns, table.notna().to_numpy().T, strict=True)
        begins |= {str(role): int(days.argmax()) if days.any() else None for role, days in known}
    return Presence(begins, bool(market.levels[market.assets].isna().to_numpy().any()))


def first_session(
    market: Market, steps: tuple[Step, ...], targets: pd.DataFrame, presence: Presence | None = None
) -> int:
    """The number of the first session from which the recipe can be simulated; DataError as in `first_sessions`."""
    return max(first_sessions(market, steps, targets, presence).values(), default=0)


def first_sessions(
    market: Market, steps: tuple[Step, ...], targets: pd.DataFrame, presence: Presence | None = None
) -> dict[str, int]:
    """The first session from which each role that a recipe needs is there: bills, roles that it reads, and holdings.

    Raise DataError if a role that the recipe reads or holds has no value in the window.
    """
    presence = presence or presence_of(market)
    first = {"bills": _bills_begin(market, presence)} if market.has_bills else {}
    for step in steps:
        for name in step.strategy.declaration.needs:
            if name not in RESERVED:
                begin = presence.begins[name]
                if begin is None:
                    raise DataError(
                        f"strategy {step.strategy.name!r} reads {name!r}, which has no value in this window"
                    )
                first[name] = max(first.get(name, 0), begin)
    if not presence.has_gaps:
        return first
    missing = np.isnan(market.levels[targets.columns].to_numpy())
    known_later = np.maximum.accumulate(~missing[::-1])[::-1]  # on this session or a later one
    ended = missing & ~known_later & (~missing).any(axis=0)  # nothing is held of it any more: `Accounts.ended`
    early = (targets.to_numpy() != 0) & missing & ~ended
    for place, asset in enumerate(targets.columns):
        held = np.flatnonzero(early[:, place])
        if len(held) and held[-1] == len(targets) - 1:
            raise DataError(f"the recipe holds {asset!r}, which has no value in this window")
        if len(held):
            after = int(held[-1]) + 1
            first[asset] = max(first.get(asset, after), after)
    return first


def _bills_begin(market: Market, presence: Presence) -> int:
    """The first session with a level of bills from which cash always has a return; 0 if there is none."""
    unknown = np.flatnonzero(np.isnan(market.bill_returns))
    begin = int(unknown[-1]) + 1 if len(unknown) else 0
    return 0 if begin == len(market.sessions) else max(begin, presence.begins["bills"] or 0)
