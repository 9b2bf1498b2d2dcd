"""The tables of a study's page, by hand."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pyarrow as pa
import pytest

from backtester.batch.contest_result import Choice, ContestResult, WalkForward
from backtester.batch.page.columns import packed_study
from backtester.batch.page.grid_map import make_grid_map
from backtester.batch.page.needed import NeededSetting
from backtester.batch.page.tables import _plateau, best_table, job_cell, needed_table, robust_table, walk_table
from studies import made_payoffs, made_rows

RANK = "beyond_mix_payoff_mean"


def test_the_best_stand_in_order() -> None:
    """As many as asked for, the best first, with what it is ranked by in the first column and nowhere else."""
    payoffs = {(0.0, 21): 0.1, (0.1, 21): 0.3, (0.2, 21): 0.2}
    table = best_table(made_rows(payoffs), RANK, 2)
    assert [row.head.text for row in table.rows] == ["r(gold=0.1, window=21)", "r(gold=0.2, window=21)"]
    assert [row.cells[0].values for row in table.rows] == [(0.3,), (0.2,)]
    assert (len(table.heads), table.caption[:15]) == (7, "The best 2 of 3")
    sharpe = best_table(made_rows(payoffs), "calmar", 5)
    assert (len(sharpe.heads), sharpe.caption[:15]) == (8, "The best 3 of 3")


def test_what_jobs_return_in_scenarios_stands_beside() -> None:
    """A column of results that is a scenario's has its name and a percentage, in the table, in the page's data, and as
    what a study is ranked by."""
    rows = made_rows({(0.0, 21): 0.1, (0.1, 21): 0.3})
    rows = rows.append_column("stress_march_2020", pa.array([-0.25, None], pa.float64()))
    table = best_table(rows, RANK, 2)
    assert (table.heads[-1].text, [row.cells[-1].text for row in table.rows]) == (
        "Scenario march 2020",
        ["n/a", "\N{MINUS SIGN}25.00%"],
    )
    data = packed_study(rows, make_grid_map(rows), RANK, {"texts": [], "places": []})
    assert [one["label"] for one in data["figures"]][-1] == "Scenario march 2020"
    ranked = best_table(rows, "stress_march_2020", 2)
    assert (ranked.heads[0].text, len(ranked.rows)) == ("Scenario march 2020", 1)


def test_a_figure_that_is_unknown() -> None:
    """It is marked as none and has no value for the table's CSV."""
    known, unknown, absent = (job_cell(RANK, value) for value in (0.25, float("nan"), None))
    assert (known.tone, known.values) == ("", (0.25,))
    assert (unknown.tone, unknown.values) == (absent.tone, absent.values) == ("none", (None,))


def test_a_plateau_has_neighbours() -> None:
    """A job without any is none, nor one without a figure; the earlier of two as high."""
    nan = float("nan")
    assert _plateau(np.array([0.5, nan, 0.1, 0.2, 0.1]), np.array([nan, 0.5, 0.2, 0.1, 0.3])) == 2


def test_the_highest_plateau_is_no_hole_between_peaks() -> None:
    """Where the best is a lone peak the plateau is named under it, and not the job beside the peak whose neighbours
    have more than it has itself."""
    table = made_rows(made_payoffs())
    found = robust_table(table, make_grid_map(table), "beyond_mix_payoff_mean", 1)
    assert found is not None
    assert [row.head.text for row in found.rows if row.kind != "group"] == [
        "r(gold=0.0, window=126)",
        "r(gold=0.2, window=63)",
    ]


def test_neighbours_by_hand() -> None:
    """The job between two others has their mean and the worse of them; without any neighbour there is no table."""
    table = made_rows({(0.0, 21): 0.1, (0.1, 21): 0.4, (0.2, 21): 0.2})
    found = robust_table(table, make_grid_map(table), RANK, 1)
    assert found is not None
    [row] = [row for row in found.rows if row.head.text == "r(gold=0.1, window=21)"]
    assert [cell.values for cell in row.cells[:3]] == [(0.4,), (pytest.approx(0.15),), (0.1,)]
    assert row.cells[3].text == "2"
    assert [(one.head.text[:8], one.kind) for one in found.rows] == [
        ("r(gold=0", ""), ("The high", "group"), ("r(gold=0", ""),
    ]  # fmt: skip
    assert found.rows[2].head.text == "r(gold=0.2, window=21)"  # 0.2 itself, 0.4 beside it
    alone = made_rows({(0.0, 21): 0.1})
    assert robust_table(alone, make_grid_map(alone), RANK, 1) is None


def test_what_is_needed_by_hand() -> None:
    """A value for each share of the loss, with which way it goes, or none; no table where nothing is needed."""
    table = needed_table([NeededSetting("gold", "window 21", (0.02, None, 0.1), True, 0.15, 0.3)])
    assert table is not None
    [row] = table.rows
    assert [cell.text for cell in row.cells[::2]] == ["at least 0.02", "at least 0.1"]
    assert [cell.values for cell in row.cells] == [(0.02,), (None,), (0.1,), (0.15, 0.3)]
    less = needed_table([NeededSetting("gold", "", (0.02, None, None), False, 0.15, 0.3)])
    assert less is not None
    assert less.rows[0].cells[0].text == "at most 0.02"
    assert [row.head.note, less.rows[0].head.note] == ["with window 21", ""]
    assert needed_table([]) is None
    assert [(head.text, head.values) for head in table.heads] == [
        *[(f"{text} less loss", None) for text in ("10%", "25%", "50%")],
        ("The most that the grid saves", ("most", "at")),
    ]


def test_what_would_have_been_chosen() -> None:
    """A row for as long as a job was held, under how it was chosen; no table where nothing was chosen."""
    years = [("2010", "2011", "a"), ("2011", "2012", "a"), ("2012", "2013", "b"), ("2013", "2014", "a")]
    walked = WalkForward(0.1, tuple(Choice(*year) for year in years))
    table = walk_table(cast(ContestResult, SimpleNamespace(anchored=None, rolling=walked)))
    assert table is not None
    assert [(row.head.text, row.kind) for row in table.rows] == [
        ("On the three years before", "group"), ("2010 to 2012", ""), ("2012 to 2013", ""), ("2013 to 2014", ""),
    ]  # fmt: skip
    assert [row.cells[0].text for row in table.rows[1:]] == ["a", "b", "a"]
    assert walk_table(cast(ContestResult, SimpleNamespace(anchored=None, rolling=None))) is None
    assert walk_table(None) is None
