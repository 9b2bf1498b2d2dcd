"""The engine of DESIGN.md, section 6, as a plain loop over days: this is the definition, slow and meant to be read.

Each session, in this order:

1. `earn`: assets, cash, borrowed money, shorts and the fee accrue on what was held at the previous close;
2. NAV = funded holdings + cash; at or below zero it is ruin, and everything is zero from there on;
3. `distance` and the decisions say whether the session trades towards the target of `lag` sessions ago;
4. `nav_after_costs`: if it trades, holdings go to weight x NAV', and what is left is cash.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

Row = Sequence[float]
YEAR_DAYS = 365


@dataclass
class Path:
    """What one book did, a row a session; `lines` are interest, financing, costs and fees."""

    nav: list[float] = field(default_factory=list)
    weights: list[list[float]] = field(default_factory=list)
    gains: list[list[float]] = field(default_factory=list)
    lines: list[list[float]] = field(default_factory=list)
    turnover: list[float] = field(default_factory=list)
    ruin: int = -1


def simulate(
    returns: Sequence[Row],
    bills: Row,
    days: Row,
    targets: Sequence[Row],
    decisions: Sequence[bool],
    *,
    funded: Sequence[bool],
    lag: int,
    band: float,
    rates: Row,
    cash_spread: float,
    borrow_spread: float,
    short_fee: float,
    fee: float,
) -> Path:
    """The path of a book that starts with 1.0 in cash; rates are fractions a unit traded, spreads and fees a year."""
    assets = range(len(funded))
    path = Path()
    cash, nav, holdings = 1.0, 1.0, [0.0 for _ in assets]
    for t in range(len(returns)):
        gains, interest, financing, costs, fees, turnover = [0.0 for _ in assets], 0.0, 0.0, 0.0, 0.0, 0.0
        if path.ruin < 0:
            # 1. What was held at the previous close earns and pays; session 0 has no previous close.
            if t > 0:
                years = days[t] / YEAR_DAYS
                gains = [holdings[k] * returns[t][k] for k in assets]
                if cash >= 0:
                    interest = cash * (bills[t] - cash_spread * years)
                else:
                    financing = -cash * (bills[t] + borrow_spread * years)
                financing += sum(-holdings[k] for k in assets if funded[k] and holdings[k] < 0) * short_fee * years
                fees = nav * fee * years
                holdings = [holdings[k] + gains[k] for k in assets]  # the notional of an unfunded asset drifts too
                cash += sum(gains[k] for k in assets if not funded[k]) + interest - financing - fees

            # 2. Net asset value: a notional is not worth anything by itself.
            nav = cash + sum(holdings[k] for k in assets if funded[k])

            # 3. The latest target that can be executed was decided `lag` sessions ago.
            if nav > 0 and t >= lag:
                target = targets[t - lag]
                off = distance(holdings, cash, nav, target, funded)
                if decisions[t - lag] or off >= band - 1e-12:
                    # 4. The trade pays its costs out of what it trades.
                    turnover = off
                    after = nav_after_costs(nav, holdings, target, rates)
                    costs = nav - after
                    nav = after
                    holdings = [target[k] * nav for k in assets]
                    cash = nav - sum(holdings[k] for k in assets if funded[k])
            if nav <= 0:
                path.ruin = t
                cash, nav, holdings = 0.0, 0.0, [0.0 for _ in assets]

        path.nav.append(nav)
        path.weights.append([holdings[k] / nav if nav > 0 else 0.0 for k in assets])
        path.gains.append(gains)
        path.lines.append([interest, financing, costs, fees])
        path.turnover.append(turnover)
    return path


def distance(holdings: Row, cash: float, nav: float, target: Row, funded: Sequence[bool]) -> float:
    """How far a book is from its target: half of what funded assets and cash are off, and all of the notionals."""
    assets = range(len(funded))
    off = [abs(holdings[k] / nav - target[k]) for k in assets]
    cash_off = abs(cash / nav - (1 - sum(target[k] for k in assets if funded[k])))
    within_nav = sum(off[k] for k in assets if funded[k]) + cash_off
    return within_nav / 2 + sum(off[k] for k in assets if not funded[k])


def nav_after_costs(nav: float, holdings: Row, target: Row, rates: Row) -> float:
    """The NAV' that solves NAV' + sum of rate x |weight x NAV' - holding| = NAV, by halving until no number is between.

    The left side rises with NAV' as long as sum of rate x |weight| < 1, and then the root is within `reach` of NAV.
    """

    def costs(after: float) -> float:
        return sum(rate * abs(w * after - h) for rate, w, h in zip(rates, target, holdings, strict=True))

    reach = costs(nav) / (1 - sum(rate * abs(w) for rate, w in zip(rates, target, strict=True)))
    low, high = nav - 2 * reach, nav
    while low < (middle := (low + high) / 2) < high:
        if middle + costs(middle) < nav:
            low = middle
        else:
            high = middle
    return high
