"""Importing series from a csv into a user's history, or into a copy of an embedded one, and removing them.

A series' role is its name in the history, such as `stocks`; its kind, such as `price`, says what its figures are.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import ValidationError

from backtester.errors import DataError, did_you_mean
from backtester.histories.blueprints.columns import choose_column
from backtester.histories.blueprints.draft import Draft, draft_of
from backtester.histories.blueprints.write import parquet_path, remove_history
from backtester.histories.kinds import as_series, find_kind, kind_names, mistake_in_series
from backtester.histories.manifest_schema import REFUSED_ROLES
from backtester.histories.market import Market, market_from_figures
from backtester.histories.providers.parse import CsvTable
from backtester.histories.rhythm import infer_rhythm, moved_to_period_ends
from backtester.histories.series import Quoted

ROLE_PATTERN = re.compile(r"[a-z][a-z0-9_]*")
RATE_KINDS = ("yield", "rate")  # of figures in percent a year
HELD_KINDS = ("total_return", "price")  # of assets: what can be held
REQUIRED_ROLES = ("stocks", "bonds", "bills")  # roles that every run needs up to its end
BILL_RATE = "bill_rate"  # the role of a rate that is imported with `--as bills`
BILL_YIELD = "yield_3m"  # the role of a yield from which bills are computed if there are none


@dataclass(frozen=True, eq=False)
class ImportedSeries:
    """The result of an import.

    `values` are the imported values by date, by role; `columns` the heading of the column of each role and the reason
    for choosing it. `ended` are the roles that end before the history and were marked absent from then on. `draft` is
    the history as it was written, `market` what a run reads of it: None if the history has no `stocks`, and so no
    sessions.
    """

    values: dict[str, "pd.Series[float]"]
    columns: dict[str, tuple[str, str]]
    ended: list[str]
    draft: Draft
    market: Market | None


def import_series(
    draft: Draft, wanted: dict[str, str | None], keys: dict[str, Any], table: CsvTable, *, period_starts: bool = False
) -> ImportedSeries:
    """Write series into the draft's parquet file and manifest, and return them.

    `wanted` has the name of the column by role, None for the one that `choose_column` picks; `keys` are the manifest's
    keys for each of these series. With `period_starts`, dates that are the first of their week, month or quarter are
    moved to its last weekday. A role that the history already has is replaced. For `bills` that are given as a rate,
    the rate gets a role of its own and bills are computed from it. Raise DataError, with nothing written, if a run
    could not use the history.
    """
    columns: dict[str, tuple[str, str]] = {}
    values: dict[str, pd.Series[float]] = {}
    computed: list[str] = []
    is_rate, is_held = keys["kind"] in RATE_KINDS, keys["kind"] in HELD_KINDS
    for wanted_role, column in wanted.items():
        role = BILL_RATE if wanted_role == "bills" and is_rate else wanted_role
        columns[role] = choose_column(table, column, keys["kind"])
        values[role] = table.column(columns[role][0]).dropna()
        if not len(values[role]):
            raise DataError(f"{table.name} has no value in its column {columns[role][0]!r}; take another")
        if period_starts:
            values[role].index = moved_to_period_ends(pd.DatetimeIndex(values[role].index))
        draft = draft.with_series(role, keys, values[role])
        if role == "stocks" and (rhythm := infer_rhythm(pd.DatetimeIndex(values[role].index))) is not None:
            rhythm_keys = {"rhythm": rhythm.name, "sessions_a_year": rhythm.sessions_a_year}
            draft = replace(draft, history_keys=draft.history_keys | rhythm_keys)
        if role == BILL_RATE or (role == BILL_YIELD and is_rate and "bills" not in draft.series):
            source = {"unit": "index", "source": f"computed from {role}", "licence": keys["licence"]}
            draft = draft.with_series("bills", {"kind": "bills", "yield": role, **source})
            computed.append("bills")
    draft = draft.imported([*draft.history_keys.get("imported", ()), *values, *computed])
    planned = draft.planned()  # refused here if a run could not read it
    ended = [role for role in values if is_held and role not in REQUIRED_ROLES and draft.ends_before(role)]
    for role in ended:
        draft = draft.absent_after(role)
    planned = draft.planned() if ended else planned
    try:
        market = market_from_figures(*planned) if "stocks" in draft.series else None
    except DataError as error:
        text = f"nothing is imported: a run could not read history {draft.name!r} with {', '.join(values)} in it"
        error.add_note(f"{text}; the manifest's keys are options: --absent, --carry-days, --until")
        raise
    draft.write()
    return ImportedSeries(values=values, columns=columns, ended=ended, draft=draft, market=market)


def check_import(history: str, wanted: dict[str, str | None], keys: dict[str, Any]) -> None:
    """Raise DataError if the name of the history, a role or the keys of a series are not allowed in a manifest."""
    check_name(history)
    for role in wanted:
        check_name(role)
        if keys["kind"] not in imported_kinds():
            raise DataError(f"unknown kind {keys['kind']!r}; a file's figures are one of {', '.join(imported_kinds())}")
        try:
            as_series(keys | {"file": parquet_path(history), "column": role})
        except ValidationError as error:
            raise DataError(f"{role}: {mistake_in_series(keys, error.errors()[0])[1]}") from error


def imported_kinds() -> list[str]:
    """The names of the kinds of series that have figures of their own, and so can be imported."""
    return [name for name in kind_names() if issubclass(find_kind(name), Quoted)]


def check_name(word: str) -> None:
    """Raise DataError if the word cannot be the name of a history or a role."""
    if word in REFUSED_ROLES:
        raise DataError(f"{word!r} is taken; a history or role is not one of {', '.join(REFUSED_ROLES)}")
    if not ROLE_PATTERN.fullmatch(word):
        raise DataError(
            f"{word[:40]!r} is no name for a history or role; use small letters, digits and _, a letter first"
        )


def remove_series(folder: Path, history: str, role: str) -> None:
    """Remove a series from a history of the folder; with the last series, remove the history.

    Raise DataError if there is none, another is computed from it, or it is `stocks` and there are other series.
    """
    draft = draft_of(folder, history)
    if draft.is_copy or not draft.series:
        raise DataError(f"{folder / 'manifest.toml'} has no history {history!r}; nothing is removed")
    if role not in draft.series:
        raise DataError(f"history {history!r} has no role {role!r}; {did_you_mean(role, draft.series)}")
    for other, keys in draft.series.items():
        uses = (*find_kind(keys["kind"]).roles, "carry")  # keys whose values are roles of other series
        if role in [keys.get(key) for key in uses]:
            raise DataError(f"{other!r} of history {history!r} is computed from {role!r}; remove {other!r} before it")
    remaining = draft.without(role)
    if not remaining.series:
        remove_history(folder, history)
        return
    if role == "stocks":
        raise DataError(
            f"'stocks' are the sessions of history {history!r}; import others in their place, or remove all"
        )
    remaining.planned()  # raises DataError if a run could not read it
    remaining.write()
