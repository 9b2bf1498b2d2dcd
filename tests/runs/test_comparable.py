"""Where documents differ, and which runs can stand side by side: by hand."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from backtester.errors import DataError
from backtester.runs.comparable import differing_paths, have_equal_nav, identity, refuse_incomparable
from backtester.runs.folder import RunFolder


@pytest.mark.parametrize(
    ("one", "other", "paths"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, [("a",)]),
        ({"a": 1}, {"b": 1}, [("a",), ("b",)]),
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, [("a", 1, "b")]),
        ({"a": [1]}, {"a": [1, 2]}, [("a",)]),
        ({"a": {"b": 1}}, {"a": 1}, [("a",)]),
        ({"a": [1]}, {"a": {"b": 1}}, [("a",)]),
        ({"a": {"strategies": 1, "assets": 1, "b": 1}}, {"a": {"strategies": 2, "b": 1}}, []),
        ({"strategies": 1}, {"strategies": 2}, [("strategies",)]),
    ],
)
def test_where_documents_differ(one: Any, other: Any, paths: list[tuple[str | int, ...]]) -> None:
    """By keys and places; tables by strategy or asset inside a part are each run's own."""
    assert list(differing_paths(one, other)) == paths


def run(name: str, **changed: Any) -> RunFolder:
    """A run of a name, with some parts of its document changed."""
    reference = {"recipe": "base()", "steps": [{"sha256": "f"}]}
    document: dict[str, Any] = {
        "history": {"name": "us", "sha256": "h"},
        "settings": {"lag": 1, "costs": {"trade_bps": 2.0, "assets": {"gold": 1}}, "stocks_fall": -0.05, "band": None},
        "period": {"start": "2010-01-04", "end": "2020-12-31"},
        "strategies": [reference, {"recipe": name}],
        "files": name, "left_out": [name], "notes": [name],
    }  # fmt: skip
    return cast(RunFolder, SimpleNamespace(path=Path(name), document=document | changed))


SETTINGS = run("x").document["settings"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"history": {"name": "eu", "sha256": "h"}}, "a and b are of histories 'us' and 'eu'; carry one out again "
         "with --history as the other"),
        ({"history": {"name": "us", "sha256": "i"}}, "a and b saw history 'us' in two states, before and after its "
         "data changed; carry the older out again"),
        ({"settings": SETTINGS | {"stocks_fall": -0.04}}, "a and b have stocks_fall -0.05 and -0.04; carry one out "
         "again with --stocks-fall as the other"),
        ({"settings": SETTINGS | {"band": 0.1}}, "a and b have band none and 0.1; carry one out again with --band as "
         "the other"),
        ({"settings": SETTINGS | {"costs": {"trade_bps": 3.0}}}, "a and b have costs.trade_bps 2.0 and 3.0; carry one "
         "out again with --cost-bps as the other"),
        ({"settings": SETTINGS | {"costs": {"trade_bps": 2.0, "fee_bps": 1.0}}}, "a and b have costs.fee_bps none "
         "and 1.0; carry one out again with the costs of the other"),
        ({"period": {"start": "2011-01-03", "end": "2020-12-31"}}, "a runs from 2010-01-04 to 2020-12-31, which "
         "others do not; carry it out again with --start 2011-01-03"),
        ({"period": {"start": "2010-01-04", "end": "2019-12-31"}}, "a runs from 2010-01-04 to 2020-12-31, which "
         "others do not; carry it out again with --end 2019-12-31"),
        ({"period": {"start": "2009-01-05", "end": "2021-12-31"}}, "b runs from 2009-01-05 to 2021-12-31, which "
         "others do not; carry it out again with --start 2010-01-04 --end 2020-12-31"),
        ({"strategies": [{"recipe": "other()", "steps": []}]}, "the reference of a and b is base() in one and other() "
         "in the other; carry one out again"),
        ({"strategies": [{"recipe": "base()", "steps": [{"sha256": "g"}]}]}, "the reference of a and b is base() in "
         "one and base() in the other, of another file; carry one out again"),
        ({"crises": []}, "a and b differ in crises, though history, period and settings agree; carry both out again "
         "with one version of the program"),
    ],
)  # fmt: skip
def test_what_cannot_stand_side_by_side(changed: dict[str, Any], words: str) -> None:
    """The first difference is named, with what to carry out again and how."""
    with pytest.raises(DataError) as refused:
        refuse_incomparable([run("a"), run("a"), run("b", **changed)])
    assert str(refused.value) == words
    refuse_incomparable([run("a"), run("b"), run("c")])


def test_a_strategy_is_its_recipe_and_its_files() -> None:
    """In order."""
    assert identity({"recipe": "r()", "steps": [{"sha256": "1"}, {"sha256": "2"}]}) == ("r()", "1", "2")


@pytest.mark.parametrize(
    ("value", "same"), [(2.0, True), (2.0 + 1e-9, True), (2.0 + 4e-9, False), (float("nan"), False)]
)
def test_values_are_the_same_to_a_billionth(value: float, same: bool) -> None:
    """Of themselves, on the same sessions; what neither has is the same."""
    days = pd.bdate_range("2024-01-01", periods=3)
    mine = pd.DataFrame({"a": [1.0, 2.0, float("nan")]}, days)
    theirs = pd.DataFrame({"b": [1.0, value, float("nan")]}, days)
    one, other = (cast(RunFolder, SimpleNamespace(nav=nav)) for nav in (mine, theirs))
    assert have_equal_nav(one, "a", other, "b") is same
    later = cast(RunFolder, SimpleNamespace(nav=mine.set_axis(days + pd.Timedelta(days=7))))
    assert not have_equal_nav(one, "a", later, "a")
