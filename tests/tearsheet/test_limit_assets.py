"""The assets of a page: labels, colours and order from the manifest; what is held is shown, within bounds."""

import dataclasses
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from backtester.pages.csv_text import csv_text
from backtester.runs.folder import RunFolder, read_run, write_run
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings
from backtester.tearsheet.figures.weights import weights_by_strategy
from backtester.tearsheet.limit_assets import MOST_ASSETS, limit_assets
from backtester.tearsheet.names import named_strategies
from backtester.tearsheet.page import render_tearsheet
from backtester.tearsheet.parts.other_assets import other_assets
from backtester.tearsheet.parts.windows import joint_table
from documents import document
from folders import built, listed, made_folder, weekdays

HOLDER = '''
"""Hold a little of everything, more of what comes first."""


def weights(returns):
    names = [name for name in returns.columns if name not in ("stocks", "bonds")]
    sizes = {name: 0.3 / (place + 1) / len(names) for place, name in enumerate(names)}
    return {"stocks": 0.4, "bonds": 0.2} | sizes
'''


WORLD = {"label": "World equity", "colour": "olive"}


def ran(folder: Path, others: list[str], **keys: dict[str, object]) -> RunFolder:
    """A run of a strategy that holds the pair and all others."""
    names = ["stocks", "bonds", *others]
    noise = np.random.default_rng(8)
    common = np.cumsum(noise.normal(0, 0.012, 500))
    columns = {name: list(np.exp(common + np.cumsum(noise.normal(0, 0.003, 500)))) for name in names}
    series = {name: listed("total_return", name, **keys.get(name, {})) for name in names}
    series |= {"rate": listed("rate", "rate"), "bills": built("bills", **{"yield": "rate"})}
    data = made_folder(folder / "data", {"date": weekdays("2020-01-01", 500), **columns, "rate": [2.0] * 500}, series)
    (folder / "holder.py").write_text(HOLDER)
    settings = RunSettings(recipes=("holder",), history="made", data=data, plugins=(folder / "holder.py",), resamples=0)
    write_run(carry_out(settings), folder / "run")
    return read_run(folder / "run")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run that holds fifteen assets beside the pair, one of them a notional."""
    others = [f"a{number:02d}" for number in range(15)]
    return ran(tmp_path_factory.mktemp("bounded"), others, a14={"funded": False})


def test_labels_colours_and_order_come_from_the_manifest(tmp_path: Path) -> None:
    """A role has the label and colour of its series, or words and the next colour that is free, in its order."""
    run = ran(tmp_path, ["oil", "short_bonds"], stocks=WORLD, oil={"label": "Oil"})
    assets = run.document["history"]["assets"]
    assert {role: (one["label"], one["colour"]) for role, one in assets.items()} == {
        "stocks": ("World equity", "olive"),
        "bonds": ("Bonds", "blue"),
        "oil": ("Oil", "sky"),
        "short_bonds": ("Short bonds", "violet"),
    }
    table = joint_table(run.document, named_strategies(run.document))
    assert [head.text for head in table.heads][1:6] == ["The pair", "World equity", "Bonds", "Oil", "Short bonds"]
    assert [head.key for head in table.heads][2:6] == ["olive", "blue", "sky", "violet"]
    assert limit_assets(run) is run


def folder(others: dict[str, float], held: list[tuple[str, float]]) -> RunFolder:
    """A folder of nothing but assets with their largest weights beside the legs, and of what one strategy held."""
    roles = {"stocks": 0.6, "bonds": 0.4} | others
    history = {"assets": {role: {"largest_weight": weight} for role, weight in roles.items()}}
    made = document() | {"history": history, "strategies": []}
    rows = [{"date": pd.Timestamp("2024-01-02"), "strategy": "a", "asset": role, "weight": at} for role, at in held]
    fields = dict.fromkeys(field.name for field in dataclasses.fields(RunFolder))
    given = {"document": made, "manifest": {"sources": {"z": {"funded": False}}}, "weights": pd.DataFrame(rows)}
    return RunFolder(**fields | given)


def test_twelve_beside_the_legs_by_hand() -> None:
    """They are all shown. Of more those held least are added up, as they come: notionals apart, and what has no source
    is funded."""
    twelve = {f"a{number:02d}": 0.5 - number / 100 for number in range(12)}
    whole = folder(twelve, [("stocks", 0.6)])
    assert limit_assets(whole) is whole
    rows = [("z", 0.01), ("stocks", 0.6), ("y", 0.02), ("a00", 0.5), ("x", 0.03)]
    cut = limit_assets(folder({"x": 0.03, "y": 0.02, "z": 0.01} | twelve, rows))
    assert list(cut.document["history"]["assets"]) == ["stocks", "bonds", *twelve]
    assert list(cut.document["history"]["assets_not_shown"]) == ["x", "y", "z"]
    found = dict(zip(cut.weights["asset"], cut.weights["weight"], strict=True))
    assert list(found) == ["other_notionals", "stocks", "others", "a00"]
    assert list(found.values()) == pytest.approx([0.01, 0.6, 0.05, 0.5])


def test_what_is_held_most_is_shown_and_the_rest_counted(many: RunFolder) -> None:
    """Twelve assets beside the legs have columns, and every table of windows says of how many there are none."""
    run = limit_assets(many)
    shown = list(run.document["history"]["assets"])
    assert shown == ["stocks", "bonds", *(f"a{number:02d}" for number in range(MOST_ASSETS))]
    table = joint_table(run.document, named_strategies(run.document))
    assert table.rows
    assert table.note.endswith(" What three assets more returned is under Other assets, below.")
    page = render_tearsheet(many)
    assert "A11" in page
    without = re.sub(r'<table id="others-table".*?</table>', "", page.split('id="provenance"')[0], flags=re.DOTALL)
    assert ">A12<" not in without


def test_the_rest_folds_into_a_table_or_lies_beside_the_page(many: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """What each of the others returned in every window is a fold away; of many more the page has a link to the csv."""
    run = limit_assets(many)
    hidden = [f"a{number:02d}" for number in range(MOST_ASSETS, 15)]
    found = other_assets(run.document)
    windows = [*run.document["joint_sell_offs"], *(one["after"] for one in run.document["joint_sell_offs"])]
    [first, *_], table = run.document["joint_sell_offs"], found["table"]
    assert (found["count"], found["csv_path"]) == (3, "")
    assert [head.values for head in table.heads] == [(role,) for role in hidden]
    assert [cell.values for cell in table.rows[1].cells] == [(first["assets"][role],) for role in hidden]
    assert sum(row.kind == "" for row in table.rows) >= len(windows)
    assert "Other assets: 3 that are held less" in render_tearsheet(many)
    monkeypatch.setattr("backtester.tearsheet.parts.other_assets.MOST_ASSETS_SHOWN", 2)
    beside = other_assets(run.document)
    assert beside["csv_path"] == "tables/others-table.csv"
    assert csv_text(beside["table"]) == csv_text(table)
    page = render_tearsheet(many)
    assert '<a href="tables/others-table.csv">' in page
    assert ">A12<" not in page.split('id="provenance"')[0]


def test_weights_and_lines_add_up_as_before(many: RunFolder) -> None:
    """What is not shown is in one asset, notionals in another, so that cash and totals are those of the run."""
    run, names = limit_assets(many), named_strategies(many.document)
    whole, part = weights_by_strategy(many, names)["holder"], weights_by_strategy(run, names)["holder"]
    np.testing.assert_allclose(part["cash"], whole["cash"], rtol=0, atol=1e-12)
    folded = [f"a{number:02d}" for number in range(MOST_ASSETS, 14)]
    np.testing.assert_allclose(part["others"], whole[folded].sum(axis=1), rtol=0, atol=1e-12)
    np.testing.assert_allclose(part["other_notionals"], whole["a14"], rtol=0, atol=1e-15)
    before, after = (one.document["strategies"][1]["lines"]["assets"] for one in (many, run))
    assert sum(before.values()) == pytest.approx(sum(after.values()), abs=1e-12)
    assert set(after) - set(before) == {"others", "other_notionals"}
