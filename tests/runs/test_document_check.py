"""What is read from a run's folder: hostile and foreign values are told by their place, and nothing comes of them."""

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backtester.errors import BacktesterError, DataError
from backtester.runs.compare import combined_run
from backtester.runs.document_check import check_manifest
from backtester.runs.folder import read_run, write_run
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings
from backtester.tearsheet.publish import Pages, write_page

HOSTILE = ["", "x", "</script>", 0, -1, True, 1e300, 10**400, None, [], {}, [1], {"a": 1}, [[]], "9" * 3000]


@pytest.fixture(scope="module")
def made(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shape") / "run"
    run = RunSettings(recipes=("sixty_forty + gold_overlay",), history="small", data=small)
    write_run(carry_out(run), folder)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of the run that a test may change."""
    shutil.copytree(made, tmp_path / "run")
    return tmp_path / "run"


def changed(folder: Path, name: str, path: tuple[str | int, ...], value: Any) -> None:
    """The file, with another value at a place."""
    told = json.loads((folder / name).read_text(encoding="utf-8"))
    part = told
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    (folder / name).write_text(json.dumps(told), encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("schema",), "1", "its schema is '1', not 3"),
        (("schema",), 0, "its schema is 0, not 3"),
        (("strategies",), {}, "its strategies are no list of objects"),
        (("strategies",), [], "its strategies have no names, or share one"),
        (("strategies", 1, "name"), "sixty_forty", "its strategies have no names, or share one"),
        (("strategies", 1, "name"), 3, "a strategy has no name"),
        (("settings",), [], "its settings is no object"),
        (("strategies", 1, "measures", "sharpe"), "high", "strategies.1.measures.sharpe is 'high', no number"),
        (("strategies", 1, "measures", "sharpe"), 1e300, "strategies.1.measures.sharpe is no number that a run could"),
        (("strategies", 1, "measures", "max_drawdown_peak"), "<b>", "max_drawdown_peak is '<b>', no date"),
        (("strategies", 1, "scorecard", "beta"), "1", "strategies.1.scorecard.beta is '1', no number"),
        (("joint_sell_offs", 0, "pair"), "-0.1", "joint_sell_offs.0.pair is '-0.1', no number"),
        (
            ("joint_sell_offs", 0, "strategies", "sixty_forty"),
            "x",
            "joint_sell_offs.0.strategies.sixty_forty is 'x', no",
        ),
        (("joint_sell_offs", 0, "start"), "4 March", "joint_sell_offs.0.start is '4 March', no date"),
        (("joint_sell_offs", 0, "cause"), 5, "joint_sell_offs.0.cause is 5, no text"),
        (("crises", 0, "stocks"), "-9%", "crises.0.stocks is '-9%', no number"),
        (("period", "sessions"), "many", "period.sessions is 'many', no number"),
    ],
)
def test_foreign_values_are_told_by_their_place(
    folder: Path, path: tuple[str | int, ...], value: Any, words: str
) -> None:
    """A string for a number, a number for a text, another schema: the file, the place and the value."""
    changed(folder, "result.json", path, value)
    with pytest.raises(DataError) as caught:
        read_run(folder)
    assert str(caught.value).startswith(f"{folder / 'result.json'} is damaged: ")
    assert words in str(caught.value)


def test_newer_program_is_named(folder: Path) -> None:
    """A run that a newer version wrote is no damage: the remedy is to update."""
    changed(folder, "result.json", ("schema",), 9)
    with pytest.raises(DataError) as caught:
        read_run(folder)
    assert caught.value.lines() == [
        "a newer version of this program wrote schema 9; this one reads 3: update it",
        f"in {folder / 'result.json'}",
    ]


def test_names_may_be_any(folder: Path) -> None:
    """A strategy or asset that is called like a key of the document is a name all the same."""
    changed(folder, "result.json", ("joint_sell_offs", 0, "strategies"), {"start": 0.1, "name": None})
    changed(folder, "result.json", ("joint_sell_offs", 0, "assets"), {"cause": 0.1})
    read_run(folder)


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        (
            "nav",
            lambda table: table.rename(columns={"sixty_forty": "x"}),
            "it has no numbers in a column 'sixty_forty'",
        ),
        ("nav", lambda table: table.assign(sixty_forty="x"), "it has no numbers in a column 'sixty_forty'"),
        ("nav", lambda table: table.iloc[::-1], "its dates are not in ascending order"),
        ("nav", lambda table: table.iloc[:0], "its dates are not in ascending order"),
        ("nav", lambda table: table.assign(date=range(len(table))), "its dates are not in ascending order"),
        ("nav", lambda table: table.iloc[1:], "it does not cover the period of result.json"),
        ("levels", lambda table: table.drop(index=[5]), "it does not cover the period of result.json"),
        ("dependence", lambda table: table.iloc[:-1], "it does not cover the period of result.json"),
        ("nav", lambda table: table.replace({1.0: float("inf")}), "it has a number beyond all numbers"),
        ("levels", lambda table: table.drop(columns="pair"), "it has no numbers in a column 'pair'"),
        ("levels", lambda table: table.drop(columns="bonds"), "it has no numbers in a column 'bonds'"),
        ("dependence", lambda table: table.astype({table.columns[1]: str}), "it has no numbers in a column"),
        ("payoffs", lambda table: table.rename(columns={table.columns[0]: "x"}), "it does not have the resamples and"),
        ("payoffs", lambda table: table.reindex(range(len(table) + 1)), "it does not have the resamples and strat"),
        ("weights", lambda table: table.drop(columns="asset"), "its columns are not date, strategy, asset and weight"),
        ("weights", lambda table: table.assign(weight="x"), "its dates or weights are none"),
        ("weights", lambda table: table.assign(strategy="x"), "its strategies are not those of result.json: "),
    ],
)
def test_foreign_series_are_told(folder: Path, name: str, change: Any, words: str) -> None:
    """Series of other strategies, without numbers or out of order: the file, and what is wrong with it."""
    path = folder / f"{name}.parquet"
    change(pd.read_parquet(path)).to_parquet(path, index=False)
    with pytest.raises(DataError) as caught:
        read_run(folder)
    assert f"{path} is damaged: {words}" in str(caught.value)


@pytest.mark.parametrize(
    ("path", "value"), [(("command",), 5), (("sources",), []), (("sources", "stocks"), "x"), (("versions",), None)]
)
def test_foreign_manifest_is_told(folder: Path, path: tuple[str, ...], value: Any) -> None:
    """A manifest of another form is named."""
    changed(folder, "manifest.json", path, value)
    with pytest.raises(DataError, match=r"manifest\.json is damaged: it does not say what was run"):
        read_run(folder)


@pytest.mark.parametrize(
    ("runs", "is_right"),
    [([], True), ([{"run": "a", "edited": False}], True), ([{"run": "a"}], False), ([{"edited": False}], False)],
)
def test_runs_that_were_compared(runs: list[dict[str, Any]], is_right: bool) -> None:
    """A manifest has a name and whether it was edited of each run that was compared, and needs no more of it."""
    manifest: dict[str, Any] = {name: {} for name in ("data", "sources", "plugins", "versions", "settings", "files")}
    manifest |= {"command": "x", "runs": runs}
    if is_right:
        assert check_manifest(manifest, []) == manifest
    else:
        with pytest.raises(ValueError, match="it does not say which runs were compared"):
            check_manifest(manifest, [])


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place of a document: its leaves, and what holds them."""
    if isinstance(value, dict):
        below = [place for key, part in value.items() for place in places(part, (*path, key))]
    elif isinstance(value, list):
        below = [place for place_, part in enumerate(value[:2]) for place in places(part, (*path, place_))]
    else:
        below = []
    return [*([path] if path else []), *below]


@given(data=st.data())
@settings(max_examples=30, suppress_health_check=list(HealthCheck))
def test_whatever_stands_there_is_shown_or_told(made: Path, data: st.DataObject) -> None:
    """Any place of either file with any other value: a page or a comparison, or a message of at most two lines."""
    name = data.draw(st.sampled_from(["result.json", "result.json", "manifest.json"]))
    before = (made / name).read_text(encoding="utf-8")
    place = data.draw(st.sampled_from(places(json.loads(before))))
    value = data.draw(st.sampled_from(HOSTILE))
    said = ["a page"]
    try:
        changed(made, name, place, value)
        try:
            write_page(made, Pages(plotly=made))
            run = read_run(made)
            combined_run([run, run])
        except BacktesterError as error:
            said = error.lines()
        assert 1 <= len(said) <= 2
        assert not list(made.glob(".writing*"))
    finally:
        (made / name).write_text(before, encoding="utf-8")
