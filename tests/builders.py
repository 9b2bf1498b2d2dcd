"""Small markets and strategies made in a test's own lines, so that its arithmetic can be checked by hand."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from backtester.histories.align import first_known, known_at_closes
from backtester.histories.kinds import as_series
from backtester.histories.manifest import History
from backtester.histories.manifest_schema import HistoryTable
from backtester.histories.market import Market
from backtester.histories.series_inputs import Figures, Publications
from backtester.histories.sessions import days_between, period_ends
from backtester.plugins.loader import Library, load_strategy
from backtester.plugins.strategy import Strategy

WORDS = {"unit": "index", "source": "made for a test", "licence": "none"}


def made_market(
    levels: dict[str, Sequence[float]],
    *,
    dates: Sequence[str] | None = None,
    bills: Sequence[float] | None = None,
    observables: dict[str, Sequence[float]] | None = None,
    unfunded: Sequence[str] = (),
) -> Market:
    """A market with those levels; `bills` are the returns of cash by session, zero unless given; business days."""
    count = len(next(iter(levels.values())))
    sessions = pd.DatetimeIndex(pd.bdate_range("2024-01-01", periods=count) if dates is None else dates, name="date")
    cash = np.zeros(count) if bills is None else np.array(bills, dtype=float)
    watched = observables or {}
    series = {
        **{
            role: as_series(
                {"kind": "total_return", "file": "f", "column": role, "funded": role not in unfunded, **WORDS}
            )
            for role in levels
        },
        "bills": as_series({"kind": "bills", "yield": "yield_3m", **WORDS}),
        **{role: as_series({"kind": "level", "file": "f", "column": role, **WORDS}) for role in watched},
    }
    return Market(
        history=History("made", Path("made"), HistoryTable(title="Made", series=series, files={})),
        sessions=sessions,
        levels=pd.DataFrame({**levels, "bills": np.cumprod(1 + cash)}, sessions, dtype=float),
        observables=pd.DataFrame(watched, sessions, dtype=float),
        calendar=period_ends(sessions),
        bill_returns=cash,
        days=days_between(sessions),
        carried={},
    )


def known_of(
    figures: Figures, sessions: pd.DatetimeIndex, *, lag_sessions: int, close: str = "16:00"
) -> "pd.Series[float]":
    """What is known of figures at each session's close."""
    first = first_known(figures, sessions, lag_sessions=lag_sessions, close=close)
    return known_at_closes(Publications(figures.values, first), sessions)


def made_strategy(name: str, source: str) -> Strategy:
    """The strategy in some lines of source."""
    return load_strategy(name, f"{name}.py", source.encode())


def made_library(**sources: str) -> Library:
    """A library of the strategies in some lines of source each, by name."""
    return Library({name: made_strategy(name, source) for name, source in sources.items()})
