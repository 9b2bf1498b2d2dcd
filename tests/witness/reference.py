"""The engine of docs/design.md, as a plain loop over days: this is the definition, slow and meant to be read.

Each session, in this order:

1. `earn`: assets, cash, borrowed money, shorts and the fee accrue on what was held at the previous close;
2. an asset that has ended goes to cash at its last price, and nothing is wanted of it from there on;
3. NAV = funded holdings + cash; at or below zero it is ruin, and everything is zero from there on;
4. the decision of `lag` sessions ago says how far towards its target the session trades, all of the way or a share of
   it; where it says nothing, `way` does, by the bands; what was said is noted, whether or not there is a gap to trade;
5. `nav_after_costs`: if it trades, holdings go to weight x NAV', and what is left is cash; what is too small to be
   traded stays as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf

Row = Sequence[float]
YEAR_DAYS = 365
TOLERANCE = 1e-12


@dataclass(frozen=True)
class Rules:
    """How a book trades and what it pays: rates are fractions of what is traded, spreads and fees fractions a year."""

    funded: Sequence[bool]
    lag: int
    buy: Row
    sell: Row
    fixed: float = 0.0
    cash_spread: float = 0.0
    borrow_spread: float = 0.0
    short_fee: float = 0.0
    fee: float = 0.0
    band: float = inf
    relative_band: float = inf
    to_edge: bool = False
    min_trade: float = 0.0
    ends: Sequence[float] = ()


@dataclass
class Path:
    """What one book did, a row a session; `lines` are interest, financing, costs and fees, and `gap_share` is the share
    of its gaps that a schedule or band had it trade."""

    nav: list[float] = field(default_factory=list)
    weights: list[list[float]] = field(default_factory=list)
    gains: list[list[float]] = field(default_factory=list)
    charges: list[list[float]] = field(default_factory=list)
    lines: list[list[float]] = field(default_factory=list)
    turnover: list[float] = field(default_factory=list)
    gap_share: list[float] = field(default_factory=list)
    ruin: int = -1


def simulate(
    returns: Sequence[Row], bills: Row, days: Row, targets: Sequence[Row], decisions: Row, rules: Rules
) -> Path:
    """The path of a book that starts with 1.0 in cash; decisions are shares of the way, 0 for none."""
    funded, assets = rules.funded, range(len(rules.funded))
    path = Path()
    cash, nav, holdings = 1.0, 1.0, [0.0 for _ in assets]
    for t in range(len(returns)):
        gains, charges = [0.0 for _ in assets], [0.0 for _ in assets]
        interest, financing, fees, turnover, go = 0.0, 0.0, 0.0, 0.0, 0.0
        if path.ruin < 0:
            # 1. What was held at the previous close earns and pays; session 0 has no previous close.
            if t > 0:
                years = days[t] / YEAR_DAYS
                gains = [holdings[k] * returns[t][k] for k in assets]
                if cash >= 0:
                    interest = cash * (bills[t] - rules.cash_spread * years)
                else:
                    financing = -cash * (bills[t] + rules.borrow_spread * years)
                financing += (
                    sum(-holdings[k] for k in assets if funded[k] and holdings[k] < 0) * rules.short_fee * years
                )
                fees = nav * rules.fee * years
                holdings = [holdings[k] + gains[k] for k in assets]  # the notional of an unfunded asset drifts too
                cash += sum(gains[k] for k in assets if not funded[k]) + interest - financing - fees

            # 2. What has ended is paid out at its last price.
            ended = [bool(rules.ends) and t >= rules.ends[k] for k in assets]
            cash += sum(holdings[k] for k in assets if ended[k] and funded[k])
            holdings = [0.0 if ended[k] else holdings[k] for k in assets]

            # 3. Net asset value: a notional is not worth anything by itself.
            nav = cash + sum(holdings[k] for k in assets if funded[k])

            # 4. The latest target that can be executed was decided `lag` sessions ago.
            if nav > 0 and t >= rules.lag:
                target = [0.0 if ended[k] else targets[t - rules.lag][k] for k in assets]
                gaps = [target[k] - holdings[k] / nav for k in assets]
                go = decisions[t - rules.lag] or way(gaps, target, rules)
                moved = [k for k in assets if abs(go * gaps[k]) >= rules.min_trade - TOLERANCE]
                if go > 0 and moved:
                    # 5. The trade pays its costs out of what it trades.
                    turnover = distance([go * gaps[k] if k in moved else 0.0 for k in assets], funded)
                    traded = [k for k in moved if abs(go * gaps[k]) > TOLERANCE]
                    wanted = {k: holdings[k] / nav + go * gaps[k] for k in moved}
                    nav = nav_after_costs(nav - rules.fixed * len(traded), holdings, wanted, rules)
                    for k in moved:
                        trade = wanted[k] * nav - holdings[k]
                        charges[k] = cost(trade, k, rules) + (rules.fixed if k in traded else 0.0)
                        holdings[k] = wanted[k] * nav
                    cash = nav - sum(holdings[k] for k in assets if funded[k])
            if nav <= 0:
                path.ruin = t
                cash, nav, holdings = 0.0, 0.0, [0.0 for _ in assets]

        path.nav.append(nav)
        path.weights.append([holdings[k] / nav if nav > 0 else 0.0 for k in assets])
        path.gains.append(gains)
        path.charges.append(charges)
        path.lines.append([interest, financing, sum(charges), fees])
        path.turnover.append(turnover)
        path.gap_share.append(go)
    return path


def distance(gaps: Row, funded: Sequence[bool]) -> float:
    """How far a book is from its target: half of what funded assets and cash are off, and all of the notionals."""
    within = [gaps[k] for k in range(len(gaps)) if funded[k]]
    cash_gap = -sum(within)
    return (sum(map(abs, within)) + abs(cash_gap)) / 2 + sum(abs(gaps[k]) for k in range(len(gaps)) if not funded[k])


def way(gaps: Row, target: Row, rules: Rules) -> float:
    """How much of the way to the target the bands ask for: 0 inside them, else 1, or as far as the nearest edge.

    A book that has been brought to an edge stays there until it is beyond it; otherwise to reach a band is enough.
    """
    off = distance(gaps, rules.funded)
    reached = [(off, rules.band)]
    reached += [
        (abs(gap), rules.relative_band * abs(w)) for gap, w in zip(gaps, target, strict=True) if abs(gap) > 1e-12
    ]
    margin = TOLERANCE if rules.to_edge else -TOLERANCE
    stays = [edge / far if far > 0 else 0.0 for far, edge in reached if far >= edge + margin]
    if not stays:
        return 0.0
    return 1 - min(stays) if rules.to_edge else 1.0


def cost(trade: float, asset: int, rules: Rules) -> float:
    """What buying (above zero) or selling so much of an asset costs, fixed costs aside."""
    return trade * rules.buy[asset] if trade >= 0 else -trade * rules.sell[asset]


def nav_after_costs(budget: float, holdings: Row, wanted: dict[int, float], rules: Rules) -> float:
    """The NAV' that solves NAV' + cost of trading to weight x NAV' = budget, by halving until no number is between.

    The left side rises with NAV' as long as sum of rate x |weight| < 1, and then the root is within `reach` of it.
    """

    def costs(after: float) -> float:
        return sum(cost(w * after - holdings[k], k, rules) for k, w in wanted.items())

    steepest = sum(max(rules.buy[k], rules.sell[k]) * abs(w) for k, w in wanted.items())
    low, high = budget - 2 * costs(budget) / (1 - steepest), budget
    while low < (middle := (low + high) / 2) < high:
        if middle + costs(middle) < budget:
            low = middle
        else:
            high = middle
    return high
