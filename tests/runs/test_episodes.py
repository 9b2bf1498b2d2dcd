"""Episodes: what crises are measured in."""

from collections import Counter
from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest

from backtester.analysis.crises import read_crises
from backtester.analysis.period import Period, measure_period
from backtester.analysis.windows import Window
from backtester.histories.market import load_market
from backtester.runs import episodes, needed_roles
from backtester.runs.settings import RunSettings


def test_a_history_that_crises_share_is_read_and_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four crises before 2007 name three histories of their own: each is read once, and shared by those that name it.

    Black Monday and what came after it share the sessions of 1987.
    """
    read = Counter[str]()
    real = needed_roles.shown_market

    def counted(name: str, settings: RunSettings) -> object:
        read[name] += 1
        return real(name, settings)

    monkeypatch.setattr(episodes, "shown_market", counted)
    market = load_market("us", roles=["stocks", "bonds"])
    begun = int(market.levels[["stocks", "bonds"]].notna().all(axis=1).to_numpy().argmax())
    period = measure_period(market.since(begun))
    found = {one.crisis.name: one for one in episodes.scenes(read_crises(), period, RunSettings())}
    assert read == {"crisis_1987": 1, "crisis_1997": 1, "crisis_2001": 1}
    first, second = found["Black Monday"], found["After Black Monday"]
    assert first.period is second.period
    assert first.window
    assert first.period
    assert first.period.sessions[first.window.start] == pd.Timestamp("1987-10-13")
    assert found["COVID crash"].period is period
    own = RunSettings(history="crisis_1987")
    monday, *_ = episodes.scenes([first.crisis], period, own)  # the run's own history does not reach it
    assert (monday.period, monday.window, read["crisis_1987"]) == (None, None, 1)


def test_what_moved_in_a_window() -> None:
    """From its first close to its last; nothing is known of a window without a session. Its decade is its start's."""
    sessions = pd.DatetimeIndex(["2019-12-30", "2019-12-31", "2020-01-02", "2020-01-03"])
    level = pd.Series([8.0, 10.0, 5.0, 6.0], sessions)
    levels = pd.DataFrame({"stocks": level, "bonds": level, "gold": 2 * level, "oil": 1 / level})
    pair = SimpleNamespace(nav=level, stocks=level**2, bonds=level * 0 + 1)
    lenses, market = SimpleNamespace(legs=("stocks", "bonds")), SimpleNamespace(levels=levels)
    period = cast(Period, SimpleNamespace(sessions=sessions, pair=pair, market=market, lenses=lenses))
    view = episodes.View(period, pd.DataFrame({"own": 3 * level}), [], level)
    moved = view.moves(Window(1, 2))
    strategies, assets = moved.pop("strategies"), moved.pop("assets")
    assert (moved, strategies) == ({"pair": -0.5, "stocks": -0.75, "bonds": 0.0}, {"own": -0.5})
    assert assets == {"gold": -0.5, "oil": 1.0}
    nothing = view.moves(Window(1, 1))
    unknown = [nothing["pair"], nothing["stocks"], *nothing["assets"].values(), *nothing["strategies"].values()]
    assert np.isnan(unknown).all()
    assert (view.decade(Window(1, 3)), view.decade(Window(2, 3))) == ("2010s", "2020s")
    assert (view.crisis(Window(1, 3)), view.cause(Window(1, 3))) == (None, episodes.UNNAMED)


def test_places_of_windows_by_name() -> None:
    """In order of their first window."""
    windows = [Window(start, start + 1) for start in (5, 9, 12, 14)]
    found = episodes.places_by_name(windows, lambda window: "even" if window.start % 2 == 0 else "odd")
    assert {name: places.tolist() for name, places in found.items()} == {"odd": [0, 1], "even": [2, 3]}
    assert list(found) == ["odd", "even"]
