"""Many books in one call: shared and own rows, threads, chunks, and runs that go on where another ended."""

import random
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtester.engine import many
from backtester.engine.kernel import Kept
from backtester.engine.many import KEEPABLE, LEDGER_LINES, make_orders, make_prices, make_terms, run_many, stream_many
from cases import Case, cases, crowd


def assert_same(one: Kept, other: Kept) -> None:
    """Both are the same to the last bit."""
    for name in Kept._fields:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


@pytest.mark.parametrize("threads", [2, 3, 40])
def test_threads_change_nothing(threads: int) -> None:
    """Whatever the number of threads, every account of every book is the same to the last bit."""
    case = crowd(4)
    one = run_many(case.prices, case.orders, case.terms, keep=KEEPABLE, threads=1)
    assert_same(one, run_many(case.prices, case.orders, case.terms, keep=KEEPABLE, threads=threads))


@pytest.mark.parametrize("name", KEEPABLE)
def test_returns_only_what_is_asked(name: str) -> None:
    """What is not asked for has no rows, and what is asked for is the same as when all is."""
    case = crowd(1)
    everything, one = case.run(), run_many(case.prices, case.orders, case.terms, keep=[name])
    np.testing.assert_array_equal(getattr(one, name), getattr(everything, name))
    assert all(getattr(one, other).size == 0 for other in KEEPABLE if other != name)


def test_totals_add_up_the_sessions() -> None:
    """Totals are turnover, and each line over the NAV before it, summed over all sessions after the first."""
    kept = crowd(2).run()
    before = np.where(kept.nav[:, :-1] > 0, kept.nav[:, :-1], np.inf)
    expected = [kept.turnover[:, 1:].sum(axis=1)]
    expected += [(kept.lines[:, 1:, place] / before).sum(axis=1) for place in range(len(LEDGER_LINES))]
    np.testing.assert_allclose(kept.totals, np.column_stack(expected), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("threads", [1, 2])
def test_streams_the_same_books(threads: int) -> None:
    """Every chunk that is handed on holds the books that a run of all of them does, each once."""
    case = crowd(3)
    whole = case.run()
    seen: list[int] = []

    def consume(first: int, part: Kept) -> None:
        rows = slice(first, first + len(part.nav))
        seen.extend(range(*rows.indices(case.books)))
        for name in ("nav", "totals", "ruin"):
            np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[rows], err_msg=name)

    stream_many(case.prices, case.orders, case.terms, consume, keep=("nav", "totals"), threads=threads)
    assert sorted(seen) == list(range(case.books))


def test_targets_may_be_constant_dense_or_by_decision() -> None:
    """Constant targets, the same a row a session, and the same by a row of few make the same books."""
    case = crowd(5)
    constant = case.orders.targets[:, :1]
    flags, sessions = case.orders.decisions, len(case.prices.bills)
    few = np.repeat(constant, 3, axis=1)
    ways = [
        make_orders(constant, flags),
        make_orders(np.repeat(constant, sessions, axis=1), flags),
        make_orders(few, flags, rows=np.arange(sessions) // 34),
        make_orders(few, flags, rows=np.tile(np.arange(sessions) // 34, (len(constant), 1))),
    ]
    first, *others = (run_many(case.prices, orders, case.terms, keep=KEEPABLE) for orders in ways)
    for other in others:
        assert_same(first, other)


def test_books_may_share_targets_or_decisions() -> None:
    """One target for many decisions, or one row of decisions for many targets, is that of each."""
    case = crowd(0)
    targets, flags = case.orders.targets, case.orders.decisions
    shared = run_many(case.prices, make_orders(targets[:1], flags), case.terms)
    repeated = run_many(case.prices, make_orders(np.repeat(targets[:1], len(flags), axis=0), flags), case.terms)
    np.testing.assert_array_equal(shared.nav, repeated.nav)
    shared = run_many(case.prices, make_orders(targets, flags[0]), case.terms)
    repeated = run_many(case.prices, make_orders(targets, np.repeat(flags[:1], len(flags), axis=0)), case.terms)
    np.testing.assert_array_equal(shared.nav, repeated.nav)


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_assets_does_not_matter(case: Case, shuffle: random.Random) -> None:
    """With assets in another order every account is the same to 1e-12: only sums are in another order."""
    assets = len(case.prices.funded)
    order = list(range(assets))
    shuffle.shuffle(order)
    place = np.argsort(order)
    prices = case.prices
    moved = case.prices._replace(
        returns=prices.returns[:, order].copy(),
        funded=prices.funded[order],
        ends=prices.ends[order],
        breaks=np.column_stack([prices.breaks[:, 0], place[prices.breaks[:, 1]]]),
    )
    targets = case.orders.targets[:, :, order].copy()
    terms = case.terms._replace(buy=case.terms.buy[order], sell=case.terms.sell[order])
    one = case.run()
    other = run_many(moved, case.orders._replace(targets=targets), terms, keep=KEEPABLE)
    alive = one.ruin == other.ruin  # a NAV within rounding of zero may be ruin in one order and not in the other
    scale = {"rtol": 1e-12, "atol": 1e-12 * max(1.0, one.nav.max())}
    for name in ("nav", "lines", "turnover"):
        if (one.nav[alive] > 0.01).all():
            np.testing.assert_allclose(getattr(other, name)[alive], getattr(one, name)[alive], **scale)


def test_leverage_and_financing_by_hand() -> None:
    """One and a half times an asset that gains a tenth, on a debt at 2% for a session: 1.5 x 0.1 - 0.5 x 0.02 more."""
    prices = make_prices([[0.0], [0.1]], [0.0, 0.01], [1, 365], [1])
    terms = make_terms([0.0], [0.0, 0.01, 0.0, 0.0], lag=0)
    kept = run_many(prices, make_orders([[[1.5]]], [True, False]), terms, keep=KEEPABLE)
    np.testing.assert_allclose(kept.nav, [[1.0, 1.14]], rtol=1e-15)
    np.testing.assert_allclose(kept.gains[0, :, 0], [0.0, 0.15], rtol=1e-15)
    np.testing.assert_allclose(kept.lines[0, 1], [0.0, 0.01, 0.0, 0.0], rtol=1e-15)
    np.testing.assert_allclose(kept.weights[0, 1], 1.65 / 1.14, rtol=1e-15)


def test_leaves_numba_free_to_compile(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kept books start no threads of numba's own, which forbid compiling where the environment says another number."""
    config: Any = numba.config
    crowd(1).run()
    monkeypatch.setenv("NUMBA_NUM_THREADS", str(config.NUMBA_NUM_THREADS + 1))
    try:
        assert numba.njit(lambda one: one + 1)(1) == 2
    finally:
        monkeypatch.undo()
        config.reload_config()


@pytest.mark.parametrize(
    ("asked", "books", "sessions", "threads"),
    [
        (None, 10, 19_999, 1),
        (None, 10, 40_000, 2),
        (None, 10, 39_999, 1),
        (None, 100, 100_000, 8),
        (3, 10, 1, 3),
        (3, 2, 1, 2),
        (None, 0, 100, 1),
    ],
)
def test_threads_are_worth_their_cost(
    asked: int | None, books: int, sessions: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One for each 200,000 sessions of a book, at most eight here, or as many as are asked for; none without a book."""
    monkeypatch.setattr(numba.config, "NUMBA_NUM_THREADS", 8)
    assert many._threads(asked, books, sessions) == threads


def test_what_the_kernel_is_given() -> None:
    """Years of calendar days, assets that all have a return at every session, and terms of trading the whole way."""
    prices = make_prices([[0.1, 0.2]] * 3, [0.0, 0.01, 0.02], [0, 365, 73], [True, False])
    assert prices.returns.tolist() == [[0.1, 0.2]] * 3
    assert (prices.bills.tolist(), prices.years.tolist()) == ([0.0, 0.01, 0.02], [0.0, 1.0, 0.2])
    assert (prices.funded.tolist(), prices.ends.tolist(), prices.breaks.shape) == ([True, False], [3, 3], (0, 2))
    terms = make_terms([0.1, 0.2], [1, 2, 3, 4])
    assert (terms.lag, terms.band, terms.relative_band, terms.to_edge) == (1, np.inf, np.inf, False)
    assert (terms.min_trade, terms.fixed, terms.yearly.tolist()) == (0.0, 0.0, [1, 2, 3, 4])
    assert terms.buy.tolist() == terms.sell.tolist() == [0.1, 0.2]
    sides = make_terms([[0.1, 0.2], [0.3, 0.4]], [0, 0, 0, 0], lag=0, band=0.5, fixed=0.25, min_trade=0.125)
    assert (sides.buy.tolist(), sides.sell.tolist()) == ([0.1, 0.2], [0.3, 0.4])
    assert (sides.lag, sides.band, sides.fixed, sides.min_trade) == (0, 0.5, 0.25, 0.125)


@pytest.mark.parametrize(
    ("count", "given", "rows"),
    [(3, None, [[0, 1, 2]]), (1, None, [[0, 0, 0]]), (2, [0, 1, 1], [[0, 1, 1]]), (2, [[0, 0, 1]], [[0, 0, 1]])],
)
def test_which_targets_are_in_force(count: int, given: Any, rows: list[list[int]]) -> None:
    """Those of the session, the only ones, or those of the row that is named."""
    orders = make_orders(np.zeros((1, count, 2)), [True, False, True], rows=given)
    assert (orders.rows.tolist(), orders.decisions.tolist()) == (rows, [[1.0, 0.0, 1.0]])
    assert orders.targets.shape == (1, count, 2)
