"""What would have been said at each year-end: as a run that ends there says it, and what followed by hand."""

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from backtester.runs.as_of_words import as_of_lines
from backtester.runs.compare import combined_run
from backtester.runs.direct import run
from backtester.runs.document import document
from backtester.runs.folder import read_run, write_run
from backtester.runs.result import Result
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings
from backtester.runs.summary import as_of_tables
from builders import made_market

RECIPES = ("sixty_forty + gold_overlay", "sixty_forty + vol_target")
AHEAD = '"""Ahead."""\ndef weights(stocks):\n    return {"stocks": (stocks.shift(-1) > stocks) * 1.0}\n'


def run_of(small: Path, **others: Any) -> Result:
    """A run on the small history whose falls are shallow enough for more than ten joint sell-offs a year."""
    usual = {"recipes": RECIPES, "stocks_fall": -0.001, "bonds_fall": -0.0001, "resamples": 300, "as_of": True}
    return carry_out(RunSettings(history="small", data=small, **(usual | others)))


@pytest.fixture(scope="module")
def whole(small: Path) -> Result:
    """A run from June 2019 to September 2021, so with two year-ends."""
    return run_of(small)


@pytest.mark.parametrize("year", [2019, 2020])
def test_a_row_is_what_a_run_that_ends_there_says(whole: Result, small: Path, year: int) -> None:
    """Windows, verdict, payoff and interval are those of --end and 200 resamples, to the last digit."""
    there = run_of(small, end=datetime.date(year, 12, 31), resamples=200, as_of=False)
    row = next(row for row in whole.as_of or () if row.end.year == year)
    assert (row.end, row.joint_sell_offs) == (there.period.sessions[-1], len(there.joint_rows))
    assert row.reason is None
    assert list(row.strategies) == list(RECIPES)
    for one in there.strategies[1:]:
        said = row.strategies[one.name]
        assert said.verdict == one.verdict
        assert said.payoff_mean == one.card.figures["beyond_mix.payoff_mean"]
        assert said.interval == one.card.intervals.get("beyond_mix.payoff_mean")
    assert (row.strategies[RECIPES[0]].interval is not None) == (len(there.joint_rows) >= 10)


def test_one_of_them_has_an_interval(whole: Result) -> None:
    """At the end of 2020 there are the ten windows that intervals ask for, or the test above would show little."""
    assert whole.as_of
    assert whole.as_of[-1].joint_sell_offs >= 10


def test_what_followed_is_in_the_windows_that_ended_later(whole: Result) -> None:
    """The mean of strategy less mix, from the close of each such window's first session to that of its last."""
    for row in whole.as_of or ():
        later = [window for window in whole.joint_rows if pd.Timestamp(window["end"]) > row.end]
        assert row.followed == len(later) > 0
        for one in whole.strategies[1:]:
            moves = [
                level[pd.Timestamp(window["end"])] / level[pd.Timestamp(window["start"])]
                for window in later
                for level in (one.nav, one.mix_nav)
            ]
            mean = np.mean([own - mix for own, mix in zip(moves[::2], moves[1::2], strict=True)])
            assert row.strategies[one.name].followed == pytest.approx(mean, rel=1e-9)


def test_one_that_looks_ahead_was_void_at_every_year_end(small: Path, tmp_path: Path) -> None:
    """What the whole run finds against a strategy holds at each of its year-ends."""
    (tmp_path / "ahead.py").write_text(AHEAD)
    found = run_of(small, recipes=("ahead",), plugins=(tmp_path / "ahead.py",), resamples=0).as_of or ()
    assert [row.strategies["ahead"].verdict for row in found] == ["void", "void"]


def sold_off_at_the_year_end() -> Result:
    """Stocks and bonds fall on the last session of 2019 and in March 2021, gold in November 2020, when it ruins who
    holds it fifteen times over."""
    sessions = pd.bdate_range("2019-03-01", "2021-06-30")
    calm = np.where(sessions.day_of_week < 2, 0.9999, 1.0003)
    falls: dict[str, tuple[Any, ...]] = {
        "stocks": (0.08, "2019-12-31", "2021-03-10"),
        "bonds": (0.02, "2019-12-31", "2021-03-10"),
    }
    falls["gold"] = (0.1, "2020-11-10")
    levels = {
        role: 100 * np.cumprod(np.where(sessions.isin(pd.DatetimeIndex(days)), 1 - fall, calm if role != "gold" else 1))
        for role, (fall, *days) in falls.items()
    }
    market = made_market(levels, dates=[str(day.date()) for day in sessions])
    strategies = {"half": lambda stocks: {"stocks": 0.5}, "ruined": lambda gold: {"gold": 15.0}}
    return run(strategies, market=market, settings=RunSettings(as_of=True, resamples=0))


def test_a_sell_off_that_ends_on_the_year_end_is_known_then_and_ruin_is_void_from_then_on() -> None:
    """At the end of 2019 one was found and one followed, as at the end of 2020; by then a strategy was ruined."""
    result = sold_off_at_the_year_end()
    assert [str(window["end"].date()) for window in result.joint_rows] == ["2019-12-31", "2021-03-10"]
    first, second = result.as_of or ()
    assert [(row.joint_sell_offs, row.followed) for row in (first, second)] == [(1, 1), (1, 1)]
    assert {name: one.verdict for name, one in first.strategies.items()} == {"half": "few", "ruined": "few"}
    assert {name: one.verdict for name, one in second.strategies.items()} == {"half": "few", "ruined": "void"}


def test_a_year_end_at_which_nothing_can_be_said_has_the_reason(small: Path) -> None:
    """From 31 December 2019 on, that year-end has one session."""
    result = run_of(small, start=datetime.date(2019, 12, 31), resamples=0)
    first, second = result.as_of or ()
    assert first.reason is not None
    assert first.reason.startswith("the period holds 1 sessions")
    assert (first.strategies, second.reason) == ({}, None)
    assert as_of_tables(document(result))[0].rows[0] == ("2019-12-31", "0", "n/a", "n/a")


def test_it_is_in_the_document_if_it_was_asked_for(whole: Result, small: Path, tmp_path: Path) -> None:
    """A run without it has no such part, its folder can be read, and what compares runs leaves it out."""
    assert "as_of" not in document(run_of(small, as_of=False, resamples=0))
    assert "--as-of" in whole.command
    write_run(whole, tmp_path / "one")
    read = read_run(tmp_path / "one")
    assert [row["end"] for row in read.document["as_of"]] == ["2019-12-31", "2020-12-31"]
    assert "as_of" not in combined_run([read, read]).document


def said(verdict: str, followed: float | None) -> dict[str, Any]:
    """What was said of a strategy."""
    return {"verdict": verdict, "payoff_mean": 0.001, "interval": None, "followed": followed}


def rows(*found: dict[str, Any]) -> dict[str, Any]:
    """A document with a year-end for each."""
    ends = [{"end": f"{2010 + place}-12-31", "joint_sell_offs": 3, "followed": 2, "reason": None} for place in range(9)]
    pairs = zip(ends, found, strict=False)
    return {"as_of": [end | {"strategies": {"a": one}} for end, one in pairs], "strategies": [{}, {"name": "a"}]}


def test_words_count_the_verdicts_and_what_bore_them_out() -> None:
    """A clear verdict is borne out by a payoff of its sign; one that nothing followed does not count."""
    found = [said("paid", 0.01), said("paid", -0.01), said("worse", -0.02), said("paid", None), said("few", 0.3)]
    assert as_of_lines(rows(*found)) == (
        "At five year-ends, from 2010 to 2014, it would have said “clearly paid” three times, “clearly did worse” "
        "one time and “too few to judge” one time.",
        "Where it was clear and joint sell-offs followed, these bore it out in 2 of 3.",
    )
    nothing = as_of_lines(rows(said("paid", 0.0), said("worse", 0.0)))
    assert nothing[1].endswith("these bore it out in 0 of 2.")
    assert as_of_lines(rows(said("few", 0.1)))[1].startswith("It never said that a strategy clearly paid")
    assert as_of_lines({"strategies": []}) == ()


def test_the_terminal_has_a_row_a_year_end_and_four_strategies_side_by_side() -> None:
    """Five strategies make two tables each; a cell has the payoff and the verdict in one word."""
    names = "abcde"
    strategies = [
        {"name": "reference", "label": "60/40"},
        *({"name": name, "label": f"Hedge {name}"} for name in names),
    ]
    row = {"end": "2010-12-31", "joint_sell_offs": 3, "followed": 2, "reason": None}
    whole = {"as_of": [row | {"strategies": {name: said("few", -0.002) for name in names}}], "strategies": strategies}
    grids = as_of_tables(whole)
    assert [grid.corner for grid in grids] == ["Year-end"] * 4
    assert grids[0].headings == ("Sell-\noffs", *(f"Hedge\n{name}" for name in "abcd"))
    assert grids[2].rows == (("2010-12-31", "3", "0.10 few"),)
    assert grids[3].rows == (("2010-12-31", "2", "−0.20"),)
