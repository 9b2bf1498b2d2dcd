"""Scenarios become paths: shocks by role and shape, the Fed's purchases, noise, and what a history lacks."""

import itertools
from dataclasses import replace
from pathlib import Path as FilePath
from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest

from backtester.errors import ScenarioError
from backtester.histories.derived import par_bond_returns
from backtester.histories.frames import market as market_from
from backtester.histories.market import Market
from backtester.stress import build
from backtester.stress.build import ScenarioOptions, make_path, missing_roles, path_and_market
from backtester.stress.extend import extend
from backtester.stress.fed import PACE_BN, PURCHASES_TO_9_APRIL, purchases
from backtester.stress.path import Path
from backtester.stress.read import read_scenario, scenario_names
from backtester.stress.scenario import Scenario, Shock
from backtester.stress.starting_point import StartingPoint, make_starting_point, read_starting_point

WORDS = dict.fromkeys(("title", "about", "source", "calibrated_on", "differs"), "made for a test")


@pytest.fixture(scope="module")
def us_ground() -> StartingPoint:
    """All of the embedded history."""
    return read_starting_point("us")


def made(*shocks: dict[str, object], **others: object) -> Scenario:
    """A scenario of some shocks."""
    return Scenario.model_validate({**WORDS, "name": "made", "shock": shocks, **others})


def moved(ground: StartingPoint, scenario: Scenario, options: ScenarioOptions = ScenarioOptions()) -> dict[str, float]:  # noqa: B008 - frozen
    """How far everything is from where it stood, when the scenario is over: returns, and changes of figures."""
    market, count = extend(ground, make_path(scenario, ground, options)), len(ground.market.sessions)
    ends = market.levels.iloc[-1] / market.levels.iloc[count - 1] - 1
    return {**ends.to_dict(), **(market.observables.iloc[-1] - market.observables.iloc[count - 1]).to_dict()}


def test_shocks_come_in_their_units(us_ground: StartingPoint) -> None:
    """Percent, basis points, points and billions, after two sessions in which all is there and published."""
    shocks = (
        {"role": "stocks", "percent": -10},
        {"role": "gold", "percent": 5},
        {"role": "yields", "bp": {"10": 50, "30": 70}},
        {"role": "vix", "points": 12},
        {"role": "fed_target", "bp": -25},
        {"role": "fed_assets", "bn": 100},
    )
    ends = moved(us_ground, made(*shocks, sessions=12))
    expected = {"stocks": -0.1, "gold": 0.05, "yield_10y": 0.5 - 0.06, "yield_30y": 0.7 - 0.04, "vix": 12}
    expected |= {"fed_target": -0.25, "fed_assets": 100_000, "yield_3m": 0, "dollar": ends["bills"]}
    assert {role: ends[role] for role in expected} == pytest.approx(expected, abs=1e-9)


def test_a_shock_waits_for_its_first_session(us_ground: StartingPoint) -> None:
    """A line of four sessions from the third on does nothing before, and a quarter in the third."""
    path = make_path(made({"role": "stocks", "percent": -10, "first": 3, "sessions": 4}), us_ground)
    market = extend(us_ground, path)
    assert market.returns["stocks"].iloc[-6:].tolist() == pytest.approx([0, 0, *[0.9**0.25 - 1] * 4])


def test_a_scenario_is_scaled_and_slowed(us_ground: StartingPoint) -> None:
    """Half of term_premium's yields, in twice the sessions; a path that falls too far is refused with its name."""
    scenario = made({"role": "yields", "bp": 100, "sessions": 3})
    path = make_path(scenario, us_ground, ScenarioOptions(scale=0.5, slow=2))
    assert path.sessions == 6
    assert path.shifts["yield_10y"].sum() == pytest.approx(0.5)
    with pytest.raises(ScenarioError, match=r"loses .* in a session; scale it less") as caught:
        make_path(read_scenario("dash_for_cash"), us_ground, ScenarioOptions(scale=20))
    assert caught.value.__notes__ == ["in the scenario 'dash_for_cash'"]


def test_a_yield_too_low_is_refused_with_the_line(us_ground: StartingPoint, tmp_path: FilePath) -> None:
    """A shock that takes a yield below -1% is refused, and the note names the file and the line of the shock."""
    path = tmp_path / "deep.toml"
    head = "".join(f'{key} = "x"\n' for key in WORDS)
    path.write_text(f'{head}\n[[shock]]\nrole = "vix"\npoints = 9\n\n[[shock]]\nrole = "yields"\nbp = -1000\n')
    with pytest.raises(ScenarioError, match=r"takes yield_10y to -5\.50% on 2026-05-27; yields and rates") as caught:
        path_and_market(read_scenario(str(path)), us_ground)
    assert caught.value.__notes__ == ["in the scenario 'deep' (deep.toml, line 11)"]


def test_every_built_in_scenario_can_happen_today(us_ground: StartingPoint) -> None:
    """Each has a path on the embedded history, and in all but the old pattern and the Fed's bonds lose."""
    for name in scenario_names():
        ends = moved(us_ground, read_scenario(name))
        assert (ends["bonds"] < 0) == (name != "flight_to_quality"), name
    war = moved(us_ground, read_scenario("capital_war"))
    assert war["stocks"] < -0.1
    assert war["dollar"] < 0
    assert war["gold"] > 0.1


def test_the_fed_buys_from_the_fourth_session_on(us_ground: StartingPoint) -> None:
    """Nothing in three sessions, then 37, 40, 40, 40, 75; with a later repo offer later."""
    assert purchases(8).tolist() == [0, 0, 0, 37, 40, 40, 40, 75]
    assert purchases(8, repo_offer=2).tolist() == [0, 0, 0, 0, 0, 37, 40, 40]
    assert sum(PACE_BN) == pytest.approx(1527)
    war = read_scenario("capital_war")
    alone, helped = (moved(us_ground, war, ScenarioOptions(fed=fed)) for fed in (False, True))
    assert helped["bonds"] > alone["bonds"]
    assert helped["stocks"] > alone["stocks"]
    assert helped["fed_assets"] > alone["fed_assets"] + 500_000


def test_hedged_purchases_leave_prices_alone(us_ground: StartingPoint) -> None:
    """They show on the Fed's balance sheet; in the spiral they lower yields by less than plain ones."""
    war = read_scenario("capital_war")
    hedged = war.model_copy(update={"fed": war.fed.model_copy(update={"hedged": True})})
    alone, helped = moved(us_ground, war), moved(us_ground, hedged, ScenarioOptions(fed=True))
    assert helped["stocks"] == pytest.approx(alone["stocks"], abs=1e-12)
    assert helped["fed_assets"] > alone["fed_assets"] + 500_000
    unwind = read_scenario("basis_unwind")
    of_hedged = unwind.model_copy(update={"fed": unwind.fed.model_copy(update={"hedged": True})})
    plain, taken, none = (
        make_path(one, us_ground, ScenarioOptions(fed=fed)).shifts["yield_10y"].sum()
        for one, fed in ((unwind, True), (of_hedged, True), (unwind, False))
    )
    assert plain < taken < none
    for one, asked in ((war, hedged), (unwind, of_hedged)):
        said, by_file = (
            make_path(one, us_ground, ScenarioOptions(fed="hedged")),
            make_path(asked, us_ground, ScenarioOptions(fed=True)),
        )
        assert {role: moves.tolist() for role, moves in said.shifts.items()} == {
            role: moves.tolist() for role, moves in by_file.shifts.items()
        }, "`--fed hedged` is what the key of a file is"


def test_noise_keeps_totals_and_follows_vix(us_ground: StartingPoint) -> None:
    """Seeded, it ends where the shocks end, differs by seed, and is larger where VIX is higher."""
    calm = made({"role": "stocks", "percent": -10, "sessions": 60}, noise=1.0)
    paths = [make_path(calm.model_copy(update={"seed": seed}), us_ground) for seed in (1, 1, 2)]
    one, again, other = (path.growth["stocks"] for path in paths)
    assert one.tolist() == again.tolist()
    assert one.tolist() != other.tolist()
    assert one.sum() == pytest.approx(np.log(0.9))
    assert paths[0].roles == {"stocks"}, "what the path does not move has no noise"
    wild = made(
        {"role": "stocks", "percent": -10, "sessions": 60}, {"role": "vix", "points": 40, "shape": "jump"}, noise=1.0
    )
    assert make_path(wild, us_ground).growth["stocks"].std() > 2 * one.std()


def test_what_a_history_lacks_is_said(small: FilePath) -> None:
    """A small history has no dollar: the shock to it is left out, and said."""
    ground = read_starting_point("small", small)
    scenario = made({"role": "dollar", "percent": 5}, {"role": "stocks", "percent": 5})
    assert missing_roles(scenario, ground) == ["dollar"]
    assert "dollar" not in make_path(scenario, ground).roles


def test_a_credit_spread_moves_where_a_history_has_one(us: Market, us_ground: StartingPoint) -> None:
    """A history with a spread of 2 points has it at 4.5 after a shock of 250 bp; one without refuses it, alone.

    No embedded history has one; the blueprint `us_long` makes one that has.
    """
    frame = us.levels[["stocks", "bonds", "bills"]].iloc[-300:]
    spread = 2.0 + 0.1 * np.sin(np.arange(299, -1, -1) / 9)
    ground = make_starting_point(
        market_from(frame.assign(credit_spread=spread), kinds={"credit_spread": "rate"}).history
    )
    widened = made({"role": "credit_spread", "bp": 250, "sessions": 5})
    seen = path_and_market(widened, ground)[1].observables["credit_spread"]
    assert seen.iloc[-6:].tolist() == pytest.approx([2.0, 2.5, 3.0, 3.5, 4.0, 4.5])
    with pytest.raises(ScenarioError, match=r"moves is credit_spread, and the history 'us' has no such role; add it"):
        make_path(widened, us_ground)
    both = made({"role": "credit_spread", "bp": 250}, {"role": "stocks", "percent": -5})
    assert (make_path(both, us_ground).roles, missing_roles(both, us_ground)) == ({"stocks"}, ["credit_spread"])


def test_a_monthly_history_takes_a_month_for_a_months_sessions(us: Market) -> None:
    """24 daily sessions are two month-ends; a bond fund without a yield is priced as a par bond of ten years at 4%."""
    levels = us.levels[["stocks", "bonds", "bills", "gold"]]
    frame = levels.groupby(levels.index.to_period("M")).tail(1).iloc[:-1]
    ground = make_starting_point(market_from(frame).history)
    path, market = path_and_market(read_scenario("capital_war"), ground)
    assert path.sessions == 2
    assert [str(one.date()) for one in market.sessions[-2:]] == ["2026-05-29", "2026-06-30"]
    assert market.levels["stocks"].iloc[-1] / market.levels["stocks"].iloc[-3] - 1 == pytest.approx(-0.138, abs=1e-3)
    fund = path_and_market(made({"role": "yields", "bp": 100, "sessions": 21}), ground)[1].returns["bonds"].iloc[-1]
    assert fund == pytest.approx(-0.0779, abs=0.002), "2 x 15.589 + 100 / 1.025^20 = 92.21"


def test_a_role_that_a_replay_leaves_out_is_known(us_ground: StartingPoint) -> None:
    """A window without `stoks` would keep its stocks in silence: refused, with the nearest role."""
    window = {"start": "2020-03-09", "end": "2020-03-18", "without": ["stoks"]}
    with pytest.raises(ScenarioError, match=r"\[replay\.without\] unknown role 'stoks'; did you mean 'stocks'\?"):
        make_path(made(replay=window), us_ground)


def test_a_replay_half_as_large_again_in_plain_loops(us_ground: StartingPoint) -> None:
    """Each session of the dash for cash times 1.5, multiplied up, by the file or by --scale."""
    levels, ended = us_ground.market.levels.loc["2020-03-09":"2020-03-18"], dict[str, float]()
    for asset in ("stocks", "bonds"):
        closes, worth = levels[asset].tolist(), 1.0
        for before, after in itertools.pairwise(closes):
            worth *= 1 + 1.5 * (after / before - 1)
        ended[asset] = worth
    window = {"start": "2020-03-09", "end": "2020-03-18", "scale": 1.5}
    own, asked = made(replay=window), made(replay={**window, "scale": 1.0})
    for ends in (moved(us_ground, own), moved(us_ground, asked, ScenarioOptions(scale=1.5))):
        for asset, worth in ended.items():
            assert ends[asset] == pytest.approx(worth - 1, abs=1e-12)


def test_what_takes_longer_than_the_scenario_is_refused(us_ground: StartingPoint) -> None:
    """The seven sessions of a replay are not squeezed into three, nor shown as seven where three are asked for."""
    window = {"start": "2020-03-09", "end": "2020-03-18"}
    with pytest.raises(ScenarioError, match="sessions = 3, and what it replays or is made of takes 7; write 7 or more"):
        make_path(made(replay=window, sessions=3), us_ground)
    assert make_path(made(replay=window, sessions=7), us_ground).sessions == 7


def test_a_scenario_on_itself_is_refused(tmp_path: FilePath) -> None:
    """A base that leads back to the scenario is reported, and does not run for ever."""
    path = tmp_path / "loop.toml"
    head = "".join(f'{key} = "x"\n' for key in WORDS)
    path.write_text(f'{head}base = "{path}"\n')
    with pytest.raises(ScenarioError, match="has itself as a base"):
        read_scenario(str(path))


def test_shocks_are_models() -> None:
    """A parallel move of the curve needs no years."""
    assert Shock.model_validate({"role": "yields", "bp": 25, "sessions": 2}).end == 2


def test_a_fund_without_a_yield_follows_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 2, 7 and 40 years the nearest to a fund of ten is 7, which stands at 5% and moves by 1 point in two steps."""
    known = {"yield_2y": 2.0, "yield_7y": 7.0, "yield_40y": 40.0}
    monkeypatch.setattr(build, "maturities", lambda history: known)
    series = {"bonds": SimpleNamespace(kind="total_return"), "long_bonds": SimpleNamespace(kind="par_bond")}
    figures = {
        role: SimpleNamespace(values=pd.Series([1.0, level])) for role, level in zip(known, (3, 5, 6), strict=True)
    }
    ground = cast(StartingPoint, SimpleNamespace(history=SimpleNamespace(series=series), figures=figures))
    path = build.curve_path(ground, {5.0: 0.0, 15.0: 200.0}, np.array([0.25, 0.75]))
    assert list(path.growth) == ["bonds"]
    returns = par_bond_returns(np.array([0.05, 0.0525, 0.06]), np.zeros(3), maturity_years=10.0)[1:]
    np.testing.assert_allclose(path.growth["bonds"], np.log1p(returns), rtol=1e-13)
    assert {role: moves.tolist() for role, moves in path.shifts.items()} == {
        "yield_7y": pytest.approx([0.1, 0.3]),
        "yield_40y": pytest.approx([0.5, 1.5]),
    }


def test_purchases_go_on_after_a_short_path(us_ground: StartingPoint) -> None:
    """Twenty purchases from the fourth session after the repo offer on, in millions of dollars as the history has them;
    none before the session until which the Fed holds."""
    own = {"on": True, "repo_offer": 2}
    path = build._purchases(made(fed=own), us_ground, Path(5), ScenarioOptions())
    assert path.sessions == 2 + 3 + PURCHASES_TO_9_APRIL
    expected = 1000 * purchases(25, repo_offer=2)
    assert expected[-1] == 50_000, "the last is that of 9 April"
    np.testing.assert_array_equal(path.shifts["fed_assets"], expected)
    held = build._purchases(made(fed={**own, "held_until": 6}), us_ground, Path(5), ScenarioOptions(slow=1))
    np.testing.assert_array_equal(held.shifts["fed_assets"], np.where(np.arange(25) < 6, 0.0, expected))
    assert build._purchases(made(fed=own), us_ground, Path(30), ScenarioOptions()).sessions == 30
    assert build._purchases(made(fed=own), us_ground, Path(30), ScenarioOptions(fed=False)).sessions == 1


def test_a_replay_without_yields(monkeypatch: pytest.MonkeyPatch) -> None:
    """It keeps those of less than a year, which are cash, and leaves out the bonds that are built from the others."""
    series = {role: SimpleNamespace(kind=kind) for role, kind in (("bonds", "bond"), ("gold", "price"))}
    source = SimpleNamespace(history=SimpleNamespace(series=series))
    moves = {role: np.array([0.1]) for role in ("yield_6m", "yield_1y", "yield_10y")}
    path = Path(1, growth={role: np.array([0.2]) for role in series}, shifts=moves)
    monkeypatch.setattr(build, "source_starting_point", lambda history, data: source)
    monkeypatch.setattr(build, "dated_window", lambda source, start, end: None)
    monkeypatch.setattr(build, "replay", lambda source, window: path)
    monkeypatch.setattr(build, "maturities", lambda history: {"yield_6m": 0.5, "yield_1y": 1.0, "yield_10y": 10.0})
    window = {"start": "2020-03-09", "end": "2020-03-18"}
    kept = build._replayed(made(replay={**window, "without": ["yields"]}), ScenarioOptions())
    assert ([*kept.growth], [*kept.shifts]) == (["gold"], ["yield_6m"])
    whole = build._replayed(made(replay=window), ScenarioOptions())
    assert ([*whole.growth], [*whole.shifts]) == ([*series], [*moves])


@pytest.mark.parametrize(
    ("shock", "falls"),
    [
        ({"role": "stocks", "percent": -1}, True),
        ({"role": "stocks", "percent": 0}, False),
        ({"role": "yields", "bp": {10: 0, 30: -1}}, True),
        ({"role": "yields", "bp": {10: 0, 30: 1}}, False),
        ({"role": "vix", "points": -0.1}, True),
        ({"role": "fed_assets", "bn": -1}, True),
    ],
)
def test_what_a_shock_takes_down(shock: dict[str, object], falls: bool) -> None:
    """Anything that it lowers, by whatever unit."""
    assert build._falls(Shock.model_validate(shock)) is falls


@pytest.mark.parametrize(("days", "slow", "first"), [(1, 1, 7), (1, 2, 14), (5, 1, 2), (63, 1, 1)])
def test_what_a_base_replays_has_no_noise(
    us_ground: StartingPoint, monkeypatch: pytest.MonkeyPatch, days: int, slow: int, first: int
) -> None:
    """The seven sessions of March 2020 are as they were, slowed, or in the weeks or quarters that hold any of them."""
    asked: list[int] = []

    def heard(ground: StartingPoint, path: Path, *, size: float, seed: int, after: int) -> Path:
        asked.append(after)
        return Path(1)

    monkeypatch.setattr(build, "noise", heard)
    rhythm = replace(us_ground.market.rhythm, sessions_a_year=252 / days)
    ground = cast(StartingPoint, SimpleNamespace(**vars(us_ground)))
    ground.market = SimpleNamespace(rhythm=rhythm, levels=us_ground.market.levels)  # type: ignore[assignment]  # a stub
    base = read_scenario("dash_for_cash")
    for scenario in (base.model_copy(update={"noise": 1.0}), made(noise=1.0, base="dash_for_cash", base_scenario=base)):
        make_path(scenario, ground, ScenarioOptions(slow=slow))
    assert asked == [first, first]
    make_path(made({"role": "stocks", "percent": -10, "sessions": 60}, noise=1.0), ground)
    assert asked[2:] == [0], "without a replay it is there from the first session on"
