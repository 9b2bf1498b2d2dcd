"""Where jobs stand in a grid, and what their neighbours have."""

import numpy as np
import pyarrow as pa
import pytest

from backtester.batch.page.columns import figure_column
from backtester.batch.page.grid_map import make_grid_map, recipe_forms, without_settings
from studies import made_payoffs, made_rows


def test_neighbours_are_a_step_away_in_one_setting() -> None:
    """In a grid of four by three a corner has two neighbours, an edge three, and the mean is of theirs alone."""
    table = made_rows(made_payoffs())
    grid = make_grid_map(table)
    assert grid.values == {"gold": (0.0, 0.1, 0.2, 0.3), "window": (21, 63, 126)}
    assert sorted(map(len, grid.neighbours)) == [2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 4, 4]
    assert sorted(grid.neighbours[2]) == [1, 5]  # of 0 and 126: 0 and 63, 0.1 and 126
    payoff = figure_column(table, "beyond_mix_payoff_mean")
    assert grid.neighbours_means(payoff)[2] == pytest.approx((payoff[1] + payoff[5]) / 2)


def test_what_is_no_number_is_no_step() -> None:
    """A setting of text has values but no neighbours, one that never varies is none, and recipes of other strategies
    are told apart by a setting of their own."""
    table = pa.table({"name": ["a(x='(b')", "a + c", "a"], "setting_x": ["(b", "v", None], "setting_y": [1, 1, 1]})
    grid = make_grid_map(table)
    assert grid.values == {"recipe": ("a", "a + c", "a(x=…)"), "x": ("(b", "v")}
    assert grid.places.tolist() == [[2, 1, 0], [0, 1, 2]]
    assert grid.neighbours == [[], [], []]
    assert np.isnan(grid.neighbours_means(np.ones(3))).all()
    for values in (["u", "v"], [False, True]):
        one = make_grid_map(pa.table({"name": ["a", "a"], "setting_x": values}))
        assert (one.names, one.is_numeric("x"), one.neighbours) == (("x",), False, [[], []])
    assert make_grid_map(pa.table({"name": ["a"], "setting_x": [1]})).names == ()


def test_the_form_of_a_recipe_has_no_settings() -> None:
    """Brackets within brackets and within quotes go with what they hold."""
    assert without_settings("a(x=(1, 2)) + b(y='it\\'s (here') + c") == "a + b + c"


@pytest.mark.parametrize("others", [[0.1, 0.2], [0.15, 0.25]])
@pytest.mark.parametrize("fixed", [("'bonds'", "'prorata'"), ("21", "63"), ("True", "False"), ("0.1", "-1e-3")])
def test_jobs_that_differ_in_what_is_fixed_are_no_neighbours(others: list[float], fixed: tuple[str, str]) -> None:
    """Two grids of one strategy, each with another text or number of its own: a job's neighbours are of its own grid,
    whether the sizes are the same or lie between each other."""
    sizes = [0.1, 0.2, *others]
    names = [f"a + b(size={size}, way={way})" for size, way in zip(sizes, np.repeat(fixed, 2), strict=True)]
    grid = make_grid_map(pa.table({"name": names, "setting_s": sizes}))
    assert grid.values["recipe"] == tuple(sorted(f"a + b(size=…, way={way})" for way in fixed))
    assert grid.neighbours == [[1], [0], [3], [2]]
    assert grid.neighbours_means(np.array([1.0, 2.0, 3.0, 4.0])).tolist() == [2, 1, 4, 3]


def test_each_of_three_forms_has_steps_of_its_own() -> None:
    """The sizes of the other two, which lie between a form's own, are no steps of it."""
    sizes = [0.1, 0.2, 0.3, 0.5, 0.4, 0.6]
    names = [f"a(size={size}, way='{way}')" for size, way in zip(sizes, "aabbcc", strict=True)]
    grid = make_grid_map(pa.table({"name": names, "setting_s": sizes}))
    assert grid.neighbours == [[1], [0], [3], [2], [5], [4]]


def test_what_varies_is_known_by_the_jobs_that_have_it() -> None:
    """A text, a truth and a number that the grid sets are dots; the same number fixed in another grid stays; where only
    strategies differ their names are enough."""
    names = ["a(x='u', y=True, z=1)", "a(x='v', y=False, z=2)", "a(x='w', y=True, z=2)"]
    columns = {"x": ["u", "v", None], "y": [True, False, True], "z": [1, 2, None]}
    assert recipe_forms(names, columns) == ["a(x=…, y=…, z=…)", "a(x=…, y=…, z=…)", "a(x='w', y=…, z=2)"]
    texts = ["a(w='k', x='u')", "a(w='k', x='v')", "a(w='l', x='u')"]
    assert recipe_forms(texts, {"x": ["u", "v", "u"]}) == [f"a(w='{one}', x=…)" for one in "kkl"]
    assert recipe_forms(["a(z=1)", "a(z=2)", "b"], {"z": [1, 2, None]}) == ["a", "a", "b"]
