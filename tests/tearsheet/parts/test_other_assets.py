"""The table of assets that no other table has a column for, by hand."""

from typing import Any

import pytest

from backtester.tearsheet.parts.other_assets import other_assets


def document(count: int) -> dict[str, Any]:
    """A run with windows of each kind, and so many assets that have no column."""
    hidden = {f"asset_{place}": {"label": f"Asset {place}"} for place in range(count)}
    own = {"asset_0": 0.0123}
    joint = {"start": "2020-03-04", "end": "2020-03-11", "assets": own}
    after = {"after": {"assets": None}}
    crisis = {"covered": True, "assets": None}
    return {
        "history": {"rhythm": "monthly", "sessions_a_year": 12, "assets_not_shown": hidden},
        "settings": {"stocks_role": "stocks", "bonds_role": "bonds", "stocks_weight": 0.6, "stocks_fall": -0.05,
                     "bonds_fall": -0.005, "rhythm": None},
        "joint_sell_offs": [joint | after, joint | {"end": "2020-03-12", "after": None}],
        "drawdowns": [{"peak": "2020-02-19", "trough": "2020-03-23", "assets": own},
                      {"peak": "2022-01-03", "trough": "2022-10-14", "assets": None}],
        "crises": [
            crisis | {"start": "2022-01-03", "end": "2022-02-01"},
            crisis | {"start": "2020-02-19", "end": "2020-03-23"},
            crisis | {"start": "2020-02-19", "end": "2020-03-23", "assets": own},
            crisis | {"start": "2019-01-01", "end": "2019-02-01", "covered": False},
        ],
    }  # fmt: skip


def test_every_window_has_a_row_under_its_heading() -> None:
    """Joint sell-offs, what followed them, drawdowns, and crises that are covered in order of time."""
    found = other_assets(document(2))
    table = found["table"]
    assert (found["count"], found["csv_path"]) == (2, "")
    assert [(row.kind, row.head.text) for row in table.rows] == [
        ("group", "Joint sell-offs"), ("", "4 Mar to 11 Mar 2020"), ("", "4 Mar to 12 Mar 2020"),
        ("group", "The month after each"), ("", "4 Mar to 11 Mar 2020"),
        ("group", "Drawdowns of the pair"), ("", "19 Feb to 23 Mar 2020"), ("", "3 Jan to 14 Oct 2022"),
        ("group", "Crises"), *[("", "19 Feb to 23 Mar 2020")] * 2, ("", "3 Jan to 1 Feb 2022"),
    ]  # fmt: skip
    assert [cell.text for cell in table.rows[1].cells] == ["1.2", "n/a"]
    assert [head.text for head in table.heads] == ["Asset 0", "Asset 1"]
    bare = document(1) | {"joint_sell_offs": [], "drawdowns": [], "crises": []}
    assert other_assets(bare)["table"].rows == ()
    assert other_assets(document(0)) == {}


@pytest.mark.parametrize(("count", "shown"), [(24, True), (25, False)])
def test_more_than_two_dozen_are_beside_the_page(count: int, shown: bool) -> None:
    """All figures of a row are then in one cell, which the csv parts."""
    found = other_assets(document(count))
    row = found["table"].rows[1]
    assert len(row.cells) == len(found["table"].heads) == (count if shown else 1)
    assert found["csv_path"] == ("" if shown else "tables/others-table.csv")
    assert row.cells[0].values == ((0.0123,) if shown else (0.0123, *[None] * (count - 1)))
