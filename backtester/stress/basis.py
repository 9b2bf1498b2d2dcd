"""The basis-trade spiral: a small model of forced sales of Treasuries. Public data do not identify its parameters.

Funds hold Treasuries worth X against short futures, financed in repo at leverage L. They are hedged against yields, and
lose when the basis widens, which it does by a share theta of the move of yields. In each session:

1. outside holders sell, and redemptions take equity from the funds;
2. yields move by kappa times the sales net of the Fed's purchases, by a steeper kappa above the capacity of dealers in
   a session; a part of that decays;
3. the basis widens by theta times that move and costs the funds X x d for each basis point;
4. funds sell what they hold above L times the equity that is left, which is point 2 again, until sales no longer grow.

Without decay and below the dealers' capacity, sales in a session are those of outside holders times
1 / (1 - theta kappa X d L), and the spiral tips at L* = 1 / (theta kappa X d): from there on it ends only when
everything is sold. Leverage is capped by L <= 1 / (haircut + margin). Margins may rise with volatility: the root mean
square of the moves of yields at the closes before, weighted exponentially as RiskMetrics (1996) does.

After Brunnermeier and Pedersen (2009), Review of Financial Studies 22, 2201-2238 (loss and margin spirals), and
Greenwood, Landier and Thesmar (2015), Journal of Financial Economics 115, 471-485 (linear impact, a leverage that is
kept). It leaves out: that funds wait until a limit is breached (Cont and Schaanning 2017), who lends to them and
whether repo is rolled over, the delivery option, differences between maturities, what dealers earn, and that sellers
and buyers foresee each other. April 2025 was, as far as officials know, no basis unwind: Perli (New York Fed, 9 May
2025) found no evidence of one, swap-spread trades were unwound and repo stayed calm.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from backtester.arrays import Array

SALES_TOLERANCE = 1e-16  # of holdings: sales that grow by less, which is rounding, have converged
MOST_ROUNDS = 200_000
HOLDERS = ("funds", "dealers", "fed", "outside")


class BasisTerms(BaseModel):
    """The funds, the market they sell into, and when the Fed buys. Start values: Monin (FEDS Notes, 22 June 2026) for
    what is held, Banegas and Monin (2023) for leverage, the OFR's pilot (2022) for the haircut, five years for the
    duration. Theta (0.04 to 0.11 by what funds lost in March 2020), the margin (1 to 2%), what dealers take in a
    session, what is steeper above that, the decay and the Fed's trigger have no source: they are assumptions, and the
    page of `stress basis` shows how the answer depends on each."""

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
        asked = self.haircut + self.margin
        if self.leverage * asked > 1 + 1e-9:
            raise ValueError(
                f"leverage {self.leverage:g} with haircut and margin of {asked:.2%} in all; at most {1 / asked:.1f}"
            )
        return self

    @property
    def strength(self) -> float:
        """theta kappa X d, kappa for each $bn: the share of a move that forced sales repeat, for each turn of
        leverage."""
        return self.theta * self.kappa / 100 * self.held_bn * self.duration

    @property
    def tipping_leverage(self) -> float:
        """L* = 1 / (theta kappa X d); infinite if there are no forced sales."""
        return 1 / self.strength if self.strength > 0 else float("inf")

    @property
    def amplification(self) -> float:
        """1 / (1 - theta kappa X d L) in the first session; infinite from the tipping point on."""
        rest = 1 - self.strength * self.leverage
        return 1 / rest if rest > 0 else float("inf")


@dataclass(frozen=True, eq=False)
class Pressure:
    """Outside pressure in each session, $bn (N,): sales, redemptions from the funds, and the Fed's purchases in the
    first sessions after its trigger; `hedged` if it sells futures against these."""

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
    move of yields that still decays, and the weighted mean square of moves of yields, 0 at the start."""

    held: float
    worth: float
    level: float = 0.0
    basis: float = 0.0
    passing: float = 0.0
    square: float = 0.0


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
        started = started or states[-1].level >= terms.trigger_bp
        buys = bought.pop(0) if started and bought else 0.0
        day = _Day(float(pressure.sales[t]), float(pressure.redemptions[t]), buys, pressure.hedged)
        states.append(_session(states[-1], day, terms))
        sold[t], purchased[t] = states[-2].held - states[-1].held, buys
        moved = np.array([-sold[t], day.sales + sold[t] - buys, buys, -day.sales])
        holdings[t + 1] = holdings[t] + moved
        cash[t + 1] = cash[t] - moved * (1 - terms.duration * states[-1].level)
    levels, basis, equity = (np.array([getattr(s, name) for s in states[1:]]) for name in ("level", "basis", "worth"))
    return Unwind(levels, basis, sold, purchased, equity, holdings, cash)


def _session(before: _State, day: _Day, terms: BasisTerms) -> _State:
    """The state after a session: the smallest sales at which the funds keep to their leverage, and their effects."""
    worth, back = max(0.0, before.worth - day.redeemed), terms.decay * before.passing

    def widening(own: float) -> float:
        """The move of the basis, bp, if the funds sell `own` $bn."""
        return terms.theta * (impact(day.sales + own - day.bought, terms) - back)

    def left(own: float) -> float:
        """The equity, $bn, if the funds sell `own` $bn."""
        return max(0.0, worth - before.held * terms.duration * widening(own))

    cap, own = _cap(terms, before.square), 0.0
    for _ in range(MOST_ROUNDS):
        asked = min(before.held, max(0.0, before.held - cap * left(own)))
        if asked - own <= SALES_TOLERANCE * before.held:
            break
        own = asked
    new = impact(day.sales + own - (0.0 if day.hedged else day.bought), terms)
    return _State(
        held=before.held - own,
        worth=left(own),
        level=before.level + new - back,
        basis=before.basis + widening(own),
        passing=before.passing + terms.decaying * new - back,
        square=before.square + 2 / (terms.volatility_span + 1) * ((new - back) ** 2 - before.square),
    )


def _cap(terms: BasisTerms, square: float) -> float:
    """The highest leverage that margins allow, given the mean square of moves of yields."""
    asked = terms.haircut + terms.margin + terms.margin_per_bp * float(np.sqrt(square))
    return min(terms.leverage, 1 / asked) if asked > 0 else terms.leverage
