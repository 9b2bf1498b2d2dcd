"""Episodes: what crises are measured in."""

import dataclasses
import datetime
from collections import Counter
from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest

from backtester.analysis.crises import Crisis, read_crises
from backtester.analysis.period import Period, measure_period
from backtester.analysis.windows import Window
from backtester.histories.market import load_market
from backtester.runs import episodes, needed_roles
from backtester.runs.settings import RunSettings
from builders import made_market


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
    found = {one.crisis.name: one for one in episodes.crisis_periods(read_crises(), period, RunSettings())}
    assert read == {"crisis_1987": 1, "crisis_1997": 1, "crisis_2001": 1}
    first, second = found["Black Monday"], found["After Black Monday"]
    assert first.period is second.period
    assert first.window
    assert first.period
    assert first.period.sessions[first.window.start] == pd.Timestamp("1987-10-13")
    assert found["COVID crash"].period is period
    own = RunSettings(history="crisis_1987")
    monday, *_ = episodes.crisis_periods([first.crisis], period, own)  # the run's own history does not reach it
    assert (monday.period, monday.window, read["crisis_1987"]) == (None, None, 1)


def test_what_moved_in_a_window() -> None:
    """From its first close to its last; nothing is known of a window without a session. Its decade is its start's."""
    sessions = pd.DatetimeIndex(["2019-12-30", "2019-12-31", "2020-01-02", "2020-01-03"])
    level = pd.Series([8.0, 10.0, 5.0, 6.0], sessions)
    levels = pd.DataFrame({"stocks": level, "bonds": level, "gold": 2 * level, "oil": 1 / level})
    pair = SimpleNamespace(nav=level, stocks=level**2, bonds=level * 0 + 1)
    lenses, market = SimpleNamespace(legs=("stocks", "bonds")), SimpleNamespace(levels=levels)
    period = cast(Period, SimpleNamespace(sessions=sessions, pair=pair, market=market, pair_settings=lenses))
    view = episodes.EpisodeData(period, pd.DataFrame({"own": 3 * level}), [], level)
    moved = view.returns_in(Window(1, 2))
    strategies, assets = moved.pop("strategies"), moved.pop("assets")
    assert (moved, strategies) == ({"pair": -0.5, "stocks": -0.75, "bonds": 0.0}, {"own": -0.5})
    assert assets == {"gold": -0.5, "oil": 1.0}
    nothing = view.returns_in(Window(1, 1))
    unknown = [nothing["pair"], nothing["stocks"], *nothing["assets"].values(), *nothing["strategies"].values()]
    assert np.isnan(unknown).all()
    assert (view.decade(Window(1, 3)), view.decade(Window(2, 3))) == ("2010s", "2020s")
    assert (view.crisis(Window(1, 3)), view.cause(Window(1, 3))) == (None, episodes.UNNAMED)


def test_places_of_windows_by_name() -> None:
    """In order of their first window."""
    windows = [Window(start, start + 1) for start in (5, 9, 12, 14)]
    found = episodes.positions_by_name(windows, lambda window: "even" if window.start % 2 == 0 else "odd")
    assert {name: places.tolist() for name, places in found.items()} == {"odd": [0, 1], "even": [2, 3]}
    assert list(found) == ["odd", "even"]


def crisis(name: str) -> Crisis:
    first, last = datetime.date(2024, 1, 3), datetime.date(2024, 1, 9)
    words = {"cause": "growth", "summary": "s", "source": "s", "history": "us"}
    return Crisis.model_validate({"name": name, "start": first, "end": last, **words})


@pytest.fixture
def view() -> episodes.EpisodeData:
    """Stocks fall by a tenth and bonds by a fiftieth on Friday, 5 January 2024, and are back on Tuesday; of the crises
    one is of another history, one is not reached, and the third holds the fall."""
    levels = {
        "stocks": [100.0, 100, 100, 100, 90, 90, 101, 101],
        "bonds": [100.0, 100, 100, 100, 98, 98, 101, 101],
        "gold": [1.0, 1, 1, 1, 2, 4, 8, 8],
    }
    period, other = (measure_period(made_market(levels)) for _ in range(2))
    found = [
        episodes.CrisisPeriod(crisis("elsewhere"), other, Window(3, 4)),
        episodes.CrisisPeriod(crisis("never"), period, None),
        episodes.CrisisPeriod(crisis("here"), period, Window(3, 6)),
    ]
    nav = pd.DataFrame({"own": [1.0, 1, 1, 1, 0.5, 0.25, 1, 1]}, period.sessions)
    return episodes.EpisodeData(period, nav, found, pd.Series(np.nan, period.sessions))


def test_a_joint_sell_off_by_hand(view: episodes.EpisodeData) -> None:
    """What all returned in it and in the three sessions after it, the drawdown and the crisis that it was part of."""
    dates = view.period.sessions
    found = episodes.joint_sell_off_row(view, Window(3, 4))
    later = found.pop("after")
    assert found == {
        "start": dates[3], "end": dates[4], "sessions": 1,
        "pair": pytest.approx(-0.068), "stocks": pytest.approx(-0.1), "bonds": pytest.approx(-0.02),
        "assets": {"gold": 1.0, "bills": 0.0}, "strategies": {"own": -0.5},
        "parent": {"kind": view.period.pair.kind(view.period.falls[0]), "peak": dates[3], "trough": dates[4]},
        "regime": None, "cause": "growth", "crisis": "here",
    }  # fmt: skip
    assert (later["sessions"], later["assets"]["gold"], later["strategies"]) == (3, 3.0, {"own": 1.0})
    after = episodes.joint_sell_off_row(view, Window(6, 7))
    assert (after["parent"], after["crisis"], after["cause"], after["after"]["sessions"]) == (None, None, None, 0)


def test_a_drawdown_of_the_pair_by_hand(view: episodes.EpisodeData) -> None:
    """From Thursday's peak to Friday's trough a day, and to Tuesday four; legs contribute six and 0.8 points."""
    [fall] = view.period.falls
    found = episodes.drawdown_row(view, fall)
    dates = view.period.sessions
    assert [found[name] for name in ("peak", "trough", "recovery")] == [dates[3], dates[4], dates[6]]
    assert (found["days"], found["recovery_days"]) == (1, 4)
    assert (found["stocks_contribution"], found["bonds_contribution"]) == pytest.approx((-0.06, -0.008))
    assert (found["pair"], found["strategies"]) == (pytest.approx(-0.068), {"own": -0.5})
    still = episodes.drawdown_row(view, dataclasses.replace(fall, recovery=None))
    assert (still["recovery"], still["recovery_days"]) == (None, None)


def test_crises_by_hand(view: episodes.EpisodeData) -> None:
    """In the run's window with strategies, in another history without them, and not covered where there is none."""
    elsewhere, never, here = (episodes.crisis_row(view, scene) for scene in view.crisis_periods)
    assert [one["covered"] for one in (elsewhere, never, here)] == [True, False, True]
    assert (here["history"], here["stocks"], here["strategies"]) == ("made", pytest.approx(0.01), {"own": 0.0})
    assert (elsewhere["stocks"], elsewhere["strategies"]) == (pytest.approx(-0.1), None)
    assert elsewhere["reason"] == "the run does not reach it; legs and assets are those of history made"
    assert (never["history"], never["pair"], never["assets"], "reason" in never) == (None, None, None, False)
    lacking = episodes.crisis_row(view, episodes.CrisisPeriod(crisis("gone"), reason="no bonds"))
    assert (lacking["covered"], lacking["reason"]) == (False, "no bonds")


def test_a_frame_of_episodes(view: episodes.EpisodeData) -> None:
    """A row each, with the dates that they have; none without any."""
    joint = episodes.episode_frame([episodes.joint_sell_off_row(view, Window(3, 4))])
    assert list(joint) == ["start", "end", "pair", "stocks", "bonds", "gold", "bills", "own"]
    fall = episodes.episode_frame([episodes.drawdown_row(view, view.period.falls[0])])
    assert list(fall) == ["peak", "trough", "pair", "stocks", "bonds", "gold", "bills", "own"]
    assert (len(joint), len(fall), len(episodes.episode_frame([]))) == (1, 1, 0)
