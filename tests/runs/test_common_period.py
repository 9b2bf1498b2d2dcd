"""Where a run's period begins and ends, and what is said where that is not what was asked for."""

from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from backtester.engine.evaluate import Evaluation
from backtester.errors import DataError, RecipeError
from backtester.histories.market import Market
from backtester.runs import common_period
from backtester.runs.common_period import common_start, first_with_pair, period_notes, refuse_unmeasurable
from backtester.runs.settings import RunSettings
from builders import made_market

NAN = float("nan")


def ten(**levels: list[float]) -> Market:
    """Ten business days from Monday, 1 January 2024 on, with stocks and bonds unless they are given."""
    return made_market({"stocks": [1.0] * 10, "bonds": [1.0] * 10} | levels)


def run(first: int, ruin: str | None = None, name: str = "made") -> Evaluation:
    """A recipe that runs from a session on."""
    accounts = SimpleNamespace(ruin=None if ruin is None else pd.Timestamp(ruin))
    recipe = SimpleNamespace(name=name)
    return cast(Evaluation, SimpleNamespace(first=first, accounts=accounts, recipe=recipe, layers=(), targets=None))


@pytest.mark.parametrize(
    ("start", "opening"), [(None, 2), ("2024-01-02", 2), ("2024-01-03", 2), ("2024-01-04", 3), ("2024-01-06", 5)]
)
def test_both_legs_have_begun_and_the_start_has_come(start: str | None, opening: int) -> None:
    """Stocks begin on Tuesday and bonds on Wednesday; a Saturday is Monday's."""
    market = ten(stocks=[NAN, *[1.0] * 9], bonds=[NAN, NAN, *[1.0] * 8])
    assert first_with_pair(market, RunSettings.model_validate({"start": start})) == opening


def test_a_pair_that_never_is_has_no_opening() -> None:
    """Where one leg ends before the other begins."""
    market = ten(stocks=[1.0] * 5 + [NAN] * 5, bonds=[NAN] * 5 + [1.0] * 5)
    with pytest.raises(DataError, match=r"'made' has no session with both stocks and bonds in this period"):
        first_with_pair(market, RunSettings())


@pytest.mark.parametrize(("first", "left"), [(7, None), (8, 2), (12, 0)])
def test_three_sessions_are_the_least(first: int, left: int | None) -> None:
    """The latest of all recipes begins it."""
    runs = [run(0), run(first), run(1)]
    if left is None:
        assert common_start(ten(), runs, 3) == first
        return
    with pytest.raises(DataError) as refused:
        common_start(ten(), runs, 3)
    assert str(refused.value) == (
        f"the period holds {left} sessions; history 'made' covers 2024-01-01 to 2024-01-12: choose --start and --end "
        "inside it"
    )


@pytest.mark.parametrize(("ruin", "is_refused"), [("2024-01-03", True), ("2024-01-04", True), ("2024-01-05", False)])
def test_a_recipe_ruined_by_then_is_refused(ruin: str, is_refused: bool) -> None:
    """On the first session or before it nothing is left to measure."""
    if not is_refused:
        assert common_start(ten(), [run(0, ruin)], 3) == 3
        return
    with pytest.raises(RecipeError, match=rf"'made' was ruined on {ruin} and has nothing left .* from 2024-01-04 on"):
        common_start(ten(), [run(0, ruin)], 3)


def notes(market: Market, runs: list[Evaluation], first: int, **settings: Any) -> list[str]:
    """What is said of a period that begins at a session."""
    return period_notes(market, runs, RunSettings.model_validate(settings), first)


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        ({}, []),
        ({"start": "2023-12-25"}, []),
        ({"start": "2023-12-24"}, ["measured from 2024-01-01, not 2023-12-24: history 'made' begins then; 'backtester "
                                   "data list' shows those that begin earlier, to be named with --history"]),
        ({"end": "2024-01-19"}, []),
        ({"end": "2024-01-20"}, ["measured to 2024-01-12, not 2024-01-20: history 'made' ends then; leave out --end"]),
    ],
)  # fmt: skip
def test_a_week_beside_what_was_asked_for_is_holidays(dates: dict[str, str], said: list[str]) -> None:
    """More than that is said."""
    assert notes(ten(), [run(0)], 0, **dates) == said


def test_why_a_period_begins_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """By what the latest recipe needs, or the pair: begun late, broken off, or its own weights."""
    gold = [NAN, NAN, NAN, *[1.0] * 7]
    market = ten(gold=gold, oil=[1.0, 1.0, NAN, NAN, *[1.0] * 6])
    needs: dict[str, int] = {}
    monkeypatch.setattr(common_period, "first_sessions", lambda market, steps, targets: needs)
    for found, first, why in (
        ({"gold": 3, "bills": 0}, 3, "needs gold, which begins then; leave it out to begin earlier, or say --start "),
        ({"oil": 4, "gold": 3}, 4, "needs oil, which has no value from 2024-01-03 to 2024-01-04; --end 2024-01-02 "),
        ({"gold": 3}, 5, "begin then; leave it out to begin earlier, or say --start 2024-01-08"),
    ):
        needs.clear()
        needs.update(found)
        [said] = notes(market, [run(0, name="base"), run(first, name="late")], first)
        assert said.startswith(f"measured from {market.sessions[first].date()}, not 2024-01-01: "), said
        assert why in said
        assert "late" in said
    later = ten(bonds=[NAN, NAN, *[1.0] * 8])
    [said] = notes(later, [run(0)], 2, start="2024-01-01")
    assert said.startswith("measured from 2024-01-03, not 2024-01-01: the pair needs bonds, which begins then")
    assert notes(later, [run(0)], 2) == []


def test_what_must_fail_whatever_is_carried_out() -> None:
    """A schedule finer than the sessions, costs of an asset that is not there, and no period."""
    refuse_unmeasurable(ten(), RunSettings())
    with pytest.raises(RecipeError):
        refuse_unmeasurable(ten(), RunSettings.model_validate({"execution": {"rebalance": "fortnight"}}))
    with pytest.raises(DataError):
        refuse_unmeasurable(ten(stocks=[NAN] * 8 + [1.0] * 2), RunSettings())
