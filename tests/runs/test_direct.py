"""A run from Python: recipes and functions by name, on a market in memory."""

import datetime
import inspect
import pydoc
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import backtester
from backtester.engine.costs import Costs
from backtester.engine.execution import Execution
from backtester.errors import BacktesterError
from backtester.histories.frames import market
from backtester.histories.market import Market
from backtester.plugins.loader import Library
from backtester.runs.direct import _add_function, run
from backtester.runs.document import document
from backtester.runs.folder import read_run, write_run
from backtester.runs.result import Result
from backtester.runs.settings import RunSettings
from backtester.tearsheet.publish import write_page

QUICK = RunSettings(resamples=0)


def half(base: pd.DataFrame, *, size: float = 0.5) -> pd.DataFrame:
    """Hold half of what is below."""
    return base * size


def quarter(*, stocks: float = 0.25) -> dict[str, float]:
    """Hold a quarter of stocks."""
    return {"stocks": stocks}


def peeking(stocks: pd.Series) -> dict[str, object]:
    """Hold stocks before they rise."""
    return {"stocks": (stocks.shift(-1) > stocks) * 1.0}


@pytest.fixture(scope="module")
def made() -> Market:
    """Two years of weekdays, with cash that earns a basis point a day."""
    random = np.random.default_rng(8)
    days = pd.bdate_range("2022-01-03", periods=520)
    moves = random.normal([0.0004, 0.0001], [0.011, 0.004], (520, 2))
    levels = pd.DataFrame(100 * np.exp(moves.cumsum(axis=0)), days, ["stocks", "bonds"])
    return market(levels.assign(bills=np.exp(random.normal(0.0001, 0.00005, 520).cumsum())))


@pytest.fixture(scope="module")
def result(made: Market) -> Result:
    strategies = {"Half of it": half, "quarter": quarter, "both": "quarter + half_of_it(size=0.9)", "cheat": peeking}
    return run(strategies, market=made, settings=QUICK)


def test_strategies_have_the_names_that_they_were_given(result: Result) -> None:
    """Tables are by these names, the reference first; an overlay stands on the reference, recipes name functions."""
    names = ["sixty_forty", "Half of it", "quarter", "both", "cheat"]
    for table in (result.nav, result.measures, result.scorecard, result.calendar_years):
        assert list(table.columns) == names
    assert result.strategy("Half of it").evaluation.recipe.full == "sixty_forty(stocks=0.6) + half_of_it(size=0.5)"
    assert result.strategy("both").evaluation.recipe.full == "quarter(stocks=0.25) + half_of_it(size=0.9)"
    assert result.settings.recipes == tuple(one.evaluation.recipe.full for one in result.strategies[1:])
    assert [f"{name!r}: " in result.command for name in names] == [False, True, True, True, True]
    assert document(result)["settings"]["reference"] == "sixty_forty"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("s1", "s1"),
        ("a_b", "a_b"),
        ("x", "x"),
        ("Half of it!", "half_of_it"),
        ("1st", "strategy_1st"),
        ("7", "strategy_7"),
    ],
)
def test_names_of_functions_in_recipes(given: str, name: str) -> None:
    """Words with underscores, in small letters; what begins with a number is called a strategy."""
    known = Library({})
    assert _add_function(known, given, quarter) == name
    assert list(known.strategies) == [name]


def test_functions_are_held_to_the_contract(result: Result) -> None:
    """A function that reads the next session is found out like a file that does."""
    assert [one.check.causal for one in result.strategies] == [True, True, True, True, False]
    assert result.strategy("cheat").verdict == "void"


def test_figures_are_those_of_the_arithmetic(made: Market) -> None:
    """A quarter of stocks bought once, at the second close: cash before, then a sum of two levels."""
    free = Execution(rebalance="never", band=np.inf, costs=Costs(trade_bps=0))
    nav = run({"quarter": quarter}, market=made, settings=RunSettings(resamples=0, execution=free)).nav["quarter"]
    stocks, bills = made.levels["stocks"].to_numpy(), made.levels["bills"].to_numpy()
    assert nav.iloc[1] == pytest.approx(bills[1] / bills[0], rel=1e-14)
    grown = 0.25 * stocks[-1] / stocks[1] + 0.75 * bills[-1] / bills[1]
    assert nav.iloc[-1] == pytest.approx(bills[1] / bills[0] * grown, rel=1e-13)


def test_reprs_are_short(result: Result, made: Market) -> None:
    """What a notebook or a console shows of any of them is a line."""
    one = result.strategies[1]
    shown = [result, one, one.evaluation, one.evaluation.layers[0], one.evaluation.recipe.steps[0].strategy, made]
    assert all(len(repr(part)) < 200 and "\n" not in repr(part) for part in [*shown, made.history])
    assert repr(made) == "<Market 'frame', daily, 2022-01-03 to 2023-12-29: stocks, bonds, bills>"
    assert repr(one) == f"<StrategyResult 'Half of it': {one.verdict}>"


def test_a_run_from_python_is_written_and_shown(result: Result, tmp_path: Path) -> None:
    """Its folder reads back, its page is made, and its command says what Python was asked."""
    write_run(result, tmp_path / "run")
    page = write_page(tmp_path / "run").read_text()
    folder = read_run(tmp_path / "run")
    assert folder.document == document(result) | {"files": folder.document["files"]}
    assert folder.manifest["command"].startswith("backtester.run({'Half of it': 'sixty_forty(stocks=0.6) + half_of_it")
    assert folder.manifest["plugins"]["quarter"] == {
        "file": "function",
        "sha256": result.strategy("quarter").evaluation.recipe.steps[0].strategy.sha256,
    }
    assert "Hold half of what is below." in page


def test_a_reference_can_be_one_of_the_names(made: Market) -> None:
    """A function as the reference stands first, under its name."""
    found = run({"quarter": quarter, "half": half}, market=made, reference="quarter", settings=QUICK)
    assert list(found.nav.columns) == ["quarter", "half"]
    assert found.strategy("half").evaluation.recipe.full == "quarter(stocks=0.25) + half(size=0.5)"


def test_a_history_and_an_end_can_be_named(small: Path, made: Market) -> None:
    """A name stands for a history of the settings' folder; an end cuts a market too."""
    settings = RunSettings(resamples=0, data=small, end=datetime.date(2021, 6, 30))
    named = run({"quarter": quarter}, market="small", settings=settings)
    assert named.period.sessions[-1] == pd.Timestamp("2021-06-30")
    settings = RunSettings(resamples=0, end=datetime.date(2022, 12, 31))
    cut = run({"quarter": quarter}, market=made, settings=settings)
    assert cut.period.sessions[-1] == pd.Timestamp("2022-12-30")


@pytest.mark.parametrize(
    ("strategies", "words", "message"),
    [
        ({"a": "sixty_forty"}, {}, "'a' is the same as another strategy, or as the reference; leave it out"),
        ({"hold": quarter}, {}, "there is a strategy 'hold' already; give the function 'hold' another name"),
        ({"a": 5}, {}, "strategy 'a' is of type int; a recipe or a function is needed"),
        ({"a": "sixty_fourty"}, {}, "unknown strategy 'sixty_fourty'; did you mean 'sixty_forty'"),
        ({"a": half}, {"reference": "b"}, "unknown strategy 'b'"),
        ({"a": "hold(asset='gold')"}, {}, "weights name 'gold', which cannot be held"),
        ({str(place): f"hold(size=0.{place})" for place in range(10, 23)}, {}, "13 strategies beside the reference"),
    ],
)
def test_mistakes_are_named(made: Market, strategies: dict[str, object], words: dict[str, str], message: str) -> None:
    """Each is an error of ours with the name in it."""
    with pytest.raises(BacktesterError, match=re.escape(message)):
        run(strategies, market=made, settings=QUICK, **words)


def test_help_is_short_and_names_what_is_there() -> None:
    """`help(backtester)` fits on two screens, and every name in it can be had."""
    shown = pydoc.plain(pydoc.render_doc(backtester))
    assert len(shown.splitlines()) < 100
    assert "DESIGN" not in shown
    for name in re.findall(r"`(\w+)`", shown.partition("PACKAGE CONTENTS")[0]):
        assert getattr(backtester, name) is not None
    assert set(dir(backtester)) >= {"run", "market", "Result"}


def test_public_docstrings_name_no_page_that_is_not_shipped() -> None:
    """What `help` shows of a public name refers to no file of the checkout."""
    for name in dir(backtester):
        assert "DESIGN" not in (inspect.getdoc(getattr(backtester, name)) or ""), name
