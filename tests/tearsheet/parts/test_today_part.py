"""The state at the last close: regime, last sell-off, holdings and depth, by hand."""

import dataclasses
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from backtester.runs.folder import RunFolder
from backtester.tearsheet.names import named_strategies
from backtester.tearsheet.parts.today import today_part
from documents import Json, document, strategy

LAST = "2026-05-26"
SPELL = {"state": "on", "start": "2026-05-01", "end": LAST}


def held(name: str, date: str = LAST, **weights: float) -> list[Json]:
    """Rows of weights at a close."""
    return [{"date": pd.Timestamp(date), "strategy": name, "asset": role, "weight": at} for role, at in weights.items()]


def run(correlation: float = 0.42) -> RunFolder:
    """A run whose gold strategy holds unfunded gold at the last close and whose put strategy is all in cash."""
    made = document(strategy("gold"), strategy("puts"))
    made["period"]["end"] = LAST
    for one, depth in zip(made["strategies"], (0.0, -0.0016, None), strict=True):
        one["measures"]["current_drawdown"] = depth
    spells = [SPELL | {"end": "2026-05-04"}, SPELL | {"state": "off"}, SPELL]
    first = {"step": "size", "spells": [SPELL | {"state": "full"}]}
    made["strategies"][1]["states"] = [{"step": "gold", "spells": spells}, first]
    made["strategies"][2]["states"] = [{"step": "puts", "spells": [SPELL | {"end": "2026-05-04"}]}]
    reference, gold, puts = (one["name"] for one in made["strategies"])
    rows = [
        *held(reference, stocks=0.612, bonds=0.388),
        *held(gold, "2026-05-22", stocks=1.0),
        *held(gold, stocks=0.6, bonds=0.45, gold=0.1, dollar=0.004),
        *held(puts, "2026-05-22", stocks=1.0),
    ]
    dependence = pd.DataFrame({"correlation_36_months": [-0.5, 0.3, correlation]})
    none = pd.DataFrame()
    manifest = {"sources": {"gold": {"funded": False}}}
    return RunFolder(Path(), made, manifest, none, none, pd.DataFrame(rows), dependence, none)


def test_holdings_at_the_last_close() -> None:
    """Words leave out what is under half a percent, cash is what funded assets leave, and the csv has every weight."""
    shown = run()
    table = today_part(shown, named_strategies(shown.document))["table"]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Stocks 61%, Bonds 39%", "0.0", ""],
        ["Stocks 60%, Bonds 45%, Gold 10%, Cash −5%", "−0.2", "on, full"],
        ["Cash 100%", "n/a", ""],
    ]
    assert table.heads[0].values == ("stocks", "bonds", "gold", "dollar", "cash")
    np.testing.assert_allclose(table.rows[1].cells[0].values, [0.6, 0.45, 0.1, 0.004, -0.054])


def test_half_a_percent_is_in_the_words() -> None:
    """Less is in the csv alone, where what is not held is 0."""
    shown = run()
    shown.weights.loc[shown.weights["asset"] == "dollar", "weight"] = 0.005
    base, gold, _ = today_part(shown, named_strategies(shown.document))["table"].rows
    assert "Dollar 0%" in gold.cells[0].text
    assert base.cells[0].values == pytest.approx((0.612, 0.388, 0.0, 0.0, 0.0))


def test_a_ruined_strategy_holds_nothing() -> None:
    """Neither assets nor cash."""
    shown = run()
    shown.document["strategies"][2]["ruin_date"] = "2026-05-04"
    assert today_part(shown, named_strategies(shown.document))["table"].rows[2].cells[0].text == "nothing"


def test_regime_and_the_last_sell_off() -> None:
    """The correlation known at the last close, and the calendar days since the last of the windows ended."""
    shown = run()
    made = today_part(shown, named_strategies(shown.document))
    assert made["date"] == "26 May 2026"
    assert made["lines"] == (
        "Over the 36 months before it the correlation of stocks and bonds was +0.42: positive.",
        "The last joint sell-off ended on 11 Mar 2020, 2,267 days before.",
    )
    shown.document["joint_sell_offs"] = []
    assert (
        today_part(shown, named_strategies(shown.document))["lines"][1] == "There was no joint sell-off in this time."
    )
    unknown = dataclasses.replace(shown, dependence=run(float("nan")).dependence)
    assert "no 36 months" in today_part(unknown, named_strategies(unknown.document))["lines"][0]
    negative = run(-0.2)
    assert today_part(negative, named_strategies(negative.document))["lines"][0].endswith("was −0.20: negative.")


def test_it_stands_folded_on_the_page(html: str) -> None:
    """Below the growth chart, with its table."""
    fold = re.search(r'<details class="fold">\s*<summary>At the last close, 26 May 2026:.*?</details>', html, re.DOTALL)
    assert fold
    assert 'id="today-table"' in fold[0]
