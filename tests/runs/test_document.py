"""The document of a run: its keys as the schema has them, nothing undefined but null, figures that agree."""

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backtester.analysis.windows import Window, window_return
from backtester.errors import RecipeError
from backtester.files import to_json
from backtester.runs.document import document
from backtester.runs.result import Result
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings
from backtester.runs.values import Json, clean

RUINED = '"""Lose it all."""\ndef weights():\n    return {"stocks": 20.0}\n'
MEASURES = {
    "final_nav", "cagr", "volatility", "sharpe", "sortino", "max_drawdown", "max_drawdown_peak", "max_drawdown_trough",
    "max_drawdown_days", "calmar", "worst_day", "expected_shortfall_95", "turnover_annual", "interest_annual",
    "financing_annual", "costs_annual", "fees_annual",
}  # fmt: skip
CARD = {
    "joint_sell_offs", "acted", "beyond_reference", "mean_loss", "mix", "payoff_parts", "beyond_mix", "growth_annual",
    "sensitivity", "slices", "intervals", "max_drawdown_reduction", "days_under_water_reduction", "recovery", "calm",
}  # fmt: skip


@pytest.fixture(scope="module")
def result(small: Path) -> Result:
    """60/40 with gold and with a target volatility, on the small history."""
    recipes = ("sixty_forty + gold_overlay", "sixty_forty + vol_target(target=0.05)")
    return carry_out(RunSettings(recipes=recipes, history="small", data=small))


@pytest.fixture(scope="module")
def told(result: Result) -> Json:
    return document(result)


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from leaves(part)
    else:
        yield value


def test_keys_are_those_of_the_design(told: Json) -> None:
    """Every key that is built is there, and none else in the parts that are closed."""
    assert {
        "schema", "history", "period", "settings", "strategies", "drawdowns", "joint_sell_offs", "crises",
    } <= set(told)  # fmt: skip
    assert told["schema"] == 3
    assert {"name", "first", "last", "sessions", "sha256"} <= set(told["history"])
    assert set(told["period"]) == {"start", "end", "sessions"}
    pair_settings = {"stocks_role", "bonds_role", "stocks_weight", "stocks_fall", "bonds_fall"}
    assert set(told["settings"]) >= {"lag", "rebalance", "band", "costs", "reference"} | pair_settings | {
        "resamples",
        "seed",
    }
    strategy = told["strategies"][1]
    assert {"name", "recipe", "causal", "ruin_date", "measures", "calendar_years", "scorecard"} <= set(strategy)
    assert set(strategy["measures"]) >= MEASURES
    assert {"label", "verdict"} <= set(strategy)
    card = strategy["scorecard"]
    assert set(card) == CARD
    assert set(card["beyond_mix"]) == {
        "better", "worse", "payoff_mean", "protection", "smallest_clear", "placebo",
    }  # fmt: skip
    assert set(card["mean_loss"]) == {"strategy", "reference", "mix"}
    assert set(card["payoff_parts"]) == {"held", "trading", "others", "costs_and_interest"}
    assert set(card["growth_annual"]) == {"over_mix", "over_reference"}
    for growth in card["growth_annual"].values():
        assert set(growth) == {"total", "joint_sell_offs", "other_sell_offs", "rest", "rest_annual"}
    legs = {"pair", "stocks", "bonds", "assets", "strategies"}
    contributions = {"stocks_contribution", "bonds_contribution"}
    days = {"days", "recovery_days"}
    assert {"peak", "trough", "recovery", "kind"} | contributions | legs | days == set(told["drawdowns"][0])
    around = {"parent", "after", "regime", "cause", "crisis"}
    assert {"start", "end", "sessions"} | legs | around == set(told["joint_sell_offs"][0])
    assert {"name", "start", "end", "covered"} | legs <= set(told["crises"][0])


def test_keys_of_parts_that_are_not_built_are_absent(told: Json) -> None:
    """An audit that nobody asked for is absent, not null."""
    assert "audit" not in told["strategies"][0]


@pytest.mark.parametrize(("begins", "is_late"), [("2019-07-10", False), ("2019-07-11", True)])
def test_an_asset_that_begins_a_month_after_the_first_session_is_late(
    result: Result, begins: str, is_late: bool
) -> None:
    """From 2019-06-10 on an asset has until 2019-07-10 to begin; from the next day on the document says when it did."""
    whole = result.full_market.since(result.full_market.sessions.get_loc("2019-06-10"))
    gold = whole.levels["gold"].where(whole.sessions >= begins)
    told = document(replace(result, full_market=replace(whole, levels=whole.levels.assign(gold=gold))))
    assert told["history"]["begin_later"].get("gold") == (begins if is_late else None)


def test_slower_assets_are_those_held(result: Result) -> None:
    """Of the slower assets the document names the legs and what has a weight: gold, but not where it is always 0."""
    slower = replace(
        result,
        full_market=replace(result.full_market, slower_rhythms=dict.fromkeys(("stocks", "gold", "bills"), "monthly")),
    )
    assert document(slower)["history"]["slower"] == {"stocks": "monthly", "gold": "monthly"}
    without = []
    for one in result.strategies:
        accounts = one.evaluation.accounts
        kept = accounts.kept._replace(weights=accounts.kept.weights * [asset != "gold" for asset in accounts.assets])
        without.append(replace(one, evaluation=replace(one.evaluation, accounts=replace(accounts, kept=kept))))
    assert document(replace(slower, strategies=tuple(without)))["history"]["slower"] == {"stocks": "monthly"}


def test_json_knows_no_nan(told: Json) -> None:
    """Whatever is undefined is null: the text is strict JSON."""
    assert not [leaf for leaf in leaves(told) if isinstance(leaf, float) and not math.isfinite(leaf)]
    assert json.loads(to_json(told), parse_constant=pytest.fail) == told


def test_undefined_measures_are_null(small: Path) -> None:
    """A book of cash has no Sharpe and no Calmar: null. So has a band of none."""
    settings = RunSettings(recipes=("cash",), history="small", data=small, plugins=(small / "cash.py",))
    (small / "cash.py").write_text('"""Hold cash."""\ndef weights():\n    return {"stocks": 0.0}\n')
    cash = document(carry_out(settings))["strategies"][1]
    assert (cash["measures"]["sharpe"], cash["measures"]["calmar"]) == (None, None)
    assert cash["measures"]["max_drawdown_peak"] is None
    assert cash["scorecard"]["mix"] == pytest.approx({"stocks": 0, "bonds": 0}, abs=1e-9)
    assert cash["scorecard"]["beyond_mix"]["payoff_mean"] == 0


def test_reference_is_first_and_has_a_card_of_its_own(told: Json) -> None:
    """The first entry is the reference; held to its own mix, which is itself, it paid nothing."""
    reference = told["strategies"][0]
    assert reference["name"] == told["settings"]["reference"] == "sixty_forty"
    assert reference["scorecard"]["acted"] == 0
    assert reference["scorecard"]["mix"] == pytest.approx({"stocks": 0.6, "bonds": 0.4}, abs=1e-8)
    assert reference["scorecard"]["beyond_mix"]["payoff_mean"] == pytest.approx(0, abs=1e-9)


def test_figures_of_windows_are_those_of_the_nav(result: Result, told: Json) -> None:
    """Each strategy's return in a sell-off is that of its net asset value from close to close."""
    for window, entry in zip(result.period.joint, told["joint_sell_offs"], strict=True):
        assert entry["sessions"] == window.end - window.start
        for name, value in entry["strategies"].items():
            assert value == result.nav[name].loc[entry["end"]] / result.nav[name].loc[entry["start"]] - 1


def test_contributions_add_up(told: Json) -> None:
    """In every drawdown both legs' contributions add up to the pair's fall."""
    for fall in told["drawdowns"]:
        both = fall["stocks_contribution"] + fall["bonds_contribution"]
        assert both == pytest.approx(fall["pair"], abs=1e-12)
        assert fall["kind"] == ("joint" if fall["bonds"] <= 0 else "hedged")


def test_growth_over_the_reference_is_that_of_the_records(told: Json) -> None:
    """The total is the gap of growth between the two records: a positive one was gained."""
    reference, *others = told["strategies"]
    years = 850 / 365.25  # 2019-06-03 to 2021-09-30: 850 days
    for strategy in others:
        growth = strategy["scorecard"]["growth_annual"]["over_reference"]
        gap = math.log(strategy["measures"]["final_nav"] / reference["measures"]["final_nav"])
        assert growth["total"] == pytest.approx(gap / years, abs=1e-12)


def test_yearly_lines_explain_the_nav(result: Result, told: Json) -> None:
    """Costs a year times years are the costs of the accounts, each session's over the value it came from."""
    accounts = result.strategies[1].evaluation.accounts
    rates = accounts.lines["costs"] / accounts.nav.shift(1)
    assert told["strategies"][1]["measures"]["costs_annual"] == pytest.approx(rates.sum() / (850 / 365.25))
    turnover = accounts.turnover.iloc[1:].sum() / (850 / 365.25)
    assert told["strategies"][1]["measures"]["turnover_annual"] == pytest.approx(turnover)


def test_crisis_that_nothing_covers_is_shown(tmp_path: Path, small: Path) -> None:
    """A window that no history reaches is in the list, not covered and null throughout."""
    lines = 'name = "Long ago"\nstart = 1929-10-15\nend = 1929-10-29\ncause = "growth"\nsummary = "It fell."'
    table = f'[[crisis]]\n{lines}\nsource = "made for a test"\nhistory = "us"\n'
    for file in small.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "crises.toml").write_text(table)
    settings = RunSettings(recipes=("sixty_forty",), history="small", data=tmp_path)
    [crisis] = document(carry_out(settings))["crises"]
    assert (crisis["name"], crisis["covered"], crisis["start"]) == ("Long ago", False, "1929-10-15")
    assert [crisis[key] for key in ("history", "stocks", "bonds", "pair", "assets", "strategies")] == [None] * 6


def test_crisis_of_another_history_has_legs_and_a_reason(result: Result, told: Json) -> None:
    """1987 is told from its own small history, 2008 from the embedded one: strategies null, and why."""
    crises = {crisis["name"]: crisis for crisis in told["crises"]}
    black, lehman, covid = (crises[name] for name in ("Black Monday", "Lehman autumn", "COVID crash"))
    assert black["covered"]
    assert black["stocks"] < -0.2
    assert black["strategies"] is None
    assert black["reason"] == (
        "the crisis has a small history of its own, without bills, in which no strategy is simulated"
    )
    assert lehman["strategies"] is None
    assert lehman["reason"] == "the run does not reach it; legs and assets are those of history us"
    assert "reason" not in covid
    start, end = (result.nav.index.get_loc(covid[key]) for key in ("start", "end"))
    assert covid["strategies"]["sixty_forty"] == window_return(result.nav["sixty_forty"], Window(start, end))


def test_ruin_is_told(small: Path) -> None:
    """Twenty times stocks is ruined in March 2020: the date, a final value of 0, the years after it null."""
    (small / "ruined.py").write_text(RUINED)
    settings = RunSettings(recipes=("ruined",), history="small", data=small, plugins=(small / "ruined.py",))
    told = document(carry_out(settings))
    ruined = told["strategies"][1]
    assert ruined["ruin_date"] == "2020-03-09"
    assert (ruined["measures"]["final_nav"], ruined["measures"]["cagr"]) == (0, -1)
    assert (ruined["measures"]["max_drawdown"], ruined["calendar_years"]["2021"]) == (-1, None)
    card = ruined["scorecard"]
    assert ruined["verdict"] == "void"
    assert (card["growth_annual"]["over_mix"]["total"], card["beyond_mix"]["payoff_mean"]) == (None, None)
    assert set(card["mix"].values()) == {None}
    assert told["strategies"][0]["ruin_date"] is None


def test_duplicates_are_run_once(small: Path) -> None:
    """A recipe given twice, or spelled with its default, or the reference again, is one entry."""
    recipes = ("sixty_forty(stocks=0.6)", "sixty_forty + gold_overlay", "sixty-forty + Gold_Overlay(size=0.1)")
    told = document(carry_out(RunSettings(recipes=recipes, history="small", data=small)))
    assert [strategy["recipe"] for strategy in told["strategies"]] == [
        "sixty_forty(stocks=0.6)",
        "sixty_forty(stocks=0.6) + gold_overlay(size=0.1, fund='bills')",
    ]


def test_unknown_schedule_is_the_users_mistake(small: Path) -> None:
    """A rhythm that does not exist is refused before anything is simulated."""
    execution = RunSettings().execution.model_copy(update={"rebalance": "fortnight"})
    with pytest.raises(RecipeError, match=r"unknown schedule 'fortnight'; known: day, month"):
        carry_out(RunSettings(history="small", data=small, execution=execution))


def test_clean_makes_null_of_what_is_not_finite() -> None:
    """NaN and both infinities become None wherever they stand; all else stays."""
    value = {"a": [float("nan"), 1, (float("inf"), "x")], "b": {"c": -float("inf"), "d": True, "e": None}}
    assert clean(value) == {"a": [None, 1, [None, "x"]], "b": {"c": None, "d": True, "e": None}}
