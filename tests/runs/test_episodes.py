"""Episodes: what crises are measured in."""

from collections import Counter

import pandas as pd
import pytest

from backtester.analysis.crises import read_crises
from backtester.analysis.period import measure_period
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
