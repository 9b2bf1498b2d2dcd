"""A path: returns of assets and changes of observables by session, for any history that it continues.

A role is the name under which a history has a series, such as `stocks`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from backtester.arrays import Array
from backtester.errors import ScenarioError

Moves = dict[str, Array]  # by role, (N,) each
MOST_SESSIONS = 2520  # ten years of a daily history


@dataclass(frozen=True)
class Path:
    """The moves of roles in N sessions, each array (N,). `extend` says how roles move that are not named.

    `returns`: total returns of assets, NaN in sessions at the end for which the path states none: there a bond earns
    its yield, and a price does not change. `points`: changes of yields, rates and levels in their own unit. A bond's
    return, if stated, determines its yield, whatever the points of the yield. To these are added `growth`, log changes
    of prices and levels, and `shifts`, changes in the unit: percentage points of a yield or rate. For an index of
    consumer prices, points and shifts are changes of inflation, the index's change over twelve months.
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
        return self._changed(lambda moves: scale * moves, lambda moves: scale * moves)

    def slowed(self, sessions: int) -> "Path":
        """The path with the moves of each session spread evenly over `sessions`. Raise ScenarioError if it is too
        long."""
        if sessions < 1 or sessions * self.sessions > MOST_SESSIONS:
            raise ScenarioError(
                f"a path of {self.sessions} sessions cannot be slowed {sessions} times; at most {MOST_SESSIONS} in all"
            )
        changed = self._changed(
            lambda moves: np.repeat((1 + moves) ** (1 / sessions) - 1, sessions),
            lambda moves: np.repeat(moves / sessions, sessions),
        )
        return replace(changed, sessions=self.sessions * sessions)

    def lengthened(self, sessions: int) -> "Path":
        """The path lengthened to `sessions` by sessions without moves."""
        rest = max(0, sessions - self.sessions)
        changed = self._changed(
            lambda moves: np.append(moves, np.full(rest, np.nan)), lambda moves: np.append(moves, np.zeros(rest))
        )
        return replace(changed, sessions=self.sessions + rest)

    def grouped(self, sessions: int) -> "Path":
        """The path with each `sessions` sessions merged into one; the last group may be smaller."""
        starts = np.arange(0, self.sessions, sessions)

        def compounded(moves: Array) -> Array:
            """The return of each group; NaN where none of its sessions has one."""
            is_stated = np.logical_or.reduceat(~np.isnan(moves), starts)  # in any session of the group
            return np.where(is_stated, np.multiply.reduceat(1 + np.nan_to_num(moves), starts) - 1, np.nan)

        changed = self._changed(compounded, lambda moves: np.add.reduceat(moves, starts))
        return replace(changed, sessions=len(starts))

    def without(self, roles: set[str]) -> "Path":
        """The path without these roles."""

        def kept(moves: Moves) -> Moves:
            return {role: own for role, own in moves.items() if role not in roles}

        return Path(
            self.sessions,
            returns=kept(self.returns),
            points=kept(self.points),
            growth=kept(self.growth),
            shifts=kept(self.shifts),
        )

    def _changed(self, change_returns: Callable[[Array], Array], change_others: Callable[[Array], Array]) -> "Path":
        """The path with the moves of each role changed by a function, one for returns and one for all other moves."""

        def changed(moves: Moves, change: Callable[[Array], Array]) -> Moves:
            return {role: change(own) for role, own in moves.items()}

        others = (changed(moves, change_others) for moves in (self.points, self.growth, self.shifts))
        return Path(self.sessions, changed(self.returns, change_returns), *others)


def _compounded(left: Array, right: Array) -> Array:
    """Both returns (N,) compounded; NaN counts as 0, but is kept where both are NaN."""
    compounded = (1 + np.nan_to_num(left)) * (1 + np.nan_to_num(right)) - 1
    return np.where(np.isnan(left) & np.isnan(right), np.nan, compounded)


def overlaid(first: Path, second: Path) -> Path:
    """Both paths together from the first session on: returns compound, everything else adds up."""
    sessions = max(first.sessions, second.sessions)
    first, second = first.lengthened(sessions), second.lengthened(sessions)

    def combined(left: Moves, right: Moves, combine: Callable[[Array, Array], Array]) -> Moves:
        """The moves of all roles, those of roles in both paths combined by a function."""
        in_both = {role: combine(left[role], right[role]) for role in left if role in right}
        return {**left, **right, **in_both}

    return Path(
        sessions,
        returns=combined(first.returns, second.returns, _compounded),
        points=combined(first.points, second.points, np.add),
        growth=combined(first.growth, second.growth, np.add),
        shifts=combined(first.shifts, second.shifts, np.add),
    )
