"""The state at the last close of the run: the regime, the last joint sell-off, and each strategy's holdings."""

import datetime
from dataclasses import replace

import numpy as np
import pandas as pd

from backtester.analysis.dependence import SIGN_NAMES
from backtester.pages.format import counted, date, number, percent
from backtester.pages.names import Named, role_label
from backtester.pages.table import Cell, Head, Table, TableRow, points_cell, strategy_head
from backtester.runs.folder import RunFolder
from backtester.runs.values import Json
from backtester.tearsheet.figures.weights import weights_by_strategy
from backtester.tearsheet.names import pair_words

LEAST_WEIGHT = 0.005  # of net asset value; smaller holdings are left out of the text


def today_part(run: RunFolder, names: tuple[Named, ...]) -> Json:
    """The date, sentences on it, and the table of the strategies."""
    last = run.document["period"]["end"]
    return {"date": date(last), "lines": (_regime(run), _since(run.document)), "table": _table(run, names)}


def _regime(run: RunFolder) -> str:
    value, both = float(run.dependence["correlation_36_months"].iloc[-1]), pair_words(run.document).both
    if value != value:
        return f"There are no 36 months before it, of which to know the correlation of {both}."
    sign = SIGN_NAMES.get(int(np.sign(value)), "neither positive nor negative")
    return f"Over the 36 months before it the correlation of {both} was {number(value, signed=True)}: {sign}."


def _since(document: Json) -> str:
    windows, last = document["joint_sell_offs"], datetime.date.fromisoformat(document["period"]["end"])
    if not windows:
        return "There was no joint sell-off in this time."
    end = max(window["end"] for window in windows)
    days = (last - datetime.date.fromisoformat(end)).days
    return f"The last joint sell-off ended on {date(end)}, {counted(days, 'day')} before."


def _table(run: RunFolder, names: tuple[Named, ...]) -> Table:
    at_last = run.weights[run.weights["date"] == pd.Timestamp(run.document["period"]["end"])]
    held = {
        name: dict(table.iloc[-1]) if len(table) else {"cash": 1.0}
        for name, table in weights_by_strategy(replace(run, weights=at_last), names).items()
    }
    roles = [*dict.fromkeys(role for one in held.values() for role in one if role != "cash"), "cash"]
    rows = tuple(
        TableRow(
            strategy_head(named),
            (
                _holdings({} if one["ruin_date"] else held[named.name], roles, run.document),
                points_cell(one["measures"]["current_drawdown"]),
                Cell(_said(one, run.document["period"]["end"]), "words"),
            ),
        )
        for named, one in zip(names, run.document["strategies"], strict=True)
    )
    return Table(
        name="today-table",
        caption=f"What each strategy held at the close of {date(run.document['period']['end'])}",
        corner="Strategy",
        heads=(
            Head("Holdings", "in percent of net asset value", tone="words", values=tuple(roles)),
            Head("From its peak, %", values=("from its peak",)),
            Head("It acts", "by its own word", tone="words", values=("state",)),
        ),
        rows=rows,
    )


def _holdings(held: dict[str, float], roles: list[str], document: Json) -> Cell:
    words = [
        f"{role_label(role, document)} {percent(held[role], 0)}"
        for role in roles
        if abs(held.get(role, 0)) >= LEAST_WEIGHT
    ]
    return Cell(", ".join(words) or "nothing", "words", values=tuple(float(held.get(role, 0.0)) for role in roles))


def _said(strategy: Json, last: str) -> str:
    """The states of the strategy's steps at the last close, as text."""
    spells = [spell for acts in strategy.get("states", ()) for spell in acts["spells"][-1:]]
    return ", ".join(spell["state"] for spell in spells if spell["end"] == last)
