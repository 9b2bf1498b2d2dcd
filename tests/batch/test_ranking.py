"""The order of a study's jobs."""

import pyarrow as pa
import pytest

from backtester.batch.ranking import best_rows, figure_sign, job_title, ranked_rows, row_title

TABLE = pa.table(
    {
        "name": list("abcde"),
        "cagr": [0.1, None, 0.3, 0.1, 0.2],
        "volatility": [0.1, 0.3, None, 0.1, 0.2],
        "months": [[0.1]] * 5,
    }
)


@pytest.mark.parametrize(("column", "sign", "places"), [("cagr", 1, [2, 4, 0, 3]), ("volatility", -1, [0, 3, 4, 1])])
def test_the_best_are_first(column: str, sign: int, places: list[int]) -> None:
    """More is better, or less; of equals the first, and none that has no figure."""
    assert (figure_sign(column), ranked_rows(TABLE, column)) == (sign, places)


@pytest.mark.parametrize(("top", "names"), [(0, []), (2, ["c", "e"]), (9, ["c", "e", "a", "d"])])
def test_as_many_as_are_asked_for(top: int, names: list[str]) -> None:
    """Without their months."""
    found = best_rows(TABLE, "cagr", top)
    assert [row["name"] for row in found] == names
    assert all(set(row) == {"name", "cagr", "volatility"} for row in found)


def test_jobs_of_one_recipe_are_told_apart() -> None:
    """By the settings of the run that their grid varies, not by those of the recipe."""
    assert job_title("r(size=1)", {"size": 1, "band": 0.05, "lag": 2}) == "r(size=1), band=0.05, lag=2"
    row = {"name": "r", "setting_band": 0.05, "setting_lag": None, "setting_size": 1, "band": 9}
    assert row_title(row) == "r, band=0.05"
