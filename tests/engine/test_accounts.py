"""Accounts as frames, of arrays made by hand."""

import numpy as np
import pandas as pd
import pytest

from backtester.engine.accounts import Accounts
from backtester.engine.kernel import Kept
from backtester.engine.many import LEDGER_LINES

DAYS = pd.bdate_range("2024-01-01", periods=3)


def made(ruin: int = -1) -> Accounts:
    """Three sessions of two assets, each array with numbers of its own."""
    by_asset = [np.arange(6.0).reshape(1, 3, 2) + 10 * number for number in range(3)]
    kept = Kept(
        nav=np.array([[1.0, 2.0, 3.0]]),
        weights=by_asset[0],
        gains=by_asset[1],
        charges=by_asset[2],
        lines=np.arange(12.0).reshape(1, 3, 4),
        turnover=np.array([[4.0, 5.0, 6.0]]),
        gap_share=np.ones((1, 3)),
        totals=np.zeros((1, 5)),
        ruin=np.array([ruin]),
        broken=np.array([-1]),
    )
    return Accounts(DAYS, ["stocks", "gold"], kept, kept.gap_share, ())


@pytest.mark.parametrize(("session", "ruin"), [(-1, None), (0, DAYS[0]), (2, DAYS[2])])
def test_the_session_of_ruin(session: int, ruin: pd.Timestamp | None) -> None:
    """The first session can be it; -1 is none."""
    assert made(session).ruin == ruin


def test_frames_are_the_arrays_with_names() -> None:
    """By session and asset or line; tables by asset, the largest, are the kernel's own memory and no copies."""
    accounts = made()
    assert accounts.nav.to_dict() == dict(zip(DAYS, [1.0, 2.0, 3.0], strict=True))
    assert accounts.turnover.to_dict() == dict(zip(DAYS, [4.0, 5.0, 6.0], strict=True))
    assert accounts.lines.loc[DAYS[1]].to_dict() == dict(zip(LEDGER_LINES, [4.0, 5.0, 6.0, 7.0], strict=True))
    tables = (accounts.weights, accounts.gains, accounts.charges)
    assert [table.loc[DAYS[1]].to_dict() for table in tables] == [
        {"stocks": 10.0 * number + 2, "gold": 10.0 * number + 3} for number in range(3)
    ]
    arrays = (accounts.kept.weights, accounts.kept.gains, accounts.kept.charges)
    for table, array in zip(tables, arrays, strict=True):
        assert np.shares_memory(table.to_numpy(), array)
