"""When strategies acted, as their function `state` says: strips below the growth chart, and a table of spells.

`state` gives each session a word, such as "risk off"; a spell is a run of sessions with the same word, and a step is
one strategy of a recipe. The document is a run's results as JSON.
"""

from dataclasses import dataclass

from backtester.pages.format import counted, period
from backtester.pages.names import Named
from backtester.pages.strip import Strip
from backtester.pages.table import Cell, Head, Table, TableRow, points_cell, strategy_head
from backtester.runs.step_spells import FIRST_SESSIONS
from backtester.runs.values import Json

STATE_COLOURS = ("amber", "green", "violet", "brick", "blue", "olive")  # of a step's states, as they appear
MOST_SPELLS = 60  # rows of the table
NARROWEST_SPELL = 0.25  # percent of the strip's width, so that a spell of one session can be seen


@dataclass(frozen=True)
class Swatch:
    """A state and its colour."""

    text: str
    key: str


@dataclass(frozen=True)
class StateStrip:
    """The strip of one step of a strategy: `spells` are left end, width, colour and text of each.

    Left ends and widths are in percent of the strip's width; `words` describe the strip for screen readers, `swatches`
    are its legend, and `axis` is its time axis.
    """

    named: Named
    step: str
    words: str
    swatches: tuple[Swatch, ...]
    spells: tuple[tuple[float, float, str, str], ...]
    axis: Strip


def states_part(document: Json, names: tuple[Named, ...]) -> Json:
    """The strips of all steps that have a `state`, and the table of their spells; empty if no step has one."""
    strategies = list(zip(names, document["strategies"], strict=True))
    strips = tuple(
        _strip(named, step_spells, document)
        for named, strategy in strategies
        for step_spells in strategy.get("states", ())
    )
    return {"strips": strips, "table": _spells_table(strategies)} if strips else {}


def _strip(named: Named, step_spells: Json, document: Json) -> StateStrip:
    """The strip of one step, with a colour for each of its states."""
    spells, window = step_spells["spells"], document["period"]
    axis = Strip("", "", window["start"], window["end"])
    states = dict.fromkeys(spell["state"] for spell in spells)
    keys = dict(zip(states, STATE_COLOURS, strict=False))  # there are more colours
    drawn = []
    for spell in spells:
        left, right = axis.place(spell["start"]), axis.place(spell["end"])
        text = f"{spell['state']}, {period(spell['start'], spell['end'])}"
        drawn.append((left, max(right - left, NARROWEST_SPELL), keys[spell["state"]], text))
    times = ", ".join(f"{word} {counted(_count(spells, word), 'time')}" for word in keys) or "never"
    return StateStrip(
        named=named,
        step=step_spells["step"],
        words=f"{named.label}: when {step_spells['step']} acted: {times}; the table below has the dates",
        swatches=tuple(Swatch(word, key) for word, key in keys.items()),
        spells=tuple(drawn),
        axis=axis,
    )


def _count(spells: list[Json], word: str) -> int:
    return sum(spell["state"] == word for spell in spells)


def _spells_table(strategies: list[tuple[Named, Json]]) -> Table | None:
    """A row for each of the `MOST_SPELLS` longest spells, in order of strategy and time; None if there is none."""
    entries = [
        (named, step_spells["step"], spell)
        for named, strategy in strategies
        for step_spells in strategy.get("states", ())
        for spell in step_spells["spells"]
    ]
    longest = sorted(entries, key=lambda entry: -entry[2]["sessions"])[:MOST_SPELLS]
    rows = tuple(
        TableRow(strategy_head(named), _spell_cells(step, spell))
        for named, step, spell in entries
        if _is_among(spell, longest)
    )
    if not rows:
        return None
    note = "From the close at which the first target was traded to the one after the last; beyond: less the reference."
    if len(entries) > len(rows):
        note += f" Of {len(entries):,} spells the {len(rows)} longest."
    first_sessions = f"first {FIRST_SESSIONS} sessions, %"
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
            Head("Return", first_sessions, values=("first_strategy",)),
            Head("Beyond", first_sessions, values=("first_beyond",)),
        ),
        rows=rows,
        note=note,
    )


def _is_among(spell: Json, spells: list[tuple[Named, str, Json]]) -> bool:
    return any(spell is other for _, _, other in spells)


def _spell_cells(step: str, spell: Json) -> tuple[Cell, ...]:
    """The cells of a spell: its dates, and the returns over all of it and over its first sessions."""
    start, end = spell["start"], spell["end"]
    return_cells = []
    for prefix in ("", "first_"):
        strategy, reference = spell[f"{prefix}strategy"], spell[f"{prefix}reference"]
        beyond = None if strategy is None or reference is None else strategy - reference
        return_cells += [points_cell(strategy, signed=True), points_cell(beyond, 2, signed=True)]
    when = Cell(period(start, end), values=(start, end))
    return (
        Cell(step),
        Cell(spell["state"]),
        when,
        Cell(str(spell["sessions"]), values=(spell["sessions"],)),
        *return_cells,
    )
