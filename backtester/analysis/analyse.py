"""Strategies measured against their mixes: one function for one book or thousands.

`analyse` finds the mix of every strategy, its scorecard, its measures and its placebo, as arrays with a row a strategy;
a run makes objects of them, a batch makes rows.
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

    `nav` and `mix_nav` (B, T) start at 1, the mix NaN where there is none; `shares` (B, 2) of the legs in the mix;
    `measured` (B, M) as `measures.measure_books` has it, on `inputs`; `scorecards` (B, F) in the order of
    `scorecard.SCORECARD_FIGURES`; `parts` (B, 4), what the mean payoff is made of, `payoff_parts.PART_NAMES`;
    `placebos`, None where target weights do not vary, there is no mix, or no joint sell-off.
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
    market, theirs = period.market, _nav(reference, period)
    a_year = market.rhythm.sessions_a_year
    inputs = measure_inputs(period.sessions, market.bill_returns, sessions_a_year=a_year, reference=theirs)
    scorecards = make_scorecards(ScorecardInputs(nav, mix_nav, theirs, market.days.astype(np.float64)), period.windows)
    placebos = _placebos(runs, period, shares)
    return Analysis(nav, mix_nav, shares, measure_books(nav, inputs), inputs, scorecards, parts, tuple(placebos))


def levels_from_returns(returns: Array) -> Array:
    """Levels (B, n + 1) from 1 of session returns (B, n), NaN throughout where there are none."""
    levels = np.asarray(np.cumprod(np.insert(1 + returns, 0, 1.0, axis=1), axis=1), np.float64)
    levels[np.isnan(returns).any(axis=1)] = np.nan
    return levels


def _rows(run: Evaluation, period: Period) -> slice:
    """The period's sessions among those of the run's book."""
    return slice(len(run.book.market.sessions) - len(period.sessions), None)


def _nav(run: Evaluation, period: Period) -> Array:
    nav = run.accounts.kept.nav[0, _rows(run, period)]
    return np.asarray(nav / nav[0], np.float64)


def _mixes(runs: Sequence[Evaluation], returns: Array, period: Period) -> tuple[Array, Array, Array]:
    """The shares (B, 2) and levels (B, T) of the mixes of all runs, and the parts of their payoffs (B, 4); those whose
    books start together, and cost the same to trade, share calls of the kernel."""
    shares, levels = np.full((len(runs), 2), np.nan), np.full((len(runs), len(period.sessions)), np.nan)
    parts = np.full((len(runs), len(PART_NAMES)), np.nan)
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for place, run in enumerate(runs):
        terms = run.book.costs.model_dump_json(), run.book.min_trade
        groups[run.first, len(run.accounts.gap_share), *terms].append(place)
    excess = _excess(period) if len(period.windows.joint) else None
    for places in groups.values():
        trading = mix_trading([runs[place] for place in places], period)
        mixes = find_mixes(returns[places], trading, period.slope_matrix)
        shares[places], levels[places] = mixes.shares, levels_from_returns(mixes.returns)
        known = np.flatnonzero(np.isfinite(mixes.shares).all(axis=1))
        if len(known) and excess is not None:
            kept = keep_mixes(mixes.shares[known], trading, known, ("nav", "weights"))
            worth, held = mix_accounts(kept, len(known), len(period.sessions))
            for row, place in enumerate(np.array(places)[known]):
                mix = Mix(worth[row], held[row], levels[place])
                parts[place] = payoff_parts(_account(runs[place], period), mix, excess)
    return shares, levels, parts


def mix_trading(runs: Sequence[Evaluation], period: Period) -> MixTrading:
    """How the mixes of runs trade whose books start on one session: as their strategies did, from there on or from
    the first session on which both legs have levels, at which a strategy that has traded already is joined."""
    book, legs = runs[0].book, list(period.pair_settings.legs)
    levels = book.market.levels[legs].to_numpy()
    gaps = np.flatnonzero(np.isnan(levels).any(axis=1))
    begin = int(gaps[-1]) + 1 if len(gaps) else 0
    returns = np.zeros_like(levels[begin:])
    returns[1:] = levels[begin + 1 :] / levels[begin:-1] - 1
    market, gap_share = book.market, np.stack([run.accounts.gap_share for run in runs])
    joined = gap_share[:, :, : begin + 1].any(axis=2)
    gap_share = gap_share[:, :, begin:].copy()
    gap_share[joined, 0] = 1.0
    sides = [book.costs.sides(leg, funded=True) for leg in legs]
    rates = BP * np.array([[side.buy_bps for side in sides], [side.sell_bps for side in sides]])
    terms = make_terms(rates, yearly_rates(book.costs), lag=0, min_trade=book.min_trade)
    fixed = BP * book.costs.fixed_bps * gap_share.shape[1]
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
    legs = np.array([assets.index(leg) if leg in assets else -1 for leg in period.pair_settings.legs])
    return Account(kept.nav[0, rows], kept.weights[0, rows], kept.gains[0, rows], funded, legs)


def _placebos(runs: Sequence[Evaluation], period: Period, shares: Array) -> list[Placebo | None]:
    """The placebo of each run; None where there is no mix, no joint sell-off, or target weights do not vary."""
    market = period.market
    if not len(period.windows.joint):
        return [None] * len(runs)
    found: list[Placebo | None] = []
    for run, mix in zip(runs, shares, strict=True):
        targets = run.targets.to_numpy()[-len(period.sessions) :]
        if np.isnan(mix).any() or (targets == targets[0]).all():
            found.append(None)
            continue
        weights = run.accounts.kept.weights[0, _rows(run, period)]
        own = [market.assets.index(asset) for asset in run.accounts.assets]
        found.append(placebo(shifted_payoffs(weights[:-1], period.payoff_spectrum[:, own])))
    return found
