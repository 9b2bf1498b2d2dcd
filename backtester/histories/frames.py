"""`market`: a market (series aligned on sessions, as strategies read them) from a DataFrame."""

import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from backtester.errors import DataError, did_you_mean
from backtester.files import sha256
from backtester.histories.added import absent_at_end, add_series, refuse_slower, validated_series
from backtester.histories.blueprints.imports import BILL_RATE, HELD_KINDS, RATE_KINDS, REQUIRED_ROLES, imported_kinds
from backtester.histories.forms import FORM_WORDS, FiguresForm, as_levels
from backtester.histories.manifest import History, find_history
from backtester.histories.manifest_schema import HistoryTable
from backtester.histories.market import Market, build_market

FRAME_DEFAULTS = {"unit": "as in the frame", "source": "a DataFrame", "licence": "not stated"}


def market(
    frame: pd.DataFrame,
    *,
    form: FiguresForm = "levels",
    kinds: Mapping[str, str] | None = None,
    history: str | None = None,
    name: str = "frame",
) -> Market:
    """The market of a DataFrame with dates as index and roles (names of series) as columns, NaN where one has no value.

    The dates of `stocks` are the sessions. Assets, and `bills`, which cash earns, are total-return levels or, if `form`
    says so, "returns" (fractions of 1) or returns in "percent". `kinds` names, by role, columns of another kind: a
    "rate" or "yield" in percent a year (of bills, too), or a "level" that can only be read. With `history`, such as
    "us", the columns are added to that history. `name` stands for the frame where the market shows the source of a
    figure. Raise DataError if a name, date or value is refused; warn if figures look wrong.
    """
    kinds = kinds or {}
    columns = _columns(frame, form, kinds)
    extended = History(name, Path(), HistoryTable(title=name, series={}, files={}))
    sessions = pd.DatetimeIndex(columns["stocks"].index) if "stocks" in columns else None
    if history is not None:
        extended = find_history(history)
        base_market = build_market(extended, roles=["stocks"])
        sessions = base_market.sessions
        for role, values in columns.items():
            refuse_slower(role, values, history, base_market.rhythm)
    if sessions is None:
        text = "the frame has no column 'stocks', whose dates are the sessions"
        raise DataError(f"{text}; add one, or say history='us' to add the frame to that history")
    contents = (values.index.to_numpy().tobytes() + values.to_numpy().tobytes() for values in columns.values())
    digest = sha256(b"".join(contents))
    for role, values in columns.items():
        keys: dict[str, Any] = {**FRAME_DEFAULTS, "kind": kinds.get(role, "total_return")}
        notes: list[str] = []
        if keys["kind"] in HELD_KINDS:
            values = as_levels(role, values, form, sessions)
            absent, notes = ({}, []) if role in REQUIRED_ROLES else absent_at_end(role, values, sessions[-1])
            keys |= absent
        is_bill_rate = role == "bills" and keys["kind"] in RATE_KINDS
        added = add_series(extended, BILL_RATE if is_bill_rate else role, keys, values=values, file=(name, digest))
        extended = _with_bills(added.history) if is_bill_rate else added.history
        for text in (*notes, *added.notes):
            warnings.warn(text, stacklevel=2)
    return build_market(extended)


def _columns(frame: pd.DataFrame, form: str, kinds: Mapping[str, str]) -> "dict[str, pd.Series[float]]":
    """The frame's columns by role, without NaN. Raise DataError if the frame, its form or a kind is wrong."""
    if not isinstance(frame, pd.DataFrame) or not isinstance(frame.index, pd.DatetimeIndex):
        got = f"a frame by {type(frame.index).__name__}" if isinstance(frame, pd.DataFrame) else type(frame).__name__
        raise DataError(f"got {got}; a DataFrame is needed whose index are dates, as pd.to_datetime makes them")
    names = [str(role) for role in frame.columns]
    if form not in FORM_WORDS:
        raise DataError(f"unknown form {form!r}; {did_you_mean(str(form), FORM_WORDS)}")
    for role, kind in kinds.items():
        if role not in names:
            raise DataError(f"kinds names {role!r}, which is no column; {did_you_mean(role, names)}")
        if kind not in imported_kinds() or (role == "bills" and kind not in ("total_return", *RATE_KINDS)):
            raise DataError(f"{role!r} cannot be of kind {kind!r}; {did_you_mean(kind, imported_kinds())}")
    dates = frame.index.tz_localize(None).as_unit("s")
    columns: dict[str, pd.Series[float]] = {}
    for place, role in enumerate(names):
        values = frame.iloc[:, place].set_axis(dates).dropna()
        if role in columns or not len(values) or values.dtype.kind not in "iuf":
            mistake = "comes twice" if role in columns else f"holds {values.dtype}" if len(values) else "has no value"
            raise DataError(f"the frame's column {role!r} {mistake}; numbers are needed, one column a role")
        columns[role] = values.astype(float)
    return columns


def _with_bills(history: History) -> History:
    """The history with a series `bills` that is computed from its rate of bills."""
    bills = validated_series("bills", {**FRAME_DEFAULTS, "kind": "bills", "yield": BILL_RATE, "unit": "index"})
    return replace(history, table=history.table.model_copy(update={"series": history.series | {"bills": bills}}))
