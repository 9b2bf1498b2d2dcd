"""The contest of a study's jobs: the same figures as their rows, choices on the past alone, and what was chosen."""

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from backtester.analysis.overfitting import walk_forward
from backtester.batch import judge_contest as contests
from backtester.batch.contest import Contest, make_contest, scored_by, track_jobs
from backtester.batch.contest_result import Choice, WalkForward
from backtester.batch.jobs import Job, WorkerState, plan_jobs, run_jobs
from backtester.batch.judge_contest import hold_contest, judge_contest
from backtester.batch.page.finding import contested_lines
from backtester.batch.study import Study, expand
from backtester.batch.workers import Failure
from backtester.errors import BacktesterError
from backtester.histories.market import Market
from backtester.plugins.loader import Library
from backtester.plugins.recipes import parse_recipe

STUDY = {
    "name": "contest",
    "grid": [
        {"recipe": "sixty_forty + gold_overlay(size={size})", "size": [0.0, 0.1, 0.2]},
        {"recipe": "sixty_forty(stocks={stocks})", "stocks": [0.3, 0.9]},
        {"recipe": "sixty_forty(stocks={stocks})", "stocks": [0.4], "lag": [5]},
    ],
}


def test_how_often_the_choice_changed() -> None:
    """Of the four choices a, a, b and a two fell on another job than the one before."""
    assert WalkForward(0.0, tuple(Choice("", "", job) for job in "aaba")).changes == 2


def test_the_best_is_one_that_has_a_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three jobs, the second without one, the third."""
    asked: list[int] = []
    for name, value in (("_why_not_resampled", None), ("make_plan", None), ("_resampled_merits", None)):
        monkeypatch.setattr(contests, name, lambda *words, value=value, **more: value)
    monkeypatch.setattr(contests, "_check", lambda contest, plan, drawn, best: (asked.append(best), ""))
    contest = SimpleNamespace(
        sessions=pd.bdate_range("2010-01-04", periods=9), merit=lambda rows: np.array([1.0, np.nan, 3.0]), jobs="abc",
        tracks=[None], block_sessions=63, column="cagr", of=3, closeness=1.0, unwalked="too short",
    )  # fmt: skip
    found = judge_contest(cast(Contest, contest))
    assert (asked, found.jobs, found.anchored, found.hindsight) == ([2], 3, None, None)


@pytest.fixture(scope="module")
def worker(us: Market, library: Library) -> WorkerState:
    """What jobs are carried out on, in this process."""
    return WorkerState(us, library, Study.model_validate(STUDY).settings(Path()))


@pytest.fixture(scope="module")
def jobs(us: Market, library: Library, worker: WorkerState) -> list[Job]:
    """Six jobs, one of them with other settings of the run."""
    points = expand(Study.model_validate(STUDY))
    recipes = [parse_recipe(text, library) for text in ("sixty_forty", *(point.recipe for point in points))]
    return plan_jobs(points, recipes, worker.settings, us)


@pytest.fixture(scope="module")
def table(jobs: list[Job], worker: WorkerState) -> pa.Table:
    """Their rows."""
    return run_jobs(jobs, worker)


def in_process(worker: WorkerState) -> Callable[..., Iterator[tuple[Any, Any]]]:
    """Answers as workers give them, the last task first."""

    def answers(function: Any, next_task: Any) -> Iterator[tuple[Any, Any]]:
        tasks = list(iter(next_task, None))
        for task in reversed(tasks):
            try:
                yield task, function(task, worker)
            except BacktesterError as error:
                yield task, Failure(str(error))

    return answers


def held(column: str, jobs: list[Job], worker: WorkerState, table: pa.Table) -> Contest:
    date = max(table["start"].to_pylist())
    groups = [jobs[:5], jobs[5:]]
    return make_contest(column, [track_jobs((tuple(group), date), worker) for group in groups], worker.market, date)


@pytest.mark.parametrize(
    "column",
    ["beyond_mix_payoff_mean", "growth_annual_over_mix_total", "mean_loss_strategy", "sharpe", "cagr", "correlation"],
)
def test_over_all_sessions_the_figures_are_those_of_the_rows(
    column: str, jobs: list[Job], worker: WorkerState, table: pa.Table
) -> None:
    """A figure of the whole record is the one that the job's row has, whatever settings the job shares with others."""
    contest = held(column, jobs, worker, table)
    scores = contest.scores(np.arange(len(contest.sessions) - 1))
    assert scores.figures == pytest.approx(np.array(table[column].to_numpy()), abs=1e-9)


def test_a_loss_is_held_against_the_references(jobs: list[Job], worker: WorkerState, table: pa.Table) -> None:
    """What is lost less than the reference loses is merit; a payoff is held against nothing."""
    rows = np.arange(len(held("sharpe", jobs, worker, table).sessions) - 1)
    loss = held("mean_loss_strategy", jobs, worker, table)
    expected = table["mean_loss_reference"].to_numpy() - table["mean_loss_strategy"].to_numpy()
    assert loss.merit(rows) == pytest.approx(expected, abs=1e-9)
    sharpe = held("sharpe", jobs, worker, table)
    assert sharpe.merit(rows)[0] == pytest.approx(0, abs=1e-12)  # no gold: the reference itself


def test_choices_know_only_the_past(jobs: list[Job], worker: WorkerState, table: pa.Table) -> None:
    """With all after the first choice replaced by noise the first choice is the same."""
    contest = held("beyond_mix_payoff_mean", jobs, worker, table)
    start = 2000
    first = walk_forward([start], lambda begin, end: contest.merit(np.arange(begin, end))).chosen
    for tracks in contest.tracks:
        tracks.returns[start:] = np.random.default_rng(1).normal(0, 0.01, tracks.returns[start:].shape)
    assert walk_forward([start], lambda begin, end: contest.merit(np.arange(begin, end))).chosen == first


def test_what_is_held_is_what_was_chosen(jobs: list[Job], worker: WorkerState, table: pa.Table) -> None:
    """Choosing one job always has the figure of that job over those sessions, and two jobs lie between theirs."""
    contest = held("cagr", jobs, worker, table)
    rows = np.arange(1000, len(contest.sessions) - 1)
    alone = contest.scores(rows).figures
    always = walk_forward([1000, 2000], lambda begin, end: np.array([0.0, 1.0, 0, 0, 0, 0]))
    assert contest.of_choices(always)[0] == pytest.approx(alone[1])
    turns = walk_forward([1000, 2000], lambda begin, end: np.eye(6)[1 if end == 1000 else 4])
    both = contest.of_choices(turns)[0]
    parts = [contest.scores(np.arange(1000, 2000)).figures[1], contest.scores(np.arange(2000, rows[-1] + 1)).figures[4]]
    assert min(parts) < both < max(parts)


@pytest.fixture(scope="module")
def found(jobs: list[Job], worker: WorkerState, table: pa.Table) -> Any:
    """What comes of the whole contest."""
    months = np.array(table["months"].to_pylist(), float)
    contest = hold_contest(jobs, table, months, "beyond_mix_payoff_mean", worker.market, in_process(worker))
    assert contest is not None
    return judge_contest(contest)


def test_the_contest_says_what_choosing_costs(found: Any, table: pa.Table) -> None:
    """The best job's figure is its row's, its interval holds it, and chance is a probability."""
    payoffs = table["beyond_mix_payoff_mean"].to_numpy()
    best = int(np.argmax(payoffs))
    assert found.check.best == table["name"][best].as_py()
    assert found.check.figure == pytest.approx(payoffs[best], abs=1e-9)
    assert found.check.low < found.check.figure < found.check.high
    assert 0 <= found.check.hansen <= 1
    assert (found.of, found.reason) == (6, None)


def test_every_year_is_held_once(found: Any) -> None:
    """Choices follow each other from three years after the start to the last session."""
    for walk in (found.anchored, found.rolling):
        assert [one.end for one in walk.choices[:-1]] == [one.start for one in walk.choices[1:]]
        assert walk.choices[0].start[:7] == "2010-01"
        assert np.isfinite(walk.figure)


def test_what_returns_do_not_give_is_scored_by_sharpe() -> None:
    """Costs and placebos are not found in resamples."""
    assert scored_by("turnover_annual") == "sharpe"
    assert scored_by("beyond_mix_placebo_as_good") == "sharpe"
    assert scored_by("beyond_mix_protection") == "beyond_mix_protection"


def test_few_sell_offs_are_not_resampled(jobs: list[Job], worker: WorkerState) -> None:
    """With fewer than ten joint sell-offs there is a reason in the place of an interval."""
    date = datetime.date(2022, 6, 1)
    contest = make_contest("beyond_mix_protection", [track_jobs((tuple(jobs[:5]), date), worker)], worker.market, date)
    few = judge_contest(contest)
    assert few.check is None
    assert few.reason is not None
    assert few.reason.endswith("joint sell-offs, and resamples of fewer than 10 say nothing")


def test_choices_among_jobs_of_several_pairs_are_not_walked(us: Market, library: Library) -> None:
    """Jobs of different legs have different joint sell-offs: what is held cannot be judged by the first one's, and the
    lines say so; a figure of returns alone, which knows no pair, is walked."""
    grid = {"recipe": "sixty_forty + gold_overlay", "bonds_role": ["bonds", "long_bonds"]}
    study = Study.model_validate({"name": "pairs", "grid": [grid]})
    points, settings = expand(study), study.settings(Path())
    recipes = [parse_recipe(text, library) for text in ("sixty_forty", *(point.recipe for point in points))]
    jobs, worker = plan_jobs(points, recipes, settings, us), WorkerState(us, library, settings)
    date = max(run_jobs(jobs, worker)["start"].to_pylist())
    tracked = [track_jobs(((job,), date), worker) for job in jobs]
    pairs = make_contest("growth_annual_over_mix_total", tracked, us, date)
    found = judge_contest(pairs)
    assert (found.anchored, found.rolling, found.hindsight) == (None, None, None)
    assert "The choice was not walked forward: its jobs differ in the pair, and so in the sell-offs that what is " in (
        "\n".join(contested_lines(found))
    )
    walked = judge_contest(make_contest("sharpe", tracked, us, date))
    assert walked.anchored is not None
    assert walked.anchored.choices[0].job.startswith("sixty_forty + gold_overlay, bonds_role=")
    assert walked.unwalked is None
