"""Strategies measured against their mixes: one function for one book or thousands.

A mix is the fixed shares of both legs (the pair's stocks and bonds) and bills that moved as the strategy did. `analyse`
computes the mix, the scorecard, the measures and the placebo (what the strategy's weights would have paid at other
times) of every strategy, as arrays with a row for each. A run makes objects of the rows, a batch rows of its table.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backtester.analysis.measures import MeasureInputs, measure_books, measure_inputs
from backtester.analysis.mix import MixTrading, find_mixes, keep_mixes, mix_accounts
from backtester.analysis.payoff_parts import PART_NAMES, Account, Excess, Mix, make_excess, payoff_parts
from backtester.analysis.period import Period
from backtester.analysis.scorecard import ScorecardInputs, make_scorecards
from backtester.analysis.verdict import Placebo, placebo, shifted_payoffs
from backtester.arrays import Array
from backtester.engine.costs import BP
from backtester.engine.evaluate import Evaluation
from backtester.engine.many import make_prices, make_terms
from backtester.engine.simulate import yearly_rates


@dataclass(frozen=True, eq=False)
class Analysis:
    """The analysis of B strategies over a period of T sessions, a row each.

    `nav` and `mix_nav` (B, T) start at 1, the mix NaN where there is none; `shares` (B, 2) are those of the legs in the
    mix; `measured` (B, M) are the measures of `measures.measure_books`, on `inputs`; `scorecards` (B, F) are in the
    order of `scorecard.SCORECARD_FIGURES`; `parts` (B, 4) add up to the mean payoff (return beyond the mix in joint
    sell-offs), see `payoff_parts.PART_NAMES`; a placebo is None where target weights do not vary, or there is no mix or
    no joint sell-off.
    """

    nav: Array
    mix_nav: Array
    shares: Array
    measured: Array
    inputs: MeasureInputs
    scorecards: Array
    parts: Array
    placebos: tuple[Placebo | None, ...]


def analyse(runs: Sequence[Evaluation], reference: Evaluation, period: Period) -> Analysis:
    """The analysis of the runs against the reference and their mixes, all on the period's sessions."""
    nav = np.array([_nav(run, period) for run in runs], np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        returns: Array = nav[:, 1:] / nav[:, :-1] - 1
    shares, mix_nav, parts = _mixes(runs, returns, period)
    market, reference_nav = period.market, _nav(reference, period)
    a_year = market.rhythm.sessions_a_year
    inputs = measure_inputs(period.sessions, market.bill_returns, sessions_a_year=a_year, reference=reference_nav)
    scorecards = make_scorecards(
        ScorecardInputs(nav, mix_nav, reference_nav, market.days.astype(np.float64)), period.windows
    )
    placebos = _placebos(runs, period, shares)
    return Analysis(
        nav=nav,
        mix_nav=mix_nav,
        shares=shares,
        measured=measure_books(nav, inputs),
        inputs=inputs,
        scorecards=scorecards,
        parts=parts,
        placebos=tuple(placebos),
    )


def levels_from_returns(returns: Array) -> Array:
    """The levels (B, n + 1), from 1, of books with session returns (B, n); NaN throughout for a book with a NaN."""
    levels = np.asarray(np.cumprod(np.insert(1 + returns, 0, 1.0, axis=1), axis=1), np.float64)
    levels[np.isnan(returns).any(axis=1)] = np.nan
    return levels


def _rows(run: Evaluation, period: Period) -> slice:
    """The period's sessions among those of the run's book."""
    return slice(len(run.book.market.sessions) - len(period.sessions), None)


def _nav(run: Evaluation, period: Period) -> Array:
    """The run's net asset value (T,) over the period, from 1."""
    nav = run.accounts.kept.nav[0, _rows(run, period)]
    return np.asarray(nav / nav[0], np.float64)


def _mixes(runs: Sequence[Evaluation], returns: Array, period: Period) -> tuple[Array, Array, Array]:
    """The shares (B, 2) and levels (B, T) of the mixes of all runs, and the parts of their payoffs (B, 4); NaN without.

    Mixes of runs that have the same first session, number of tranches (parts of the money that trade on different
    sessions) and costs are computed together.
    """
    shares, levels = np.full((len(runs), 2), np.nan), np.full((len(runs), len(period.sessions)), np.nan)
    parts = np.full((len(runs), len(PART_NAMES)), np.nan)
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for number, run in enumerate(runs):
        costs = run.book.costs.model_dump_json(), run.book.min_trade
        groups[run.first, len(run.accounts.gap_share), *costs].append(number)
    excess = _excess(period) if len(period.windows.joint) else None
    for group in groups.values():
        trading = mix_trading([runs[number] for number in group], period)
        mixes = find_mixes(returns[group], trading, period.slope_matrix)
        shares[group], levels[group] = mixes.shares, levels_from_returns(mixes.returns)
        with_mix = np.flatnonzero(np.isfinite(mixes.shares).all(axis=1))  # places in the group
        if len(with_mix) and excess is not None:
            kept = keep_mixes(mixes.shares[with_mix], trading, with_mix, ("nav", "weights"))
            navs, weights = mix_accounts(kept, len(with_mix), len(period.sessions))
            for row, number in enumerate(np.array(group)[with_mix]):
                mix = Mix(navs[row], weights[row], levels[number])
                parts[number] = payoff_parts(_account(runs[number], period), mix, excess)
    return shares, levels, parts


def mix_trading(runs: Sequence[Evaluation], period: Period) -> MixTrading:
    """What the mixes of runs trade by, whose books have the same first session, number of tranches and costs.

    A mix trades when its strategy did. It begins with the strategy's book or, if a leg has no level then, as soon as
    both have one; if the strategy has traded before, the mix then trades all of its gap at once.
    """
    book, legs = runs[0].book, list(period.pair_settings.legs)
    levels = book.market.levels[legs].to_numpy()
    incomplete = np.flatnonzero(np.isnan(levels).any(axis=1))  # sessions without a level of both legs
    begin = int(incomplete[-1]) + 1 if len(incomplete) else 0  # the first session from which on both have one
    returns = np.zeros_like(levels[begin:])
    returns[1:] = levels[begin + 1 :] / levels[begin:-1] - 1
    market, gap_share = book.market, np.stack([run.accounts.gap_share for run in runs])
    has_traded = gap_share[:, :, : begin + 1].any(axis=2)
    gap_share = gap_share[:, :, begin:].copy()
    gap_share[has_traded, 0] = 1.0
    sides = [book.costs.sides(leg, funded=True) for leg in legs]
    rates = BP * np.array([[side.buy_bps for side in sides], [side.sell_bps for side in sides]])
    terms = make_terms(rates, yearly_rates(book.costs), lag=0, min_trade=book.min_trade)
    fixed = BP * book.costs.fixed_bps * gap_share.shape[1]  # of a tranche's start, which is that part of the book's
    prices = make_prices(returns, market.bill_returns[begin:], market.days[begin:], [True, True])
    return MixTrading(gap_share, prices, terms._replace(fixed=fixed))


def _excess(period: Period) -> Excess:
    """The legs' returns in excess of bills, in all sessions and in joint sell-offs."""
    levels = np.array(period.legs[:2]).T
    return make_excess(levels, period.excess.T, period.market.bill_returns, period.windows.joint)


def _account(run: Evaluation, period: Period) -> Account:
    """The run's book over the period."""
    rows, kept = _rows(run, period), run.accounts.kept
    assets = run.accounts.assets
    history = run.book.market.history
    funded = np.array([history.is_funded(asset) for asset in assets])
    legs = np.array([assets.index(leg) if leg in assets else -1 for leg in period.pair_settings.legs])  # -1: not held
    return Account(
        nav=kept.nav[0, rows],
        weights=kept.weights[0, rows],
        gains=kept.gains[0, rows],
        funded=funded,
        legs=legs,
    )


def _placebos(runs: Sequence[Evaluation], period: Period, shares: Array) -> list[Placebo | None]:
    """The placebo of each run; None where there is no mix, no joint sell-off, or target weights do not vary."""
    market = period.market
    if not len(period.windows.joint):
        return [None] * len(runs)
    placebos: list[Placebo | None] = []
    for run, mix_shares in zip(runs, shares, strict=True):
        targets = run.targets.to_numpy()[-len(period.sessions) :]
        if np.isnan(mix_shares).any() or (targets == targets[0]).all():
            placebos.append(None)
            continue
        weights = run.accounts.kept.weights[0, _rows(run, period)]
        columns = [market.assets.index(asset) for asset in run.accounts.assets]
        placebos.append(placebo(shifted_payoffs(weights[:-1], period.payoff_spectrum[:, columns])))
    return placebos
