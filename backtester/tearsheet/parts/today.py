"""The situation at the last close of the run: regime, last joint sell-off, each strategy's holdings and state.

The regime is the sign of the correlation of the legs, the stocks and the bonds; a state is the word, such as "risk
off", by which a step, one strategy of a recipe, says that it acts. A role, such as `gold`, names an asset. The document
is a run's results as JSON.
"""

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
    """The date of the last close, sentences on the regime and the last joint sell-off, and the table of holdings."""
    last = run.document["period"]["end"]
    return {
        "date": date(last),
        "lines": (_regime_line(run), _last_sell_off_line(run.document)),
        "table": _holdings_table(run, names),
    }


def _regime_line(run: RunFolder) -> str:
    """A sentence on the correlation of the legs over the last 36 months."""
    correlation, legs = float(run.dependence["correlation_36_months"].iloc[-1]), pair_words(run.document).both
    if np.isnan(correlation):
        return f"There are no 36 months before it, of which to know the correlation of {legs}."
    sign = SIGN_NAMES.get(int(np.sign(correlation)), "neither positive nor negative")
    return f"Over the 36 months before it the correlation of {legs} was {number(correlation, signed=True)}: {sign}."


def _last_sell_off_line(document: Json) -> str:
    """A sentence on how long ago the last joint sell-off ended."""
    windows, last = document["joint_sell_offs"], datetime.date.fromisoformat(document["period"]["end"])
    if not windows:
        return "There was no joint sell-off in this time."
    end = max(window["end"] for window in windows)
    days = (last - datetime.date.fromisoformat(end)).days
    return f"The last joint sell-off ended on {date(end)}, {counted(days, 'day')} before."


def _holdings_table(run: RunFolder, names: tuple[Named, ...]) -> Table:
    """A row for each strategy: its holdings, its drawdown, and the states of its steps at the last close."""
    at_last = run.weights[run.weights["date"] == pd.Timestamp(run.document["period"]["end"])]
    held = {
        name: dict(table.iloc[-1]) if len(table) else {"cash": 1.0}
        for name, table in weights_by_strategy(replace(run, weights=at_last), names).items()
    }
    roles = [*dict.fromkeys(role for weights in held.values() for role in weights if role != "cash"), "cash"]
    rows = tuple(
        TableRow(
            strategy_head(named),
            (
                _holdings_cell({} if strategy["ruin_date"] else held[named.name], roles, run.document),
                points_cell(strategy["measures"]["current_drawdown"]),
                Cell(_states_text(strategy, run.document["period"]["end"]), "words"),
            ),
        )
        for named, strategy in zip(names, run.document["strategies"], strict=True)
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


def _holdings_cell(held: dict[str, float], roles: list[str], document: Json) -> Cell:
    """The weights of a strategy as text; the csv has a value for each of `roles`."""
    words = [
        f"{role_label(role, document)} {percent(held[role], 0)}"
        for role in roles
        if abs(held.get(role, 0)) >= LEAST_WEIGHT
    ]
    return Cell(", ".join(words) or "nothing", "words", values=tuple(float(held.get(role, 0.0)) for role in roles))


def _states_text(strategy: Json, last: str) -> str:
    """The states of the strategy's steps at the last close, as text."""
    spells = [spell for step in strategy.get("states", ()) for spell in step["spells"][-1:]]
    return ", ".join(spell["state"] for spell in spells if spell["end"] == last)
