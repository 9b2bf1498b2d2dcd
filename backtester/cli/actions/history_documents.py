"""Descriptions of histories as JSON, from their manifests and files; to make one imports pandas.

A role, such as `stocks`, names a series; `carried` counts the sessions in which the series has no value of its own, and
an observable, which can be read and not held, is `known` some time after its date. A rhythm is how often sessions come,
daily to quarterly.
"""

from pathlib import Path
from typing import Any

from backtester.errors import DataError
from backtester.histories.manifest import History, find_history, histories_or_errors
from backtester.histories.market import Market, build_market, load_market
from backtester.histories.series import Quoted
from backtester.histories.store import read_figures


def history_summaries(folder: Path | None) -> list[dict[str, Any]]:
    """The summary of every history at hand: its span, and the error if it cannot be used."""
    return [_summary(name, found) for name, found in histories_or_errors(folder).items()]


def history_document(name: str, folder: Path | None) -> dict[str, Any]:
    """The summary of a history, and a description of each series."""
    market = load_market(name, folder)
    return _fields(market) | {"series": _series(name, folder, market)}


def _summary(name: str, found: History | DataError) -> dict[str, Any]:
    """The summary of a history; one that cannot be read has an `error`, and most other fields are None."""
    unknown = {
        "name": name,
        "title": "(cannot be used)",
        **dict.fromkeys(("first", "last", "sessions", "rhythm", "sessions_a_year", "series", "folder")),
    }
    if isinstance(found, DataError):
        return unknown | {"error": str(found)}
    try:
        return _fields(build_market(found, roles=["stocks"])) | {"error": None}
    except DataError as error:
        return unknown | {"title": found.table.title, "folder": str(found.folder), "error": str(error)}


def _fields(market: Market) -> dict[str, Any]:
    """The fields of a summary of a history that can be read."""
    return {
        "name": market.history.name,
        "title": market.history.table.title,
        "first": market.sessions[0].date().isoformat(),
        "last": market.sessions[-1].date().isoformat(),
        "sessions": len(market.sessions),
        "rhythm": market.rhythm.name,
        "sessions_a_year": market.rhythm.sessions_a_year,
        "series": len(market.history.series),
        "folder": str(market.history.folder),
    }


def _series(name: str, folder: Path | None, market: Market) -> list[dict[str, Any]]:
    """The description of each series of a history."""
    history = find_history(name, folder)
    figures = read_figures(history, list(history.series))
    rows = []
    for role, series in history.series.items():
        dates = figures[history.price_source(role)].values.index
        rows.append(
            {
                "role": role,
                "kind": series.kind,
                "unit": series.unit,
                "first": dates[0].date().isoformat(),
                "last": dates[-1].date().isoformat(),
                "carried": market.carried.get(role),
                "known": _known(history.quoted[history.price_source(role)]) if series.is_observable else "",
                "source": series.source,
                "note": series.note,
                "licence": series.licence,
            }
        )
    return rows


def _known(series: Quoted) -> str:
    """When a value of an observable can first be used, in words."""
    if len(series.time_columns) > 1:  # beside its date, when it was published
        return "once published"
    return {0: "same close", 1: "1 session later"}.get(series.lag_sessions, f"{series.lag_sessions} sessions later")
