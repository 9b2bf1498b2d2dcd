"""When strategies acted, by their function `state`: strips under the growth chart, and a table of spells."""

from dataclasses import dataclass

from backtester.pages.format import counted, period
from backtester.pages.names import Named
from backtester.pages.strip import Strip
from backtester.pages.table import Cell, Head, Table, TableRow, points_cell, strategy_head
from backtester.runs.step_spells import FIRST_SESSIONS
from backtester.runs.values import Json

STATE_COLOURS = ("amber", "green", "violet", "brick", "blue", "olive")  # of a step's states, as they appear
MOST_SPELLS = 60  # rows of the table
NARROWEST_SPELL = 0.25  # percent of the width that a spell takes at least


@dataclass(frozen=True)
class Swatch:
    """A state and its colour."""

    text: str
    key: str


@dataclass(frozen=True)
class StateStrip:
    """The strip of one step of a strategy: left end, width, colour and text of each spell.

    Places are in percent of the width; `words` describe the strip for screen readers.
    """

    named: Named
    step: str
    words: str
    swatches: tuple[Swatch, ...]
    spells: tuple[tuple[float, float, str, str], ...]
    axis: Strip


def states_part(document: Json, names: tuple[Named, ...]) -> Json:
    """The strips of all steps that have a `state`, and the table of their spells; empty without any."""
    pairs = list(zip(names, document["strategies"], strict=True))
    lanes = tuple(_lane(named, one, document) for named, strategy in pairs for one in strategy.get("states", ()))
    return {"lanes": lanes, "table": _table(pairs)} if lanes else {}


def _lane(named: Named, acts: Json, document: Json) -> StateStrip:
    spells, window = acts["spells"], document["period"]
    axis = Strip("", "", window["start"], window["end"])
    states = dict.fromkeys(spell["state"] for spell in spells)
    keys = dict(zip(states, STATE_COLOURS, strict=False))  # there are more colours
    parts = []
    for spell in spells:
        left, right = axis.place(spell["start"]), axis.place(spell["end"])
        text = f"{spell['state']}, {period(spell['start'], spell['end'])}"
        parts.append((left, max(right - left, NARROWEST_SPELL), keys[spell["state"]], text))
    times = ", ".join(f"{word} {counted(_count(spells, word), 'time')}" for word in keys) or "never"
    return StateStrip(
        named=named,
        step=acts["step"],
        words=f"{named.label}: when {acts['step']} acted: {times}; the table below has the dates",
        swatches=tuple(Swatch(word, key) for word, key in keys.items()),
        spells=tuple(parts),
        axis=axis,
    )


def _count(spells: list[Json], word: str) -> int:
    return sum(spell["state"] == word for spell in spells)


def _table(pairs: list[tuple[Named, Json]]) -> Table | None:
    """A table with a row a spell, the `MOST_SPELLS` longest; None if no strategy ever acted."""
    found = [
        (named, acts["step"], spell) for named, strategy in pairs for acts in strategy.get("states", ())
        for spell in acts["spells"]
    ]  # fmt: skip
    longest = sorted(found, key=lambda one: -one[2]["sessions"])[:MOST_SPELLS]
    rows = tuple(
        TableRow(strategy_head(named), _cells(step, spell)) for named, step, spell in found if _in(spell, longest)
    )
    if not rows:
        return None
    note = "From the close at which the first target was traded to the one after the last; beyond: less the reference."
    if len(found) > len(rows):
        note += f" Of {len(found):,} spells the {len(rows)} longest."
    eight = f"first {FIRST_SESSIONS} sessions, %"
    return Table(
        name="states-table",
        caption="When strategies acted, by their own word, and what came of it",
        corner="Strategy",
        heads=(
            Head("Step"),
            Head("State"),
            Head("When", values=("start", "end")),
            Head("Sessions"),
            Head("Return", "whole, %", values=("strategy",)),
            Head("Beyond", "whole, %", values=("beyond",)),
            Head("Return", eight, values=("first_strategy",)),
            Head("Beyond", eight, values=("first_beyond",)),
        ),
        rows=rows,
        note=note,
    )


def _in(spell: Json, spells: list[tuple[Named, str, Json]]) -> bool:
    return any(spell is one for _, _, one in spells)


def _cells(step: str, spell: Json) -> tuple[Cell, ...]:
    start, end = spell["start"], spell["end"]
    moves = []
    for first in ("", "first_"):
        own, other = spell[f"{first}strategy"], spell[f"{first}reference"]
        beyond = None if own is None or other is None else own - other
        moves += [points_cell(own, signed=True), points_cell(beyond, 2, signed=True)]
    when = Cell(period(start, end), values=(start, end))
    return (Cell(step), Cell(spell["state"]), when, Cell(str(spell["sessions"]), values=(spell["sessions"],)), *moves)
