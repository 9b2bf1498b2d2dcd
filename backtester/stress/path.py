"""A path: returns of assets and changes of observables by session, for any history that it continues."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from backtester.arrays import Array
from backtester.errors import ScenarioError

Moves = dict[str, Array]
MOST_SESSIONS = 2520  # ten years of a daily history


@dataclass(frozen=True)
class Path:
    """The moves of roles in N sessions, each array (N,). A role that is not named does not change.

    `returns`: total returns of assets, NaN in last sessions that the path does not state: there a bond earns its
    yield, and a price does not change. `points`: changes of yields, rates and levels in their own unit; a
    yield that a bond of stated return is built from is the one that gives this return, whatever its points. On top of
    these come `growth`, log changes of prices and levels, and `shifts`, changes in the unit: percentage points of a
    yield or rate. Of an index of consumer prices, points and shifts are changes of inflation, its change over twelve
    months.
    """

    sessions: int
    returns: Moves = field(default_factory=dict)
    points: Moves = field(default_factory=dict)
    growth: Moves = field(default_factory=dict)
    shifts: Moves = field(default_factory=dict)

    @property
    def roles(self) -> set[str]:
        """Every role that the path names."""
        return {*self.returns, *self.points, *self.growth, *self.shifts}

    def scaled(self, scale: float) -> "Path":
        """Every move times `scale`: simple returns of assets, log changes of levels, points.

        Raise ScenarioError if an asset then loses 100% or more in a session.
        """
        for role, moves in self.returns.items():
            if (worst := scale * np.nanmin(moves, initial=0.0)) <= -1:
                raise ScenarioError(
                    f"at {scale:g} times the path {role} loses {-worst:.0%} in a session; scale it less"
                )
        return self._each(lambda moves: scale * moves, lambda moves: scale * moves)

    def slowed(self, sessions: int) -> "Path":
        """The path with the moves of each session spread evenly over `sessions`. Raise ScenarioError if it is too
        long."""
        if sessions < 1 or sessions * self.sessions > MOST_SESSIONS:
            raise ScenarioError(
                f"a path of {self.sessions} sessions cannot be slowed {sessions} times; at most {MOST_SESSIONS} in all"
            )
        made = self._each(
            lambda moves: np.repeat((1 + moves) ** (1 / sessions) - 1, sessions),
            lambda moves: np.repeat(moves / sessions, sessions),
        )
        return Path(self.sessions * sessions, made.returns, made.points, made.growth, made.shifts)

    def lengthened(self, sessions: int) -> "Path":
        """The path lengthened to `sessions` by sessions without moves."""
        rest = max(0, sessions - self.sessions)
        made = self._each(
            lambda moves: np.append(moves, np.full(rest, np.nan)), lambda moves: np.append(moves, np.zeros(rest))
        )
        return Path(self.sessions + rest, made.returns, made.points, made.growth, made.shifts)

    def grouped(self, sessions: int) -> "Path":
        """The path with each `sessions` sessions merged into one; the last group may be smaller."""
        starts = np.arange(0, self.sessions, sessions)

        def compounded(moves: Array) -> Array:
            known = np.logical_or.reduceat(~np.isnan(moves), starts)
            return np.where(known, np.multiply.reduceat(1 + np.nan_to_num(moves), starts) - 1, np.nan)

        made = self._each(compounded, lambda moves: np.add.reduceat(moves, starts))
        return Path(len(starts), made.returns, made.points, made.growth, made.shifts)

    def without(self, roles: set[str]) -> "Path":
        """The path without these roles."""

        def kept(moves: Moves) -> Moves:
            return {role: one for role, one in moves.items() if role not in roles}

        return Path(self.sessions, kept(self.returns), kept(self.points), kept(self.growth), kept(self.shifts))

    def _each(self, of_returns: Callable[[Array], Array], of_others: Callable[[Array], Array]) -> "Path":
        def each(moves: Moves, change: Callable[[Array], Array]) -> Moves:
            return {role: change(one) for role, one in moves.items()}

        others = (each(moves, of_others) for moves in (self.points, self.growth, self.shifts))
        return Path(self.sessions, each(self.returns, of_returns), *others)


def _compounded(one: Array, other: Array) -> Array:
    """Both returns compounded (N,); where one is NaN the other, NaN where both are."""
    both = (1 + np.nan_to_num(one)) * (1 + np.nan_to_num(other)) - 1
    return np.where(np.isnan(one) & np.isnan(other), np.nan, both)


def overlaid(first: Path, second: Path) -> Path:
    """Both paths together from the first session on: returns compound, everything else adds up."""
    sessions = max(first.sessions, second.sessions)
    one, two = first.lengthened(sessions), second.lengthened(sessions)

    def both(left: Moves, right: Moves, add: Callable[[Array, Array], Array]) -> Moves:
        shared = {role: add(left[role], right[role]) for role in left if role in right}
        return {**left, **right, **shared}

    return Path(
        sessions,
        both(one.returns, two.returns, _compounded),
        both(one.points, two.points, np.add),
        both(one.growth, two.growth, np.add),
        both(one.shifts, two.shifts, np.add),
    )
