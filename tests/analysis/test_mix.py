"""The mix: fixed shares are their own, however they trade; how a thing is funded does not matter; what has none."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from analysed import analysed, tracks_of
from backtester.analysis.mix import _Broyden, mix_accounts, session_returns, slope_matrix
from backtester.analysis.pair import PairSettings
from backtester.analysis.resample import bootstrap, interval, make_plan
from backtester.analysis.scorecard import PAYOFF_INDEX
from backtester.analysis.verdict import Evidence, Placebo, verdict
from backtester.arrays import Array
from backtester.engine.execution import Execution
from backtester.engine.kernel import Kept
from backtester.histories.market import Market
from builders import made_library, made_market
from witness import mix

FIXED = '''"""Fixed."""
def weights(*, stocks: float = 0.6, bonds: float = 0.4):
    return {"stocks": stocks, "bonds": bonds}
'''
FUNDED = '''"""Funded."""
def weights(*, asset: str = "gold", size: float = 0.1, out_of: str = "bills"):
    left = {"bills": (0, 0), "both": (0.6, 0.4), "stocks": (1, 0), "bonds": (0, 1)}[out_of]
    return {"stocks": 0.6 - size * left[0], "bonds": 0.4 - size * left[1], asset: size}
'''
MIXES = ((0.6, 0.4), (0.4, 0.6), (0.3, 0.7), (0.0, 1.0), (0.4, 0.4), (0.8, 0.2), (1.2, 0.8), (2.0, 0.0))
RECIPES = [f"fixed(stocks={stocks}, bonds={bonds})" for stocks, bonds in MIXES]
TRADED = {
    "daily": Execution(rebalance="day", band=float("inf")),
    "monthly": Execution(),
    "quarterly": Execution(rebalance="quarter", band=float("inf")),
    "to the edge": Execution(rebalance="never", band=0.05, to_edge=True),
    "in tranches": Execution(rebalance="month/4", band=float("inf")),
    "not for little": Execution(min_trade=0.005),
}
NEVER = Execution(rebalance="never", band=float("inf"))


@pytest.mark.parametrize("execution", [*TRADED.values(), NEVER], ids=[*TRADED, "never"])
def test_fixed_shares_are_their_own_mix(us: Market, execution: Execution) -> None:
    """Payoff and growth over the mix are zero to 1e-6, whichever the shares and however they are traded, and so are
    their intervals, so that no verdict is clear."""
    found = analysed(us, made_library(fixed=FIXED), RECIPES, execution)
    alive = np.array([place for place, run in enumerate(found.runs) if run.accounts.ruin is None])
    assert len(alive) == len(RECIPES) - (execution == NEVER)  # twice the stocks, never traded, are ruined
    for figure in (found.figure("beyond_mix.payoff_mean"), found.figure("growth_annual.over_mix.total")):
        np.testing.assert_allclose(figure[alive], 0, atol=1e-6)
    np.testing.assert_allclose(
        found.analysis.shares[alive], np.array(MIXES)[alive], atol=3e-3 if execution.min_trade else 1e-6
    )
    tracks = tracks_of(found, alive)
    drawn = bootstrap(tracks, make_plan(tracks, resamples=100, seed=1), found.period.rule)
    for row, place in enumerate(alive):
        ends = interval(drawn.figures[:, row, PAYOFF_INDEX], drawn.used)
        assert ends is not None
        assert ends[0] <= 0 <= ends[1]
        payoff, loss = (found.figure(name)[place] for name in ("beyond_mix.payoff_mean", "mean_loss.reference"))
        said = verdict(Evidence(21, 21, payoff, ends, Placebo(100, 0.0, 0.0), loss), sound=True)
        assert said in ("unclear", "small")


@pytest.mark.parametrize(("asset", "size", "spread"), [("gold", 0.1, 0.01), ("dollar", 0.2, 0.005)])
def test_how_a_thing_is_funded_does_not_matter(us: Market, asset: str, size: float, spread: float) -> None:
    """Out of bills, of both legs, of stocks or of bonds: the payoff is the same within a hundredth of a point."""
    ways = [f"funded(asset='{asset}', size={size}, out_of='{way}')" for way in ("bills", "both", "stocks", "bonds")]
    found = analysed(us, made_library(fixed=FIXED, funded=FUNDED), ["fixed", *ways])
    assert np.ptp(found.payoffs[1:]) <= spread
    assert np.abs(found.payoffs[1:]).max() > 0.01


def noise(seed: int, sessions: int, *, scale: float = 0.01) -> Array:
    return np.random.default_rng(seed).normal(0, scale, (3, sessions))


@pytest.mark.parametrize("sessions", [500, 100, 30])
def test_slopes_are_those_of_a_regression_with_neighbours(sessions: int) -> None:
    """The matrix times any returns is what least squares say, to 1e-12."""
    *legs, own = noise(sessions, sessions)
    both = np.array(legs)
    np.testing.assert_allclose(slope_matrix(both) @ own, mix.summed_slopes(own, both), rtol=0, atol=1e-12)


def test_few_sessions_have_slopes_of_the_same_one() -> None:
    """Under thirty sessions a half of one leg and a fifth of the other are found without their neighbours."""
    *legs, own = noise(3, 29)
    both = np.array(legs)
    np.testing.assert_allclose(slope_matrix(both) @ (legs[0] / 2 + legs[1] / 5), [0.5, 0.2], atol=1e-12)
    np.testing.assert_allclose(slope_matrix(both) @ own, mix.summed_slopes(own, both), rtol=0, atol=1e-12)


def test_what_follows_a_session_later_counts() -> None:
    """Half of a leg at once and half a session later is a slope of one."""
    stocks, bonds, _ = noise(4, 300)
    late = 0.5 * stocks + 0.5 * np.roll(stocks, 1)
    np.testing.assert_allclose(slope_matrix(np.array([stocks, bonds])) @ late, [1, 0], atol=1e-12)


@pytest.mark.parametrize(
    ("of_bonds", "fitted"), [(lambda stocks: 2 * stocks, 0), (lambda stocks: 0 * stocks, 0), (None, 1)]
)
def test_legs_that_cannot_be_told_apart_are_fitted_one(of_bonds: object, fitted: int) -> None:
    """Twice the same leg, or a second one without variance: the first alone; else the second alone."""
    stocks, bonds, _ = noise(5, 300)
    legs = np.array([stocks, of_bonds(stocks)] if callable(of_bonds) else [0 * stocks, bonds])
    slopes = slope_matrix(legs) @ (0.7 * legs[fitted])
    assert slopes[fitted] == pytest.approx(0.7)
    assert slopes[1 - fitted] == 0
    assert not slope_matrix(0 * legs).any()


def small_market(moves: dict[str, Array], bills: float = 1e-4) -> Market:
    levels = {name: list(np.cumprod(1 + move)) for name, move in moves.items()}
    return made_market(levels, bills=[bills] * len(next(iter(moves.values()))))


def falling(sessions: int = 400) -> dict[str, Array]:
    """Legs that fall together now and then."""
    stocks, bonds, own = noise(6, sessions)
    return {"stocks": stocks, "bonds": 0.3 * stocks + 0.2 * bonds, "gold": own}


def crashed(sessions: int = 400) -> dict[str, Array]:
    """The same with a session on which stocks lost 15%, and bonds their share of it."""
    moves = falling(sessions)
    moves["stocks"][150], moves["bonds"][150] = -0.15, -0.045
    return moves


PAIR_SETTINGS = PairSettings(stocks_fall=-0.03, bonds_fall=-0.005)
LEVERED = '''"""Levered."""
def weights(*, times: float = 9.0):
    return {"stocks": times}
'''
CASH = '''"""Cash."""
def weights():
    return {"stocks": 0.0}
'''
GOLD = '''"""Gold."""
import pandas as pd
def weights(stocks, gold):
    held = pd.Series(range(len(stocks)), stocks.index) // 9 % 2 * 1.0
    return pd.DataFrame({"stocks": 0.5, "gold": held})
'''


def test_what_is_ruined_has_no_mix_and_stands_alone() -> None:
    """Nine times the stocks are ruined: no figure against the mix, and the strategies beside it are as without it."""
    library, market = made_library(fixed=FIXED, levered=LEVERED, gold_too=GOLD), small_market(crashed())
    found = analysed(market, library, ["fixed", "levered", "gold_too"], pair_settings=PAIR_SETTINGS)
    assert found.runs[1].accounts.ruin is not None
    assert np.isnan(found.analysis.shares[1]).all()
    assert np.isnan(found.analysis.mix_nav[1]).all()
    assert np.isnan(found.payoffs[1])
    assert np.isnan(found.growth[1])
    assert found.analysis.placebos[1] is None
    alone = analysed(market, library, ["fixed", "gold_too"], pair_settings=PAIR_SETTINGS)
    np.testing.assert_array_equal(found.analysis.scorecards[2], alone.analysis.scorecards[1])


def test_a_ruined_reference_is_not_in_the_way() -> None:
    """Where the reference is ruined, payoff and growth over the mix are as with any other reference."""
    library, market = made_library(fixed=FIXED, levered=LEVERED, gold_too=GOLD), small_market(crashed())
    ruined = analysed(market, library, ["levered", "gold_too"], pair_settings=PAIR_SETTINGS)
    whole = analysed(market, library, ["fixed", "gold_too"], pair_settings=PAIR_SETTINGS)
    assert ruined.payoffs[1] == whole.payoffs[1] != 0
    assert ruined.growth[1] == whole.growth[1]
    assert np.isnan(ruined.figure("growth_annual.over_reference.total")[1])


OUT_IN_TIME = '''"""Out in time."""
import pandas as pd
def weights(stocks, *, times: float = 9.0):
    held = pd.Series(times, stocks.index)
    held.iloc[148:152] = 0.0
    return pd.DataFrame({"stocks": held})
'''


@pytest.mark.parametrize("times", [2.0, 6.0, 7.0, 7.5, 9.0, 12.0])
def test_a_mix_that_would_be_ruined_is_none(times: float) -> None:
    """A strategy that was out of its stocks on the day of the crash, on which more than 6.67 times the stocks are ruin,
    has figures against its mix as long as that lives, and else none at all."""
    library, moves = made_library(fixed=FIXED, out=OUT_IN_TIME), small_market(crashed(3000))
    found = analysed(
        moves, library, ["fixed", f"out(times={times})"], Execution(rebalance="day", lag=0), pair_settings=PAIR_SETTINGS
    )
    assert found.runs[1].accounts.ruin is None
    figures = [found.payoffs[1], found.growth[1], *found.analysis.parts[1], *found.analysis.shares[1]]
    lives = times <= 7.0  # whose mix holds 6.6676 times the stocks, for it was out of them for three days in 3,000
    assert np.isfinite([*figures, *found.analysis.mix_nav[1]]).all() == lives
    assert np.isnan([*figures, *found.analysis.mix_nav[1]]).all() != lives
    assert not (found.analysis.mix_nav[1] <= 0).any()


def test_three_times_short_is_its_own_mix() -> None:
    """A book that is short in a falling market, and traded each month, has the shares of its targets."""
    moves = falling()
    moves["stocks"] = moves["stocks"] * 0.4 + 0.0002
    found = analysed(
        small_market(moves),
        made_library(fixed=FIXED, levered=LEVERED),
        ["fixed", "levered(times=-3.0)"],
        pair_settings=PAIR_SETTINGS,
    )
    assert found.runs[1].accounts.ruin is None
    assert found.analysis.shares[1] == pytest.approx([-3, 0], abs=1e-6)
    assert found.payoffs[1] == pytest.approx(0, abs=1e-4)


def test_all_cash_is_its_own_mix() -> None:
    """Bills have no slope on anything, whether they are the strategy or the reference."""
    found = analysed(
        small_market(falling()),
        made_library(fixed=FIXED, cash=CASH),
        ["cash", "fixed", "cash"],
        pair_settings=PAIR_SETTINGS,
    )
    assert found.analysis.shares == pytest.approx(np.array([[0, 0], [0.6, 0.4], [0, 0]]), abs=1e-8)
    assert list(found.payoffs) == pytest.approx([0, 0, 0], abs=1e-6)
    assert list(found.figure("acted")) == [0, len(found.period.windows.joint), 0]


@pytest.mark.parametrize("which", ["twice", "flat"])
def test_a_market_of_one_leg_has_mixes_of_one(which: str) -> None:
    """Where bonds are stocks again, or do not move, the mix holds stocks alone, and pays as much."""
    moves = falling()
    bills = 1e-4 if which == "twice" else 0.0
    moves["bonds"] = moves["stocks"].copy() if which == "twice" else 0 * moves["stocks"]
    pair_settings = PAIR_SETTINGS if which == "twice" else PairSettings(stocks_fall=-0.03, bonds_fall=-1e-4)
    found = analysed(
        small_market(moves, bills),
        made_library(fixed=FIXED),
        ["fixed", "fixed(bonds=0.1)"],
        pair_settings=pair_settings,
    )
    assert list(found.period.fitted_legs) == [0]
    held = 0.7 if which == "twice" else 0.6
    assert found.analysis.shares[1] == pytest.approx([held, 0], abs=1e-3)
    assert found.growth[1] == pytest.approx(0, abs=0.05)


def test_no_window_has_growth_and_no_payoff() -> None:
    """Where nothing fell there is a mix, and growth over it, but no payoff, no parts and no placebo."""
    pair_settings = PairSettings(stocks_fall=-0.49)
    found = analysed(
        small_market(falling()),
        made_library(fixed=FIXED, gold_too=GOLD),
        ["fixed", "gold_too"],
        pair_settings=pair_settings,
    )
    assert len(found.period.windows.joint) == 0
    assert np.isnan(found.payoffs).all()
    assert np.isnan(found.analysis.parts).all()
    assert found.analysis.placebos == (None, None)
    assert np.isfinite(found.growth).all()


def test_one_window_is_its_own_mean() -> None:
    """With a single window the mean payoff is that window's, and all of its figures stand."""
    moves = {name: np.abs(move) / 10 for name, move in falling().items()}
    for name in ("stocks", "bonds"):
        moves[name][200] = -0.06
    found = analysed(small_market(moves), made_library(fixed=FIXED, gold_too=GOLD), ["fixed", "gold_too"])
    [[start, end]] = found.period.windows.joint
    own, stands = (level[1] for level in (found.analysis.nav, found.analysis.mix_nav))
    payoff = own[end] / own[start] - stands[end] / stands[start]
    assert found.payoffs[1] == pytest.approx(100 * payoff, abs=1e-12)
    assert found.analysis.placebos[1] is not None


def test_fewer_than_thirty_sessions_have_a_mix() -> None:
    """A fortnight of fixed shares is its own mix by the slopes of the same session."""
    found = analysed(
        small_market(falling(14)),
        made_library(fixed=FIXED),
        ["fixed", "fixed(stocks=0.9)"],
        Execution(rebalance="day", lag=0),
        pair_settings=PAIR_SETTINGS,
    )
    assert found.analysis.shares[1] == pytest.approx([0.9, 0.4], abs=1e-6)
    assert np.isnan(found.growth).all()  # under a year nothing is a year's


def test_a_book_that_started_before_the_window_keeps_what_it_held() -> None:
    """Shares that were bought a year before the window and never traded since are their own mix in it too."""
    found = analysed(
        small_market(falling(700)),
        made_library(fixed=FIXED),
        RECIPES[:5],
        NEVER,
        pair_settings=PAIR_SETTINGS,
        start=300,
    )
    assert len(found.period.sessions) == 400
    np.testing.assert_allclose(found.payoffs, 0, atol=1e-4)
    np.testing.assert_allclose(found.analysis.shares, MIXES[:5], atol=1e-6)


def test_a_book_that_started_before_a_leg_joins_when_it_begins() -> None:
    """Gold that was held before bonds had a level has a mix from their first level on."""
    moves = falling()
    levels = {name: list(np.cumprod(1 + move)) for name, move in moves.items()}
    levels["bonds"][:50] = [np.nan] * 50
    market = made_market(levels, bills=[1e-4] * 400)
    found = analysed(
        market,
        made_library(fixed=FIXED, levered=LEVERED),
        ["levered(times=0.5)", "fixed"],
        NEVER,
        pair_settings=PAIR_SETTINGS,
    )
    assert (found.runs[0].first, len(found.period.sessions)) == (0, 350)
    assert found.analysis.shares[0] == pytest.approx([0.5, 0], abs=0.05)  # it has drifted before bonds began
    assert np.isfinite(found.payoffs).all()


def test_an_asset_that_ends_is_held_to_its_end() -> None:
    """Gold that ends half way: figures are finite, and its weights from there on are zero."""
    moves = falling()
    levels = {name: list(np.cumprod(1 + move)) for name, move in moves.items()}
    levels["gold"][200:] = [np.nan] * 200
    market = made_market(levels, bills=[1e-4] * 400)
    found = analysed(
        market, made_library(fixed=FIXED, gold_too=GOLD), ["fixed", "gold_too"], pair_settings=PAIR_SETTINGS
    )
    assert found.runs[1].accounts.ended
    assert np.isfinite([found.payoffs[1], found.growth[1], *found.analysis.parts[1]]).all()
    assert found.analysis.placebos[1] is not None
    np.testing.assert_allclose(found.analysis.parts.sum(axis=1), found.payoffs / 100, atol=1e-12)


@pytest.mark.parametrize(("apart", "fitted"), [(1e-9, 2), (1e-14, 1)])
def test_legs_that_nearly_move_alike(apart: float, fitted: int) -> None:
    """Legs whose correlation is short of one by 1e-9 are told apart; by 1e-14 the first alone is fitted."""
    first = np.array([1.0, -1.0, 1.0, -1.0]) / 2
    other = np.array([1.0, 1.0, -1.0, -1.0]) / 2
    share = 1 - apart
    matrix = slope_matrix(np.array([first, share * first + (2 * apart) ** 0.5 * other]))
    assert int(matrix.any(axis=1).sum()) == fitted


def test_tranches_are_equal_parts_of_a_book() -> None:
    """Two books of two tranches: their values are means, and returns are of these; what is ruined returns -1 on."""
    nav = np.array([[1.0, 2.0, 1.0], [1.0, 1.0, 2.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    sound = cast(Kept, SimpleNamespace(nav=nav[:2], ruin=np.array([-1, -1])))
    assert session_returns(sound, 1).tolist() == [[0.5, 0.0]]
    assert session_returns(sound, 2).tolist() == [[1.0, -0.5], [0.0, 1.0]]
    ruined = cast(Kept, SimpleNamespace(nav=nav, ruin=np.array([-1, -1, 1, 1])))
    assert session_returns(ruined, 2).tolist() == [[0.5, 0.0], [-1.0, -1.0]]


def test_weights_of_tranches_are_weighed_by_their_money() -> None:
    """A tranche of 3 all in stocks and one of 1 all in bonds are three quarters and one, over the last two sessions."""
    nav = np.array([[1.0, 3.0, 3.0], [1.0, 1.0, 3.0]])
    weights = np.array([[[0.5, 0.5], [1.0, 0.0], [1.0, 0.0]], [[0.5, 0.5], [0.0, 1.0], [0.0, 1.0]]])
    kept = cast(Kept, SimpleNamespace(nav=nav, weights=weights))
    whole, parts = mix_accounts(kept, 1, 2)
    assert (whole.tolist(), parts.tolist()) == ([[2.0, 3.0]], [[[0.75, 0.25], [0.5, 0.5]]])
    alone, own = mix_accounts(kept, 2, 2)
    assert (alone.tolist(), own.tolist()) == (nav[:, 1:].tolist(), weights[:, 1:].tolist())


@pytest.mark.parametrize(("size", "fitted"), [(2.3e-8, [True, True]), (2.2e-8, [True, False])])
def test_the_least_variance_of_a_leg(size: float, fitted: list[bool]) -> None:
    """Squares that add up to 1e-15 are rounding: of twice the size's square above that there is a slope."""
    matrix = slope_matrix(np.array([[0.01, -0.01, 0.0, 0.0], [0.0, 0.0, size, -size]]))
    assert (matrix != 0).any(axis=1).tolist() == fitted


@pytest.mark.parametrize(("legs", "matrix"), [
    ([[0.1], [0.2]], [[0], [0]]), ([[0.1, -0.1], [0.2, -0.2]], [[5, -5], [0, 0]]),
])  # fmt: skip
def test_slopes_of_one_and_of_two_sessions(legs: list[list[float]], matrix: list[list[float]]) -> None:
    """One session has none; of two there is one on the first leg, and the second cannot be told apart."""
    assert slope_matrix(np.array(legs)) == pytest.approx(np.array(matrix))


def test_steps_towards_a_mix_by_hand() -> None:
    """Broyden's: at first what is missed, but no longer than 2; then by what the first step changed; half way back
    where there is no value."""
    search = _Broyden(3)
    far, near, none = [30.0, 40.0], [0.3, 0.4], [np.nan, np.nan]
    back = np.array([[9.0, 9.0], [9.0, 9.0], [0.5, 0.25]])
    first = search.steps(np.arange(3), np.array([far, near, none]), back)
    assert first.tolist() == [pytest.approx([1.2, 1.6]), near, [0.5, 0.25]]
    # it changed (0.3, 0.4) to (0.1, 0.2), so by (0.2, 0.2): scale 0.14; a product with the new values of 0.11
    [second] = search.steps(np.array([1]), np.array([[0.1, 0.2]]), back[1:2]).tolist()
    assert second == pytest.approx([0.1 + 0.1 * 0.11 / 0.14, 0.2 + 0.2 * 0.11 / 0.14])


@pytest.mark.parametrize(("sessions", "fitted"), [(29, True), (30, False)])
def test_from_thirty_sessions_on_neighbours_count(sessions: int, fitted: bool) -> None:
    """The first and the last session, which lack one of theirs, then take no part."""
    matrix = slope_matrix(np.random.default_rng(1).normal(0, 0.01, (2, sessions)))
    assert [bool(matrix[:, place].any()) for place in (0, -1)] == [fitted, fitted]
