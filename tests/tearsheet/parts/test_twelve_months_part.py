"""Returns over twelve months, time under water and betas, by hand and on the page."""

import dataclasses
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from backtester.runs.folder import RunFolder
from backtester.tearsheet.figures.betas import _statistics, betas_group
from backtester.tearsheet.names import named_strategies
from backtester.tearsheet.parts.twelve_months import distribution_table, under_water_table, yearly_returns
from documents import document, strategy

FIELDS = [field.name for field in dataclasses.fields(RunFolder)]


def run_of(nav: pd.DataFrame) -> RunFolder:
    """A folder of nothing but a document of one strategy and values."""
    made = document(strategy("gold"))
    nav.columns = [one["name"] for one in made["strategies"]]
    return RunFolder(**dict.fromkeys(FIELDS) | {"path": Path(), "document": made, "nav": nav})


def test_twelve_months_end_with_a_month_that_is_over() -> None:
    """From month-end to month-end; not from the first close, which may be amid a month, nor into the last month."""
    dates = pd.bdate_range("2020-01-01", "2021-03-12")
    nav = pd.Series(1.0, dates)
    nav[dates > "2020-12-31"] = 1.2  # January 2021 on
    nav["2020-01-31":] *= 1.1
    nav["2021-03-01":] = 50.0
    assert yearly_returns(nav) == pytest.approx([0.2, 0.2])
    assert len(yearly_returns(nav[:"2021-01-29"])) == 0


def test_months_apart_are_twelve_at_any_rhythm() -> None:
    """Of month-ends and of quarter-ends, too, no return is over eleven months or nine."""
    months = pd.Series(1.01 ** np.arange(15), pd.date_range("2020-01-31", periods=15, freq="ME"))
    assert yearly_returns(months) == pytest.approx([1.01**12 - 1] * 2)
    quarters = pd.Series(1.01 ** np.arange(7), pd.date_range("2020-03-31", periods=7, freq="QE"))
    assert yearly_returns(quarters) == pytest.approx([1.01**4 - 1] * 2)


def test_a_year_from_nothing_has_no_return() -> None:
    """A strategy that was ruined has values of zero: no return is over them, into them it is a loss of all."""
    months = pd.Series(1.0, pd.date_range("2020-01-31", periods=27, freq="ME"))
    months[12:] = 0.0
    assert yearly_returns(months).tolist() == [-1.0] * 12


def test_the_range_of_betas_by_hand() -> None:
    """Mean, lowest, highest and last of those that there are; no last where the strategy has ended."""
    assert _statistics(np.array([np.nan, 0.5, 0.1, 0.6])) == pytest.approx((0.4, 0.1, 0.6, 0.6))
    assert _statistics(np.array([0.5, 0.1, np.nan])) == (0.3, 0.1, 0.5, None)
    assert _statistics(np.array([np.nan, np.nan])) == (None,) * 4


def test_the_spread_is_beside_the_reference_s() -> None:
    """Quantiles of each strategy on one scale; under a year there is no table."""
    dates = pd.date_range("2020-01-31", "2022-02-28", freq="ME")
    nav = pd.DataFrame({"a": np.linspace(1, 2, len(dates)), "b": np.linspace(2, 1, len(dates))}, dates)
    run = run_of(nav)
    table = distribution_table(run, named_strategies(run.document))
    assert table is not None
    first, second = table.rows
    assert first.cells[1].values == (pytest.approx(yearly_returns(nav.iloc[:, 0]).min()),)
    assert (first.cells[-1].text, second.cells[-1].text) == ("0%", "100%")
    assert first.cells[0].picture.scale.low == pytest.approx(yearly_returns(nav.iloc[:, 1]).min())
    calm = run_of(pd.DataFrame({"a": 1.05 ** np.arange(26.0), "b": 1.0}, dates))
    table = distribution_table(calm, named_strategies(calm.document))
    assert table is not None
    scale = table.rows[0].cells[0].picture.scale
    assert (scale.low, scale.high) == (0.0, pytest.approx(1.05**12 - 1))
    assert [row.cells[-1].text for row in table.rows] == ["0%", "0%"], "what stood still is not below zero"
    still = run_of(pd.DataFrame({"a": 1.05 ** np.arange(26.0), "b": 1 - 1e-15 * np.arange(26)}, dates))
    table = distribution_table(still, named_strategies(still.document))
    assert table is not None
    assert table.rows[1].cells[-1].text == "0%", "nor is rounding"
    short = run_of(nav.iloc[:10].copy())
    assert distribution_table(short, named_strategies(short.document)) is None


def test_time_under_water_runs_from_peak_to_recovery() -> None:
    """Ten days, five that are not over, and a strategy that never fell; the share counts both falls."""
    dates = pd.date_range("2024-01-01", "2024-01-31")
    falls = pd.Series(1.0, dates)
    falls["2024-01-02":"2024-01-10"] = 0.9
    falls["2024-01-27":] = 0.8
    run = run_of(pd.DataFrame({"a": falls, "b": np.linspace(1, 2, 31)}))
    first, second = under_water_table(run, named_strategies(run.document)).rows
    assert [cell.values for cell in first.cells] == [
        (0.5,),
        (10, "2024-01-01", "2024-01-11"),
        (5, "2024-01-26", None),
        (None, None, None),
    ]
    assert first.cells[2].small == "26 Jan 2024 to not yet back"
    assert [cell.text for cell in second.cells] == ["0%", "none", "none", "none"]
    often = pd.Series(1.0, dates)
    often[["2024-01-02", "2024-01-05", "2024-01-06", "2024-01-10", "2024-01-20"]] = 0.9
    [row] = under_water_table(run_of(pd.DataFrame({"a": often, "b": 1.0})), named_strategies(run.document)[:1]).rows
    assert [cell.text for cell in row.cells[1:]] == ["3", "2", "2"], "the three longest, of equals the earlier"
    assert row.cells[2].small == "1 Jan 2024 to 3 Jan 2024"


def test_betas_of_the_reference_are_near_its_weights(run: RunFolder, html: str) -> None:
    """60/40 has about 0.6 to stocks and 0.4 to bonds, none in its first year, and all stands folded on the page."""
    group = betas_group(run, named_strategies(run.document))
    for side, weight in (("stocks", 0.6), ("bonds", 0.4)):
        values = group.arrays[f"0.{side}"]
        assert np.isnan(values[:11]).all()
        assert values[13:] == pytest.approx(weight, abs=0.05)
    fold = re.search(r'<details class="fold">\s*<summary>How it was to live with.*?</details>', html, re.DOTALL)
    assert fold
    assert all(f'id="{name}-table"' in html for name in ("twelve-months", "under-water", "betas"))
