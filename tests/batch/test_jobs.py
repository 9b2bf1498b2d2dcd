"""Jobs: their keys, and rows that say what `run` says."""

import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from backtester.analysis.period import measure_period
from backtester.batch import jobs as jobs_module
from backtester.batch.jobs import Job, WorkerState, check_strategy, failed_rows, plan_jobs, run_jobs, run_jobs_timed
from backtester.batch.rows import CARD, MEASURES, MIX, ROW_FIGURES, monthly_log_returns
from backtester.batch.study import Study, expand
from backtester.errors import RecipeError
from backtester.histories.market import Market
from backtester.plugins.loader import load_library
from backtester.plugins.recipes import parse_recipe
from backtester.runs.needed_roles import needed_market
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings
from builders import made_market
from small import small_folder

HOLD = '"""Hold."""\ndef weights(base):\n    return base.assign(gold={size})\n'


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(HOLD.format(size=0.1))
    return tmp_path / "mine.py"


def jobs_of(data: Path, plugin: Path, *, recipe: str = "sixty_forty + mine", **changes: Any) -> list[Job]:
    study = Study.model_validate({"name": "s", "history": "small", "grid": [{"recipe": recipe}]} | changes)
    settings = study.settings(data.parent).model_copy(update={"data": data, "plugins": (plugin,)})
    return planned(study, settings, needed_market(settings))


def planned(study: Study, settings: RunSettings, market: Market) -> list[Job]:
    points, library = expand(study), load_library(settings.plugins)
    texts = [settings.reference, *(point.recipe for point in points)]
    return plan_jobs(points, [parse_recipe(text, library) for text in texts], settings, market)


def test_key_stays_while_nothing_changes(small: Path, plugin: Path) -> None:
    """The same study has the same key, whatever its name, its column of ranking and the spelling of its recipe."""
    key = jobs_of(small, plugin)[0].key
    assert jobs_of(small, plugin, name="t", rank_by="sharpe")[0].key == key
    assert jobs_of(small, plugin, recipe="Sixty-Forty(stocks=0.6)+mine")[0].key == key


@pytest.mark.parametrize(
    "changes",
    [
        {"recipe": "sixty_forty(stocks=0.5) + mine"},
        {"reference": "sixty_forty(stocks=0.5)"},
        {"start": datetime.date(2020, 1, 2)},
        {"end": datetime.date(2021, 1, 4)},
        {"bonds_role": "gold"},
        {"bonds_fall": -0.01},
        {"stocks_weight": 0.5},
        {"execution": {"lag": 0}},
        {"execution": {"band": 0.1}},
        {"execution": {"rebalance": "week"}},
        {"execution": {"costs": {"borrow_spread_bps": 10}}},
    ],
)
def test_key_changes_with_the_settings(small: Path, plugin: Path, changes: dict[str, Any]) -> None:
    """Whatever the row depends on is in its key."""
    assert jobs_of(small, plugin, **changes)[0].key != jobs_of(small, plugin)[0].key


def test_key_does_not_depend_on_what_other_jobs_read(small: Path, plugin: Path) -> None:
    """A recipe that reads another series, beside it in the study, leaves a job's key as it was."""
    both = [{"recipe": "sixty_forty + mine"}, {"recipe": "sixty_forty + mine + vol_target"}]
    (plugin.parent / "yields.py").write_text("def weights(base, yield_10y):\n    return base\n")
    study = Study.model_validate({"name": "s", "history": "small", "grid": [*both, {"recipe": "sixty_forty + yields"}]})
    settings = study.settings(small.parent).model_copy(update={"data": small, "plugins": (plugin.parent,)})
    library = load_library(settings.plugins)
    texts = [settings.reference, *(recipe for recipe, _, _ in expand(study))]
    market = needed_market(settings, [parse_recipe(text, library) for text in texts])
    assert "yield_10y" in market.roles
    assert planned(study, settings, market)[0].key == jobs_of(small, plugin)[0].key


def test_key_changes_with_the_plugins_bytes(small: Path, plugin: Path) -> None:
    """Another line in the plugin makes another key, for the recipes that use it."""
    keys = [jobs_of(small, plugin, recipe=recipe)[0].key for recipe in ("sixty_forty + mine", "sixty_forty")]
    plugin.write_text(HOLD.format(size=0.2))
    again = [jobs_of(small, plugin, recipe=recipe)[0].key for recipe in ("sixty_forty + mine", "sixty_forty")]
    assert again[0] != keys[0]
    assert again[1] == keys[1]


def test_key_changes_with_the_data(small: Path, plugin: Path, tmp_path: Path) -> None:
    """A history with one session more makes another key."""
    other = small_folder(tmp_path / "other", last="2021-10-01")
    assert jobs_of(other, plugin)[0].key != jobs_of(small, plugin)[0].key


def test_a_recipe_twice_is_one_job(small: Path, plugin: Path) -> None:
    """1 and 1.0 are the same weight, and so the same job."""
    grid = [{"recipe": "sixty_forty(stocks={x})", "x": [1, 1.0, 0.5]}]
    assert [job.point for job in jobs_of(small, plugin, grid=grid)] == [{"x": 1}, {"x": 0.5}]


def test_recipe_that_cannot_be_parsed_is_told_before_anything_runs(small: Path, plugin: Path) -> None:
    """A grid that leaves the bounds of a setting is refused when the study is planned."""
    with pytest.raises(RecipeError) as caught:
        jobs_of(small, plugin, grid=[{"recipe": "sixty_forty(stocks={x})", "x": [0.5, 1.5]}])
    assert caught.value.lines() == [
        "sixty_forty: setting stocks=1.5: Input should be less than or equal to 1",
        "in the recipe 'sixty_forty(stocks=1.5)'",
    ]


@pytest.mark.parametrize(
    "changes",
    [{}, {"start": datetime.date(2020, 2, 3)}, {"bonds_role": "gold", "stocks_weight": 0.3, "stocks_fall": -0.02}],
)
def test_row_says_what_run_says(small: Path, plugin: Path, changes: dict[str, Any]) -> None:
    """Every figure of a job is, to the last bit, that of `run` for the same recipe."""
    recipe = "sixty_forty + gold_overlay(size=0.2) + vol_target(target=0.06)"
    settings = RunSettings(recipes=(recipe,), history="small", data=small, resamples=0, **changes)
    run = carry_out(settings).strategies[1]
    job = jobs_of(small, plugin, recipe=recipe, **changes)[0]
    [row] = run_jobs([job], WorkerState(needed_market(settings), load_library(), settings)).to_pylist()
    assert (row["key"], row["name"], row["recipe"]) == (job.key, recipe, run.evaluation.recipe.full)
    assert row["error"] is None
    assert_same({name: row[name] for name in MEASURES}, {name: run.measures[name] for name in MEASURES})
    card = run.card
    assert card.placebo is not None
    parts = {"payoff_parts": card.payoff_parts, "beyond_mix_placebo": card.placebo._asdict()}
    expected = {name.replace(".", "_"): value for name, value in card.figures.items()}
    expected |= dict(zip(MIX, card.mix.values(), strict=True))
    expected |= {f"{part}_{name}": value for part, of_part in parts.items() for name, value in of_part.items()}
    assert_same({name: row[name] for name in CARD}, expected)


def assert_same(row: dict[str, Any], expected: dict[str, Any]) -> None:
    """Both have the same names and, NaN and None alike, the same values."""
    assert set(row) == set(expected)
    assert {name: np.nan if value is None else value for name, value in row.items()} == pytest.approx(
        {name: np.nan if value is None else value for name, value in expected.items()}, rel=0, abs=0, nan_ok=True
    )


def test_seconds_are_counted(small: Path, plugin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs that start at 10 and end at 12.5 took 2.5 seconds."""
    monkeypatch.setattr(jobs_module, "time", SimpleNamespace(monotonic=iter((10.0, 12.5)).__next__))
    settings = RunSettings(history="small", data=small)
    table, seconds = run_jobs_timed(
        jobs_of(small, plugin, recipe="sixty_forty"), WorkerState(needed_market(settings), load_library(), settings)
    )
    assert (len(table), seconds) == (1, 2.5)


def test_row_without_a_joint_sell_off_has_no_payoff(small: Path, plugin: Path) -> None:
    """Where stocks never fell enough, losses, payoff and placebo are undefined, and growth is not."""
    settings = RunSettings(history="small", data=small, stocks_fall=-0.4)
    worker = WorkerState(needed_market(settings), load_library(), settings)
    job = jobs_of(small, plugin, recipe="sixty_forty + vol_target", stocks_fall=-0.4)[0]
    [row] = run_jobs([job], worker).to_pylist()
    assert (row["joint_sell_offs"], row["beyond_mix_placebo_as_good"]) == (0, None)
    assert {row[name] for name in ("mean_loss_mix", "beyond_mix_payoff_mean", "payoff_parts_held")} == {None}
    assert np.isfinite([row["growth_annual_over_mix_total"], *(row[name] for name in MIX)]).all()


def test_failed_row_has_every_column_and_no_figure(small: Path, plugin: Path) -> None:
    """A job that failed says why, and nothing else."""
    job = jobs_of(small, plugin)[0]
    [row] = failed_rows([job], "it broke").to_pylist()
    assert (row["key"], row["error"], row["start"]) == (job.key, "it broke", None)
    assert all(row[name] is None for name in ROW_FIGURES)


def test_check_of_a_strategy_is_that_of_a_run(small: Path, tmp_path: Path) -> None:
    """A strategy that looks ahead is found by name in whichever recipe has it; an honest one is not."""
    (tmp_path / "ahead.py").write_text('"""C."""\ndef weights(base, gold):\n    return base * (gold.shift(-1) > 0)')
    (tmp_path / "ahead.py").write_text(
        '"""C."""\ndef weights(base, gold):\n    return base.mul((gold.shift(-1) > gold) * 1.0, axis=0)\n'
    )
    settings = RunSettings(history="small", data=small, plugins=(tmp_path / "ahead.py",))
    worker = WorkerState(needed_market(settings), load_library(settings.plugins), settings)
    [finding] = check_strategy(("ahead", "sixty_forty + ahead + gold_overlay"), worker)
    assert str(finding).startswith("breaks 'knows only the past': stocks on 2019-")
    assert check_strategy(("gold_overlay", "sixty_forty + gold_overlay"), worker) == ()


def test_rows_do_not_depend_on_who_stands_beside(small: Path, tmp_path: Path) -> None:
    """Jobs of different starts, tranches, assets and errors, one by one and all at once: the same rows, to the bit."""
    (tmp_path / "mine.py").write_text("def weights(base, vix):\n    return base.where(vix < 60, float('nan'))\n")
    (tmp_path / "fails.py").write_text("def weights(base):\n    return {'tin': 1.0}\n")
    (tmp_path / "slow.py").write_text(
        "REBALANCE = 'month/4'\nBAND = float('inf')\ndef weights(base, gold):\n"
        "    return base.mask(gold.rolling(60).mean().isna(), float('nan'))\n"
    )
    recipes = [
        *(
            f"sixty_forty + gold_overlay(size={size}) + vol_target(target=0.0{target})"
            for size in (0, 0.2)
            for target in "567"
        ),
        *("sixty_forty + slow", "sixty_forty", "sixty_forty + slow + vol_target", "sixty_forty + mine"),
        "sixty_forty + fails + vol_target",
    ]
    grid = [{"recipe": recipe} for recipe in recipes]
    jobs = jobs_of(small, tmp_path, grid=grid, recipe="sixty_forty")
    market = needed_market(RunSettings(data=small, history="small"))
    worker = WorkerState(market, load_library((tmp_path,)), jobs[0].settings)
    together = run_jobs(jobs, worker)
    assert together.equals(pa.concat_tables([run_jobs([job], worker) for job in jobs]))
    assert [error is None for error in together["error"].to_pylist()] == [*[True] * 10, False]
    assert 'in the recipe "sixty_forty(stocks=0.6) + fails + vol_target(' in together["error"].to_pylist()[-1]


def test_monthly_log_returns_add_up_to_all(small: Path, plugin: Path) -> None:
    """The log returns of the months, 28 of them, add up to the logarithm of the final value, to single precision."""
    settings = RunSettings(history="small", data=small)
    [job] = jobs_of(small, plugin, recipe="sixty_forty")
    [row] = run_jobs([job], WorkerState(needed_market(settings), load_library(), settings)).to_pylist()
    assert len(row["months"]) == 28  # June 2019 to September 2021
    assert sum(row["months"]) == pytest.approx(np.log(row["final_nav"]), abs=1e-6)


def test_months_after_ruin_have_no_return() -> None:
    """From the month of ruin on the log return is undefined."""
    market = made_market({"stocks": (100.0,) * 70, "bonds": (100.0,) * 70})
    nav = np.ones((1, 70))
    nav[0, 30:] = 0.0  # from the middle of February on
    np.testing.assert_array_equal(monthly_log_returns(nav, measure_period(market)), [[0.0, np.nan, np.nan, np.nan]])
