"""Strategies judged again among more, and the parts of runs as one, by hand."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from backtester.analysis.resample import smallest_clear, widened
from backtester.runs.compare import ComparedStrategy, _labels, _merged, judged_among
from backtester.runs.folder import RunFolder
from backtester.runs.values import Json
from documents import strategy

PAYOFFS = np.linspace(0.001, 0.005, 101)  # clearly above zero


def made(*, placebo: Json | None = None, **others: Any) -> Json:
    """A strategy that acted in 20 of 21 windows, whose shifts say nothing unless they are given."""
    one = strategy("gold") | others
    one["scorecard"]["beyond_mix"]["placebo"] = placebo
    one["scorecard"]["intervals"].setdefault("beyond_mix", {})["payoff_mean"] = [0.001, 0.005]
    return one


@pytest.mark.parametrize(("tried", "allowed"), [(0, 1), (1, 1), (2, 2), (12, 12)])
def test_intervals_allow_for_all_that_were_tried(tried: int, allowed: int) -> None:
    """At least for the strategy itself; the smallest clear payoff too."""
    card = judged_among(made(), PAYOFFS, tried)["scorecard"]
    assert card["intervals"]["beyond_mix"]["payoff_mean_of_all_tried"] == list(widened(PAYOFFS, allowed) or ())
    assert card["beyond_mix"]["smallest_clear"] == smallest_clear(PAYOFFS, allowed)
    assert card["beyond_mix"]["payoff_mean"] == 0.003


@pytest.mark.parametrize(
    ("others", "verdict"),
    [
        ({}, "paid"),
        ({"causal": None}, "paid"),
        ({"causal": False}, "void"),
        ({"ruin_date": "2020-03-09"}, "void"),
        ({"placebo": {"shifts": 100, "as_good": 0.05, "as_bad": 0.96}}, "paid"),
        ({"placebo": {"shifts": 100, "as_good": 0.06, "as_bad": 0.95}}, "unclear"),
    ],
)
def test_the_verdict_is_found_anew(others: dict[str, Any], verdict: str) -> None:
    """From the interval and the placebo; of what looks ahead or was ruined there is none."""
    assert judged_among(made(**others), PAYOFFS, 1)["verdict"] == verdict


def test_without_figures_there_is_no_verdict() -> None:
    """No payoff is void; no interval says nothing, and none is made; without a reference's loss nothing is small."""
    void, without, small = made(), made(), made()
    void["scorecard"]["beyond_mix"]["payoff_mean"] = None
    assert judged_among(void, PAYOFFS, 1)["verdict"] == "void"
    del without["scorecard"]["intervals"]["beyond_mix"]
    found = judged_among(without, PAYOFFS, 1)
    assert (found["verdict"], "beyond_mix" in found["scorecard"]["intervals"]) == ("unclear", False)
    around = np.linspace(-0.003, 0.003, 101)
    assert judged_among(small, around, 1)["verdict"] == "small"
    small["scorecard"]["mean_loss"]["reference"] = None
    assert judged_among(small, around, 1)["verdict"] == "unclear"


@pytest.mark.parametrize(("names", "labels"), [(("a", "b"), ["a", "b"]), (("x/a", "y/a", "b"), ["1", "2", "3"])])
def test_runs_are_called_by_their_folders(tmp_path: Path, names: tuple[str, ...], labels: list[str]) -> None:
    """Or, where two share a name, by their places, which count from one."""
    assert _labels([cast(RunFolder, SimpleNamespace(path=tmp_path / name)) for name in names]) == labels


def test_parts_of_runs_as_one() -> None:
    """Strategies by what each run says of its own; assets of all, as the first has them; lists place by place."""
    cast_ = [ComparedStrategy(place, "gold", {"name": name}) for place, name in ((0, "gold [a]"), (1, "gold [b]"))]
    one, two = (
        {
            "strategies": {"gold": share},
            "assets": {"stocks": share, name: share},
            "rows": [{"strategies": None}],
            "n": 7,
        }
        for share, name in ((0.25, "oil"), (0.5, "tin"))
    )
    assert _merged([one, two], cast_) == {
        "strategies": {"gold [a]": 0.25, "gold [b]": 0.5},
        "assets": {"stocks": 0.25, "oil": 0.25, "tin": 0.5},
        "rows": [{"strategies": None}],
        "n": 7,
    }
