"""The basis-trade spiral: a small model of forced sales of Treasuries. Public data do not identify its parameters.

Hedge funds hold Treasuries worth X against short futures, financed in repo at leverage L. They are hedged against moves
of yields, but lose when the basis (of Treasuries against futures) widens, which it does by a share theta of the move of
yields. In each session:

1. outside holders sell, and redemptions take equity from the funds;
2. yields move by kappa times the sales net of the Fed's purchases, by a steeper kappa above the capacity of dealers in
   a session; a part of that move decays later;
3. the basis widens by theta times that move, and costs the funds X x d for each basis point (d, their duration);
4. funds sell what they hold above L times the equity that is left. These sales move yields too, so steps 2 to 4 repeat
   until sales no longer grow.

Without decay and below the dealers' capacity, sales in a session are those of outside holders times
1 / (1 - theta kappa X d L), and the spiral tips at L* = 1 / (theta kappa X d): from there on it ends only when
everything is sold. Leverage is capped by L <= 1 / (haircut + margin). Margins may rise with volatility: the root mean
square of the moves of yields at the closes before, weighted exponentially as RiskMetrics (1996) does.

After Brunnermeier and Pedersen (2009), Review of Financial Studies 22, 2201-2238 (loss and margin spirals), and
Greenwood, Landier and Thesmar (2015), Journal of Financial Economics 115, 471-485 (linear impact, constant leverage).
The model leaves out that funds wait until a limit is breached (Cont and Schaanning 2017), who lends to them and whether
repo is rolled over, the delivery option, differences between maturities, what dealers earn, and that sellers and buyers
foresee each other. April 2025 was, as far as officials know, no basis unwind: Perli (New York Fed, 9 May 2025) found no
evidence of one; swap-spread trades were unwound and repo stayed calm.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from backtester.arrays import Array

SALES_TOLERANCE = 1e-16  # of holdings: sales that grow by less, which is rounding, have converged
MOST_ROUNDS = 200_000  # of forced sales in a session
HOLDERS = ("funds", "dealers", "fed", "outside")


class BasisTerms(BaseModel):
    """The parameters: of the funds, of the market that they sell into, and of when the Fed buys. `held_bn` is X, in
    billions of dollars, `leverage` L, `duration` d; `haircut` and `margin` are shares of holdings.

    Sources of the default values: Monin (FEDS Notes, 22 June 2026) for holdings, Banegas and Monin (2023) for leverage,
    the OFR's pilot (2022) for the haircut, five years for the duration. Theta (0.04 to 0.11 by what funds lost in March
    2020), the margin (1 to 2%), the dealers' capacity, the steeper impact beyond it, the decay and the Fed's trigger
    have no source: they are assumptions, and the page of `stress basis` shows how the answer depends on each."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=True)

    held_bn: float = Field(default=830.0, gt=0, le=1e5)
    leverage: float = Field(default=56.0, ge=0, le=1000)
    theta: float = Field(default=0.1, ge=0, le=1, description="basis points of basis for each of yields")
    kappa: float = Field(default=9.25, ge=0, le=1000, description="basis points of yields for each $100bn sold")
    duration: float = Field(default=0.0005, gt=0, le=0.01, description="of value for a basis point of basis")
    haircut: float = Field(default=0.0, ge=0, le=0.5)
    margin: float = Field(default=0.015, ge=0, le=0.5)
    margin_per_bp: float = Field(default=0.0, ge=0, le=0.01, description="added for each bp of volatility")
    volatility_span: float = Field(default=32.0, ge=1, le=1000, description="sessions: RiskMetrics' 0.94 is 1 - 2 / 33")
    capacity_bn: float = Field(default=150.0, gt=0, description="what dealers take in a session at kappa")
    steeper: float = Field(default=2.0, ge=1, le=100, description="times kappa above that")
    decaying: float = Field(default=0.25, ge=0, le=1, description="the part of the impact that decays")
    decay: float = Field(default=0.1, ge=0, le=1, description="of that part, in a session")
    trigger_bp: float = Field(default=30.0, gt=0, description="of yields, after which the Fed buys")

    @model_validator(mode="after")
    def _leverage_can_be_had(self) -> "BasisTerms":
        required = self.haircut + self.margin  # equity, as a share of holdings
        if self.leverage * required > 1 + 1e-9:
            most = 1 / required
            raise ValueError(
                f"leverage {self.leverage:g} with haircut and margin of {required:.2%} in all; at most {most:.1f}"
            )
        return self

    @property
    def strength(self) -> float:
        """theta kappa X d, with kappa for each $bn: for each turn of leverage, the share of a move of yields that the
        sales forced by it add to the move."""
        return self.theta * self.kappa / 100 * self.held_bn * self.duration

    @property
    def tipping_leverage(self) -> float:
        """L* = 1 / (theta kappa X d); infinite if there are no forced sales."""
        return 1 / self.strength if self.strength > 0 else float("inf")

    @property
    def amplification(self) -> float:
        """1 / (1 - theta kappa X d L) in the first session; infinite from the tipping point on."""
        remainder = 1 - self.strength * self.leverage
        return 1 / remainder if remainder > 0 else float("inf")


@dataclass(frozen=True, eq=False)
class Pressure:
    """Outside pressure in each session, $bn (N,): sales of outside holders and redemptions from the funds; and what the
    Fed buys in the first, second, ... session after its trigger, `hedged` if it sells futures against that."""

    sales: Array
    redemptions: Array
    purchases: Sequence[float] = ()
    hedged: bool = False


@dataclass(frozen=True, eq=False)
class Unwind:
    """The result by session (N,): yields and basis in basis points over the start, the funds' sales, the Fed's
    purchases and the funds' equity in $bn; and the holdings and the cash of `HOLDERS` (N + 1, 4), from the start."""

    yields_bp: Array
    basis_bp: Array
    sold: Array
    purchased: Array
    equity: Array
    holdings: Array
    cash: Array

    @property
    def peak_bp(self) -> float:
        """The highest yields over the start, in basis points; at least 0."""
        return float(self.yields_bp.max(initial=0.0))


def impact(net: float, terms: BasisTerms) -> float:
    """The move of yields in basis points by net sales of $bn in a session; negative for net purchases."""
    beyond = max(0.0, net - terms.capacity_bn)
    return terms.kappa / 100 * (net - beyond + terms.steeper * beyond)


@dataclass(frozen=True)
class _State:
    """The state at a close: the funds' holdings and equity ($bn), yields and basis over the start (bp), the part of the
    move of yields that is still to decay (bp), and the weighted mean square of moves of yields, 0 at the start."""

    held: float
    equity: float
    yields: float = 0.0
    basis: float = 0.0
    temporary: float = 0.0
    mean_square: float = 0.0


@dataclass(frozen=True)
class _Day:
    """Outside pressure in one session, $bn."""

    sales: float
    redeemed: float
    bought: float
    hedged: bool


def unwind(terms: BasisTerms, pressure: Pressure) -> Unwind:
    """The spiral, session by session, from funds that hold all that their leverage allows."""
    count, bought = len(pressure.sales), list(pressure.purchases)
    start = _State(terms.held_bn, terms.held_bn / terms.leverage) if terms.leverage > 0 else _State(0.0, 0.0)
    states, sold, purchased = [start], np.zeros(count), np.zeros(count)
    holdings, cash = np.zeros((count + 1, len(HOLDERS))), np.zeros((count + 1, len(HOLDERS)))
    holdings[0, 0], started = start.held, False
    for t in range(count):
        started = started or states[-1].yields >= terms.trigger_bp
        buys = bought.pop(0) if started and bought else 0.0
        day = _Day(float(pressure.sales[t]), float(pressure.redemptions[t]), buys, pressure.hedged)
        states.append(_session(states[-1], day, terms))
        sold[t], purchased[t] = states[-2].held - states[-1].held, buys
        changes = np.array([-sold[t], day.sales + sold[t] - buys, buys, -day.sales])  # in the order of `HOLDERS`
        holdings[t + 1] = holdings[t] + changes
        cash[t + 1] = cash[t] - changes * (1 - terms.duration * states[-1].yields)  # at the prices of the session
    yields, basis, equity = (np.array([getattr(s, name) for s in states[1:]]) for name in ("yields", "basis", "equity"))
    return Unwind(
        yields_bp=yields,
        basis_bp=basis,
        sold=sold,
        purchased=purchased,
        equity=equity,
        holdings=holdings,
        cash=cash,
    )


def _session(before: _State, day: _Day, terms: BasisTerms) -> _State:
    """The state after a session: the smallest sales at which the funds keep to their leverage, and their effects."""
    equity, decayed = max(0.0, before.equity - day.redeemed), terms.decay * before.temporary

    def widening(sales: float) -> float:
        """The move of the basis, bp, if the funds sell `sales` $bn."""
        return terms.theta * (impact(day.sales + sales - day.bought, terms) - decayed)

    def equity_after(sales: float) -> float:
        """The equity, $bn, if the funds sell `sales` $bn."""
        return max(0.0, equity - before.held * terms.duration * widening(sales))

    cap, sales = _leverage_cap(terms, before.mean_square), 0.0
    for _ in range(MOST_ROUNDS):
        required = min(before.held, max(0.0, before.held - cap * equity_after(sales)))
        if required - sales <= SALES_TOLERANCE * before.held:
            break
        sales = required
    new = impact(day.sales + sales - (0.0 if day.hedged else day.bought), terms)  # hedged purchases move the basis only
    move = new - decayed
    return _State(
        held=before.held - sales,
        equity=equity_after(sales),
        yields=before.yields + new - decayed,
        basis=before.basis + widening(sales),
        temporary=before.temporary + terms.decaying * new - decayed,
        mean_square=before.mean_square + 2 / (terms.volatility_span + 1) * (move**2 - before.mean_square),
    )


def _leverage_cap(terms: BasisTerms, mean_square: float) -> float:
    """The highest leverage that haircut and margins allow, given the mean square of moves of yields (bp squared)."""
    required = terms.haircut + terms.margin + terms.margin_per_bp * float(np.sqrt(mean_square))
    return min(terms.leverage, 1 / required) if required > 0 else terms.leverage
