"""What a document says of the whole history, by hand."""

from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from backtester.histories.rhythm import DAILY
from backtester.runs import document as documents
from backtester.runs.result import Result


def test_the_whole_history_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """From its first session to its last. What begins more than a month after that begins later; of assets that have
    values less often the legs are named, and what any strategy ever held."""
    sessions = pd.bdate_range("2024-01-01", periods=40)
    begins = {"stocks": 0, "gold": 23, "oil": 24, "never": None}
    monkeypatch.setattr(documents, "presence_of", lambda market: SimpleNamespace(begins=begins))
    history = SimpleNamespace(name="made", table=SimpleNamespace(title="Made"), sha256="hash")
    slower = dict.fromkeys(("bonds", "gold", "oil", "tin"), "monthly")
    market = SimpleNamespace(
        sessions=sessions, history=history, rhythm=DAILY, slower_rhythms=slower, carried={"oil": 1}
    )

    def held(**weights: list[float]) -> Any:
        return SimpleNamespace(evaluation=SimpleNamespace(accounts=SimpleNamespace(weights=pd.DataFrame(weights))))

    strategies = [held(stocks=[1.0, 1.0], gold=[0.0, 0.0]), held(oil=[0.0, -0.5], tin=[0.0, 0.0])]
    settings = SimpleNamespace(legs=("stocks", "bonds"))
    found = documents._history_entry(
        cast(Result, SimpleNamespace(full_market=market, settings=settings, strategies=strategies))
    )
    assert sessions[23] == pd.Timestamp("2024-02-01")
    assert found == {
        "name": "made",
        "title": "Made",
        "first": sessions[0],
        "last": sessions[39],
        "sessions": 40,
        "rhythm": "daily",
        "slower": {"bonds": "monthly", "oil": "monthly"},
        "sessions_a_year": 252,
        "sha256": "hash",
        "carried": {"oil": 1},
        "begin_later": {"oil": sessions[24]},
    }
