"""Runs side by side: the document of one run of all their strategies, and refusals that say how to align them."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from backtester.engine.costs import Costs
from backtester.engine.execution import Execution
from backtester.errors import DataError, RecipeError
from backtester.runs.compare import combined_run
from backtester.runs.folder import RunFolder, read_run, write_folder_files, write_run
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings

GOLD, VOL, BILLS = (f"sixty_forty + {name}" for name in ("gold_overlay", "vol_target", "bills_for_bonds"))
MINE = '"""Hold some gold."""\ndef weights(base, *, size: float = 0.1):\n    return base.assign(gold=size * {factor})\n'
Make = Callable[..., RunFolder]


@pytest.fixture(scope="module")
def make(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Carries recipes out into a folder of a name, and reads it back."""
    place = tmp_path_factory.mktemp("runs")

    def made(name: str, *recipes: str, **settings: object) -> RunFolder:
        told = {"recipes": recipes, "history": "small", "data": small, "resamples": 100} | settings
        known = {key: value for key, value in told.items() if key in RunSettings.model_fields}
        write_run(carry_out(RunSettings.model_validate(known)), place / name)
        return read_run(place / name)

    return made


@pytest.fixture(scope="module")
def gold(make: Make) -> RunFolder:
    return make("gold", GOLD)


@pytest.fixture(scope="module")
def plain(make: Make) -> RunFolder:
    """The same without resamples, for what is refused before any interval is looked at."""
    return make("plain/gold", GOLD, resamples=0)


def refused(*runs: RunFolder) -> str:
    """What is said to runs that cannot stand side by side."""
    with pytest.raises(DataError) as caught:
        combined_run(runs)
    return str(caught.value)


def test_is_what_one_run_of_all_would_say(make: Make, gold: RunFolder) -> None:
    """Document, values and weights are those of one run of the same strategies, to the last digit."""
    united, whole = combined_run([gold, make("others", VOL, BILLS)]), make("whole", GOLD, VOL, BILLS)
    assert json.dumps(united.document) == json.dumps(whole.document)
    pd.testing.assert_frame_equal(united.nav, whole.nav)
    pd.testing.assert_frame_equal(united.levels, whole.levels)
    pd.testing.assert_frame_equal(
        united.weights, whole.weights.astype({"strategy": united.weights["strategy"].dtype, "asset": "str"})
    )


def test_intervals_are_those_of_one_run_of_all(tmp_path: Path) -> None:
    """With joint sell-offs enough, all is as in one run; the interval that allows for all that were tried is wider."""
    recipes = "sixty_forty + gold_overlay", "sixty_forty + bills_for_bonds"
    for name, chosen in (("one", recipes[:1]), ("two", recipes[1:]), ("both", recipes)):
        write_run(carry_out(RunSettings(recipes=chosen, resamples=100)), tmp_path / name)
    one, two, both = (read_run(tmp_path / name) for name in ("one", "two", "both"))
    united = combined_run([one, two])
    assert json.dumps(united.document) == json.dumps(both.document)
    pd.testing.assert_frame_equal(united.payoffs, both.payoffs)
    alone, beside = (run.document["strategies"][1]["scorecard"]["intervals"]["beyond_mix"] for run in (one, united))
    assert beside["payoff_mean"] == alone["payoff_mean"]
    wide, narrow = (told["payoff_mean_of_all_tried"] for told in (beside, alone))
    assert wide[0] < narrow[0] < narrow[1] < wide[1]
    assert narrow == alone["payoff_mean"]


def test_a_strategy_of_several_runs_stands_once(make: Make, gold: RunFolder) -> None:
    """The reference and a shared strategy are told once, in the order of the runs."""
    united = combined_run([gold, make("shared", VOL, GOLD)])
    assert list(united.nav.columns) == ["sixty_forty", GOLD, VOL]
    assert [one["name"] for one in united.document["strategies"]] == ["sixty_forty", GOLD, VOL]


def test_sources_are_told(make: Make, gold: RunFolder, tmp_path: Path) -> None:
    """The manifest names every run with its command and the hash of what it said, and the command that repeats it."""
    others = make("others", VOL)
    told = combined_run([gold, others]).manifest
    assert told["command"] == "backtester compare gold others"
    assert [run["run"] for run in told["runs"]] == ["gold", "others"]
    assert told["runs"][1]["command"] == others.manifest["command"]
    assert set(told["plugins"]) == {"sixty_forty", "gold_overlay", "vol_target"}
    assert str(tmp_path.parent) not in json.dumps(told)


def test_comparison_can_be_compared(make: Make, gold: RunFolder, tmp_path: Path) -> None:
    """Written into a folder it is read back as a run is, and stands beside further runs."""
    vol, bills = make("vol", VOL), make("bills", BILLS)
    write_folder_files(dataclasses.replace(combined_run([gold, vol]), path=tmp_path))
    again = combined_run([read_run(tmp_path), bills])
    assert json.dumps(again.document) == json.dumps(combined_run([gold, vol, bills]).document)


def test_namesakes_are_told_apart(make: Make, gold: RunFolder, tmp_path: Path) -> None:
    """One name for two files: each is called by its run too, everywhere; what the runs share keeps its name."""
    runs = []
    for name, factor in (("before", "1"), ("after", "2")):
        (tmp_path / "mine.py").write_text(MINE.format(factor=factor))
        runs.append(make(name, "sixty_forty + mine", VOL, plugins=(tmp_path / "mine.py",)))
    united = combined_run(runs)
    names = ["sixty_forty", "sixty_forty + mine [before]", VOL, "sixty_forty + mine [after]"]
    assert list(united.nav.columns) == names
    assert list(united.document["joint_sell_offs"][0]["strategies"]) == names
    assert list(united.document["joint_sell_offs"][0]["after"]["strategies"]) == names
    assert set(united.weights["strategy"]) == set(names)
    assert united.nav[names[1]].equals(runs[0].nav["sixty_forty + mine"])
    assert united.nav[names[3]].equals(runs[1].nav["sixty_forty + mine"])
    assert {"mine", "mine [after]"} <= set(united.manifest["plugins"])


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"execution": Execution(lag=0)}, "have lag 1 and 0; carry one out again with --lag as the other"),
        ({"execution": Execution(rebalance="week")}, "have rebalance month and week; carry one out again with --reb"),
        (
            {"execution": Execution(costs=Costs(trade_bps=9.0))},
            "have costs.trade_bps 2.0 and 9.0; carry one out again with",
        ),
        (
            {"execution": Execution(costs=Costs(short_fee_bps=9.0))},
            "have costs.short_fee_bps 30.0 and 9.0; carry one o",
        ),
        ({"stocks_fall": -0.04}, "have stocks_fall -0.05 and -0.04; carry one out again with --stocks-fall as the oth"),
        ({"bonds_role": "gold"}, "have bonds_role bonds and gold; carry one out again with --bonds-role as the other"),
        ({"start": "2019-09-02"}, "gold runs from 2019-06-03 to 2021-09-30, which others do not; carry it out again w"),
        ({"end": "2021-03-31"}, "which others do not; carry it out again with --end 2021-03-31"),
        ({"reference": "sixty_forty(stocks=0.5)"}, "have reference sixty_forty and sixty_forty(stocks=0.5); carry one"),
    ],
)
def test_what_differs_is_told(make: Make, plain: RunFolder, settings: dict[str, object], words: str) -> None:
    """Runs with other settings or windows are refused by name, with what to carry out again, and how."""
    assert words in refused(plain, make("other", BILLS, resamples=0, **settings))


def changed(run: RunFolder, *path: str | int, value: object) -> RunFolder:
    """The run with one value of its document changed."""
    document = json.loads(json.dumps(run.document))
    part = document
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return dataclasses.replace(run, document=document)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (
            ("history", "name"),
            "mine",
            "gold and gold are of histories 'small' and 'mine'; carry one out again with --hi",
        ),
        (("history", "sha256"), "0", "saw history 'small' in two states, before and after its data changed; carry the"),
        (
            ("strategies", 0, "recipe"),
            "cash",
            "the reference of gold and gold is sixty_forty(stocks=0.6) in one and cash",
        ),
        (("strategies", 0, "steps", 0, "sha256"), "0", "in the other, of another file; carry one out again"),
        (("joint_sell_offs", 0, "regime"), "other", "differ in joint_sell_offs.0.regime, though history, period and"),
        (("crises",), [], "differ in crises, though history, period and settings agree; carry both out again with one"),
    ],
)
def test_what_else_differs_is_told(gold: RunFolder, path: tuple[str | int, ...], value: object, words: str) -> None:
    """Other data, another reference's file, or other facts of the window are refused by what they are."""
    assert words in refused(gold, changed(gold, *path, value=value))


def test_other_values_are_told(make: Make, gold: RunFolder) -> None:
    """The same recipe with other net asset values is refused: something that the runs do not say has changed."""
    for column, words in ((0, "'sixty_forty' has other values in"), (1, f"{GOLD!r} has other values in")):
        nav = gold.nav.copy()
        nav.iloc[-1, column] *= 1 + 1e-8
        assert words in refused(gold, dataclasses.replace(gold, nav=nav))


def test_more_than_twelve_are_refused(
    small: Path, make: Make, gold: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirteen strategies beside the reference are too many for a page, in a run and in a comparison alike."""
    sizes = tuple(f"sixty_forty + gold_overlay(size={size / 100})" for size in range(1, 14))
    with pytest.raises(RecipeError) as caught:
        carry_out(RunSettings(recipes=sizes, history="small", data=small))
    assert str(caught.value) == (
        "13 strategies beside the reference; up to 12 stand side by side: leave some out, or rank them as a study with "
        "batch"
    )
    monkeypatch.setattr("backtester.runs.settings.MAX_STRATEGIES", 1)
    with pytest.raises(RecipeError, match="2 strategies beside the reference; up to 1 stand side by side"):
        combined_run([gold, changed(gold, "strategies", 1, "recipe", value="other")])
