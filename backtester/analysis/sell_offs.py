"""Sell-offs: windows in which stocks fell, taken worst first and apart from each other.

In a joint sell-off bonds fell too, in an other one they held; a stock sell-off asks nothing of bonds. docs/design.md
defines them. What it leaves open: an other sell-off may touch a joint one at a close but shares no session's return
with it, and the sessions between windows are asked of windows of the same kind. Ties go to the earlier window, then to
the shorter.
"""

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np

from backtester.analysis.sell_offs_kernel import KnownWindows, Legs, Rule, WindowWorkspace, Worst, fill_windows
from backtester.arrays import Integers


@dataclass(frozen=True)
class OriginalLegs:
    """Legs whose sessions are put in other orders again and again: what of their windows stays is found once."""

    legs: Legs
    found: dict[tuple[Rule, bool], Worst] = field(default_factory=dict)

    def worst(self, rule: Rule, is_joint: bool) -> Worst:
        """The worst window from each session."""
        if (rule, is_joint) not in self.found:
            workspace = _new_workspace(len(self.legs.pair))
            fill_windows(self.legs, rule, is_joint, NOTHING_KNOWN, workspace, NOTHING_KNOWN.used)
            self.found[rule, is_joint] = Worst(workspace.returns, workspace.lengths)
        return self.found[rule, is_joint]


class ResampledLegs(NamedTuple):
    """Where legs come from: the original, and which of its session returns they have, in order (T - 1,)."""

    original: OriginalLegs
    rows: Integers


NO_INTEGERS = np.array([], np.int64)
NOTHING_KNOWN = KnownWindows(Worst(np.array([]), NO_INTEGERS), NO_INTEGERS, np.empty((0, 2), np.int64))


def joint_sell_offs(legs: Legs, rule: Rule, resampled: ResampledLegs | None = None) -> Integers:
    """The windows in which both legs fell, as session numbers of start and end (W, 2), in order of time."""
    return _find(legs, rule, True, resampled)


def other_sell_offs(legs: Legs, rule: Rule, joint: Integers, resampled: ResampledLegs | None = None) -> Integers:
    """The windows outside the joint ones in which stocks fell and bonds did not, likewise."""
    return _find(legs, rule, False, resampled, joint)


def stock_sell_offs(legs: Legs, rule: Rule) -> Integers:
    """The windows in which stocks fell, whatever bonds did, worst for stocks first, likewise."""
    return _find(legs._replace(pair=legs.stocks), rule._replace(bonds_fall=np.inf), True)


class SellOffDefinition(Protocol):
    """The definition of a sell-off, by which windows (W, 2) are found."""

    def __call__(self, legs: Legs, resampled: ResampledLegs | None = None) -> Integers:
        """The windows among legs."""


@dataclass(frozen=True)
class JointSellOffs:
    """The definition of windows that are joint sell-offs by a rule."""

    rule: Rule

    def __call__(self, legs: Legs, resampled: ResampledLegs | None = None) -> Integers:
        """The windows among legs."""
        return joint_sell_offs(legs, self.rule, resampled)


def _find(
    legs: Legs, rule: Rule, is_joint: bool, resampled: ResampledLegs | None = None, used: Integers = NOTHING_KNOWN.used
) -> Integers:
    """The windows (W, 2) of `fill_windows`."""
    known = NOTHING_KNOWN._replace(used=used)
    if resampled:
        known = KnownWindows(resampled.original.worst(rule, is_joint), resampled.rows, used)
    windows = np.empty((len(legs.pair), 2), np.int64)
    count = fill_windows(legs, rule, is_joint, known, _new_workspace(len(windows)), windows)
    return windows[windows[:count, 0].argsort()]


def _new_workspace(sessions: int) -> WindowWorkspace:
    return WindowWorkspace(*np.empty((3, sessions)), *np.empty((2, sessions), np.int64))
