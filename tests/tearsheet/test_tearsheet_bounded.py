"""A run of more assets than a page names: the largest by name, the rest in sums, and nothing changed where all fit."""

import pytest

from backtester.runs.folder import RunFolder
from backtester.tearsheet import bounded as rooms
from backtester.tearsheet.bounded import bounded


def test_a_run_of_few_assets_is_left_as_it_is(run: RunFolder) -> None:
    """Where all assets fit, the run itself comes back."""
    assert bounded(run) is run


def test_what_is_not_named_is_summed(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """With room for stocks and bonds alone, gold is one of the others, and all sums are as before."""
    monkeypatch.setattr(rooms, "MOST", 2)
    few = bounded(run)
    label = "1 others"
    assert set(few.weights["asset"]) == {"stocks", "bonds", label}
    gold = run.weights[run.weights["asset"] == "gold"].set_index(["strategy", "date"])["weight"]
    sums = few.weights[few.weights["asset"] == label].set_index(["strategy", "date"])["weight"]
    assert sums[gold.index].to_numpy().tolist() == gold.tolist()
    for mine, theirs in zip(few.document["strategies"], run.document["strategies"], strict=True):
        parts = [(mine["lines"], theirs["lines"])]
        parts += zip(mine["attribution"]["joint_sell_offs"], theirs["attribution"]["joint_sell_offs"], strict=True)
        for one, other in parts:
            assert one["assets"].get(label) == other["assets"].get("gold")
            assert sum(one["assets"].values()) == pytest.approx(sum(other["assets"].values()), abs=1e-15)
    assert few.manifest["sources"][label]["funded"]
    assert "gold" not in few.document["joint_sell_offs"][0]["assets"]
    assert "gold" in run.document["joint_sell_offs"][0]["assets"]


def test_unfunded_assets_are_summed_apart(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unfunded ones use no cash and stand apart from the funded; a sum that has an unknown part is unknown."""
    monkeypatch.setattr(rooms, "MOST", 2)
    sources = run.manifest["sources"]
    run = RunFolder(
        **{**vars(run), "manifest": run.manifest | {"sources": sources | {"gold": sources["gold"] | {"funded": False}}}}
    )
    few = bounded(run)
    assert set(few.weights["asset"]) == {"stocks", "bonds", "1 unfunded others"}
    assert not few.manifest["sources"]["1 unfunded others"]["funded"]
    labels = {"gold": "2 others", "dollar": "2 others"}
    lines = rooms._summed({"assets": {"stocks": 0.5, "gold": 0.25, "dollar": 0.125}}, labels)
    assert lines["assets"] == {"stocks": 0.5, "2 others": 0.375}
    lines = rooms._summed({"assets": {"stocks": 0.5, "gold": None, "dollar": 0.125}}, labels)
    assert lines["assets"] == {"stocks": 0.5, "2 others": None}
