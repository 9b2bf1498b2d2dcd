"""The accounts of a simulated portfolio: the arrays that the kernel filled, and data frames of them."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from backtester.arrays import Array
from backtester.engine.kernel import Kept
from backtester.engine.many import LEDGER_LINES


@dataclass(frozen=True)
class EndedAsset:
    """An asset that ended while it was held, or before it was wanted: its last session, and its weight then.

    That share of NAV is paid out as cash; an unfunded asset, which is a notional, simply ends.
    """

    asset: str
    last: pd.Timestamp
    weight: float


@dataclass(frozen=True, eq=False)
class Accounts:
    """A simulated portfolio by session; money is in units of the starting value.

    `kept` are the kernel's arrays of it, one row each. As frames: `nav`, `turnover` (T,); `weights`, `gains` and
    `charges`, the costs of trading, (T, assets); `lines` (T, interest financing costs fees). A tranche is a part of the
    money that trades on days of its own, a gap a target weight less the weight held; `gap_share` (tranches, T) is the
    share of its gaps that each tranche traded, by schedule or band. `ended` are the assets that ended before the market
    did. The change of nav is the sum of gains + interest - financing - costs - fees; costs are the sum of charges.
    `ruin` is the session on which nav fell to zero: that session's lines show the whole loss, nav stays at zero.
    """

    sessions: pd.DatetimeIndex
    assets: list[str]
    kept: Kept
    gap_share: Array
    ended: tuple[EndedAsset, ...]

    @property
    def ruin(self) -> pd.Timestamp | None:
        """The session on which nothing was left; None if there is none."""
        session = int(self.kept.ruin[0])
        return self.sessions[session] if session >= 0 else None

    @cached_property
    def nav(self) -> "pd.Series[float]":
        """The net asset value, 1 at the start."""
        return pd.Series(self.kept.nav[0], self.sessions, name="nav")

    @cached_property
    def turnover(self) -> "pd.Series[float]":
        """The turnover, one way, as a share of net asset value."""
        return pd.Series(self.kept.turnover[0], self.sessions, name="turnover")

    @cached_property
    def weights(self) -> pd.DataFrame:
        """The weights at each close, after any trade."""
        return pd.DataFrame(self.kept.weights[0], self.sessions, self.assets, copy=False)

    @cached_property
    def gains(self) -> pd.DataFrame:
        """The gains of each asset in each session, in units of the starting value."""
        return pd.DataFrame(self.kept.gains[0], self.sessions, self.assets, copy=False)

    @cached_property
    def charges(self) -> pd.DataFrame:
        """The costs of trading each asset in each session, in units of the starting value."""
        return pd.DataFrame(self.kept.charges[0], self.sessions, self.assets, copy=False)

    @cached_property
    def lines(self) -> pd.DataFrame:
        """Interest, financing, costs and fees of each session, in units of the starting value."""
        return pd.DataFrame(self.kept.lines[0], self.sessions, list(LEDGER_LINES))
