"""Strategies measured against their mixes: one function for one book or thousands.

`analyse` finds the mix of every strategy, its scorecard, its measures and its placebo, as arrays with a row a strategy;
a run makes objects of them, a batch makes rows.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backtester.analysis.measures import Ground, make_ground, measure_books
from backtester.analysis.mix import Mixes, Trading, find_mixes, keep_mixes, mix_accounts
from backtester.analysis.period import Period
from backtester.analysis.scorecard import Records, make_cards
from backtester.analysis.verdict import Placebo, placebo, shifted_payoffs, window_values
from backtester.arrays import Array, Integers
from backtester.engine.costs import BP
from backtester.engine.evaluate import Evaluation
from backtester.engine.many import make_prices, make_terms
from backtester.engine.simulate import yearly_rates

PARTS = ("held", "trading", "others", "costs_and_interest")


@dataclass(frozen=True, eq=False)
class Analysis:
    """What came of B strategies over a period of T sessions, a row each.

    `nav` and `mix_nav` (B, T) start at 1, the mix NaN where there is none; `shares` (B, 2) of the legs in the mix;
    `measured` (B, M) as `measures.measure_books` has it, on `ground`; `cards` (B, F) in the order of
    `scorecard.FIGURES`; `parts` (B, 4), what the mean payoff is made of, `PARTS`;
    `placebos`, None where target weights do not vary, there is no mix, or no joint sell-off.
    """

    nav: Array
    mix_nav: Array
    shares: Array
    measured: Array
    ground: Ground
    cards: Array
    parts: Array
    placebos: tuple[Placebo | None, ...]


def analyse(runs: Sequence[Evaluation], reference: Evaluation, period: Period) -> Analysis:
    """The analysis of the runs against the reference and their mixes, all on the period's sessions."""
    nav = np.array([_nav(run, period) for run in runs], np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        returns: Array = nav[:, 1:] / nav[:, :-1] - 1
    mixes, parts = _mixes(runs, returns, period)
    mix_nav = grown(mixes.returns)
    market, theirs = period.market, _nav(reference, period)
    a_year = market.rhythm.sessions_a_year
    ground = make_ground(period.sessions, market.bill_returns, sessions_a_year=a_year, reference=theirs)
    cards = make_cards(Records(nav, mix_nav, theirs, market.days.astype(np.float64)), period.windows)
    values = window_values(period.matrix, period.excess, period.windows.joint)
    has_mix = np.isfinite(mixes.shares[:, 0])
    sound = [place for place in range(len(runs)) if has_mix[place] and len(period.windows.joint)]
    placebos = [_placebo(run, period, values) if place in sound else None for place, run in enumerate(runs)]
    return Analysis(nav, mix_nav, mixes.shares, measure_books(nav, ground), ground, cards, parts, tuple(placebos))


def grown(returns: Array) -> Array:
    """Levels (B, n + 1) from 1 of session returns (B, n), NaN throughout where there are none."""
    levels = np.asarray(np.cumprod(np.insert(1 + returns, 0, 1.0, axis=1), axis=1), np.float64)
    levels[np.isnan(returns).any(axis=1)] = np.nan
    return levels


def _rows(run: Evaluation, period: Period) -> slice:
    """The period's sessions among those of the run's book."""
    return slice(len(run.book.market.sessions) - len(period.sessions), None)


def _nav(run: Evaluation, period: Period) -> Array:
    nav = np.asarray(run.accounts.nav, np.float64)[_rows(run, period)]
    return np.asarray(nav / nav[0], np.float64)


def _mixes(runs: Sequence[Evaluation], returns: Array, period: Period) -> tuple[Mixes, Array]:
    """The mixes of all runs and the parts of their payoffs; those whose books start together share calls of the
    kernel."""
    found = Mixes(np.full((len(runs), 2), np.nan), np.full(returns.shape, np.nan))
    parts = np.full((len(runs), len(PARTS)), np.nan)
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place, run in enumerate(runs):
        groups[run.first, len(run.accounts.moved)].append(place)
    for places in groups.values():
        trading = mix_trading([runs[place] for place in places], period)
        mixes = find_mixes(returns[places], trading, period.matrix)
        for all_of, some in zip(found, mixes, strict=True):
            all_of[places] = some
        known = np.flatnonzero(np.isfinite(mixes.shares).all(axis=1))
        if len(known) and len(period.windows.joint):
            kept = keep_mixes(mixes.shares[known], trading, known, ("nav", "weights"))
            worth, held = mix_accounts(kept, len(known), len(period.sessions))
            for row, place in enumerate(np.array(places)[known]):
                parts[place] = _parts(runs[place], (worth[row], held[row]), grown(found.returns[[place]])[0], period)
    return found, parts


def mix_trading(runs: Sequence[Evaluation], period: Period) -> Trading:
    """How the mixes of runs trade whose books start on one session: as their strategies did, from there on or from
    the first session on which both legs have levels, at which a strategy that has traded already is joined."""
    book, legs = runs[0].book, list(period.lenses.legs)
    levels = book.market.levels[legs].to_numpy()
    gaps = np.flatnonzero(np.isnan(levels).any(axis=1))
    begin = int(gaps[-1]) + 1 if len(gaps) else 0
    returns = np.zeros_like(levels[begin:])
    returns[1:] = levels[begin + 1 :] / levels[begin:-1] - 1
    market, moved = book.market, np.stack([run.accounts.moved for run in runs])
    joined = moved[:, :, : begin + 1].any(axis=2)
    moved = moved[:, :, begin:].copy()
    moved[joined, 0] = 1.0
    sides = [book.costs.sides(leg, funded=True) for leg in legs]
    rates = BP * np.array([[side.buy_bps for side in sides], [side.sell_bps for side in sides]])
    terms = make_terms(rates, yearly_rates(book.costs), lag=0, min_trade=book.min_trade)
    fixed = BP * book.costs.fixed_bps * moved.shape[1]
    prices = make_prices(returns, market.bill_returns[begin:], market.days[begin:], [True, True])
    return Trading(moved, prices, terms._replace(fixed=fixed))


def _parts(run: Evaluation, mix: tuple[Array, Array], mix_nav: Array, period: Period) -> Array:
    """What made the mean payoff, as means over the windows: (4,), which add up to it.

    All in excess of bills. `held`: the legs that strategy and mix held at the window's start, kept to its end;
    `trading`: what the legs earned otherwise; `others`: all other assets; and what is left: costs, financing, and
    interest on what was gained.
    """
    rows, legs, joint = _rows(run, period), list(period.lenses.legs), period.windows.joint
    nav = np.asarray(run.accounts.nav, np.float64)[rows]
    assets = list(run.accounts.gains.columns)
    weights, gains = run.accounts.weights.to_numpy()[rows], run.accounts.gains.to_numpy()[rows]
    history, bills = run.book.market.history, period.market.bill_returns
    funded = np.array([history.is_funded(asset) for asset in assets])
    earned = gains.copy()
    earned[1:] -= funded * weights[:-1] * (nav[:-1] * bills[1:])[:, None]
    own = [assets.index(leg) if leg in assets else None for leg in legs]
    at_start = np.array([weights[:, place] if place is not None else 0 * nav for place in own], np.float64).T
    of_legs = np.sum([earned[:, place] for place in own if place is not None] or [0 * nav], axis=0, dtype=np.float64)
    mine = _leg_parts((at_start, np.asarray(of_legs), nav), period)
    worth, held = mix
    moves = np.insert((held[:-1] * (worth[:-1, None] * period.excess.T)).sum(axis=1), 0, 0.0)
    theirs = _leg_parts((held, moves, worth), period)
    others = _over(earned.sum(axis=1) - of_legs, nav, joint)
    total = nav[joint[:, 1]] / nav[joint[:, 0]] - mix_nav[joint[:, 1]] / mix_nav[joint[:, 0]]
    found = np.array([mine[0] - theirs[0], mine[1] - theirs[1], others])
    parts: Array = np.append(found, [total - found.sum(axis=0)], axis=0).mean(axis=1)
    return parts


def _leg_parts(account: tuple[Array, Array, Array], period: Period) -> tuple[Array, Array]:
    """By window what the legs earned that an account of `weights` (T, 2) held at its start, and what they earned
    otherwise, given what they `earned` in all (T,) and the account's `nav` (T,)."""
    (weights, earned, nav), joint = account, period.windows.joint
    levels = np.array(period.legs[:2]).T
    kept = np.cumsum(np.insert(levels[:-1] * period.excess.T, 0, 0.0, axis=0), axis=0)  # a unit of each leg, kept
    start, end = joint.T
    held: Array = (weights[start] / levels[start] * (kept[end] - kept[start])).sum(axis=1)
    return held, _over(earned, nav, joint) - held


def _over(earned: Array, nav: Array, joint: Integers) -> Array:
    """What was earned in each window over the net asset value at its start."""
    total, (start, end) = np.cumsum(earned), joint.T
    over: Array = (total[end] - total[start]) / nav[start]
    return over


def _placebo(run: Evaluation, period: Period, values: Array) -> Placebo | None:
    targets = run.targets.to_numpy()[-len(period.sessions) :]
    if (targets == targets[0]).all():
        return None
    weights = run.accounts.weights.to_numpy()[_rows(run, period)]
    held = np.flatnonzero(weights.any(axis=0)).tolist()
    assets = [run.accounts.weights.columns[place] for place in held]
    levels = period.market.levels[assets].to_numpy()
    history = period.market.history
    funded = np.array([history.is_funded(asset) for asset in assets])
    moves = np.nan_to_num(levels[1:] / levels[:-1] - 1) - funded * period.market.bill_returns[1:, None]
    return placebo(shifted_payoffs(weights[:-1, held], moves, values))
