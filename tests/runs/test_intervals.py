"""Resampled intervals in a run: their keys, the reasons where there are none, and what repeats them."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from backtester.analysis.lenses import Lenses
from backtester.analysis.pair import reference_pair
from backtester.analysis.selloffs import joint_selloffs
from backtester.analysis.windows import Window
from backtester.histories.market import Market, load_market
from backtester.runs.intervals import ground_of, resampled
from backtester.runs.manifest import command, manifest, run_key
from backtester.runs.run import Result, carry_out
from backtester.runs.settings import RunSettings
from backtester.runs.tell import tell_nobody
from small import small_folder

RECIPES = ("sixty_forty + gold_overlay", "sixty_forty + bills_for_bonds")
PARTS = {"beyond_twin": {"hit_rate", "payoff_mean", "protection", "cost_annual"}}
PARTS["beyond_mix"] = PARTS["beyond_twin"] | {"stocks_beta", "bonds_beta"}
PARTS |= {f"{part}_of_all_tried": {"payoff_mean"} for part in ("beyond_twin", "beyond_mix")}
PARTS["cost_annual"] = {"total", "joint_sell_offs", "other_sell_offs", "rest"}
FIGURES = {"joint_sell_offs", "beta", "hit_rate", "payoff_mean", "protection", "break_even_per_year"}
FIGURES |= {"max_drawdown_reduction", "days_under_water_reduction"}
PLAN = {"resamples": 200, "used": 200, "block_sessions": 134, "seed": 3, "level": 0.9}


@pytest.fixture(scope="module")
def result() -> Result:
    return carry_out(RunSettings(recipes=RECIPES, resamples=200, seed=3))


@pytest.fixture(scope="module")
def told(result: Result) -> dict[str, Any]:
    return dict(result.resampled[RECIPES[1]]["resampled"])


@pytest.fixture(scope="module")
def scene() -> tuple[Market, pd.DataFrame, list[Window]]:
    """The embedded market, the pair as reference and 70/30, and the joint sell-offs."""
    market = load_market("us")
    pair = reference_pair(market)
    nav = pd.DataFrame({"reference": pair.nav, "more": reference_pair(market, Lenses(stocks_weight=0.7)).nav})
    return market, nav, joint_selloffs(pair)


def keys_of(
    scene: tuple[Market, pd.DataFrame, list[Window]], nav: pd.DataFrame, **settings: int
) -> dict[str, dict[str, Any]]:
    market, _, joint = scene
    asked = RunSettings(**{"resamples": 20, **settings})
    return resampled(asked, ground_of(market, reference_pair(market), len(joint)), nav, tell_nobody)


def test_keys_are_those_of_the_scorecard(told: dict[str, Any]) -> None:
    """The plan, and an interval for every figure of the card."""
    assert set(told) == set(PLAN) | FIGURES | set(PARTS)
    assert {name: told[name] for name in PLAN} == PLAN
    for part, names in PARTS.items():
        assert set(told[part]) == names


def test_only_strategies_have_them(result: Result) -> None:
    """The reference is compared with nothing, and has no intervals."""
    assert set(result.resampled) == set(RECIPES)


def test_intervals_are_in_order(told: dict[str, Any]) -> None:
    """No low end lies above its high one, and that of all tried holds that of one."""
    for name in FIGURES | set(PARTS):
        for low, high in [told[name]] if name in FIGURES else told[name].values():
            assert low <= high
    for part in ("beyond_twin", "beyond_mix"):
        (low, high), (lower, higher) = told[part]["payoff_mean"], told[f"{part}_of_all_tried"]["payoff_mean"]
        assert lower < low < high < higher


def test_what_pays_has_an_interval_above_nothing(told: dict[str, Any]) -> None:
    """Bills for bonds lost less than 60/40 in joint sell-offs: its payoff lies above nothing, its cost there below."""
    assert told["payoff_mean"][0] > 0
    assert told["cost_annual"]["joint_sell_offs"][1] < 0
    assert 10 < told["joint_sell_offs"][0] < 21 < told["joint_sell_offs"][1] < 35


def test_few_windows_speak_for_themselves(tmp_path: Path) -> None:
    """With one joint sell-off there is no interval, and the reason is told."""
    small = small_folder(tmp_path)
    keys = carry_out(RunSettings(recipes=RECIPES[:1], history="small", data=small)).resampled[RECIPES[0]]
    assert keys["resampled"] is None
    assert keys["resampled_reason"].endswith("joint sell-offs; with fewer than 10 the windows themselves must speak")


def test_no_resamples_no_intervals(scene: tuple[Market, pd.DataFrame, list[Window]]) -> None:
    """Who asks for none gets none, and is told so."""
    keys = keys_of(scene, scene[1], resamples=0)
    assert keys == {"more": {"resampled": None, "resampled_reason": "no resamples were asked for"}}


def test_what_is_ruined_is_not_drawn_again(scene: tuple[Market, pd.DataFrame, list[Window]]) -> None:
    """A ruined strategy has no intervals, the others keep theirs as they were; with a ruined reference none has any."""
    _, nav, _ = scene
    gone = nav["more"].where(nav.index < "2020-03-01", 0.0)
    keys = keys_of(scene, nav.assign(gone=gone, other=nav["more"]))
    ruined = {
        "resampled": None,
        "resampled_reason": "the strategy was ruined, and what is ruined cannot be drawn again",
    }
    assert keys["gone"] == ruined
    assert keys["more"]["resampled"] == keys["other"]["resampled"]
    assert keys_of(scene, nav[["reference"]].assign(gone=gone)) == {"gone": ruined}
    told = keys_of(scene, pd.DataFrame({"reference": gone, "more": nav["more"]}))["more"]
    assert told["resampled_reason"] == "the reference was ruined, and what is ruined cannot be drawn again"


def test_how_much_is_done_is_told(scene: tuple[Market, pd.DataFrame, list[Window]]) -> None:
    """Whoever listens hears shares that rise to one."""
    market, nav, joint = scene
    heard: list[tuple[str, float | None]] = []
    resampled(
        RunSettings(resamples=50),
        ground_of(market, reference_pair(market), len(joint)),
        nav,
        lambda *told: heard.append((told[0], told[1])),
    )
    shares = [share for _, share in heard]
    assert shares == sorted(shares)
    assert heard[-1] == ("Resampling the scorecard 50 times", 1.0)


def test_the_seed_repeats_the_run(result: Result) -> None:
    """Command and manifest name resamples and seed; another seed is another run."""
    assert command(result.settings).endswith("--resamples 200 --seed 3")
    assert manifest(result)["seed"] == 3
    assert "--seed" not in command(RunSettings())
    assert "--resamples" not in command(RunSettings())
    other = carry_out(result.settings.model_copy(update={"seed": 4}))
    assert run_key(other) != run_key(result)
    assert json.dumps(other.resampled) != json.dumps(result.resampled)
