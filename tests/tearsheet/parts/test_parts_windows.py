"""Tables of the pair's falls: joint sell-offs, what followed, and drawdowns, by hand."""

from typing import Any

import pytest

from backtester.pages.table import Table, TableRow
from backtester.tearsheet import names
from backtester.tearsheet.parts.windows import (
    after_table,
    asset_roles,
    assets_to_choose,
    drawdown_table,
    joint_table,
    not_shown,
    return_heads,
)
from documents import document, strategy

BASE, GOLD = "sixty_forty", "sixty_forty + gold"


def moves(reference: float | None, hedge: float | None, **assets: float) -> dict[str, Any]:
    """What pair, legs, assets and strategies returned."""
    return {
        "pair": -0.06,
        "stocks": -0.08,
        "bonds": -0.02,
        "assets": assets,
        "strategies": {BASE: reference, GOLD: hedge},
    }


def texts(row: TableRow) -> list[str]:
    """A row as it is read."""
    return [row.head.text, *(cell.text for cell in row.cells)]


def made(**changed: Any) -> dict[str, Any]:
    """A run with two joint sell-offs, the second in no drawdown and with no session after it."""
    parent = {"kind": "joint", "peak": "2020-02-19", "trough": "2020-03-23"}
    first = {
        "start": "2020-03-04", "end": "2020-03-11", "sessions": 5, **moves(-0.06, -0.0501, gold=0.02), "parent": parent,
        "regime": "negative", "cause": "panic", "crisis": "COVID", "after": {"sessions": 21, **moves(0.05, None)},
    }  # fmt: skip
    second = {
        "start": "2022-04-05", "end": "2022-05-04", "sessions": 20, **moves(-0.08, -0.08), "parent": None,
        "regime": None, "cause": None, "crisis": None, "after": None,
    }  # fmt: skip
    return document(strategy("gold")) | {"joint_sell_offs": [first, second]} | changed


def check_csv(table: Table) -> None:
    """As many values stand behind a row's cells as the heads name."""
    heads = [1 if head.values is None else len(head.values) for head in table.heads]
    for row in table.rows:
        assert [1 if cell.values is None else len(cell.values) for cell in row.cells] == heads, row.head.text


def test_joint_sell_offs_and_their_means() -> None:
    """Each with what it lay in; below them the mean of what is known."""
    run = made()
    table = joint_table(run, names.named_strategies(run))
    assert [texts(row) for row in table.rows] == [
        ["4 Mar to 11 Mar 2020", "5", "−6.0", "−8.0", "−2.0", "2.0", "−6.0", "−5.0", "joint", "below zero", "panic"],
        ["5 Apr to 4 May 2022", "20", "−6.0", "−8.0", "−2.0", "n/a", "−8.0", "−8.0", "none", "n/a", ""],
        ["Mean", "", "−6.0", "−8.0", "−2.0", "2.0", "−7.0", "−6.5", "", "", ""],
    ]
    hedge, setting = table.rows[0].cells[6], table.rows[0].cells[7:]
    assert (hedge.tone, hedge.title, hedge.values) == ("gain t1", "+0.99 points against the reference", (-0.0501,))
    assert (table.rows[1].cells[6].tone, table.rows[1].cells[6].title) == ("", "")
    assert [cell.title for cell in setting] == ["19 Feb to 23 Mar 2020", "", "COVID"]
    assert setting[0].values == ("joint", "2020-02-19", "2020-03-23")
    assert [row.kind for row in table.rows] == ["", "", "total"]
    check_csv(table)
    none = made(joint_sell_offs=[])
    assert joint_table(none, names.named_strategies(none)).rows == ()


def test_what_followed() -> None:
    """Of those that sessions follow; a strategy that is unknown there has no tone; none where nothing follows."""
    run = made()
    table = after_table(run, names.named_strategies(run))
    assert table is not None
    assert [texts(row) for row in table.rows] == [
        ["4 Mar to 11 Mar 2020", "21", "−6.0", "−8.0", "−2.0", "5.0", "n/a"],
        ["Mean", "", "−6.0", "−8.0", "−2.0", "5.0", "n/a"],
    ]
    assert table.caption.startswith("The 21 sessions after each joint sell-off")
    check_csv(table)
    monthly = run | {"history": run["history"] | {"rhythm": "monthly", "sessions_a_year": 12}}
    named = after_table(monthly, names.named_strategies(monthly))
    assert named is not None
    assert named.caption.startswith("The month after each joint sell-off")
    none = made(joint_sell_offs=[run["joint_sell_offs"][1]])
    assert after_table(none, names.named_strategies(none)) is None


@pytest.mark.parametrize(
    ("recovery", "days", "words"), [("2020-08-10", 140, "recovered 10 Aug 2020"), (None, None, "not yet recovered")]
)
def test_drawdowns(recovery: str | None, days: int | None, words: str) -> None:
    """From peak to trough in days, back in as many or not yet, with what each leg added."""
    fall = {
        "peak": "2020-02-19", "trough": "2020-03-23", "kind": "hedged", "recovery": recovery, "days": 33,
        "recovery_days": days, "stocks_contribution": -0.2, "bonds_contribution": 0.03, **moves(-0.17, -0.21, gold=0.1),
    }  # fmt: skip
    run = made(drawdowns=[fall])
    table = drawdown_table(run, names.named_strategies(run))
    [row] = table.rows
    assert texts(row) == [
        "19 Feb to 23 Mar 2020", "33", "n/a" if days is None else "140", "−20.0", "3.0", "", "−6.0", "−8.0", "−2.0",
        "10.0", "−17.0", "−21.0",
    ]  # fmt: skip
    assert row.head.note == f"hedged; {words}"
    assert (row.cells[4].bars.low, row.cells[4].bars.high) == (-0.2, 0.03) if row.cells[4].bars else False
    assert row.cells[-1].tone == "loss t3"
    check_csv(table)


def test_which_assets_have_a_column() -> None:
    """Those that any window knows, in the manifest's order; how many have none is said."""
    windows = [{"assets": {"gold": 0.1}}, {"assets": None}, {"assets": {"dollar": 0.2, "gold": 0.1}}]
    assert asset_roles({"history": {}}, windows) == ("gold", "dollar")
    assert asset_roles({"history": {"assets": {"oil": 1, "dollar": 1, "gold": 1}}}, windows) == ("dollar", "gold")
    assert not_shown({"history": {}}) == ""
    hidden = {"history": {"assets_not_shown": ["oil"]}}
    assert not_shown(hidden) == " What one asset more returned is under Other assets, below."


def test_heads_of_returns() -> None:
    """Pair and legs by their colours, an asset of a leg's name by another, and the reference is said to be it."""
    run = made()
    heads = return_heads(run, ("stocks", "gold"), names.named_strategies(run))
    assert [head.values and head.values[0] for head in heads] == [
        "pair",
        "stocks",
        "bonds",
        "asset stocks",
        "gold",
        BASE,
        GOLD,
    ]
    assert [head.note for head in heads[-2:]] == ["reference", ""]


@pytest.mark.parametrize(("count", "chosen"), [(6, 0), (7, 7)])
def test_a_reader_chooses_of_more_than_six_assets(count: int, chosen: int) -> None:
    """Six fit beside each other."""
    window = {"assets": {f"asset_{place}": 0.0 for place in range(count)}}
    found = document() | {"joint_sell_offs": [window], "drawdowns": [], "crises": [{"assets": None}]}
    assert len(assets_to_choose(found)) == chosen
