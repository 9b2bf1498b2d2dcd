"""Which figures bills are computed from when they are imported."""

from pathlib import Path

import pandas as pd
import pytest

from backtester.histories.blueprints.draft import Draft
from backtester.histories.blueprints.imports import import_series
from backtester.histories.providers.parse import read_csv_table

KEYS = {"unit": "percent a year", "source": "made for a test", "licence": "none"}
TABLE = read_csv_table(b"date,a\n2024-01-02,3\n2024-01-03,4\n", "x.csv")


@pytest.mark.parametrize(
    ("role", "kind", "computed"),
    [
        ("bills", "rate", ["bill_rate", "bills"]),
        ("bills", "yield", ["bill_rate", "bills"]),
        ("bills", "total_return", ["bills"]),
        ("yield_3m", "yield", ["yield_3m", "bills"]),
        ("yield_3m", "rate", ["yield_3m", "bills"]),
        ("yield_3m", "level", ["yield_3m"]),
        ("yield_10y", "yield", ["yield_10y"]),
        ("bill_rate", "rate", ["bill_rate", "bills"]),
    ],
)
def test_what_becomes_bills(role: str, kind: str, computed: list[str], tmp_path: Path) -> None:
    """A rate that is called so, or the three-month yield where there are none; no other yield, and no level."""
    new = Draft(tmp_path, "mine", {"title": "mine"}, {}, pd.DataFrame())
    made = import_series(new, {role: None}, KEYS | {"kind": kind}, TABLE)
    assert list(made.draft.series) == computed
    assert made.market is None
    assert made.draft.history_keys["imported"] == computed


def test_bills_that_are_there_stay(tmp_path: Path) -> None:
    """A three-month yield beside them is an observable and no more."""
    new = Draft(tmp_path, "mine", {"title": "mine"}, {}, pd.DataFrame())
    bills = import_series(new, {"bills": None}, KEYS | {"kind": "total_return"}, TABLE).draft
    made = import_series(bills, {"yield_3m": None}, KEYS | {"kind": "yield"}, TABLE)
    assert made.draft.series["bills"]["kind"] == "total_return"
    assert list(made.draft.series) == ["bills", "yield_3m"]
