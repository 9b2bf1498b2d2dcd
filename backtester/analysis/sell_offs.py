"""Sell-offs: windows in which stocks fell, chosen worst first and apart from each other.

In a joint sell-off bonds fell too, in an other one they did not; a stock sell-off is defined by stocks alone. A window
is a stretch of up to `max_sessions` of the `Rule` in which the legs fell by its thresholds; windows are chosen by the
return of the pair, and keep `gap_sessions` from those chosen (docs/design.md has the whole). An other sell-off may
begin at the close at which a joint one ends, but shares no session's return with it; the gap applies to windows of one
kind.
Of equal windows the earlier, then the shorter, comes first.
"""

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np

from backtester.analysis.sell_offs_kernel import KnownWindows, Legs, Rule, WindowWorkspace, Worst, fill_windows
from backtester.arrays import Integers


@dataclass(frozen=True)
class OriginalLegs:
    """The legs (levels of stocks, bonds and the pair) of a record that is resampled many times. The worst window from
    each session is found once, since it stays the same in a resample if it lies inside a block of the bootstrap;
    `found` has it by rule and by whether it is joint."""

    legs: Legs
    found: dict[tuple[Rule, bool], Worst] = field(default_factory=dict)

    def worst(self, rule: Rule, is_joint: bool) -> Worst:
        """The worst window from each session, joint or other; cached."""
        if (rule, is_joint) not in self.found:
            workspace = _new_workspace(len(self.legs.pair))
            no_windows = NOTHING_KNOWN.used  # only what the workspace comes to hold is wanted
            fill_windows(self.legs, rule, is_joint, NOTHING_KNOWN, workspace, no_windows)
            self.found[rule, is_joint] = Worst(workspace.returns, workspace.lengths)
        return self.found[rule, is_joint]


class ResampledLegs(NamedTuple):
    """The origin of resampled legs: the original, and the numbers (T - 1,) of its session returns in the new order."""

    original: OriginalLegs
    rows: Integers


NO_INTEGERS = np.array([], np.int64)
NOTHING_KNOWN = KnownWindows(  # of a record that is no resample, with no windows to leave out
    Worst(np.array([]), NO_INTEGERS), NO_INTEGERS, np.empty((0, 2), np.int64)
)


def joint_sell_offs(legs: Legs, rule: Rule, resampled: ResampledLegs | None = None) -> Integers:
    """The windows in which both legs fell, (W, 2), as session numbers of first and last close, in order of time."""
    return _find(legs, rule, is_joint=True, resampled=resampled)


def other_sell_offs(legs: Legs, rule: Rule, joint: Integers, resampled: ResampledLegs | None = None) -> Integers:
    """The windows (W, 2), outside the joint ones, in which stocks fell and bonds did not, in order of time."""
    return _find(legs, rule, is_joint=False, resampled=resampled, used=joint)


def stock_sell_offs(legs: Legs, rule: Rule) -> Integers:
    """The windows (W, 2) in which stocks fell, whatever bonds did, chosen by the fall of stocks; in order of time."""
    whatever_bonds_did = rule._replace(bonds_fall=np.inf)  # any return of bonds is at most that
    return _find(legs._replace(pair=legs.stocks), whatever_bonds_did, is_joint=True)


class SellOffDefinition(Protocol):
    """A definition of a sell-off: a function that finds the windows (W, 2) among legs."""

    def __call__(self, legs: Legs, resampled: ResampledLegs | None = None) -> Integers:
        """The windows among legs."""


@dataclass(frozen=True)
class JointSellOffs:
    """The definition of joint sell-offs by a rule."""

    rule: Rule

    def __call__(self, legs: Legs, resampled: ResampledLegs | None = None) -> Integers:
        """The windows among legs."""
        return joint_sell_offs(legs, self.rule, resampled)


def _find(
    legs: Legs, rule: Rule, is_joint: bool, resampled: ResampledLegs | None = None, used: Integers = NOTHING_KNOWN.used
) -> Integers:
    """The windows (W, 2) by a rule, joint or other, without the sessions of windows in `used`; in order of time."""
    known = NOTHING_KNOWN._replace(used=used)
    if resampled:
        known = KnownWindows(resampled.original.worst(rule, is_joint), resampled.rows, used)
    windows = np.empty((len(legs.pair), 2), np.int64)
    count = fill_windows(legs, rule, is_joint, known, _new_workspace(len(windows)), windows)
    return windows[windows[:count, 0].argsort()]


def _new_workspace(sessions: int) -> WindowWorkspace:
    """The arrays that a search among `sessions` sessions works in."""
    return WindowWorkspace(*np.empty((3, sessions)), *np.empty((2, sessions), np.int64))
