"""The compiled accounts against the reference, and what must hold of any book; `cases` says where they come from.

All comparisons are to 1e-12, nowhere looser.
"""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from backtester.engine.book import Book
from backtester.engine.costs import NO_COSTS, Costs
from backtester.engine.kernel import run_block
from backtester.engine.many import KEEPABLE, make_orders, make_prices, make_terms, run_many
from backtester.engine.simulate import simulate
from backtester.histories.market import Market
from cases import Case, assert_equal_to_reference, assume_clear_of_zero, cases, crowd


@settings(max_examples=250)
@given(cases())
def test_agrees_with_the_reference(case: Case) -> None:
    """On small books of every kind the kernel and the plain loop over days give the same accounts."""
    paths = [case.reference(book) for book in range(case.books)]
    for path in paths:
        assume_clear_of_zero(path)
    books = case.run()
    for book, path in enumerate(paths):
        assert_equal_to_reference(books, book, path)


@pytest.mark.parametrize("seed", range(12))
def test_agrees_with_the_reference_over_many_sessions(seed: int) -> None:
    """On longer books of arbitrary numbers the two give the same accounts, with nothing adding up over time."""
    case = crowd(seed)
    books = case.run()
    for book in range(case.books):
        assert_equal_to_reference(books, book, case.reference(book))


def test_the_crowd_goes_everywhere() -> None:
    """The longer books are not all tame: some are ruined, some survive, they borrow, sell short, trade by the band."""
    made = [(case, case.run()) for case in map(crowd, range(12))]
    assert any((books.ruin >= 0).any() for _, books in made)
    assert any((books.ruin < 0).any() for _, books in made)
    assert any(books.lines[:, :, 1].any() for _, books in made)
    assert any((books.weights < 0).any() for _, books in made)
    for case, books in made:
        decided = np.zeros_like(case.orders.decisions)
        decided[:, case.terms.lag :] = case.orders.decisions[:, : decided.shape[1] - case.terms.lag]
        if ((books.turnover > 0) & (decided == 0)).any():
            return
    pytest.fail("no book traded by its band")


@pytest.mark.parametrize("alone", [0, 1])
def test_books_have_rows_of_their_own(alone: int) -> None:
    """Of two books that share two rows of targets one goes on to the second: all of the asset, not half."""
    rows = np.zeros((2, 3), dtype=int)
    rows[alone, 1:] = 1
    prices = make_prices(np.zeros((3, 1)), np.zeros(3), np.ones(3), [True])
    orders = make_orders([[[0.5], [1.0]]], np.ones((1, 3)), rows=rows)
    weights = run_many(prices, orders, make_terms([0.0], np.zeros(4), lag=0), keep=KEEPABLE).weights[:, :, 0]
    assert weights[alone].tolist() == [0.5, 1.0, 1.0]
    assert weights[1 - alone].tolist() == [0.5, 0.5, 0.5]


@given(cases())
def test_profit_and_loss_adds_up(case: Case) -> None:
    """Every change of NAV is gains + interest - financing - costs - fees; in ruin they show at least the whole loss."""
    books = case.run()
    explained = books.gains.sum(axis=2) + books.lines @ np.array([1.0, -1.0, -1.0, -1.0])
    for nav, change, ruin in zip(books.nav, explained, books.ruin.astype(int), strict=True):
        alive = len(nav) if ruin < 0 else ruin
        before = np.append(1.0, nav[: alive - 1])[:alive]
        np.testing.assert_allclose(nav[:alive] - before, change[:alive], rtol=0, atol=1e-12 * max(1.0, nav.max()))
        if ruin >= 0:
            last = nav[ruin - 1] if ruin else 1.0
            assert last + change[ruin] <= 1e-15
            assert not nav[ruin:].any()
            assert not change[ruin + 1 :].any()


@given(cases())
def test_trades_pay_for_themselves(case: Case) -> None:
    """What an asset's trades cost is its side's rate times what was traded, and the fixed cost; costs are their sum."""
    books = case.run()
    ended = np.arange(len(case.prices.bills))[:, None] >= case.prices.ends
    for book, nav in enumerate(books.nav):
        held = np.zeros_like(case.prices.returns)
        held[1:] = books.weights[book, :-1] * nav[:-1, None] * (1 + case.prices.returns[1:])
        trades = books.weights[book] * nav[:, None] - np.where(ended, 0.0, held)
        moved = np.abs(trades) > 1e-9
        charges = np.where(trades > 0, case.terms.buy, -case.terms.sell) * trades + case.terms.fixed * moved
        alive, close = nav > 0, {"rtol": 0, "atol": 1e-12 * max(1.0, nav.max())}
        np.testing.assert_allclose(books.charges[book, alive], charges[alive], **close)
        np.testing.assert_allclose(books.lines[book, :, 2], books.charges[book].sum(axis=1), **close)


@given(cases(), st.integers(1, 10))
def test_knows_only_the_past(case: Case, cut: int) -> None:
    """Other returns and targets from a session on change nothing before it, not even in the last bit."""
    before = case.run()
    case.prices.returns[cut:] = 0.07
    case.orders.targets[:, cut:] = 0.3
    case.orders.decisions[:, cut:] = True
    after = case.run()
    for name in KEEPABLE[:-1]:
        np.testing.assert_array_equal(getattr(before, name)[:, :cut], getattr(after, name)[:, :cut], err_msg=name)


@given(cases())
def test_books_do_not_see_each_other(case: Case) -> None:
    """A book run with others is the same, to the last bit, as the book run alone."""
    together = case.run()
    for book in range(case.books):
        orders = make_orders(
            case.orders.targets[book : book + 1], case.orders.decisions[book], rows=case.orders.rows[0]
        )
        alone = run_many(case.prices, orders, case.terms, keep=KEEPABLE)
        for name in KEEPABLE:
            np.testing.assert_array_equal(getattr(together, name)[book], getattr(alone, name)[0], err_msg=name)


@given(cases())
def test_leaves_its_inputs_alone(case: Case) -> None:
    """Prices, orders and terms are the same after a run as before it."""
    inputs = [*case.prices, *case.orders, case.terms.buy, case.terms.sell, case.terms.yearly]
    before = [part.copy() for part in inputs]
    case.run()
    for part, copy in zip(inputs, before, strict=True):
        np.testing.assert_array_equal(part, copy)


@given(cases())
def test_cash_is_bills(case: Case) -> None:
    """A book that wants nothing compounds the bill return, whatever its schedule, costs and band."""
    case.orders.targets[:] = 0.0
    books = case.with_terms(yearly=np.zeros(4)).run()
    bills = np.append(1.0, np.cumprod(1 + case.prices.bills[1:]))
    for nav in books.nav:
        np.testing.assert_allclose(nav, bills, rtol=1e-12)
    assert not books.turnover.any()


@given(cases())
def test_one_asset_at_par_is_the_asset(case: Case) -> None:
    """All in one funded asset, traded daily without costs or lag: NAV is the asset's growth, and no cash is left."""
    case.orders.targets[:] = 0.0
    case.orders.targets[:, :, 0] = 1.0
    case.orders.decisions[:] = True
    case.prices.funded[0] = True
    free = np.zeros(len(case.prices.funded))
    prices = case.prices._replace(ends=case.prices.ends * 0 + len(case.prices.bills), breaks=case.prices.breaks[:0])
    books = run_many(prices, case.orders, make_terms(free, np.zeros(4), lag=0), keep=KEEPABLE)
    growth = np.append(1.0, np.cumprod(1 + case.prices.returns[1:, 0]))
    for nav, lines in zip(books.nav, books.lines, strict=True):
        np.testing.assert_allclose(nav, growth, rtol=1e-12)
        np.testing.assert_allclose(lines, 0.0, atol=1e-15)


@given(cases(), st.sampled_from([2.0, 10.0]))
def test_dearer_trading_never_gains(case: Case, factor: float) -> None:
    """Higher rates a unit traded never leave more, because weights and trading sessions stay the same without them."""
    case = case.with_terms(fixed=0.0, min_trade=0.0)
    cheap = case.run()
    dear = case.with_terms(buy=factor * case.terms.buy, sell=factor * case.terms.sell).run()
    for before, after in zip(cheap.nav, dear.nav, strict=True):
        assume(not ((before > 0) & (before < 0.01)).any())
        assert (after <= before + 1e-12 * max(1.0, before.max())).all()


@given(cases(), st.integers(0, 3))
def test_dearer_terms_never_gain(case: Case, term: int) -> None:
    """Without costs of trading and without a band, each higher yearly rate leaves as much or less at every close."""
    free = np.zeros_like(case.terms.buy)
    yearly = case.terms.yearly.copy()
    yearly[term] += 0.5
    case = case.with_terms(buy=free, sell=free, fixed=0.0, min_trade=0.0, band=np.inf, relative_band=np.inf)
    cheap, dear = case.run(), case.with_terms(yearly=yearly).run()
    assert (dear.nav <= cheap.nav + 1e-12 * max(1.0, cheap.nav.max())).all()


def test_is_compiled_once(us: Market) -> None:
    """One signature serves every caller, with inputs that are read-only, strided, or of another type too."""
    for seed in range(3):
        crowd(seed).run()
    market = us.since(len(us.sessions) - 30)
    market.bill_returns.setflags(write=False)
    market.days.setflags(write=False)
    flags = np.zeros(60, dtype=bool)[::2]
    flags.setflags(write=False)
    targets = 0.0 * market.levels[market.assets] + 0.1
    for frame in (targets, targets.astype(np.float32), targets.round().astype(int), targets[targets.columns[::-1]]):
        simulate(Book(market, frame, flags, 1, 0.05, Costs()))
        simulate(Book(market, frame, flags, 0, np.inf, NO_COSTS))
    assert len(run_block.signatures) == 1
