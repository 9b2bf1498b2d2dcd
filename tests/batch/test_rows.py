"""The rows of a batch, by hand."""

import datetime
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from backtester.analysis.analyse import Analysis
from backtester.analysis.attribution import ACCOUNT_MEASURES
from backtester.analysis.measures import MEASURE_NAMES
from backtester.analysis.period import Period
from backtester.batch import rows
from backtester.batch.rows import (
    MEASURES,
    ROW_FIGURES,
    ROWS_SCHEMA,
    JobOutcome,
    analysed_outcomes,
    monthly_log_returns,
    table_of,
)

DAYS = pd.bdate_range("2024-01-29", periods=6)  # Monday to Wednesday are January's last
NAN = float("nan")


def period(*month_ends: bool, windows: int = 3) -> Period:
    """A period with month-ends at some of its sessions."""
    made = {"sessions": DAYS, "month_ends": pd.Series(month_ends), "windows": SimpleNamespace(joint=[()] * windows)}
    return cast(Period, SimpleNamespace(**made))


@pytest.mark.parametrize(
    ("month_ends", "moves"),
    [
        ((False, True, False, False, True, False), [2, 4, 2]),
        ((False, True, False, False, True, True), [2, 4, 2]),
        ((True, False, False, True, False, True), [4, 4]),
        ((False,) * 6, [16]),
    ],
)
def test_months_go_from_close_to_close(month_ends: tuple[bool, ...], moves: list[float]) -> None:
    """From the first close to the first month's end, and at last up to the end; a first close at a month's end is the
    end of none."""
    nav = np.array([[1.0, 2, 4, 4, 8, 16], [1.0, 2, 4, 4, 8, 16]])
    found = monthly_log_returns(nav, period(*month_ends))
    assert found.tolist() == [pytest.approx(np.log(moves))] * 2


def test_months_from_ruin_on_are_undefined() -> None:
    """So is that of the fall to nothing."""
    nav = np.array([[1.0, 2, 0, 0, 0, 0]])
    found = monthly_log_returns(nav, period(False, True, False, True, False, True))
    assert found[0] == pytest.approx([np.log(2), NAN, NAN], nan_ok=True)


def test_figures_stand_in_the_order_of_their_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measures of returns and of accounts by name, the count of windows, then the card's parts; no placebo is NaN."""
    count = {"scorecards": len(rows.SCORECARD), "shares": 2, "parts": len(rows.PAYOFF_PARTS)}
    parts: dict[str, Any] = {name: np.full((2, size), at + 0.5) for at, (name, size) in enumerate(count.items())}
    measured = np.tile(np.arange(len(MEASURE_NAMES), dtype=float), (2, 1))
    of_accounts = np.tile(100.0 + np.arange(len(ACCOUNT_MEASURES)), (2, 1))
    placebos = [(7.0, 8.0, 9.0), None]
    analysis = SimpleNamespace(measured=measured, placebos=placebos, nav=np.full((2, 6), 1.0), **parts)
    monkeypatch.setattr(rows, "measure_accounts", lambda accounts, sessions: of_accounts)
    first, second = analysed_outcomes(cast(Analysis, analysis), [], period(*[False] * 6))
    assert (first.start, first.end, first.error) == (datetime.date(2024, 1, 29), datetime.date(2024, 2, 5), None)
    assert first.figures is not None
    assert second.figures is not None
    found = dict(zip(ROW_FIGURES, first.figures, strict=True))
    wanted = {name: float(MEASURE_NAMES.index(name)) for name in MEASURES if name in MEASURE_NAMES}
    wanted |= {name: 100.0 + at for at, name in enumerate(ACCOUNT_MEASURES) if name in MEASURES}
    assert {name: found[name] for name in MEASURES} == wanted
    card = [3.0, *[0.5] * count["scorecards"], *[1.5] * 2, *[2.5] * count["parts"]]
    assert first.figures[len(MEASURES) :].tolist() == [*card, 7.0, 8.0, 9.0]
    assert second.figures[-3:] == pytest.approx([NAN] * 3, nan_ok=True)
    assert (first.months is not None and first.months.tolist()) == [0.0]


def test_what_is_undefined_is_null() -> None:
    """Figures and months; a job that failed has neither dates nor any of them, but its error."""
    figures = np.arange(len(ROW_FIGURES), dtype=float)
    figures[1] = NAN
    date = datetime.date(2024, 1, 29)
    came = [
        JobOutcome("broke", traceback="line 1"),
        JobOutcome(None, date, date, figures, np.array([0.5, NAN])),
        JobOutcome(None, date, date, figures, np.array([])),
        JobOutcome("broke too"),
    ]
    table = table_of([(f"k{at}", f"n{at}", f"r{at}") for at in range(4)], came)
    assert table.schema == ROWS_SCHEMA
    assert [table[name].to_pylist() for name in ("key", "name", "recipe")] == [
        [f"{sign}{at}" for at in range(4)] for sign in "knr"
    ]
    assert table["error"].to_pylist() == ["broke", None, None, "broke too"]
    assert table["traceback"].to_pylist() == ["line 1", None, None, None]
    assert table["start"].to_pylist() == table["end"].to_pylist() == [None, date, date, None]
    assert table[ROW_FIGURES[0]].to_pylist() == [None, 0.0, 0.0, None]
    assert table[ROW_FIGURES[1]].to_pylist() == [None] * 4
    assert table["months"].to_pylist() == [None, [0.5, None], [], None]
    assert table_of([("k", "n", "r")] * 2, came[1:3])["months"].to_pylist() == [[0.5, None], []]


def test_no_jobs_are_a_table_too() -> None:
    """With all its columns."""
    table = table_of([], [])
    assert (len(table), table.schema) == (0, ROWS_SCHEMA)
