"""Windows of the past replayed: what each kind of series did in one, and how windows are named, by hand."""

import datetime
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from backtester.analysis.windows import Window
from backtester.errors import ScenarioError
from backtester.histories.kinds import as_series
from backtester.histories.series_inputs import Figures
from backtester.stress import replay as replaying
from backtester.stress.replay import crisis_named, dated_window, named_window, replay, scenario_date
from backtester.stress.starting_point import StartingPoint
from builders import WORDS, made_market

DAYS = pd.bdate_range("2024-01-29", periods=5)  # to Friday, 2 February
NAN = float("nan")


def quoted(kind: str, **keys: object) -> Any:
    """A series with figures of its own."""
    return as_series({"kind": kind, "file": "f", "column": "c", **keys, **WORDS})


def source(
    levels: dict[str, list[float]], observed: dict[str, tuple[Any, list[float]]], **others: Any
) -> StartingPoint:
    """A history of funds with these levels, and of observables with their figures at each session; and other series."""
    series = {role: quoted("total_return") for role in levels} | {role: one for role, (one, _) in observed.items()}
    whole = {role: Figures(pd.Series(values, DAYS)) for role, (_, values) in observed.items()}
    market = SimpleNamespace(sessions=DAYS, assets=list(levels), levels=pd.DataFrame(levels, DAYS))
    history = SimpleNamespace(name="made", series=series | others)
    return cast(StartingPoint, SimpleNamespace(market=market, history=history, all_figures=whole))


def test_what_each_kind_did_in_a_window() -> None:
    """From the close of the second session to that of the fourth: returns of what is priced itself, where it is there
    throughout; points of yields, rates and of counts; logs of other levels."""
    made = source(
        {
            "stocks": [9, 1, 1.5, 3, 9],
            "gold": [NAN, 2, 1, 4, NAN],
            "oil": [1, 1, NAN, 1, 1],
            "bonds": [1, 1, 1.25, 1, 1],
            "future": [1, 1, 2, 2, 2],
        },
        {
            "yield_10y": (quoted("yield"), [9, 1, 1.5, 3, 9]),
            "fed": (quoted("rate"), [9, 5, 5.25, 5, 9]),
            "strikes": (quoted("level"), [9, 1, 3, 4, 9]),
            "vix": (quoted("level"), [9, 10.5, 21, 42, 9]),
            "assets": (quoted("level", known="k"), [9, 2, 4, 8, 9]),
            "gone": (quoted("level"), [NAN, NAN, 1.5, 2, 9]),
        },
        bonds=as_series({"kind": "bond", "yield": "yield_10y", "maturity_years": 10, **WORDS}),
        future=as_series({"kind": "future", "of": "stocks", "funded": False, **WORDS}),
    )
    path = replay(made, Window(1, 3))
    found = {
        name: {role: np.round(moves, 12).tolist() for role, moves in getattr(path, name).items()}
        for name in ("returns", "points", "growth")
    }
    twice = round(float(np.log(2)), 12)
    assert path.sessions == 2
    assert found == {
        "returns": {"stocks": [0.5, 1.0], "gold": [-0.5, 3.0], "bonds": [0.25, -0.2]},
        "points": {"yield_10y": [0.5, 1.5], "fed": [0.25, -0.25], "strikes": [2, 1]},
        "growth": {"vix": [twice, twice], "assets": [twice, twice]},
    }


def test_inflation_in_a_window() -> None:
    """An index whose change over a year is a series moves by the points of that, known at the sessions of its dates."""
    months = pd.DatetimeIndex(["2023-01-01", "2023-02-01", "2024-01-01", "2024-02-01"])
    inflation = as_series({"kind": "annual_change", "of": "cpi", **WORDS})
    made = source({}, {"cpi": (quoted("level", known="k"), [1] * 5)}, inflation=inflation)
    made.all_figures["cpi"] = Figures(pd.Series([100.0, 200.0, 103.0, 210.0], months))
    path = replay(made, Window(1, 4))
    assert path.points["cpi"].round(9).tolist() == [0, 2, 0]
    assert set(path.growth) == set()
    made.all_figures["cpi"] = Figures(pd.Series([100.0, 200.0, 210.0], months[[0, 1, 3]]))
    assert replay(made, Window(1, 4)).points == {}


@pytest.mark.parametrize(
    ("first", "last", "window"),
    [("2024-01-29", "2024-01-30", (0, 1)), ("2024-01-30", "2024-02-02", (1, 4)), ("2024-01-30", "2024-01-30", None),
     ("2024-02-01", "2024-01-30", None)],
)  # fmt: skip
def test_windows_between_dates(first: str, last: str, window: tuple[int, int] | None) -> None:
    """From close to close; the same day, or an earlier one, is no end."""
    made = source({"stocks": [1.0] * 5}, {})
    if window:
        assert dated_window(made, scenario_date(first), scenario_date(last)) == Window(*window)
    else:
        with pytest.raises(ScenarioError, match=f"from {first} to {last} has no session; name the earlier date first"):
            dated_window(made, scenario_date(first), scenario_date(last))


def falling(*falls: int) -> Any:
    """A market whose bonds begin on the third session, and whose legs fall together on some sessions by 10%."""
    count = 400
    moves = np.where(np.isin(np.arange(count), falls), 0.9, 1.0)
    level = np.cumprod(moves)
    return made_market({"stocks": level.tolist(), "bonds": [NAN, NAN, *level[2:].tolist()]})


def test_windows_of_joint_sell_offs(monkeypatch: pytest.MonkeyPatch) -> None:
    """That of a month which holds a date, its ends among them, in sessions of the whole history. Else the last five are
    named."""
    market = falling(50, 100, 150, 200, 250, 300)
    made = SimpleNamespace(market=market, history=SimpleNamespace(name="made"))
    monkeypatch.setattr(replaying, "source_starting_point", lambda name, data: made)
    for end, date in ((50, market.sessions[29]), (50, market.sessions[50]), (250, market.sessions[240])):
        found, window = named_window(f"Joint: {date.date()}", "made")
        assert (found, window) == (made, Window(end - 21, end))
    begins = ", ".join(str(market.sessions[end - 21].date()) for end in (100, 150, 200, 250, 300))
    with pytest.raises(ScenarioError) as caught:
        named_window(f"joint:{market.sessions[51].date()}", "made")
    words = f"no joint sell-off of history 'made' holds {market.sessions[51].date()}; the last begin on {begins}"
    assert str(caught.value) == words


def test_windows_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two dates, in another history where it is named; a crisis in this history or, where that lacks it, its own."""
    read: list[str] = []
    crises = [
        SimpleNamespace(name="Dash", history="own", start=datetime.date(2020, 3, 9), end=datetime.date(2020, 3, 18)),
        SimpleNamespace(name="Panic", history="made", start=datetime.date(2020, 3, 9), end=datetime.date(2020, 3, 18)),
    ]

    def ground(name: str, data: object) -> Any:
        read.append(name)
        return SimpleNamespace(name=name, market=SimpleNamespace(sessions=name))

    monkeypatch.setattr(replaying, "source_starting_point", ground)
    monkeypatch.setattr(replaying, "read_crises", lambda data: crises)
    monkeypatch.setattr(replaying, "dated_window", lambda source, first, last: (source.name, str(first), str(last)))
    monkeypatch.setattr(replaying, "find_window", lambda crisis, sessions: Window(1, 2) if sessions == "own" else None)
    assert named_window("2024-01-29 ..2024-01-30", "made")[1] == ("made", "2024-01-29", "2024-01-30")
    assert named_window("other:2024-01-29..2024-01-30", "made")[1] == ("other", "2024-01-29", "2024-01-30")
    assert named_window("dash", "made")[1] == Window(1, 2)
    assert read == ["made", "other", "made", "own"]
    assert crisis_named("PANIC") is crises[1]
    with pytest.raises(ScenarioError, match="the histories do not cover the crisis 'Panic', 2020-03-09 to 2020-03-18"):
        named_window("panic", "made")
    with pytest.raises(ScenarioError, match=r"^no crisis 'Dish'; did you mean 'Dash'\?$"):
        named_window("Dish", "made")
    with pytest.raises(ScenarioError, match=r"^'2024-1-29' is no date; write it like 2020-03-09$"):
        named_window("2024-1-29..2024-01-30", "made")
