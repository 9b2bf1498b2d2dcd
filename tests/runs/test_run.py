"""Carrying out a run: the common window, what --start and --end do, and strategies that look ahead."""

import datetime
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from backtester.errors import BacktesterError, DataError, RecipeError
from backtester.files import sha256
from backtester.runs import run as running
from backtester.runs.document import document
from backtester.runs.episodes import EpisodeData
from backtester.runs.needed_roles import needed_market
from backtester.runs.result import Result
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings
from small import small_folder

CHEATS = {
    "ahead": "def weights(stocks):\n    return {'stocks': (stocks.shift(-1) > stocks) * 1.0}\n",
    "sample": "def weights(vix):\n    return {'stocks': ((vix - vix.mean()) / vix.std() < 0.5) * 1.0}\n",
    "months": (
        "def weights(stocks):\n    up = (stocks.resample('ME').last().pct_change() > 0) * 1.0\n"
        "    return {'stocks': up.reindex(stocks.index, method='bfill').ffill().fillna(0.0)}\n"
    ),
}


def run_of(small: Path, *recipes: str, plugin: Path | None = None, **dates: str) -> Result:
    """A run on the small history."""
    days = {name: datetime.date.fromisoformat(date) for name, date in dates.items()}
    plugins = () if plugin is None else (plugin,)
    return carry_out(RunSettings(recipes=recipes, history="small", data=small, plugins=plugins, **days))


def written(folder: Path, name: str, text: str) -> Path:
    (folder / f"{name}.py").write_text(text)
    return folder / f"{name}.py"


def test_start_limits_what_is_measured_not_what_is_seen(small: Path) -> None:
    """From 2020 on the records are those of the whole run, over their value on the first session measured."""
    whole, late = (
        run_of(small, "sixty_forty + vol_target"),
        run_of(small, "sixty_forty + vol_target", start="2020-03-02"),
    )
    assert late.period.market.sessions[0] == pd.Timestamp("2020-03-02")
    assert (late.nav.iloc[0] == 1).all()
    part = whole.nav.loc["2020-03-02":]
    pd.testing.assert_frame_equal(late.nav, part / part.iloc[0], rtol=1e-14)
    assert late.strategies[1].evaluation.layers[-1].inputs["base"].index[0] == pd.Timestamp("2019-06-03")


def test_scenarios_follow_where_they_are_asked_for(small: Path) -> None:
    """They add what each strategy returns on them; without the request there is nothing of them."""
    plain, put = (
        carry_out(RunSettings(recipes=("sixty_forty",), history="small", data=small, resamples=0, stress=names))
        for names in ((), ("capital_war",))
    )
    assert plain.stress is None
    assert put.stress is not None
    assert len(put.stress.results) == 1


def test_a_start_between_sessions_is_the_next_session(small: Path) -> None:
    """A Saturday starts on Monday."""
    assert run_of(small, "sixty_forty", start="2020-02-29").period.sessions[0] == pd.Timestamp("2020-03-02")


def test_end_cuts_what_is_seen(small: Path) -> None:
    """Up to February 2020 the strategies see nothing of March, and the records are the first part of the whole."""
    whole, early = (
        run_of(small, "sixty_forty + vol_target"),
        run_of(small, "sixty_forty + vol_target", end="2020-03-01"),
    )
    assert early.period.market.sessions[-1] == pd.Timestamp("2020-02-28")
    assert early.strategies[1].evaluation.layers[-1].inputs["base"].index[-1] == pd.Timestamp("2020-02-28")
    pd.testing.assert_frame_equal(early.nav, whole.nav.loc[:"2020-02-28"], rtol=1e-14)


def test_window_is_common_to_all(small: Path, tmp_path: Path) -> None:
    """A strategy that reads what begins in 2020 makes every record begin there."""
    text = '"""Hold."""\ndef weights(gold):\n    return {"gold": 0.5}\n'
    result = run_of(small, "holds", plugin=written(tmp_path, "holds", text))
    assert len(result.nav) == len(result.full_market.sessions)
    us = carry_out(RunSettings(recipes=("dear",), plugins=(written(tmp_path, "dear", text.replace("gold)", "sofr)")),)))
    assert us.period.market.sessions[0] == us.full_market.observables["sofr"].first_valid_index()
    assert set(us.nav.iloc[0]) == {1.0}


@pytest.mark.parametrize(
    ("dates", "message"),
    [
        (
            {"end": "2019-01-01"},
            "nothing is left up to 2019-01-01; history 'small' covers 2019-06-03 to 2021-09-30: choose --start and "
            "--end inside it",
        ),
        (
            {"start": "2021-09-29"},
            "the period holds 2 sessions; history 'small' covers 2019-06-03 to 2021-09-30: choose --start and --end "
            "inside it",
        ),
        (
            {"start": "2020-06-01", "end": "2020-05-01"},
            "the start 2020-06-01 is after the end 2020-05-01; swap them",
        ),
        (
            {"end": "2019-06-04"},
            "the period holds 2 sessions; history 'small' covers 2019-06-03 to 2019-06-04: choose --start and --end "
            "inside it",
        ),
    ],
)
def test_window_that_holds_too_little_is_refused(small: Path, dates: dict[str, str], message: str) -> None:
    """Fewer than three sessions cannot be measured; the history's span is told."""
    with pytest.raises(DataError) as result_or_error:
        run_of(small, "sixty_forty", **dates)
    assert str(result_or_error.value) == message


def test_three_sessions_are_enough(small: Path) -> None:
    """The shortest window has a document like any other."""
    told = document(run_of(small, "sixty_forty + gold_overlay", start="2021-09-28"))
    assert told["period"] == {"start": "2021-09-28", "end": "2021-09-30", "sessions": 3}
    assert told["joint_sell_offs"] == []
    assert told["strategies"][1]["scorecard"]["beyond_mix"]["payoff_mean"] is None


@pytest.mark.parametrize("name", CHEATS)
def test_cheat_is_flagged(name: str, small: Path, tmp_path: Path) -> None:
    """A strategy that looks ahead is not causal in the document, with the finding; the reference is."""
    plugin = written(tmp_path, name, f'"""Cheat.\n\nHypothesis: a. Fails when: b. Source: c.\n"""\n{CHEATS[name]}')
    told = document(run_of(small, name, plugin=plugin))["strategies"]
    assert [strategy["causal"] for strategy in told] == [True, False]
    assert told[0]["findings"] == []
    assert told[1]["findings"][0].startswith("breaks 'knows only the past': stocks on 20")


def test_cheat_below_an_honest_overlay_is_flagged(small: Path, tmp_path: Path) -> None:
    """Every layer of a recipe is checked, not its last alone."""
    plugin = written(tmp_path, "ahead", f'"""Cheat."""\n{CHEATS["ahead"]}')
    told = document(run_of(small, "ahead + gold_overlay", plugin=plugin))["strategies"][1]
    assert told["causal"] is False
    assert len(told["findings"]) == 1


def test_progress_is_told(small: Path) -> None:
    """Whoever listens hears what is being done, recipe by recipe."""
    heard: list[str] = []
    carry_out(RunSettings(recipes=("sixty_forty + gold_overlay",), history="small", data=small), heard.append)
    assert heard == [
        "Reading the history",
        "Simulating the recipes",
        "Checking that strategies know only the past",
        "Finding what each overlay adds",
        "Measuring against mixes",
    ]


def test_error_names_the_recipe(small: Path, tmp_path: Path) -> None:
    """What goes wrong in a plugin is told with its file and line, and the recipe it is in."""
    plugin = written(tmp_path, "broken", '"""Break."""\ndef weights(base):\n    return base / base["sugar"]\n')
    with pytest.raises(BacktesterError) as result_or_error:
        run_of(small, "sixty_forty + broken", plugin=plugin)
    assert result_or_error.value.lines() == [
        f"strategy 'broken' ({plugin}, line 3): KeyError: 'sugar', which is no asset of history 'small'; "
        "known: bonds, gold, stocks",
        "in the recipe 'sixty_forty + broken'",
    ]


def test_market_of_is_the_history_up_to_its_end(small: Path) -> None:
    """Without an end the whole history, with one the sessions up to it and no further."""
    settings = RunSettings(history="small", data=small)
    assert len(needed_market(settings).sessions) == 589
    cut = needed_market(settings.model_copy(update={"end": datetime.date(2020, 1, 1)}))
    assert cut.sessions[-1] == pd.Timestamp("2019-12-31")


def test_ruin_before_the_window_is_refused(small: Path, tmp_path: Path) -> None:
    """A strategy that had lost everything before the window starts has nothing to measure there."""
    plugin = written(tmp_path, "ruined", '"""Lose it all."""\ndef weights():\n    return {"stocks": 20.0}\n')
    with pytest.raises(RecipeError) as result_or_error:
        run_of(small, "ruined", plugin=plugin, start="2020-04-01")
    assert str(result_or_error.value) == (
        "'ruined' was ruined on 2020-03-09 and has nothing left to measure from 2020-04-01 on; leave it out, or start "
        "before its ruin"
    )


def test_a_built_in_variant_that_cannot_run_is_left_out_and_told(small: Path) -> None:
    """Where no recipe is named, variants that the history has no roles for are left out, each with its reason."""
    result = run_of(small)
    assert [message.partition(":")[0] for message in result.left_out] == [
        "sixty_forty + dollar_overlay",
        "sixty_forty + fed_put",
    ]
    assert "a daily history with a schedule 'fomc' is needed" in result.left_out[1]
    assert result.nav.columns[-1] == "sixty_forty + vol_target"


def test_a_recipe_that_was_named_is_never_left_out(small: Path) -> None:
    """A named recipe that the history cannot run is the user's mistake."""
    with pytest.raises(BacktesterError, match="dollar"):
        run_of(small, "sixty_forty + dollar_overlay")


def test_a_built_in_variant_that_starts_late_is_left_out_and_told(small: Path, tmp_path: Path) -> None:
    """A variant that would cut more than five years off the window of all says when it could start."""
    long = small_folder(tmp_path / "long", first="2007-01-03", last="2014-12-31", name="long")
    gold = pq.read_table(long / "small.parquet").to_pandas()
    gold.loc[pd.DatetimeIndex(gold["date"]) < pd.Timestamp(2013, 1, 2), "gold"] = float("nan")
    pq.write_table(pa.Table.from_pandas(gold, preserve_index=False), long / "small.parquet")
    manifest = (long / "manifest.toml").read_text()
    fresh = f"sha256 {sha256((long / 'small.parquet').read_bytes())}"
    (long / "manifest.toml").write_text(re.sub(r"sha256 \w{64}", fresh, manifest))
    left_out = carry_out(RunSettings(history="long", data=long)).left_out
    assert "sixty_forty + gold_overlay: it can only start on 2013-01-02; name it to have all start then" in left_out


def test_a_result_is_kept_by_vectorbt_too(small: Path) -> None:
    """Every recipe has vectorbt's portfolio of the same value; a name that the run does not have is told."""
    result = run_of(small, "sixty_forty + gold_overlay")
    name = "sixty_forty + gold_overlay"
    value = result.to_vectorbt(name).value()
    own = result.strategies[1].evaluation.accounts.nav
    assert value.iloc[-1] / value.iloc[0] == pytest.approx(own.iloc[-1] / own.iloc[0], rel=1e-9)  # as --audit is held
    with pytest.raises(RecipeError, match="the run has no recipe 'gold'; "):
        result.to_vectorbt("gold")


def test_chances_by_decade_and_regime(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions count as all, by the decade of each, and where the correlation was below zero, or above it."""
    sessions = pd.DatetimeIndex(["2009-12-31", "2010-01-04", "2019-12-31", "2020-01-02"])
    period = SimpleNamespace(windows=SimpleNamespace(joint="own"), sessions=sessions)
    view = SimpleNamespace(period=period, correlation=pd.Series([np.nan, -0.3, 0.0, 0.2], sessions))
    monkeypatch.setattr(running, "rotated_windows", lambda given, seed: ("rotated", given is period, seed))
    monkeypatch.setattr(running, "rotation_counts", lambda own, rotated, labels: (own, rotated, labels))
    found = running._chances(cast(EpisodeData, view), seed=5)
    labels = {}
    for kind, (own, rotated, named) in cast("dict[str, Any]", found).items():
        assert (own, rotated) == ("own", ("rotated", True, 5))
        labels[kind] = [(name, marks.tolist()) for name, marks in named]
    assert labels == {
        "all": [("all", [1, 1, 1, 1])],
        "decade": [("2000s", [1, 0, 0, 0]), ("2010s", [0, 1, 1, 0]), ("2020s", [0, 0, 0, 1])],
        "regime": [("negative", [0, 1, 0, 0]), ("positive", [0, 0, 0, 1])],
    }


@pytest.mark.parametrize(
    ("settings", "histories"),
    [({}, ["own", "us_1962"]), ({"history": "us_1962"}, ["own"]), ({"bonds_role": "long_bonds"}, ["own"])],
)
def test_whose_falls_are_counted(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], histories: list[str]
) -> None:
    """The run's own and, of stocks and bonds, those of the longest history from the session on that has both."""
    levels = pd.DataFrame({"stocks": [1.0, 1.0, 1.0, 1.0], "bonds": [np.nan, np.nan, 1.0, 1.0]})
    longest = SimpleNamespace(levels=levels, since=lambda first: ("us_1962", first))

    def load(name: str, roles: list[str]) -> Any:
        assert (name, roles) == ("us_1962", ["stocks", "bonds"])
        return longest

    monkeypatch.setattr(running, "load_market", load)
    monkeypatch.setattr(running, "measure_period", lambda market: market)
    monkeypatch.setattr(running, "cushion", lambda period: period)
    found = running._cushions(RunSettings.model_validate(settings), cast(Any, ("own", 0)))
    assert list(found) == [(name, 0 if name == "own" else 2) for name in histories]
