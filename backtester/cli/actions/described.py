"""Documents that describe histories, from their manifests and files; imports pandas."""

from pathlib import Path
from typing import Any

from backtester.errors import DataError
from backtester.histories.manifest import History, find_history, histories_or_errors
from backtester.histories.market import Market, build_market, load_market
from backtester.histories.series import Quoted
from backtester.histories.store import read_figures


def listed_histories(folder: Path | None) -> list[dict[str, Any]]:
    """Every history with its span."""
    return [_listed(name, found) for name, found in histories_or_errors(folder).items()]


def described_history(name: str, folder: Path | None) -> dict[str, Any]:
    """A history with its series."""
    market = load_market(name, folder)
    return _history(market) | {"series": _series(name, folder, market)}


def _listed(name: str, found: History | DataError) -> dict[str, Any]:
    """The history's row, with `error` None or, and most of the rest None, what keeps it from being read."""
    nothing = {
        "name": name,
        "title": "(cannot be used)",
        **dict.fromkeys(("first", "last", "sessions", "rhythm", "sessions_a_year", "series", "folder")),
    }
    if isinstance(found, DataError):
        return nothing | {"error": str(found)}
    try:
        return _history(build_market(found, roles=["stocks"])) | {"error": None}
    except DataError as error:
        return nothing | {"title": found.table.title, "folder": str(found.folder), "error": str(error)}


def _history(market: Market) -> dict[str, Any]:
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
    """When a value of an observable can first be used."""
    if len(series.time_columns) > 1:
        return "once published"
    return {0: "same close", 1: "1 session later"}.get(series.lag_sessions, f"{series.lag_sessions} sessions later")
