"""When a strategy acts: its function `state`, what it may take and answer, and that it knows only the past."""

import pandas as pd
import pytest

from backtester.contract.check import check_recipe
from backtester.engine.evaluate import evaluate
from backtester.engine.execution import Execution
from backtester.engine.states import check_state
from backtester.errors import PluginError
from backtester.plugins.loader import Library
from backtester.plugins.recipes import parse_recipe
from builders import made_market, made_strategy

MARKET = made_market({"stocks": [1, 2, 1, 2, 3, 2, 4, 3, 5, 4], "bonds": [1.0] * 10})
WEIGHTS = "def weights(stocks, *, high: float = 2.0): return {'stocks': (stocks > high) * 0.5}\n"


def library_of(state: str) -> Library:
    """A strategy that holds stocks while they are high, with a function `state`."""
    return Library({"made": made_strategy("made", WEIGHTS + state)})


def words(state: str, recipe: str = "made") -> list[str]:
    """What the strategy says on ten sessions."""
    found = evaluate(parse_recipe(recipe, library_of(state)), MARKET, Execution()).layers[-1].state
    assert found is not None
    return found.tolist()


def test_a_word_or_a_flag_a_session() -> None:
    """Text stands as it is, True as `on`; settings are the recipe's, by default those of `weights`; none is needed."""
    assert words("def state(stocks): return stocks > 3") == ["", "", "", "", "", "", "on", "", "on", "on"]
    text = "def state(stocks, *, high=2.0): return (stocks > high).map({True: 'high', False: ''})"
    assert words(text, "made(high=3.5)") == ["", "", "", "", "", "", "high", "", "high", "high"]
    bare = text.replace("high=2.0", "high")
    assert words(bare) == words(text)
    assert words(bare, "made(high=3.5)") == words(text, "made(high=3.5)")
    assert evaluate(parse_recipe("made", library_of("")), MARKET, Execution()).layers[-1].state is None


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        ("state = 3", "'state' is of type int; it is a function that says when the strategy acts"),
        ("def state(bonds): ...", "state takes 'bonds', which weights does not; known: stocks"),
        ("def state(stocks, *, hihg=2.0): ...", "state takes 'hihg', which weights does not; did you mean 'high'?"),
        ("def state(stocks, size=2.0): ...", "state: parameter 'size' has a default; put settings after"),
    ],
)
def test_state_takes_what_weights_takes(state: str, refusal: str) -> None:
    """A `state` that is no function, or takes anything that `weights` does not, is refused when the file is loaded."""
    with pytest.raises(PluginError, match=refusal):
        library_of(state)


READING = "def weights(base, state, *, size=0.5): return base.assign(stocks=size * state)\n"
HIGH = "def state(stocks, vix=None, *, high=2.0): return stocks > high\n"


def test_weights_that_read_their_state() -> None:
    """They are given what it says; the strategy reads, and can be set to, what both do."""
    made = made_strategy("made", READING + HIGH)
    assert (made.declaration.reads, made.declaration.optional) == (("base", "stocks", "vix"), {"vix"})
    assert list(made.declaration.settings) == ["size", "high"]
    library = Library({"made": made, "cash": made_strategy("cash", "def weights(): return {'stocks': 0.0}\n")})
    layer = evaluate(parse_recipe("cash + made(high=3.5, size=0.2)", library), MARKET, Execution()).layers[-1]
    assert layer.raw["stocks"].tolist() == [0, 0, 0, 0, 0, 0, 0.2, 0, 0.2, 0.2]
    assert layer.state is not None
    assert (layer.state == "on").tolist() == (layer.raw["stocks"] > 0).tolist()
    ahead = {"made": made_strategy("made", READING + HIGH.replace("stocks > high", "stocks.shift(-1) > high"))}
    findings = check_recipe(parse_recipe("cash + made", Library(library.strategies | ahead)), MARKET).findings
    assert ("knows only the past", "stocks") in [(finding.rule, finding.column) for finding in findings]


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (READING, "weights reads 'state', but there is no function 'state'; write one that says when it acts"),
        (READING + "def state(stocks, state): return state", "state takes 'state', which is what it returns; leave it"),
    ],
)
def test_a_state_that_is_not_there(text: str, refusal: str) -> None:
    """Reading a state that no function says, or that its own function waits for, is refused when the file is loaded."""
    with pytest.raises(PluginError, match=refusal):
        made_strategy("made", text)


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        ([True] * 10, "state returned a value of type list; a Series of text or booleans is needed"),
        (
            pd.Series([True] * 9, MARKET.sessions[1:]),
            "state returned 9 rows for 10 sessions; one row a session, in order",
        ),
        (pd.Series([None] * 10, MARKET.sessions, dtype=object), "state on 2024-01-01 is None; text, True or False"),
        (pd.Series(1.0, MARKET.sessions), "state on 2024-01-01 is 1.0; text, True or False is needed"),
        (pd.Series("x" * 31, MARKET.sessions), "state on 2024-01-01 has 31 letters; 30 are the most"),
        (pd.Series([*"abcdefghij"], MARKET.sessions), "state has 10 different words; 6 are the most that are shown"),
    ],
)
def test_other_answers_are_refused(answer: object, refusal: str) -> None:
    """What is neither a word nor a flag a session, or too much to show, is refused by date."""
    with pytest.raises(PluginError, match=refusal):
        check_state(answer, MARKET.sessions)


def test_the_most_that_is_shown_is_accepted() -> None:
    """Six different words, of up to thirty letters, beside sessions without one."""
    words = [*(letter * 30 for letter in "abcdef"), "", "", "", ""]
    assert check_state(pd.Series(words, MARKET.sessions), MARKET.sessions).tolist() == words


def test_what_fails_inside_is_named() -> None:
    """An error in `state` has the strategy, the line and the reason."""
    with pytest.raises(PluginError, match=r"strategy 'made' \(made.py, line 2\): KeyError: 'x'"):
        words("def state(stocks): return stocks['x']")


def test_state_knows_only_the_past() -> None:
    """A state that looks ahead is found, though the weights do not, with the date and both words."""
    honest = check_recipe(parse_recipe("made", library_of("def state(stocks): return stocks > 3")), MARKET)
    assert honest.causal
    ahead = library_of("def state(stocks): return stocks.shift(-1) > 3")
    finding = check_recipe(parse_recipe("made", ahead), MARKET).findings[-1]
    assert finding.rule == "knows only the past"
    assert finding.message == "state on 2024-01-03 is 'on' with noise after 2024-01-03 and '' with all of it"
