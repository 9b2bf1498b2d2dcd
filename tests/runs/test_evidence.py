"""The document's evidence: keys as agreed, figures that agree with each other and with what the folder holds."""

import datetime
import math
from pathlib import Path

import numpy as np
import pytest

from backtester.analysis.dependence import rolling_correlations
from backtester.analysis.pair import PairSettings
from backtester.histories.market import Market
from backtester.runs.document import document
from backtester.runs.folder import read_run, write_run
from backtester.runs.result import Result
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings
from backtester.runs.values import Json

LINES = {"assets", "interest", "financing", "costs", "fees", "total"}


@pytest.fixture(scope="module")
def result() -> Result:
    """60/40 with gold scaled to a target volatility, and with bonds swapped for bills, on the embedded history."""
    recipes = ("sixty_forty + gold_overlay + vol_target", "sixty_forty + bills_for_bonds")
    return carry_out(RunSettings(recipes=recipes, start=datetime.date(2009, 12, 31)))


@pytest.fixture(scope="module")
def told(result: Result) -> Json:
    return document(result)


def test_keys(told: Json) -> None:
    """Every key of the evidence is there."""
    reference, strategy = told["strategies"][:2]
    assert {"calendar_months", "calendar_turnover", "lines", "attribution"} <= set(reference)
    assert {
        "value_at_risk_95", "skewness", "excess_kurtosis", "omega", "ulcer_index", "sharpe_standard_error",
        "probabilistic_sharpe", "best_month", "worst_month", "positive_months", "days_under_water", "tracking_error",
        "information_ratio", "beta", "correlation", "alpha", "up_capture", "down_capture", "tail_ratio",
        "conditional_drawdown_95", "current_drawdown", "probability_above_reference",
    } <= set(strategy["measures"])  # fmt: skip
    assert [reference["measures"][name] for name in ("tracking_error", "information_ratio", "beta", "correlation")] == [
        None
    ] * 4
    card = strategy["scorecard"]
    assert set(card["recovery"]) == {"median_days", "reference_median_days", "recovered", "windows"}
    assert set(card["calm"][0]) == {"year", "difference"}
    for by in ("regime", "decade", "cause"):
        keys = {"name", "windows", "spells", "lost_less", "lost_more", "mean_loss", "payoff_mean"}
        assert all(set(one) == keys for one in card["slices"][by])
    assert set(told["dependence"]) == {"correlation", "by_period", "tails", "months_both_down", "spells"}
    assert set(told["chance"]) == {"all", "decade", "regime"}
    assert set(told["chance"]["all"][0]) == {"name", "count", "rotations", "mean", "low", "high"}
    assert set(told["stock_sell_offs"][0]) == {"history", "first", "last", "falls", "periods"}
    assert set(told["resampling"]) == {"resamples", "used", "block_sessions", "joint_sell_offs", "reason"}
    assert set(told["legs"]) == {"stocks", "bonds", "pair"}


def test_attribution_adds_up_everywhere(told: Json) -> None:
    """In every window of every strategy the parts sum to the return that the window's own table shows, to 1e-12."""
    lists = {name: told[name] for name in ("joint_sell_offs", "drawdowns", "crises")}
    for strategy in told["strategies"]:
        for name, windows in lists.items():
            for window, part in zip(windows, strategy["attribution"][name], strict=True):
                if part is None:
                    assert window["strategies"] is None
                    continue
                assert set(part) == LINES | {"overlays"}
                total = sum(part["assets"].values()) + part["interest"]
                total -= part["financing"] + part["costs"] + part["fees"]
                assert total == pytest.approx(window["strategies"][strategy["name"]], abs=1e-12)
                assert part["total"] == pytest.approx(window["strategies"][strategy["name"]], abs=1e-12)


def test_overlays_explain_the_difference_to_the_reference(told: Json) -> None:
    """On the reference as base the overlays in order add up to the payoff."""
    for strategy in told["strategies"][1:]:
        for window, part in zip(told["joint_sell_offs"], strategy["attribution"]["joint_sell_offs"], strict=True):
            payoff = window["strategies"][strategy["name"]] - window["strategies"]["sixty_forty"]
            assert sum(one["in_order"] for one in part["overlays"]) == pytest.approx(payoff, abs=1e-12)


def test_lines_add_up(told: Json) -> None:
    """The yearly lines sum to their total, and the measures say the same of each."""
    for strategy in told["strategies"]:
        lines = strategy["lines"]
        assert set(lines) == LINES
        total = sum(lines["assets"].values()) + lines["interest"] - lines["financing"] - lines["costs"] - lines["fees"]
        assert lines["total"] == pytest.approx(total, abs=1e-12)
        assert strategy["measures"]["interest_annual"] == lines["interest"]


def test_slices_are_the_card_in_parts(told: Json) -> None:
    """By regime, decade and cause the windows, the better and the sums of losses and payoffs add up to the card's."""
    for strategy in told["strategies"][1:]:
        card = strategy["scorecard"]
        for parts in card["slices"].values():
            assert sum(part["windows"] for part in parts) == card["joint_sell_offs"]
            assert sum(part["lost_less"] for part in parts) == card["beyond_reference"]["better"]
            assert sum(part["lost_more"] for part in parts) == card["beyond_reference"]["worse"]
            payoffs = sum(part["payoff_mean"] * part["windows"] for part in parts)
            assert payoffs == pytest.approx(card["beyond_mix"]["payoff_mean"] * card["joint_sell_offs"], abs=1e-13)


def test_sell_offs_know_what_they_were_part_of(told: Json) -> None:
    """March 2020 is the dash for cash inside a hedged drawdown; 2022 is inflation inside a joint one."""
    found = {window["end"]: window for window in told["joint_sell_offs"]}
    march, inflation, april = found["2020-03-18"], found["2022-06-16"], found["2025-04-08"]
    assert (march["crisis"], march["cause"], march["regime"]) == ("Dash for cash", "funding", "negative")
    assert march["parent"] == {"kind": "hedged", "peak": "2020-02-19", "trough": "2020-03-23"}
    assert (inflation["cause"], inflation["parent"]["kind"]) == ("inflation", "joint")
    assert (april["cause"], april["regime"]) == ("policy", "positive")


def test_after_is_the_next_21_sessions(result: Result, told: Json) -> None:
    """What came after starts at the window's last close and ends 21 sessions on."""
    for window, entry in zip(result.period.joint, told["joint_sell_offs"], strict=True):
        nav = result.period.pair.nav
        end = min(window.end + 21, len(nav) - 1)
        assert entry["after"]["sessions"] == end - window.end
        assert entry["after"]["pair"] == nav.iloc[end] / nav.iloc[window.end] - 1


def test_regimes_look_back_beyond_the_start(result: Result, told: Json) -> None:
    """Measured from 2010 on, the 36 months before count: the regime of 2010 is known."""
    first = result.period.market.sessions[0]
    assert not np.isnan(result.correlations["correlation_36_months"].iloc[25])
    assert told["dependence"]["spells"][0]["start"] == "2010-01-29"
    whole = result.full_market
    expected = rolling_correlations(whole.levels[["stocks", "bonds"]], whole.calendar["month"]).loc[first:]
    assert result.correlations.equals(expected)


def test_days_of_drawdowns(told: Json) -> None:
    """Calendar days from peak to trough and from trough to recovery."""
    for fall in told["drawdowns"]:
        peak, trough = (datetime.date.fromisoformat(fall[key]) for key in ("peak", "trough"))
        assert fall["days"] == (trough - peak).days
        back = fall["recovery"] and datetime.date.fromisoformat(fall["recovery"])
        assert fall["recovery_days"] == (back and (back - trough).days)


def test_legs_by_the_calendar(told: Json) -> None:
    """The pair's 2022 is the known -17.1%, both legs' months multiply up to their years."""
    legs = told["legs"]
    assert legs["pair"]["calendar_years"]["2022"] == pytest.approx(-0.171, abs=0.0005)
    for leg in legs.values():
        months = [value for month, value in leg["calendar_months"].items() if month[:4] == "2022"]
        assert math.prod(1 + month for month in months) - 1 == pytest.approx(leg["calendar_years"]["2022"], abs=1e-12)


def test_dependence_lies_in_the_folder(result: Result, tmp_path: Path) -> None:
    """The rolling correlations are read back as they were, and named in `files`."""
    told = write_run(result, tmp_path / "run")
    assert told["files"]["dependence"] == "dependence.parquet"
    read = read_run(tmp_path / "run").dependence
    np.testing.assert_array_equal(read.to_numpy(), result.correlations.to_numpy())
    assert list(read.columns) == ["correlation_63_sessions", "correlation_36_months"]


def test_other_legs_and_thresholds(us: Market) -> None:
    """With long bonds as the hedging leg every key of bonds is of them, and ten-year bonds are an asset beside."""
    pair_settings = {"bonds_role": "long_bonds", "stocks_weight": 0.5, "stocks_fall": -0.04, "bonds_fall": -0.02}
    told = document(carry_out(RunSettings(recipes=("sixty_forty + gold_overlay",), **pair_settings)))
    assert {key: told["settings"][key] for key in pair_settings} == pair_settings
    for window in told["joint_sell_offs"]:
        level = us.levels["long_bonds"]
        assert window["bonds"] == level[window["end"]] / level[window["start"]] - 1 <= -0.02
        assert window["stocks"] <= -0.04
        assert "bonds" in window["assets"]
        assert "long_bonds" not in window["assets"]
    assert PairSettings(**pair_settings).legs == ("stocks", "long_bonds")
    black = told["crises"][0]
    assert (black["covered"], black["bonds"], black["reason"]) == (False, None, "history crisis_1987 has no long_bonds")
