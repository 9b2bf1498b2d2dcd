"""Carrying out `data list` and `data show`: descriptions of histories, from a cache if possible.

A history has series by role, such as `stocks`, and a rhythm: how often sessions come, daily to quarterly.
"""

from pathlib import Path
from typing import Any

from backtester.cli.actions.screen import print_json, print_table, say, warn
from backtester.cli.answer_cache import cached_answer, histories_fingerprint
from backtester.places import named_folder


def list_histories(folder: Path | None, *, as_json: bool) -> None:
    """Print every history with its span; warn of those that cannot be used."""
    rows = history_rows(folder)
    for row in rows:
        if row["error"]:
            warn(f"{row['name']} cannot be used: {row['error']}")
    if as_json:
        print_json(rows)
        return
    columns = {
        "History": "left",
        "Title": "left",
        "First": "left",
        "Last": "left",
        "Sessions": "right",
        "Series": "right",
    }
    cells = [
        [
            row["name"],
            row["title"],
            row["first"] or "",
            row["last"] or "",
            _count(row["sessions"]),
            _count(row["series"]),
        ]
        for row in rows
    ]
    print_table(columns, cells)


def _count(number: int | None) -> str:
    """A number as text; empty for None."""
    return "" if number is None else f"{number:,}"


def show_history(name: str, folder: Path | None, *, as_json: bool) -> None:
    """Print a history's span and its series."""
    folder = named_folder(folder)
    shown = cached_answer(
        ["history", name, str(folder)], lambda: histories_fingerprint(folder), lambda: _described(name, folder)
    )
    if as_json:
        print_json(shown)
        return
    say(
        f"{shown['title']}: {shown['first']} to {shown['last']}, {shown['sessions']:,} sessions\n"
        f"Rhythm: {shown['rhythm']}, {shown['sessions_a_year']:g} sessions a year\n{shown['folder']}\n"
    )
    columns = {
        "Role": "left",
        "Kind": "left",
        "Unit": "left",
        "First": "left",
        "Last": "left",
        "Carried": "right",
        "Known": "left",
    }
    cells = [
        [
            series["role"],
            series["kind"],
            series["unit"],
            series["first"],
            series["last"],
            "" if series["carried"] is None else str(series["carried"]),
            series["known"],
        ]
        for series in shown["series"]
    ]
    print_table(columns, cells)
    for series in shown["series"]:
        say(f"\n{series['role']}: {series['source']}." + (f" {series['note']}" if series["note"] else ""))
    say("\nCarried: sessions without a value of their own. Known: when an observable can first be used.")


def history_rows(folder: Path | None) -> list[dict[str, Any]]:
    """The summary of every history at hand."""
    named = named_folder(folder)
    rows: list[dict[str, Any]] = cached_answer(
        ["histories", str(named)],
        lambda: histories_fingerprint(named),
        lambda: _summaries(folder),
        is_complete=lambda answer: not any(row["error"] for row in answer),
    )
    return rows


def _summaries(folder: Path | None) -> list[dict[str, Any]]:
    from backtester.cli.actions.history_documents import history_summaries  # pandas takes half a second to import

    return history_summaries(folder)


def _described(name: str, folder: Path | None) -> dict[str, Any]:
    from backtester.cli.actions.history_documents import history_document  # pandas takes half a second to import

    return history_document(name, folder)
