"""The second engine: vectorbt's accounts against the kernel's, and what the ledger says that it does not cover.

Both keep the same accounts in floating point and in another order of steps; over some hundred sessions they stay within
1e-12, and 1e-9 is what the design asks of decades.
"""

import importlib
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from backtester.engine.book import Book
from backtester.engine.costs import Costs
from backtester.engine.evaluate import Execution, evaluate
from backtester.engine.ledger import audit, portfolio
from backtester.engine.simulate import simulate
from backtester.errors import RecipeError
from backtester.histories.market import Market
from backtester.plugins.loader import Library
from backtester.plugins.recipes import parse_recipe
from builders import made_market

SESSIONS = 60
BUILT_INS = ("vol_target", "gold_overlay", "dollar_overlay", "fed_put", "bills_for_bonds")


@pytest.fixture(scope="module", autouse=True)
def quiet_import() -> None:
    """vectorbt's import warns of its own dependencies' old spellings, which are not ours to mend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        importlib.import_module("vectorbt")


@st.composite
def books(draw: st.DrawFn) -> Book:
    """A book with any targets, leverage too, any flags, lag, band and costs that the ledger covers."""
    seed = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    moves = 1 + seed.normal(0, 0.02, (SESSIONS, 3))
    levels = dict(zip(("stocks", "bonds", "gold"), np.cumprod(moves, axis=0).T.tolist(), strict=True))
    market = made_market(levels, bills=(seed.uniform(0, 0.0003, SESSIONS)).tolist())
    targets = pd.DataFrame(seed.uniform(0, draw(st.sampled_from([0.3, 0.6, 0.9])), (SESSIONS, 3)), market.sessions)
    costs = Costs(
        trade_bps=draw(st.sampled_from([0.0, 2.0, 50.0])),
        cash_spread_bps=draw(st.sampled_from([0.0, 25.0])),
        borrow_spread_bps=draw(st.sampled_from([0.0, 50.0, 300.0])),
    )
    return Book(
        market=market,
        targets=targets.set_axis(["stocks", "bonds", "gold"], axis=1),
        decisions=seed.random(SESSIONS) < draw(st.sampled_from([0.02, 0.2, 1.0])),
        lag=draw(st.integers(0, 3)),
        band=draw(st.sampled_from([np.inf, 0.31, 0.07])),
        costs=costs,
    )


@settings(max_examples=40)
@given(books())
def test_vectorbt_agrees_with_the_kernel(book: Book) -> None:
    """Over random books, leverage, schedules, lags, bands and costs the two net asset values are the same."""
    nav = simulate(book).nav
    assume(nav.min() > 0.05)
    assert audit(book, nav) < 1e-12


@pytest.mark.parametrize("overlay", BUILT_INS)
def test_the_built_ins_agree_over_two_decades(us: Market, library: Library, overlay: str) -> None:
    """On the embedded history the two engines stay within 1e-9 of each other from 2007 to 2026."""
    run = evaluate(parse_recipe(f"sixty_forty + {overlay}", library), us, Execution())
    assert audit(run.book, run.accounts.nav) < 1e-9


def test_a_wrong_account_is_found(us: Market, library: Library) -> None:
    """A difference of a tenth of a basis point on one session is told as such."""
    run = evaluate(parse_recipe("sixty_forty", library), us, Execution())
    wrong = run.accounts.nav.copy()
    wrong.iloc[1000] *= 1.00001
    assert audit(run.book, wrong) == pytest.approx(1e-5, rel=1e-3)


def test_the_portfolio_is_vectorbts_own(us: Market, library: Library) -> None:
    """What comes back has vectorbt's trades and records, one group, and no order for cash was refused."""
    run = evaluate(parse_recipe("sixty_forty + gold_overlay", library), us, Execution())
    kept = portfolio(run.book)
    assert kept.orders.count() > 400
    assert abs(float(kept.cash().iloc[-1])) < 1e-9


def book(**costs: float) -> Book:
    """Half stocks, half the unfunded put, or short of one, on five sessions."""
    market = made_market({"stocks": [100.0] * 5, "put": [1.0] * 5}, unfunded=("put",))
    targets = pd.DataFrame({"stocks": 0.5, "put": 0.0}, market.sessions)
    return Book(market, targets, np.ones(5, dtype=bool), 1, np.inf, Costs(**costs))


def test_refuses_unfunded_assets() -> None:
    """A held future or option is not audited, and the message says so."""
    held = book()
    held.targets["put"] = 0.1
    with pytest.raises(RecipeError, match=r"^the audit does not cover unfunded assets; run without --audit$"):
        portfolio(held)


def test_refuses_management_fees() -> None:
    """A yearly fee is not audited, and the message says so."""
    with pytest.raises(RecipeError, match=r"^the audit does not cover management fees; run without --audit$"):
        portfolio(book(management_fee_bps=10))


def test_refuses_fees_on_shorts() -> None:
    """A fee on short holdings is not audited, and the message says so."""
    short = book(short_fee_bps=30)
    short.targets["stocks"] = -0.5
    with pytest.raises(RecipeError, match=r"^the audit does not cover fees on short holdings; run without --audit$"):
        portfolio(short)
