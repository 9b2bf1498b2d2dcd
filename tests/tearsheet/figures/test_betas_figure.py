"""Rolling betas on the page, by hand."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from backtester.pages.embed import DatedArrays
from backtester.pages.names import Named
from backtester.runs.folder import RunFolder
from backtester.tearsheet.figures.betas import (
    _returns,
    _statistics,
    beta_window,
    betas_figure,
    betas_group,
    betas_table,
)
from backtester.tearsheet.names import pair_words
from documents import document

NAMES = (Named("base", "Base", "base()", "reference", "", ()), Named("gold", "+ gold", "gold()", "s1", "", ()))


@pytest.mark.parametrize(
    ("rhythm", "a_year", "count"), [("daily", 252, 252), ("weekly", 52, 52), ("monthly", 12, 36), ("quarterly", 4, 20)]
)
def test_how_far_a_beta_looks_back(rhythm: str, a_year: int, count: int) -> None:
    """A year of sessions; three of months and five of quarters."""
    made = document()
    made["history"] |= {"rhythm": rhythm, "sessions_a_year": a_year}
    assert beta_window(pair_words(made)) == count


def test_lines_of_the_chosen_and_of_the_reference() -> None:
    """Thin ones of the reference, thick ones of the strategy that is chosen; of the reference alone its own."""
    chart = betas_figure(document(), NAMES)
    drawn = [(one["meta"], one["y"]["array"], one["line"]["width"], one.get("choice")) for one in chart.traces]
    assert drawn == [
        ("reference", "0.stocks", 1.0, None),
        ("reference", "0.bonds", 1.0, None),
        ("stocks", "1.stocks", 2.2, "1"),
        ("bonds", "1.bonds", 2.2, "1"),
    ]
    assert [one["name"] for one in chart.traces[1:3]] == ["bonds, reference", "stocks"]
    assert (chart.height, chart.linked, chart.layout["yaxis"]["nticks"]) == (300, True, 6)
    alone = betas_figure(document(), NAMES[:1])
    assert [one.get("choice") for one in alone.traces] == [None, None, "0", "0"]


def test_the_table_of_betas() -> None:
    """Mean, lowest, highest and last of what is known."""
    known = np.array([np.nan, 0.5, 1.0, 0.75])
    arrays = {f"{place}.{side}": known * (place + 1) for place in (0, 1) for side in ("stocks", "bonds")}
    table = betas_table(DatedArrays("betas", pd.bdate_range("2024-01-01", periods=4), arrays), document(), NAMES)
    assert [cell.values for cell in table.rows[1].cells] == [(1.5,), (1.0,), (2.0,), (1.5,)] * 2
    assert [head.group for head in table.heads] == ["To stocks"] * 4 + ["To bonds"] * 4
    assert _statistics(np.array([0.5, np.nan])) == (0.5, 0.5, 0.5, None)
    assert _statistics(np.array([np.nan, np.nan])) == (None,) * 4


def test_returns_from_nothing_are_unknown() -> None:
    """A level of zero has no return after it; the fall to it is -1."""
    found = _returns(pd.Series([1.0, 1.5, 0.0, 1.0, 2.0]))
    assert found == pytest.approx([0.5, -1.0, np.nan, 1.0], nan_ok=True)


def test_betas_at_each_month_s_last_session() -> None:
    """Of what moves as half of stocks and a quarter of bonds over bills, from 36 returns on; NaN before."""
    days = pd.date_range("2020-01-01", periods=80, freq="SMS")  # the 1st and the 15th
    made = document()
    made["history"] |= {"rhythm": "monthly", "sessions_a_year": 12}
    stocks, bonds, bills = np.random.default_rng(1).normal(0, [[0.04], [0.02], [0.001]], (3, 79))
    own = bills + 0.5 * (stocks - bills) + 0.25 * (bonds - bills)
    levels = {name: np.cumprod(np.append(1, 1 + one)) for name, one in
              {"stocks": stocks, "bonds": bonds, "bills": bills}.items()}  # fmt: skip
    fields = dict.fromkeys(field.name for field in dataclasses.fields(RunFolder))
    nav = pd.DataFrame({"base": np.cumprod(np.append(1, 1 + own))}, days)
    run = RunFolder(**fields | {"document": made, "nav": nav, "levels": pd.DataFrame(levels, days)})
    group = betas_group(run, NAMES[:1])
    assert group.dates.tolist() == days[1::2].tolist()
    for side, slope in (("stocks", 0.5), ("bonds", 0.25)):
        values = group.arrays[f"0.{side}"]
        assert np.isnan(values).tolist() == [True] * 18 + [False] * 22
        assert values[18:] == pytest.approx(slope)
    late = dataclasses.replace(run, nav=nav.assign(base=[*nav["base"][:-1], 9.0]))
    last = betas_group(late, NAMES[:1]).arrays["0.stocks"]
    assert last[18:-1] == pytest.approx(0.5), "a month's betas know its last session's return, and no later one"
    assert abs(last[-1] - 0.5) > 0.1
    without = dataclasses.replace(run, levels=run.levels.drop(columns="bills"))
    assert len(betas_group(without, NAMES[:1]).arrays) == 2
    single = dataclasses.replace(run, nav=nav[1:], levels=run.levels[1:])
    assert betas_group(single, NAMES[:1]).dates.tolist() == days[3::2].tolist(), "nothing is before the first session"
