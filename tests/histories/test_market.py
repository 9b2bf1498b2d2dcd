"""The market: everything on the sessions of `stocks`, levels first and then returns, and what it refuses."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from backtester.errors import DataError
from backtester.histories.market import Market, load_market
from builders import made_market
from folders import built, fact, listed, made_folder, weekdays

Y = "yield"  # a key of the manifest that Python cannot spell as an argument
SERIES = {
    "stocks": listed("price", "stocks"),
    "yield_10y": listed("yield", "y", lag_sessions=1),
    "bonds": built("bond", **{Y: "yield_10y"}, maturity_years=10),
    "bills": built("bills", **{Y: "yield_10y"}),
    "dollar": listed("price", "dollar", carry="bills"),
}


def made(folder: Path, columns: dict[str, Any], series: dict[str, Any] | None = None) -> Market:
    """The market of those columns, one row a weekday from Monday 2024-01-01 on."""
    rows = len(next(iter(columns.values())))
    return load_market("made", made_folder(folder, {"date": weekdays("2024-01-01", rows), **columns}, series))


def test_no_session_is_lost(us: Market) -> None:
    """The sessions of `us` are the dates of stocks, all 4,879 of them, though other markets were shut on some."""
    dates = fact("SPY").loc[:"2026-05-26"].index
    assert list(us.sessions) == list(dates)
    assert len(us.sessions) == 4879
    assert pd.Timestamp("2008-10-13") in us.sessions  # Columbus Day: stocks rose 15%, Treasuries were not quoted
    others = [fact(name).index for name in ("DGS10", "GLD", "DTWEXBGS")]
    assert len(us.sessions) - len(dates.intersection(others[0]).intersection(others[1]).intersection(others[2])) == 67


def test_carried_sessions_are_counted(us: Market) -> None:
    """What had no value of its own is told: 36 holidays of the bond market, 63 of the dollar index."""
    own = {role: us.carried[role] for role in ("stocks", "bonds", "long_bonds", "bills", "gold", "dollar")}
    assert own == {"stocks": 0, "bonds": 36, "long_bonds": 36, "bills": 36, "gold": 0, "dollar": 63}


def test_every_level_is_there_and_positive(us: Market) -> None:
    """Each asset of `us` and bills have a finite level above zero on every session, and so a return after the first;
    options from their first third Friday on."""
    options = ["put", "call", "put_spread"]
    levels, returns = us.levels.drop(columns=options), us.returns.drop(columns=options)
    assert (levels.to_numpy() > 0).all()
    assert np.isfinite(returns.iloc[1:].to_numpy()).all()
    assert us.returns.iloc[0].isna().all()
    assert (us.levels.loc["2007-01-19":, options].to_numpy() > 0).all()
    assert us.assets[:5] == ["stocks", "bonds", "long_bonds", "gold", "dollar"]


def test_levels_first_then_returns(tmp_path: Path) -> None:
    """Gold's fall and rise around its holiday are one return on the next session; no day's return is dropped."""
    market = made(tmp_path, {"stocks": [1.0, 1.0, 1.0, 1.0], "gold": [100.0, None, 121.0, 110.0]})
    np.testing.assert_allclose(market.returns["gold"].to_numpy(), [np.nan, 0.0, 0.21, -1 / 11], atol=1e-15)
    assert market.carried == {"stocks": 0, "gold": 1}


def test_a_value_on_no_session_counts_at_the_next(tmp_path: Path) -> None:
    """A price of a day without a session is the next session's level, not lost and not a session of its own."""
    market = made(tmp_path, {"stocks": [1.0, None, 1.0], "gold": [100.0, 110.0, None]})
    assert list(market.sessions.day) == [1, 3]
    assert list(market.levels["gold"]) == [100.0, 110.0]


def test_a_built_bond_earns_its_carry_where_its_yield_is_missing(tmp_path: Path) -> None:
    """On a bond holiday the yield is carried: the bond earns (1 + y/2)^(2 days / 365.25) - 1, bills their rate."""
    market = made(tmp_path, {"stocks": [1.0] * 3, "y": [4.0, None, 4.0], "dollar": [50.0, 55.0, 55.0]}, SERIES)
    day = 1.02 ** (2 / 365.25) - 1
    np.testing.assert_allclose(market.returns["bonds"].to_numpy()[1:], [day, day], rtol=1e-12)
    np.testing.assert_allclose(market.bill_returns, [0, 0.04 / 365, 0.04 / 365], rtol=1e-15)
    assert market.carried == {"stocks": 0, "bonds": 1, "bills": 1, "dollar": 0}


def test_a_price_with_carry_earns_bills(tmp_path: Path) -> None:
    """The dollar earns its index's return plus the bill return of the same session, over a weekend three days of it."""
    prices = [50.0, 55.0, 55.0, 55.0, 55.0, 44.0]
    market = made(tmp_path, {"stocks": [1.0] * 6, "y": [3.65] * 6, "dollar": prices}, SERIES)
    expected = [0.1 + 0.0001, 0.0001, 0.0001, 0.0001, -0.2 + 0.0003]
    np.testing.assert_allclose(market.returns["dollar"].to_numpy()[1:], expected, rtol=1e-12)


def test_a_price_with_carry_starts_when_bills_do(tmp_path: Path) -> None:
    """Where bills start later than the price, the asset starts with them; before, it has no level."""
    market = made(
        tmp_path, {"stocks": [1.0] * 4, "y": [None, None, 3.65, 3.65], "dollar": [1.0, 2.0, 3.0, 6.0]}, SERIES
    )
    np.testing.assert_allclose(market.levels["dollar"].to_numpy(), [np.nan, np.nan, 1.0, 2.0001], rtol=1e-12)


def test_a_series_that_starts_later_has_no_level_before(tmp_path: Path) -> None:
    """A price that starts on the second session has its first return on the third; a bond likewise."""
    columns = {"stocks": [1.0] * 3, "gold": [None, 2.0, 3.0], "y": [None, 4.0, 4.0], "dollar": [1.0] * 3}
    market = made(tmp_path, columns, {**SERIES, "gold": listed("price", "gold")})
    np.testing.assert_array_equal(market.returns["gold"].to_numpy(), [np.nan, np.nan, 0.5])
    assert list(market.levels["bonds"].isna()) == [True, False, False]
    assert market.levels["bonds"].iloc[1] == 1.0


def test_the_gap_that_is_refused_names_the_series(tmp_path: Path) -> None:
    """Eleven days without a price are refused with history, series and dates, and of a bond with its yield's role."""
    prices = [1.0, *[None] * 5, 2.0, 2.0]
    assert made(tmp_path, {"stocks": [1.0] * 8, "gold": prices}).carried["gold"] == 5
    long = {"stocks": [1.0] * 13, "gold": [1.0, *[None] * 10, 2.0, 2.0]}
    with pytest.raises(
        DataError, match="history 'made', series 'gold': no value from 2024-01-02 to 2024-01-15, more than"
    ):
        made(tmp_path, long)
    assert made(tmp_path, long, listed_prices(carry_days=15)).carried["gold"] == 10
    bonds = {"stocks": [1.0] * 13, "y": long["gold"]}
    words = r"series 'bonds': no value .* in the manifest's series 'yield_10y' say absent .* or carry_days = 15 to"
    with pytest.raises(DataError, match=words):
        made(tmp_path, bonds, {role: SERIES[role] for role in ("stocks", "yield_10y", "bonds")})
    longer = SERIES | {"yield_10y": listed("yield", "y", carry_days=15)}
    assert (
        made(tmp_path, bonds, {role: longer[role] for role in ("stocks", "yield_10y", "bonds")}).carried["bonds"] == 10
    )


def listed_prices(**keys: Any) -> dict[str, Any]:
    """Stocks and gold, with other keys for gold."""
    return {"stocks": SERIES["stocks"], "gold": listed("price", "gold", **keys)}


def test_refuses_a_history_without_stocks(tmp_path: Path) -> None:
    """Without stocks there are no sessions."""
    with pytest.raises(DataError, match="history 'made' has no series 'stocks'; its dates are the sessions"):
        made(tmp_path, {"gold": [1.0, 2.0]})


def test_refuses_a_history_of_one_session(tmp_path: Path) -> None:
    """One session has no return."""
    with pytest.raises(DataError, match="history 'made' has 1 session; at least two are needed"):
        made(tmp_path, {"stocks": [1.0]})


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("bond", "history 'us' has no role 'bond'; did you mean 'bonds'?"),
        ("fed_asset", "history 'us' has no role 'fed_asset'; did you mean 'fed_assets'?"),
        (
            "zzz",
            "history 'us' has no role 'zzz'; known: bills, bonds, bonds_future, call, cpi, dollar, fed_assets, fed_",
        ),
    ],
)
def test_an_unknown_role_gets_the_nearest_name(us: Market, name: str, words: str) -> None:
    """An unknown role is answered with the nearest one, assets and observables alike."""
    with pytest.raises(DataError) as told:
        us.role(name)
    assert str(told.value).startswith(words)


def test_roles_are_levels_and_observables(us: Market) -> None:
    """Every role is one or the other, and is got by its name."""
    assert us.roles == [*us.levels.columns, *us.observables.columns]
    pd.testing.assert_series_equal(us.role("bonds"), us.levels["bonds"])
    pd.testing.assert_series_equal(us.role("vix"), us.observables["vix"])
    assert us.has_bills
    assert not load_market("crisis_1987").has_bills


def test_the_assets_are_listed_once(us: Market) -> None:
    """Of a history of thousands the list takes a moment to make, and every answer is held against it."""
    assert us.assets is us.assets
    assert us.history.assets is us.history.assets
    assert us.cut(10).assets == us.assets


def test_the_hash_knows_every_figure(tmp_path: Path) -> None:
    """The market's hash changes with any figure and stays for the same ones."""
    one = made(tmp_path / "one", {"stocks": [1.0, 2.0]}).sha256
    assert made(tmp_path / "two", {"stocks": [1.0, 2.0]}).sha256 == one
    assert made(tmp_path / "three", {"stocks": [1.0, 2.5]}).sha256 != one


def test_the_hash_is_of_what_the_market_holds(us: Market) -> None:
    """A market whose figures were changed, cut or read in part has another hash; its history has the same."""
    moved = us.levels.copy()
    moved.loc["2020-03-16", "stocks"] *= 1 + 1e-12
    waiting = us.observables.copy()
    waiting.iloc[-1, 0] += 1
    others = [
        replace(us, levels=moved),
        replace(us, observables=waiting),
        replace(us, scheduled=us.scheduled + 1),
        replace(us, bill_returns=us.bill_returns * 1.0000001),
        us.cut(4000),
        us.since(1),
        load_market("us", roles=["gold"]),
    ]
    assert len({us.sha256, *(other.sha256 for other in others)}) == 1 + len(others)
    assert {other.history.sha256 for other in others} == {us.history.sha256}


def test_the_hash_of_some_roles_does_not_depend_on_the_others(us: Market) -> None:
    """What two roles hold has one hash, whichever others were read beside them."""
    part = load_market("us", roles=["gold"])
    assert part.hash_of(["gold", "stocks"]) == us.hash_of(["stocks", "gold"])
    assert part.hash_of(["gold"]) != us.hash_of(["stocks"])


def test_the_hash_of_a_schedule_is_of_its_columns(us: Market) -> None:
    """Roles without one have the same hash when a meeting moves, roles with one another."""
    moved = replace(us, scheduled=us.scheduled + 1)
    assert moved.hash_of(["gold"]) == us.hash_of(["gold"])
    assert moved.hash_of(["gold", "fomc"]) != us.hash_of(["gold", "fomc"])
    assert load_market("us", roles=["gold", "fomc"]).hash_of(["fomc"]) == us.hash_of(["fomc"])


def test_a_cut_market_is_as_it_was_seen_then(us: Market) -> None:
    """The first sessions of a market are the same numbers, and none after; the last ones keep theirs too."""
    half = us.cut(2000)
    assert len(half.sessions) == len(half.levels) == len(half.observables) == len(half.bill_returns) == 2000
    pd.testing.assert_frame_equal(half.levels, us.levels.iloc[:2000])
    pd.testing.assert_frame_equal(half.observables, us.observables.iloc[:2000])
    pd.testing.assert_frame_equal(us.since(2000).levels, us.levels.iloc[2000:])


def test_building_leaves_the_files_alone(us: Market) -> None:
    """Reading twice gives the same market."""
    again = load_market("us")
    pd.testing.assert_frame_equal(again.levels, us.levels)
    pd.testing.assert_frame_equal(again.observables, us.observables)
    assert again.sha256 == us.sha256


def test_refuses_a_return_beyond_all_numbers(tmp_path: Path) -> None:
    """A price of next to nothing is positive and finite, and yet nothing can be measured from it."""
    with pytest.raises(DataError) as raised:
        made(tmp_path, {"stocks": [100.0, 1e-320, 100.0]}, {"stocks": listed("price", "stocks")})
    assert str(raised.value) == (
        "history 'made', series 'stocks': no finite return on 2024-01-03; mend the source and build it again"
    )


@pytest.mark.parametrize(("roles", "words"), [(11, "r10, bills>"), (12, "r10, r11, ...>")])
def test_a_market_in_a_line(roles: int, words: str) -> None:
    """Its name, rhythm, span and twelve of its roles."""
    text = repr(made_market({f"r{place}": [1.0, 2.0] for place in range(roles)}))
    assert text.startswith("<Market 'made', daily, 2024-01-01 to 2024-01-02: r0, r1, ")
    assert text.endswith(words)
