"""Year-ends of a run, by hand: which there are, what is cut, and what a verdict there rests on."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from backtester.analysis.scorecard import PAYOFF_INDEX
from backtester.errors import DataError
from backtester.runs import as_of
from backtester.runs.as_of import FullRun, YearEnd, YearEndVerdict, year_end_verdicts
from backtester.runs.settings import RunSettings

SESSIONS = pd.DatetimeIndex(["2019-12-30", "2019-12-31", "2020-01-02", "2020-12-30", "2021-01-04"])
ENDS = [pd.Timestamp("2019-12-31"), pd.Timestamp("2020-12-30")]


def whole(cut: Any, *, tried: int | None = None) -> FullRun:
    """Five sessions in three years, three joint sell-offs, and two strategies, the first of which looks ahead."""
    names = ("reference", "ahead", "honest")
    made: dict[str, Any] = {
        "market": SimpleNamespace(sessions=SESSIONS, cut=cut),
        "evaluations": [SimpleNamespace(recipe=SimpleNamespace(name=name)) for name in names],
        "checks": [SimpleNamespace(causal=causal) for causal in (True, False, None)],
        "analysis": SimpleNamespace(nav="own", mix_nav="mix"),
        "period": SimpleNamespace(sessions=SESSIONS, windows=SimpleNamespace(joint=np.array([[0, 1], [2, 3], [3, 4]]))),
    }
    return FullRun(**made, tried=tried)


def test_a_row_a_year_that_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two years have ended: each market is cut after the year's last session, and what ended later has followed."""
    heard: list[Any] = []

    def short(settings: RunSettings, run: FullRun, market: int, later: Any) -> None:
        raise DataError(f"{market} sessions")

    monkeypatch.setattr(as_of, "_said", short)
    found = year_end_verdicts(RunSettings(as_of=True), whole(lambda count: count), lambda *words: heard.append(words))
    assert heard == [("As of 2019-12-31", 0.0), ("As of 2020-12-30", 0.5)]
    assert found == (YearEnd(ENDS[0], 0, 2, "2 sessions", {}), YearEnd(ENDS[1], 0, 1, "4 sessions", {}))


@pytest.mark.parametrize(("tried", "allowed"), [(None, 2), (7, 7)])
def test_what_a_verdict_rests_on(monkeypatch: pytest.MonkeyPatch, tried: int | None, allowed: int) -> None:
    """Each strategy is analysed against the reference, judged by its own resamples and for all that were tried, and
    void where the whole run saw it look ahead; what has no checks that could tell is taken for sound."""
    said = whole(lambda count: SimpleNamespace(since=lambda first: "cut"), tried=tried)
    cards = np.zeros((3, PAYOFF_INDEX + 1))
    cards[:, PAYOFF_INDEX] = 0.0, 0.01, 0.02
    payoffs = np.array([[0.0, 1.0, 2.0]])
    given: list[Any] = []
    words = {
        "evaluations_of": lambda settings, recipes, market, report: (said.evaluations, []),
        "first_with_pair": lambda market, settings: 0,
        "common_start": lambda market, runs, opening: 0,
        "measure_period": lambda market, settings: SimpleNamespace(joint=["one", "two"]),
        "analyse": lambda runs, reference, period: given.append(reference) or SimpleNamespace(scorecards=cards),
        "resampled_payoffs": lambda settings, analysis, period: (payoffs, ["none", "first", "second"]),
        "mean_payoffs": lambda own, mix, later: np.array([0.0, 0.3, 0.4]),
        "widened": lambda values, number: (float(values[0]), number),
        "strategy_verdict": lambda analysis, joint, *, place, wide, sound: (joint, place, wide, sound),
    }
    for name, replaced in words.items():
        monkeypatch.setattr(as_of, name, replaced)
    first, second = year_end_verdicts(RunSettings(as_of=True), said, lambda *words: None) or ()
    assert given == [said.evaluations[0]] * 2
    assert (first.joint_sell_offs, first.followed, second.followed) == (2, 2, 1)
    assert first.strategies == {
        "ahead": YearEndVerdict(cast(Any, (2, 1, (1.0, allowed), False)), 0.01, cast(Any, "first"), 0.3),
        "honest": YearEndVerdict(cast(Any, (2, 2, (2.0, allowed), True)), 0.02, cast(Any, "second"), 0.4),
    }
