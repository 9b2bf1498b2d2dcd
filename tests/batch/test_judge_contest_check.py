"""What is asked of all jobs' figures, resample by resample and year by year, and what becomes of the answers."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from backtester.analysis.blocks import ResamplePlan, draw_rows
from backtester.analysis.overfitting import Walk
from backtester.analysis.reality_check import PValues
from backtester.arrays import Integers
from backtester.batch import judge_contest as contests
from backtester.batch.contest import Contest, Scores
from backtester.batch.contest_result import Choice, RealityCheck, WalkForward
from backtester.batch.judge_contest import judge_contest

NAN = float("nan")
SESSIONS = pd.date_range("2010-01-01", periods=6)


def contest(figures: list[float], benchmark: list[float], column: str = "cagr", **changes: object) -> Contest:
    """A contest of jobs `job 0` and so on, whose figures are a thousandth higher for each session that is asked for."""
    sign = -1 if column == "volatility" else 1

    def scores(rows: Integers) -> Scores:
        asked.append(rows.tolist())
        return Scores(np.array(figures) + len(rows) / 1000, np.array(benchmark))

    asked: list[list[int]] = []
    found = {
        "sessions": SESSIONS,
        "column": column,
        "jobs": tuple(range(len(figures))),
        "of": 70,
        "closeness": 0.9,
        "tracks": ("the first tracks", "others"),
        "block_sessions": 63,
        "unwalked": None,
        "scores": scores,
        "merit": lambda rows: sign * (scores(rows).figures - np.array(benchmark)),
        "title": lambda place: f"job {place}",
        "session_of": lambda date: int(SESSIONS.searchsorted(pd.Timestamp(date))),
        "asked": asked,
    }
    return cast(Contest, SimpleNamespace(**found | changes))


@pytest.mark.parametrize(("column", "low", "high"), [("cagr", 0.3, 0.9), ("volatility", -0.7, -0.1)])
def test_jobs_and_resamples_without_a_figure_are_left_out(
    column: str, low: float, high: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of twenty resamples the first job has no figure in two, a tenth, and is left out; the third has none in one, and
    that resample is. The ends come from above the benchmark, and its own way round where less is better."""
    seen: list[Any] = []
    monkeypatch.setattr(contests, "interval_after_choice", lambda *given: seen.append(given) or (0.2, 0.8))
    monkeypatch.setattr(contests, "reality_check", lambda *given: seen.append(given) or PValues(0.25, 0.5))
    drawn = np.arange(80.0).reshape(20, 4)
    drawn[3:5, 0], drawn[7, 2] = NAN, NAN
    made = contest([0.5, NAN, 0.4, 0.6], [0.1, 0.1, 0.1, 0.1], column)
    check, why = contests._check(made, ResamplePlan(20, 63, 1), drawn, 3)
    assert why is None
    (merit, kept, chosen), (merit_again, kept_again, sessions) = seen
    sign = 1 if column == "cagr" else -1
    assert merit.tolist() == merit_again.tolist() == pytest.approx([sign * 0.305, sign * 0.505])
    expected = np.delete(drawn[:, [2, 3]], 7, axis=0).tolist()
    assert (kept.tolist(), kept_again.tolist()) == (expected, expected)
    assert (chosen, sessions) == (1, 5)
    assert check == RealityCheck(
        "job 3", pytest.approx(0.605), 0.1, pytest.approx(low), pytest.approx(high), 0.25, 0.5, 19, 63
    )


def test_the_best_may_be_undefined_in_a_twentieth(monkeypatch: pytest.MonkeyPatch) -> None:
    """In more it has no interval."""
    monkeypatch.setattr(contests, "interval_after_choice", lambda *given: (0.2, 0.8))
    monkeypatch.setattr(contests, "reality_check", lambda *given: PValues(0.25, 0.5))
    for undefined, sound in ((1, True), (2, False)):
        drawn = np.ones((20, 2))
        drawn[:undefined, 1] = NAN
        check, why = contests._check(contest([0.5, 0.6], [0.0, 0.0]), ResamplePlan(20, 63, 1), drawn, 1)
        assert (check is not None) is sound
        assert why == (None if sound else "the best job's figure is undefined in more than 5% of the resamples")


def test_what_has_no_benchmark_has_no_probability(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of it the interval is all that is said."""
    monkeypatch.setattr(contests, "interval_after_choice", lambda *given: (0.2, 0.8))
    monkeypatch.setattr(contests, "reality_check", lambda *given: PValues(0.25, 0.5))
    check, _ = contests._check(contest([0.5], [0.0], "mean_loss_mix"), ResamplePlan(4, 63, 1), np.ones((4, 1)), 0)
    assert check is not None
    assert (check.white, check.hansen, check.low, check.high) == (None, None, 0.2, 0.8)


@pytest.mark.parametrize(("threads", "cores", "used"), [(8, 2, 2), (1, 4, 1), (3, None, 1)])
def test_all_jobs_are_drawn_by_the_same_sessions(
    threads: int, cores: int | None, used: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of each resample in its order, on so many threads and at most one a core."""
    pools: list[int] = []
    monkeypatch.setattr(contests, "cpu_count", lambda: cores)
    monkeypatch.setattr(contests, "ThreadPoolExecutor", lambda count: pools.append(count) or ThreadPoolExecutor(count))
    plan = ResamplePlan(3, 2, 7)
    made = contest([], [], merit=lambda rows: np.array([rows.sum(), rows[0]]))
    drawn = contests._resampled_merits(made, plan, threads)
    expected = [draw_rows(plan, number, 5) for number in range(3)]
    assert drawn.tolist() == [[rows.sum(), rows[0]] for rows in expected]
    assert pools == [used]


@pytest.mark.parametrize("unwalked", [None, "the jobs differ in the pair"])
def test_the_results_of_a_contest(unwalked: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The best over all sessions is resampled 500 times by seed 1, each block as long as the contest's; the choices
    are walked on all the past and on three years; hindsight counts from the first choice on."""
    asked: list[Any] = []
    anchored = WalkForward(0.5, (Choice("2010-01-03", "2010-01-06", "job 1"),))
    rolling = WalkForward(0.25, (Choice("2010-01-04", "2010-01-06", "job 0"),))
    monkeypatch.setattr(contests, "_why_not_resampled", lambda contest, merit: None)
    monkeypatch.setattr(contests, "make_plan", lambda tracks, **words: asked.append((tracks, words)) or "the plan")
    monkeypatch.setattr(contests, "_resampled_merits", lambda contest, plan, threads: (plan, threads))
    monkeypatch.setattr(contests, "_check", lambda contest, plan, drawn, best: ((drawn, best), "why"))
    monkeypatch.setattr(contests, "_starts", lambda sessions: ([2], [0]))
    monkeypatch.setattr(contests, "_walked", lambda contest, starts, window: rolling if window else anchored)
    made = contest([0.5, 0.75, NAN], [0.0, 0.125, NAN], unwalked=unwalked)
    found = judge_contest(made, 4)
    assert (found.check, found.reason) == ((("the plan", 4), 1), "why")
    assert asked == [("the first tracks", {"resamples": 500, "seed": 1, "fewest": 63})]
    assert (found.by, found.jobs, found.of, found.closeness, found.start) == ("cagr", 3, 70, 0.9, "2010-01-01")
    assert cast(Any, made).asked[0] == [0, 1, 2, 3, 4]
    if unwalked:
        assert (found.anchored, found.rolling, found.hindsight, found.benchmark) == (None, None, None, None)
    else:
        assert (found.anchored, found.rolling) == (anchored, rolling)
        assert (found.hindsight, found.benchmark) == (pytest.approx(0.753), 0.125)
        assert cast(Any, made).asked[-1] == [2, 3, 4]
    assert found.unwalked == unwalked
    assert judge_contest(made).check == (("the plan", 1), 1), "on one thread unless it is said"


def test_choices_are_held_until_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last to the end; each is made by the sessions before it."""
    seen: list[list[float]] = []

    def walk(starts: list[int], merit: Any, *, window: Any) -> Walk:
        seen.append(merit(1, 4).tolist())
        return Walk(np.array([1, 3]), np.array([1, 0])) if starts else Walk(np.array([], int), np.array([], int))

    monkeypatch.setattr(contests, "walk_forward", walk)
    made = contest([0.5, 0.75], [0.0, 0.0], of_choices=lambda walk: (0.125, 0.0))
    assert contests._walked(made, [1, 3], []) == WalkForward(
        0.125, (Choice("2010-01-02", "2010-01-04", "job 1"), Choice("2010-01-04", "2010-01-06", "job 0"))
    )
    assert contests._walked(made, [], []) is None
    assert cast(Any, made).asked == [[1, 2, 3]] * 2
    assert WalkForward(0.0, tuple(Choice("", "", job) for job in "aabba")).changes == 2


def test_a_better_figure_is_best_where_another_is_undefined(monkeypatch: pytest.MonkeyPatch) -> None:
    """Infinite ones are undefined too."""
    bests: list[int] = []
    monkeypatch.setattr(contests, "_why_not_resampled", lambda contest, merit: None)
    monkeypatch.setattr(contests, "make_plan", lambda tracks, **words: None)
    monkeypatch.setattr(contests, "_resampled_merits", lambda contest, plan, threads: None)
    monkeypatch.setattr(contests, "_check", lambda contest, plan, drawn, best: (bests.append(best), None))
    for figures in ([NAN, 0.5, np.inf], [0.5, 0.25, NAN]):
        judge_contest(contest(figures, [0.0] * 3, unwalked="no"))
    assert bests == [1, 0]
