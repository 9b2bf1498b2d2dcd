"""The scorecard: every figure of it with its interval, a column a strategy."""

from dataclasses import dataclass
from typing import Any

from backtester.pages.format import MISSING, number, points
from backtester.pages.names import Named
from backtester.pages.table import Cell, Head, Row, Table, strategy_head
from backtester.tearsheet.names import Json
from backtester.tearsheet.parts.cards import card_link


@dataclass(frozen=True)
class Line:
    """A row of the table: where the document has it, and how it is shown (points: a fraction in percent)."""

    label: str
    unit: str
    path: tuple[str, ...]
    kind: str = "points"
    places: int = 2
    signed: bool = False


def _payoff(part: str, *betas: Line) -> tuple[Line, ...]:
    at = (part,) if part else ()
    cost = (Line("Cost against it", "log % a year", (*at, "cost_annual"), signed=True),) if part else ()
    return (
        *betas,
        Line("Better", "of the windows it acted in", at, "better"),
        Line("Hit rate", "%", (*at, "hit_rate"), places=0),
        Line("Mean payoff", "% a window", (*at, "payoff_mean"), signed=True),
        Line("Protection", "% of the loss", (*at, "protection"), places=1),
        *cost,
    )


GROUPS = (
    (
        "In the joint sell-offs, against the reference",
        (
            Line("Joint sell-offs", "", ("joint_sell_offs",), "number", 0),
            *_payoff(""),
            Line("Beta to the pair in them", "", ("conditional_beta", "joint_sell_offs"), "number"),
            Line("Beta to the pair on all sessions", "", ("conditional_beta", "all"), "number"),
            Line("Recovered after", "days, median", ("recovery", "median_days"), "number", 0),
            Line("Reference recovered after", "days, median", ("recovery", "reference_median_days"), "number", 0),
        ),
    ),
    (
        "Beyond its twin: bills and as much of the reference as it moved with",
        _payoff("beyond_twin", Line("Beta to the reference", "", ("beta",), "number")),
    ),
    (
        "Beyond its mix: the fixed mix of stocks, bonds and bills that moved as it did",
        _payoff(
            "beyond_mix",
            Line("Stocks in the mix", "beta", ("beyond_mix", "stocks_beta"), "number"),
            Line("Bonds in the mix", "beta", ("beyond_mix", "bonds_beta"), "number"),
        ),
    ),
    (
        "What it cost: growth given up against the reference",
        (
            Line("In joint sell-offs", "log % a year", ("cost_annual", "joint_sell_offs"), signed=True),
            Line("In other sell-offs of stocks", "log % a year", ("cost_annual", "other_sell_offs"), signed=True),
            Line("In the rest", "log % a year", ("cost_annual", "rest"), signed=True),
            Line("Total: their sum", "log % a year", ("cost_annual", "total"), signed=True),
            Line("Mean payoffs a year that pay for the rest", "", ("break_even_per_year",), "number", 1),
        ),
    ),
    (
        "Over the whole window",
        (
            Line("Deepest drawdown shallower by", "points", ("max_drawdown_reduction",), places=1, signed=True),
            Line("Days under water saved", "days", ("days_under_water_reduction",), "number", 0, True),
        ),
    ),
)


def scorecard_table(document: Json, names: tuple[Named, ...]) -> Table:
    """What the cards of all strategies but the reference say; rows that no card has are left out."""
    cards = [strategy["scorecard"] for strategy in document["strategies"][1:]]
    rows: list[Row] = []
    for title, lines in GROUPS:
        known = [line for line in lines if any(_known(card, line) for card in cards)]
        if known:
            rows.append(Row(Head(title), kind="group"))
        rows += [Row(_head(line), tuple(_cell(card, line) for card in cards)) for line in known]
    drawn = next((one for card in cards if (one := card["intervals"].get("resampled"))), None)
    return Table(
        name="scorecard-table",
        caption="The scorecard, with 90% intervals",
        corner="Figure",
        heads=tuple(strategy_head(named, columns=("low", "high")) for named in names[1:]),
        rows=tuple(rows),
        note=_note(drawn, cards),
    )


def _head(line: Line) -> Head:
    """The row's head, linked to the card of its figure; in the csv it is the figure's place in the document."""
    path = line.path if line.kind != "better" else (*line.path, "better")
    return Head(line.label, line.unit, values=(".".join(path),), link=card_link("scorecard", *path))


def _note(drawn: Json | None, cards: list[Json]) -> str:
    flatters = " Taking the worst windows out raises the reference in the rest: the total is the fairer figure."
    if drawn:
        return (
            f"Intervals from {drawn['resamples']:,} resamples of all series together in blocks of about "
            f"{number(drawn['block_sessions'], 0)} sessions (seed {drawn['seed']}), the joint sell-offs found again in "
            f"each; {drawn['used']:,} of them had any.{flatters}"
        )
    reason = next((text for card in cards if (text := card["intervals"].get("resampled_reason"))), "")
    reason = f"No resampled intervals: {reason}. " if reason else ""
    return f"{reason}Hit rates have Wilson's interval.{flatters}"


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _known(card: Json, line: Line) -> bool:
    found = _at(card, line.path)
    return found is not None if line.kind != "better" else isinstance(found, dict) and "better" in found


def _cell(card: Json, line: Line) -> Cell:
    value = _at(card, line.path)
    if line.kind == "better":
        if not isinstance(value, dict) or "better" not in value:
            return Cell(MISSING, values=(None,) * 3)
        return Cell(f"{value['better']} of {value['better'] + value['worse']}", values=(value["better"], None, None))
    low, high = _interval(card, line)
    between = "" if low is None or high is None else f"{_shown(low, line)} to {_shown(high, line)}"
    return Cell(_shown(value, line), small=between, values=(value, low, high))


def _interval(card: Json, line: Line) -> tuple[float | None, float | None]:
    """That of the resamples, else Wilson's."""
    drawn = card["intervals"].get("resampled") or {}
    found = _at(drawn, line.path) or _at(card["intervals"], line.path)
    return tuple(found) if isinstance(found, list | tuple) else (None, None)


def _shown(value: float | None, line: Line) -> str:
    return (points if line.kind == "points" else number)(value, line.places, signed=line.signed)
