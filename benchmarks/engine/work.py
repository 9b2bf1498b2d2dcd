"""The work: made markets and books from a fixed seed, as plain arrays that every contestant can take."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.arrays import Array, Flags

LAG = 1
INVESTED = 0.95  # the rest is cash, out of which a peer that sizes before costs can pay them


@dataclass(frozen=True)
class Shape:
    """How much work: every book decides on `schedule` (month or day) and pays `cost_bps` a unit traded."""

    books: int
    assets: int = 4
    sessions: int = 10_000
    schedule: str = "month"
    cost_bps: float = 5.0


@dataclass(frozen=True)
class Work:
    """One market and the books on it.

    `returns` and `prices` (T, K); `days` (T,) since the session before; `targets` (B, N, K), of which `rows` (T,) says
    which is in force at each session; `decisions` (T,) the sessions whose target is traded one session later. Cash
    earns nothing, since neither vectorbt nor bt knows a yield on it.
    """

    sessions: pd.DatetimeIndex
    returns: Array
    prices: Array
    days: Array
    targets: Array
    rows: "np.typing.NDArray[np.int64]"
    decisions: Flags
    rate: float

    @property
    def bills(self) -> Array:
        """What cash earned: nothing."""
        return np.zeros(len(self.days))

    @property
    def trades(self) -> "np.typing.NDArray[np.int64]":
        """The sessions on which books trade."""
        sessions = np.flatnonzero(self.decisions) + LAG
        return sessions[sessions < len(self.decisions)]

    @property
    def traded(self) -> Array:
        """What is traded at each of `trades`, (B, trades, K)."""
        return self.targets[:, self.rows[self.trades - LAG]]

    def first(self, books: int) -> "Work":
        """The same with only so many books."""
        return Work(**{**self.__dict__, "targets": self.targets[:books]})


def made(shape: Shape) -> Work:
    """The work of a shape: a book alone holds 60/40 of the first two assets, many hold random weights.

    Monthly books change their targets every month, daily ones return to the same every session.
    """
    noise = np.random.default_rng(0)
    sessions = pd.bdate_range("1985-01-01", periods=shape.sessions, name="date")
    returns = noise.normal(0.0003, 0.01, (shape.sessions, shape.assets))
    returns[0] = 0.0
    decisions = _decisions(sessions, shape.schedule)
    changes = int(decisions.sum()) if shape.schedule == "month" and shape.books > 1 else 1
    if shape.books > 1:
        targets = INVESTED * noise.dirichlet(np.ones(shape.assets), (shape.books, changes))
    else:
        targets = np.zeros((1, 1, shape.assets))
        targets[0, 0, :2] = 0.6, 0.4
    return Work(
        sessions=sessions,
        returns=returns,
        prices=100 * np.cumprod(1 + returns, axis=0),
        days=np.diff(sessions, prepend=sessions[:1]) / np.timedelta64(1, "D"),
        targets=targets,
        rows=np.cumsum(decisions) - 1 if changes > 1 else np.zeros(shape.sessions, dtype=np.int64),
        decisions=decisions,
        rate=shape.cost_bps * 1e-4,
    )


def _decisions(sessions: pd.DatetimeIndex, schedule: str) -> Flags:
    if schedule == "day":
        return np.ones(len(sessions), dtype=bool)
    months = sessions.month.to_numpy()
    flags = np.append(months[1:] != months[:-1], False)
    flags[0] = True
    return flags
