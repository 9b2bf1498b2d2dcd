"""What changed between runs, by hand."""

from types import SimpleNamespace
from typing import Any

import pytest

from backtester.errors import DataError
from backtester.runs.differences import _are_equal, flattened, run_differences


def made_run(strategies: dict[str, dict[str, Any]], *, lag: int = 1, start: str = "2010-01-04") -> Any:
    """As much of a run's folder as is compared."""
    found = [{"recipe": recipe, **parts} for recipe, parts in strategies.items()]
    return SimpleNamespace(
        document={"period": {"start": start, "end": "2020-12-31"}, "strategies": found},
        manifest={
            "settings": {"recipes": list(strategies), "history": "us", "execution": {"lag": lag}},
            "data": {"sha256": "a"},
            "plugins": {"gold": {"sha256": "b"}},
            "versions": {"python": "3"},
        },
    )


def parts(cagr: float, payoff: float | None) -> dict[str, Any]:
    return {"measures": {"cagr": cagr, "beta": 1}, "scorecard": {"beyond_mix": {"payoff_mean": payoff}, "own": 3}}


def test_settings_and_results() -> None:
    """A lag, a window, a figure that changed, one that is no more, and a strategy that only one run has."""
    one = made_run({"a": parts(0.05, 0.01), "b": parts(0.06, 0.02)})
    two = made_run({"a": parts(0.05 + 1e-12, None), "c": parts(0.06, 0.02)}, lag=2, start="2011-01-03")
    found = run_differences([one, two], ["one", "two"])
    assert [(change.name, change.values) for change in found.settings] == [
        ("execution.lag", (1, 2)),
        ("period.start", ("2010-01-04", "2011-01-03")),
    ]
    assert [(change.strategy, change.name, change.values) for change in found.results] == [
        ("a", "Mean payoff", (0.01, None)),
        ("b", "strategy", ("there", None)),
        ("c", "strategy", (None, "there")),
    ]


def test_three_runs_stand_side_by_side() -> None:
    """A figure that changed in one of three has the values of all."""
    runs = [made_run({"a": parts(cagr, 0.01)}) for cagr in (0.05, 0.05, 0.07)]
    [change] = run_differences(runs, ["x", "y", "z"]).results
    assert (change.name, change.values) == ("Growth (CAGR)", (0.05, 0.05, 0.07))


def test_a_foreign_document_is_refused() -> None:
    """What no run wrote is the user's mistake."""
    foreign = made_run({"a": {"measures": {}}})
    with pytest.raises(DataError, match=r"is not such as run writes .*; run it again"):
        run_differences([foreign, foreign], ["x", "y"])


def test_flat_documents() -> None:
    """Keys are joined by dots, places in lists of tables too, and plain lists are one value."""
    document = {"a": {"b": 1, "c": [1, 2]}, "d": [{"e": None}, {"e": True}]}
    assert dict(flattened(document)) == {"a.b": 1, "a.c": "1, 2", "d.1.e": None, "d.2.e": True}


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (0.0, 1e-9, True),
        (0.0, 1.1e-9, False),
        (0.5, 0.5 + 1.1e-9, False),
        (-100.0, -100.0 - 9e-8, True),
        (-100.0, -100.0 - 1.1e-7, False),
        (1, 2, False),
        (1.0, None, False),
        ("a", "a", True),
    ],
)
def test_what_is_the_same(one: Any, other: Any, is_same: bool) -> None:
    """Numbers up to a billionth of the larger, and of one where both are smaller; all else as it is."""
    assert _are_equal(one, other) is _are_equal(other, one) is is_same
