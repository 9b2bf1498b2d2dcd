"""The strip of when strategies acted, and the table of its spells."""

from typing import Any

from backtester.pages.names import Named
from backtester.tearsheet.parts.states import MOST_SPELLS, states_part

Json = dict[str, Any]
WINDOW = {"start": "2020-01-01", "end": "2020-12-31", "sessions": 253}


def named(name: str) -> Named:
    """A strategy by its name."""
    return Named(name=name, label=f"+ {name}", recipe=name, key="s1", dash="", flags=())


def spell(state: str, start: str, end: str, sessions: int = 5, own: float | None = 0.03) -> Json:
    """A spell as the document has it; the reference returned 1%, in the first sessions 2%."""
    ends = {"state": state, "start": start, "end": end, "sessions": sessions}
    return ends | {"strategy": own, "reference": 0.01, "first_strategy": own, "first_reference": 0.02}


def part(*spells: Json) -> Json:
    """What is shown of one strategy with these spells, beside one that says nothing."""
    strategies = [{"name": "quiet"}, {"name": "loud", "states": [{"step": "loud", "spells": list(spells)}]}]
    return states_part({"period": WINDOW, "strategies": strategies}, (named("quiet"), named("loud")))


def test_spells_stand_in_the_window() -> None:
    """A spell is as wide as its share of the window, with its word, dates and colour; a short one can be seen too."""
    [lane] = part(spell("on", "2020-01-01", "2020-07-01"), spell("off", "2020-12-31", "2020-12-31"))["strips"]
    (left, width, key, text), (last, narrow, other, _) = lane.spells
    assert (round(left, 1), round(width, 1), key, text) == (1.0, 48.9, "amber", "on, 1 Jan to 1 Jul 2020")
    assert (round(last, 1), narrow, other) == (99.0, 0.25, "green")
    assert lane.words == "+ loud: when loud acted: on one time, off one time; the table below has the dates"
    assert [one.text for one in lane.swatches] == ["on", "off"]
    days = ("2020-01-01", "2020-02-01"), ("2020-03-01", "2020-04-01"), ("2020-05-01", "2020-06-01")
    [often] = part(*(spell(state, *own) for state, own in zip(("on", "off", "on"), days, strict=True)))["strips"]
    assert often.words.startswith("+ loud: when loud acted: on two times, off one time;")


def test_the_whole_and_the_first_sessions_stand_apart() -> None:
    """A row a spell: what the strategy returned and what beyond the reference, in all of it and in its beginning."""
    table = part(spell("on", "2020-01-01", "2020-07-01"), spell("on", "2020-12-31", "2020-12-31", own=None))["table"]
    cells = [[cell.text for cell in row.cells] for row in table.rows]
    assert cells[0] == ["loud", "on", "1 Jan to 1 Jul 2020", "5", "+3.0", "+2.00", "+3.0", "+1.00"]
    assert cells[1][4:] == ["n/a"] * 4
    assert "spells" not in table.note, "none is left out"


def test_of_many_spells_the_longest_are_shown() -> None:
    """The table says so where it leaves spells out; the strip has all of them."""
    many = [spell("on", "2020-03-01", "2020-03-02", sessions=count) for count in range(100)]
    shown = part(*many)
    assert len(shown["strips"][0].spells) == 100
    assert [row.cells[3].text for row in shown["table"].rows] == [str(count) for count in range(100 - MOST_SPELLS, 100)]
    assert "Of 100 spells the 60 longest." in shown["table"].note


def test_nothing_is_shown_of_who_says_nothing() -> None:
    """Without a strategy that says when it acts there is no strip; one that never acted has an empty lane, no table."""
    assert states_part({"period": WINDOW, "strategies": [{"name": "quiet"}]}, (named("quiet"),)) == {}
    never = part()
    assert never["table"] is None
    assert never["strips"][0].words == "+ loud: when loud acted: never; the table below has the dates"
