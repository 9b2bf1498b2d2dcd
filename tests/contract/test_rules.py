"""The rules on one call, one by one, and what `check_recipe` makes of a strategy that breaks them."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest

from backtester.contract.check import CheckResult, check_recipe
from backtester.contract.rules import documents_itself, first_difference, holds_fractions
from backtester.engine.layers import Layer
from backtester.histories.market import Market
from backtester.plugins.loader import Library
from backtester.plugins.recipes import parse_recipe
from builders import made_market, made_strategy

DOCSTRING = '"""Hold stocks.\n\nHypothesis: a.\nFails when: b.\nSource: c.\n"""\n'


@pytest.fixture
def market() -> Market:
    """Thirty sessions of rising legs."""
    return made_market({"stocks": [float(n) for n in range(100, 130)], "bonds": [float(n) for n in range(50, 80)]})


def check(body: str, market: Market, docstring: str = DOCSTRING) -> CheckResult:
    made = made_strategy("made", docstring + body)
    base = made_strategy("base_of_it", "def weights():\n    return {'stocks': 0.6, 'bonds': 0.4}")
    library = Library({"made": made, "base_of_it": base})
    return check_recipe(parse_recipe("base_of_it + made" if made.is_overlay else "made", library), market)


def told(body: str, market: Market) -> list[str]:
    return [str(finding) for finding in check(body, market).findings]


def test_a_strategy_may_count_by_the_rhythm(market: Market) -> None:
    """One that reads sessions_a_year, with or without a series, is held to every rule and passes."""
    body = (
        "def weights(stocks, sessions_a_year):\n    up = stocks > stocks.rolling(round(sessions_a_year / 50)).mean()\n"
    )
    assert told(body + "    return {'stocks': up * 1.0}\n", market) == []
    assert told("def weights(sessions_a_year):\n    return {'stocks': sessions_a_year / 252}\n", market) == []
    ahead = "def weights(stocks, sessions_a_year):\n    return {'stocks': (stocks.shift(-1) > 100) * 1.0}\n"
    assert any("knows only the past" in finding for finding in told(ahead, market))


@pytest.mark.parametrize(
    ("docstring", "message"),
    [
        ("", "the file has no docstring; say in its first line what the strategy holds"),
        ('"""Hold."""\n', "the docstring has no 'Hypothesis:'; it needs Hypothesis, Fails when, Source"),
        ('"""Hold.\n\nHypothesis: a. Source: b."""\n', "the docstring has no 'Fails when:'; it needs Hypothesis,"),
        ('"""Hold.\n\nHypothesis: a. Fails when: b. Source:"""\n', "the docstring has no 'Source:'; it needs"),
    ],
)
def test_strategy_documents_itself(docstring: str, message: str) -> None:
    """Without a first line, a hypothesis, when it fails or a source, the first that is absent is named."""
    finding = documents_itself(made_strategy("made", docstring + "def weights():\n    return {'stocks': 1}"))
    assert finding is not None
    assert str(finding).startswith(f"breaks 'documents itself': {message}")


def test_documented_strategy_passes() -> None:
    """With all four there is nothing to find."""
    assert documents_itself(made_strategy("made", DOCSTRING + "def weights():\n    return {'stocks': 1}")) is None


@pytest.mark.parametrize(
    ("reads", "change"),
    [
        ("stocks", "stocks *= 2"),
        ("stocks", "stocks.iloc[:] = 1.0"),
        ("stocks", "stocks.iloc[-1] = 7.0"),
        ("base", "base['stocks'] = 0.5"),
        ("base", "base.insert(0, 'extra', 1.0)"),
        ("base", "del base['bonds']"),
        ("returns", "returns.fillna(0.0, inplace=True)"),
        ("portfolio", "portfolio.clip(upper=1.0, inplace=True)"),
        ("calendar", "calendar['month'] = False"),
    ],
)
def test_changed_input_is_named(reads: str, change: str, market: Market) -> None:
    """A strategy that changes what it was given is told which input, also where doing it twice changes no more."""
    found = told(f"def weights({reads}):\n    {change}\n    return {{'stocks': 0.6}}", market)
    assert f"breaks 'leaves its inputs alone': the call changed {reads!r}; work on a copy" in found


def test_changing_a_copy_is_fine(market: Market) -> None:
    """Work on a copy is nobody's business."""
    assert told("def weights(base):\n    mine = base.copy()\n    mine['stocks'] = 0.5\n    return mine", market) == []


@pytest.mark.parametrize(
    "body",
    [
        "import random\ndef weights(stocks):\n    return {'stocks': stocks * 0 + random.random()}",
        "import numpy as np\ndef weights(stocks):\n    return {'stocks': np.random.default_rng().random(len(stocks))}",
        "import itertools\nN = itertools.count()\ndef weights(stocks):\n    return {'stocks': 0 * stocks + next(N)}",
    ],
)
def test_changing_answer_is_a_finding(body: str, market: Market) -> None:
    """Chance without a seed and counting one's calls give another answer at the second call."""
    found = [line for line in told(body, market) if line.startswith("breaks 'answers the same twice': ")]
    assert found == ["breaks 'answers the same twice': stocks on 2024-01-01 differs at a second call"]


def test_failing_at_the_second_call_is_a_finding(market: Market) -> None:
    """A strategy that works once is told what happened the next time."""
    body = "SEEN = []\ndef weights():\n    assert len(SEEN) < 1\n    SEEN.append(1)\n    return {'stocks': 1.0}"
    assert "breaks 'answers the same twice': strategy 'made' (made.py, line 9): AssertionError" in told(body, market)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("def weights(sugar):\n    return {'stocks': 1}", "reads 'sugar', which history 'made' does not have; known: "),
        ("def weights():\n    return {'sugar': 1}", "weights name 'sugar', which cannot be held; known: bonds, stocks"),
        ("def weights():\n    return {'bills': 1}", "weights name 'bills'; cash is what the weights leave"),
        ("def weights():\n    return {'stocks': float('inf')}", "weight of stocks on 2024-01-01 is inf; a row is"),
        ("def weights():\n    return [1]", "weights returned a value of type list; a DataFrame or a mapping"),
        ("def weights(stocks):\n    return stocks.to_frame().iloc[1:]", "weights returned 29 rows for 30 sessions"),
        ("def weights():\n    raise KeyError('oops')", "(made.py, line 8): KeyError: 'oops'"),
        ("def weights():\n    raise SystemExit(3)", "(made.py, line 8): SystemExit: 3"),
    ],
)
def test_weights_that_cannot_be_traded_are_a_finding(body: str, message: str, market: Market) -> None:
    """What stops a run is told as a finding, with no cut made."""
    made = check(body, market)
    assert [finding.rule for finding in made.findings] == ["gives weights that can be traded"]
    assert message in str(made.findings[0])
    assert made.cuts == 0


def test_a_hundredth_of_the_value_is_a_unit_too(market: Market) -> None:
    """Weights that differ by a hundredth in other units are found; a billionth is rounding."""
    for size, found in ((0.01, 1), (1e-9, 0)):
        body = f"def weights(stocks, bonds):\n    return {{'stocks': 0.5 + {size} * (stocks > bonds * 1.9)}}"
        assert sum("asks for no unit of prices" in one for one in told(body, market)) == found


def test_all_broken_rules_are_told(market: Market) -> None:
    """A strategy that breaks four rules has four findings."""
    body = (
        "import random\ndef weights(stocks):\n    ahead = stocks.shift(-1)\n    stocks *= 2\n"
        "    return {'stocks': (ahead > 0) * random.random()}"
    )
    rules = [finding.rule for finding in check(body, market, docstring="").findings]
    assert rules == ["documents itself", "leaves its inputs alone", "answers the same twice", "knows only the past"]


def test_first_difference_is_the_earliest_date() -> None:
    """Of several differences the first date is given, and in it the first column; NaN differs from a number."""
    one = pd.DataFrame({"a": [1.0, 2, 3], "b": [1.0, np.nan, 3]}, pd.bdate_range("2024-01-01", periods=3))
    other = one.copy()
    assert first_difference(one, other, tolerance=0.0) is None
    other.iloc[2, 0] = 9
    other.iloc[1, 1] = 1
    assert first_difference(one, other, tolerance=0.0) == (pd.Timestamp("2024-01-02"), "b")


def test_first_difference_leaves_the_tolerance() -> None:
    """A gap of the tolerance itself is none, a larger one is."""
    one = pd.DataFrame({"a": [1.0]}, pd.bdate_range("2024-01-01", periods=1))
    assert first_difference(one, one + 0.25, tolerance=0.25) is None
    assert first_difference(one, one + 0.5, tolerance=0.25) is not None


def test_levels_have_no_unit(market: Market) -> None:
    """A rule on a level itself is told with the first date; one on ratios, returns or logarithms passes."""
    level = "def weights(stocks, bonds):\n    return {'stocks': (stocks > bonds * 1.9) * 0.5}"
    assert any(one.startswith("breaks 'asks for no unit of prices': stocks on 2024-") for one in told(level, market))
    ratio, logarithm = "(stocks / stocks.shift(2)).fillna(1) - 1", "np.log(stocks).diff().fillna(0)"
    for honest in ("stocks.pct_change().fillna(0)", ratio, logarithm):
        body = f"import numpy as np\ndef weights(stocks):\n    return {{'stocks': {honest}}}"
        assert told(body, market) == []


def test_stated_leverage_is_kept(market: Market) -> None:
    """Weights beyond the file's own MAX_LEVERAGE are told with the first date; within it nothing is."""
    body = "def weights():\n    return {'stocks': 1.5, 'bonds': -0.5}"
    assert told(body, market) == []
    assert told("MAX_LEVERAGE = 2\n" + body, market) == []
    assert told("MAX_LEVERAGE = 1.9\n" + body, market) == [
        "breaks 'keeps its leverage': weights on 2024-01-01 add up to 2, not 1.9"
    ]
    assert told("MAX_LEVERAGE = 'two'\n" + body, market) == [
        "breaks 'keeps its leverage': MAX_LEVERAGE is 'two'; a number of at least 0 is needed"
    ]


def test_weights_in_percent_are_noticed(market: Market) -> None:
    """Weights of 60 and 40 get a warning with the first date, and the strategy still passes; 20 times is no percent."""
    assert told("def weights():\n    return {'stocks': 60, 'bonds': 40}", market) == [
        "warning on 'holds fractions': weights on 2024-01-01 add up to 100 times the value; 0.6 is 60%"
    ]
    assert told("def weights():\n    return {'stocks': 12, 'bonds': -8}", market) == []


def test_what_is_missing_may_be_a_slip() -> None:
    """A role read `= None` that the history has not is warned of, with the nearest name, and breaks nothing."""
    made = made_strategy("made", "def weights(stocks, vixx=None): return {'stocks': 0.5}")
    market = made_market({"stocks": range(1, 11), "bonds": [1] * 10}, observables={"vix": [20.0] * 10})
    check = check_recipe(parse_recipe("made", Library({"made": made})), market)
    [found] = [finding for finding in check.findings if finding.rule == "finds what it reads"]
    assert str(found) == (
        "warning on 'finds what it reads': 'vixx' is None: history 'made' has none; did you mean 'vix'?"
    )


@pytest.mark.parametrize(("size", "count"), [(20.0, 0), (20.5, 1), (-20.5, 1)])
def test_over_twenty_times_the_value_looks_like_percent(size: float, count: int, market: Market) -> None:
    """Twenty itself does not, and the sign does not matter."""
    layer = SimpleNamespace(raw=pd.DataFrame({"stocks": size / 2, "bonds": size / 2}, market.sessions))
    found = holds_fractions(cast("Layer", layer), market)
    assert (found is not None) == bool(count)
    if found is not None:
        assert (found.warning, found.date) == (True, market.sessions[0])
        assert "weights on" in str(found)
        assert str(found).startswith("warning on 'holds fractions'")
