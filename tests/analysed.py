"""Recipes analysed as a run does it, and the same again by the witnesses, from levels and as plain loops."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.analysis.analyse import Analysis, analyse
from backtester.analysis.pair import DEFAULT_PAIR_SETTINGS, PairSettings
from backtester.analysis.period import Period, measure_period
from backtester.analysis.resample import BILLS, TrackRecords
from backtester.analysis.scorecard import SCORECARD_FIGURES
from backtester.arrays import Array, Integers
from backtester.engine.evaluate import Evaluation, evaluate
from backtester.engine.execution import Execution
from backtester.histories.market import Market
from backtester.plugins.loader import Library
from backtester.plugins.recipes import parse_recipe
from witness import mix, reference, scorecard, sell_offs

BP = 1e-4


@dataclass(frozen=True)
class Analysed:
    """What came of recipes, the reference first, over the sessions on which all of them run."""

    runs: Sequence[Evaluation]
    period: Period
    analysis: Analysis

    def figure(self, name: str) -> Array:
        """The figure of each recipe, (B,)."""
        values: Array = self.analysis.scorecards[:, SCORECARD_FIGURES.index(name)]
        return values

    @property
    def payoffs(self) -> Array:
        """Mean payoffs in points a window."""
        return 100 * self.figure("beyond_mix.payoff_mean")

    @property
    def growth(self) -> Array:
        """Growth over the mix, in points a year."""
        return 100 * self.figure("growth_annual.over_mix.total")


def analysed(
    market: Market,
    library: Library,
    recipes: Sequence[str],
    execution: Execution = Execution(),  # noqa: B008 - frozen
    *,
    pair_settings: PairSettings = DEFAULT_PAIR_SETTINGS,
    start: int = 0,
) -> Analysed:
    """The recipes over the sessions from `start` on, or from the first on which all of them run and both legs have a
    level; the first recipe is the reference."""
    runs = [evaluate(parse_recipe(recipe, library), market, execution) for recipe in recipes]
    legs = market.levels[list(pair_settings.legs)].notna().all(axis=1).to_numpy()
    first = max(start, int(legs.argmax()), *(run.first for run in runs))
    period = measure_period(market.since(first), pair_settings)
    return Analysed(runs, period, analyse(runs, runs[0], period))


def tracks_of(found: Analysed, places: Integers) -> TrackRecords:
    """What a run would draw again of some strategies."""
    analysis, period = found.analysis, found.period
    levels = np.vstack([*period.legs, analysis.nav[0], analysis.nav[places], analysis.mix_nav[places]])
    moves = np.insert(levels[:, 1:] / levels[:, :-1] - 1, BILLS, period.market.bill_returns[1:], axis=0)
    return TrackRecords(np.ascontiguousarray(moves.T), period.market.days[1:].astype(np.float64), period.fitted_legs)


@dataclass(frozen=True)
class Witnessed:
    """What the witnesses say of one strategy."""

    figures: dict[str, float]
    shares: Array
    parts: Array


def witnessed(run: Evaluation, against: Evaluation, period: Period, shares: Array | None = None) -> Witnessed:
    """The figures of a strategy, its mix's shares and what made its payoff, from the accounts of its book, the
    reference's net asset value, and the market's levels; the mix is of those shares, if any are given."""
    dates, legs = period.sessions, list(period.pair_settings.legs)
    levels, excess, joint = _legs(period)
    windows = sell_offs.Legs(*levels, period.pair.nav.to_numpy())
    other = sell_offs.other_sell_offs(windows, period.rule, joint)
    own, theirs = (one.accounts.nav.loc[dates] / one.accounts.nav.loc[dates[0]] for one in (run, against))
    paths = MixPaths(run, legs, dates)
    found = mix.find_mix(own.to_numpy(), excess, paths.levels, shares)
    account = paths.account(found.shares)
    return Witnessed(
        scorecard.figures(own, pd.Series(found.levels, dates), theirs, joint, other),
        found.shares,
        mix.payoff_parts(_account(run, legs, dates), account, levels, period.market.bill_returns, joint),
    )


def witnessed_placebo(run: Evaluation, period: Period, shifts: Sequence[int]) -> Array:
    """The payoffs of a strategy's weights moved in time by those shifts."""
    _, excess, joint = _legs(period)
    return mix.placebo_payoffs(*held(run, period), excess, joint, shifts)


def _legs(period: Period) -> tuple[tuple[Array, Array], Array, Integers]:
    """The legs' levels, their returns in excess of bills (2, T - 1), and the joint sell-offs."""
    stocks, bonds = (period.market.levels[leg].to_numpy() for leg in period.pair_settings.legs)
    excess = np.array([mix.session_returns(level) - period.market.bill_returns[1:] for level in (stocks, bonds)])
    joint = sell_offs.joint_sell_offs(sell_offs.Legs(stocks, bonds, period.pair.nav.to_numpy()), period.rule)
    return (stocks, bonds), excess, joint


class MixPaths:
    """The mix's book of any shares, kept by the loop over days from the first session with levels of both legs on."""

    def __init__(self, run: Evaluation, legs: list[str], dates: pd.DatetimeIndex) -> None:
        book = run.book
        there = book.market.levels[legs].notna().all(axis=1).to_numpy()
        begin = int(there.argmax())
        moves = book.market.levels[legs].pct_change(fill_method=None).to_numpy(copy=True)[begin:]
        moves[0] = 0.0
        self.market = (moves, book.market.bill_returns[begin:], book.market.days[begin:])
        moved = run.accounts.gap_share
        self.moved = moved[:, begin:].copy()
        self.moved[moved[:, : begin + 1].any(axis=1), 0] = 1.0
        self.measured = len(dates)
        sides, costs = [book.costs.sides(leg, funded=True) for leg in legs], book.costs
        self.rules = reference.Rules(
            funded=[True, True],
            lag=0,
            buy=[BP * side.buy_bps for side in sides],
            sell=[BP * side.sell_bps for side in sides],
            fixed=BP * costs.fixed_bps * len(moved),
            cash_spread=BP * costs.cash_spread_bps,
            borrow_spread=BP * costs.borrow_spread_bps,
            short_fee=BP * costs.short_fee_bps,
            fee=BP * costs.management_fee_bps,
            min_trade=book.min_trade,
        )

    def levels(self, shares: Array) -> Array:
        """Over the measured sessions, from 1."""
        levels = mix.mix_book(shares, self.moved, self.market, self.rules)[-self.measured :]
        level: Array = levels / levels[0]
        return level

    def account(self, shares: Array) -> mix.Held:
        """The book as an account."""
        returns, bills, days = (part.tolist() for part in self.market)
        targets = [shares.tolist()] * len(bills)
        paths = [reference.simulate(returns, bills, days, targets, one.tolist(), self.rules) for one in self.moved]
        navs = np.array([path.nav for path in paths])[:, -self.measured :]
        weights = np.array([path.weights for path in paths])[:, -self.measured :]
        gains = np.array([path.gains for path in paths])[:, -self.measured :]
        nav = navs.mean(axis=0)
        held = (weights * navs[:, :, None]).mean(axis=0) / nav[:, None]
        return mix.Held(nav, held, gains.mean(axis=0), np.ones(2))


def _account(run: Evaluation, legs: list[str], dates: pd.DatetimeIndex) -> mix.Held:
    """A strategy's book as an account, the legs first."""
    accounts, history = run.accounts, run.book.market.history
    order = [*legs, *(asset for asset in accounts.weights.columns if asset not in legs)]
    funded = np.array([history.is_funded(asset) for asset in order], float)
    weights, gains = (
        table.reindex(columns=order, fill_value=0.0).loc[dates] for table in (accounts.weights, accounts.gains)
    )
    return mix.Held(accounts.nav.loc[dates].to_numpy(), weights.to_numpy(), gains.to_numpy(), funded)


def held(run: Evaluation, period: Period) -> tuple[Array, Array]:
    """The weights held before each measured session's returns, and these: in excess of bills where funded."""
    weights, market = run.accounts.weights.loc[period.sessions], period.market
    moves = market.levels[weights.columns].pct_change(fill_method=None).fillna(0.0).to_numpy()[1:]
    funded = np.array([market.history.is_funded(asset) for asset in weights.columns], float)
    return weights.to_numpy()[:-1], moves - funded * market.bill_returns[1:, None]
