"""When a recipe can begin: where a market has values, by hand."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest

from backtester.engine.first_sessions import Presence, first_session, first_sessions, presence_of
from backtester.errors import DataError
from backtester.histories.market import Market
from backtester.plugins.recipes import Step

NAN = np.nan
ASSETS = ["stocks", "gold", "oil", "never"]


def market(*, has_bills: bool = True, **columns: list[float]) -> Market:
    """Five sessions: stocks throughout, gold from the second on, oil up to the fourth with a gap, a VIX from the third
    on, and bills from the second on, with a return from the third on."""
    usual = {
        "stocks": [1.0] * 5,
        "gold": [NAN, 1.0, 1.0, 1.0, 1.0],
        "oil": [1.0, NAN, 1.0, 1.0, NAN],
        "never": [NAN] * 5,
        "bills": [NAN, 1.0, 1.0, 1.0, 1.0],
    }
    levels = pd.DataFrame(usual | columns)
    return cast(
        Market,
        SimpleNamespace(
            levels=levels,
            observables=pd.DataFrame({"vix": [NAN, NAN, 9.0, NAN, 9.0], "cpi": [NAN] * 5}),
            assets=ASSETS,
            has_bills=has_bills,
            bill_returns=levels["bills"].pct_change(fill_method=None).to_numpy(),
            sessions=range(5),
        ),
    )


def reads(*needs: str) -> tuple[Step, ...]:
    """A step that reads these."""
    strategy = SimpleNamespace(name="made", declaration=SimpleNamespace(needs=needs))
    return (cast(Step, SimpleNamespace(strategy=strategy)),)


def targets(**columns: list[float]) -> pd.DataFrame:
    """What is held."""
    return pd.DataFrame(dict.fromkeys(ASSETS, 0.0) | columns, index=range(5))


def test_where_a_market_has_values() -> None:
    """The first session of each role, none of what never has one; gaps are those of what can be held."""
    begins = {"stocks": 0, "gold": 1, "oil": 0, "never": None, "bills": 1, "vix": 2, "cpi": None}
    assert presence_of(market()) == Presence(begins, has_gaps=True)
    whole = dict.fromkeys(ASSETS, [1.0] * 5)
    assert not presence_of(market(**whole)).has_gaps


@pytest.mark.parametrize(
    ("needs", "held", "first"),
    [
        ((), {}, {"bills": 2}),
        (("stocks", "vix"), {}, {"bills": 2, "stocks": 0, "vix": 2}),
        (("gold",), {"gold": [0.0, 0.5, 0.5, 0.5, 0.5]}, {"bills": 2, "gold": 1}),
        ((), {"gold": [0.5] * 5}, {"bills": 2, "gold": 1}),
        ((), {"gold": [-0.5] * 5}, {"bills": 2, "gold": 1}),
        ((), {"oil": [0.5] * 5}, {"bills": 2, "oil": 2}),
        (("oil",), {"oil": [0.5] * 5}, {"bills": 2, "oil": 2}),
        ((), {"oil": [0.5, 0.0, 0.5, 0.5, 0.5]}, {"bills": 2}),
        (("base", "portfolio"), {"stocks": [1.0] * 5}, {"bills": 2}),
    ],
)
def test_first_sessions_by_hand(needs: tuple[str, ...], held: dict[str, list[float]], first: dict[str, int]) -> None:
    """Bills when they have a return, what is read when it begins, what is held after its last gap but not its end."""
    made, wanted = market(), targets(**held)
    assert first_sessions(made, reads(*needs), wanted) == first
    assert first_session(made, reads(*needs), wanted, presence_of(made)) == max(first.values())


def test_without_bills_nothing_waits_for_them() -> None:
    """Nor for a return that never is; an index of bills begins with its first level."""
    assert first_session(market(has_bills=False), (), targets()) == 0
    assert first_sessions(market(bills=[NAN] * 5), (), targets()) == {"bills": 0}
    assert first_sessions(market(bills=[1.0, NAN, 1.0, 1.0, 1.0]), (), targets()) == {"bills": 3}
    rated = market()
    vars(rated)["bill_returns"] = np.zeros(5)
    assert first_sessions(rated, (), targets()) == {"bills": 1}
    known = market(bills=[1.0] * 5)
    vars(known)["bill_returns"] = np.zeros(5)
    assert first_sessions(known, (), targets()) == {"bills": 0}


@pytest.mark.parametrize(
    ("needs", "held", "words"),
    [
        (("cpi",), {}, "strategy 'made' reads 'cpi', which has no value in this window"),
        ((), {"never": [0.5] * 5}, "the recipe holds 'never', which has no value in this window"),
        ((), {"never": [0.0, 0.0, 0.0, 0.0, 0.5]}, "the recipe holds 'never', which has no value in this window"),
    ],
)
def test_what_never_has_a_value(needs: tuple[str, ...], held: dict[str, list[float]], words: str) -> None:
    """It is refused, read or held on the last session."""
    with pytest.raises(DataError, match=f"^{words}$"):
        first_sessions(market(), reads(*needs), targets(**held))


def test_what_is_sold_before_it_has_a_value_waits_no_longer() -> None:
    """Of an asset that never has one, held up to the third session, nothing is left from the fourth on."""
    held = targets(never=[0.5, 0.5, 0.5, 0.0, 0.0])
    assert first_sessions(market(), (), held) == {"bills": 2, "never": 3}
    assert first_sessions(market(), reads("stocks"), held, Presence({"stocks": 4, "bills": 0}, has_gaps=False)) == {
        "bills": 2, "stocks": 4
    }  # fmt: skip
