"""Carrying out `data import` and `data remove`: adding series of a csv file to a history, and removing them.

A role, such as `stocks`, names a series; a draft is a history before its files are written; `keys` are those that its
manifest will have for the series. A rhythm is how often sessions come, daily to quarterly.
"""

import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from backtester.cli.actions.datacheck import finding_line, read_dialect
from backtester.cli.actions.screen import note, say, warn
from backtester.errors import DataError
from backtester.files import bundled, read_limited
from backtester.histories.blueprints.draft import draft_of
from backtester.histories.blueprints.imports import ImportedSeries, check_import, import_series, remove_series
from backtester.histories.blueprints.write import remove_history
from backtester.histories.checks.series import check_series
from backtester.histories.checks.subject import CheckedSeries
from backtester.histories.manifest import read_folder
from backtester.histories.providers.parse import read_csv_table
from backtester.histories.providers.rows import MAX_CSV_BYTES
from backtester.histories.rhythm import slowest_rhythm
from backtester.pages.format import numbered

NEXT_ROLES = {  # roles that a history needs before it can be run, in this order: how to import one, and what it is
    "stocks": ("--as stocks --kind total_return", "whose dates are the sessions"),
    "bills": ("--as bills --kind rate", "what cash earns, in percent a year"),
    "bonds": ("--as bonds --kind total_return", "the other leg of 60/40"),
}


def import_file(params: Mapping[str, Any]) -> None:
    """Add the series; print what was added, warnings on its figures, and what to do next."""
    file, data, history = params["file"], params["data"], params["history"]
    keys = {key: params[key] for key in ("kind", "unit", "licence")} | {"source": params["source"] or file.name}
    keys |= {key: params[key] for key in ("lag_sessions", "carry_days") if params[key]}
    keys |= {"absent": [list(stretch) for stretch in params["absent"]]} if params["absent"] else {}
    wanted = _wanted(params["roles"], params["column"])
    check_import(history, wanted, keys)
    try:
        content = read_limited(file, MAX_CSV_BYTES)
    except OSError as error:
        raise DataError(f"cannot read {file}: {error.strerror}") from error
    table = read_csv_table(content, file.name, read_dialect(params), note=note)
    draft = draft_of(data, history)
    if params["until"]:
        draft = replace(draft, history_keys=draft.history_keys | {"until": params["until"]})
    imported = import_series(draft, wanted, keys, table, period_starts=params["period_starts"])
    for role, values in imported.values.items():
        heading, reason = imported.columns[role]
        column = f", column {heading!r}" if len(table.headings) > 1 else ""
        say(
            f"{history}: {role} with {numbered(len(values), 'value')}, {values.index[0].date()} to "
            f"{values.index[-1].date()}{column}{f' ({reason})' if reason else ''}, in {data}"
        )
    _print_findings(imported)
    for role in imported.ended:
        last = imported.values[role].index[-1].date()
        note(f"{role} ends on {last}, before the sessions do; it is absent from then on, as the manifest says")
    if imported.draft.is_copy:
        added = ", ".join(imported.values)
        note(
            f"{history} in {data} is a copy of the embedded history with {added} in it, and is used in its place; "
            f"'backtester data remove {history}' takes it away again"
        )
    _print_next(imported)


def _wanted(words: str, column: str | None) -> dict[str, str | None]:
    """The column for each role, None if none is named: from "stocks" and --column, or from "stocks=SPY,bonds=AGG".

    Raise DataError if they contradict each other.
    """
    pairs = [word.partition("=") for word in words.split(",")]
    wanted = {role.strip(): heading.strip() or None for role, _, heading in pairs}
    if len(wanted) < len(pairs):
        raise DataError(f"--as {words} names a role twice; give each role one column")
    if len(pairs) > 1 and None in wanted.values():
        raise DataError(f"--as {words} names no column for one of several roles; write --as stocks=SPY,bonds=AGG")
    if column is not None:
        if "=" in words:
            raise DataError(f"--column {column} beside --as {words}; leave one of the columns out")
        return dict.fromkeys(wanted, column)
    return wanted


def _print_findings(imported: ImportedSeries) -> None:
    """Print the warnings that `data check` would print."""
    draft = imported.draft
    for role, values in imported.values.items():
        keys = draft.series[role]
        calendar = draft.history_keys.get("calendar") if role == "stocks" else None
        subject = CheckedSeries(f"{draft.name}.{role}", values, keys["kind"], calendar, accrues=role == "bills")
        for finding in check_series(subject):
            if finding.severity != "note":
                warn(finding_line(finding))


def _print_next(imported: ImportedSeries) -> None:
    """Print how bills are computed, if they are, and the command to enter next."""
    draft = imported.draft
    for role, values in imported.values.items():
        if draft.series.get("bills", {}).get("yield") == role and imported.market is not None:
            say(f"{draft.name}: bills are computed from {role}, {values.iloc[-1]:g} percent a year at the end")
    where = f"--history {draft.name} --data {shlex.quote(str(draft.folder))}"
    lacking = next((role for role in NEXT_ROLES if role not in draft.series), None)
    if lacking is None:
        slower = imported.market.slower_rhythms if imported.market is not None else {}
        # between their own dates slower assets keep a level, which biases figures by session
        at = f" --rhythm {slowest_rhythm(slower.values()).span}" if slower else ""
        say(f"Next: backtester run {where}{at}")
    else:
        options, meaning = NEXT_ROLES[lacking]
        say(f"Next: {lacking}, {meaning}: backtester data import FILE {options} {where}")


def remove_from_folder(history: str, role: str | None, data: Path) -> None:
    """Remove a series, or without `role` the history, from the folder, and print what was removed."""
    if role is None:
        remove_history(data, history)
    else:
        remove_series(data, history, role)
    say(f"{history}: {role or 'all of it'} removed from {data}")
    if history not in read_folder(data) and history in read_folder(bundled("data")):
        say(f"The embedded history {history} is used again.")
