"""What strategies are given, what they may answer, and what each wrong answer is told."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from backtester.engine.first_sessions import first_session
from backtester.engine.targets import call_step, check_reads, check_weights, fill_targets, step_inputs
from backtester.errors import DataError, PluginError
from backtester.histories.frames import market
from backtester.histories.market import Market
from backtester.histories.rhythm import RHYTHMS
from backtester.plugins.recipes import Step
from backtester.plugins.strategy import Strategy
from builders import made_market, made_strategy

NAN = np.nan
MARKET = made_market(
    {"stocks": (100.0, 101.0, 102.0, 103.0), "gold": (NAN, NAN, 50.0, 51.0)},
    observables={"vix": (NAN, 20.0, 30.0, 25.0)},
)
S = MARKET.sessions  # 2024-01-01 to 2024-01-04, Monday to Thursday


def step(strategy: Strategy, **settings: object) -> Step:
    """A step of the strategy with those settings and nothing else."""
    return Step(strategy, settings, tuple(settings))


def refusal(answer: object) -> str:
    """The words in which an answer of `weights` is refused."""
    with pytest.raises(PluginError) as raised:
        check_weights(answer, MARKET)
    return str(raised.value)


def test_numbers_and_series_fill_a_frame() -> None:
    """A number holds for every session, a Series as it is, and an asset that is not named is zero."""
    weights = check_weights({"gold": pd.Series([0.0, 0.0, 0.1, 0.2], S)}, MARKET)
    pd.testing.assert_frame_equal(weights, pd.DataFrame({"stocks": 0.0, "gold": [0.0, 0.0, 0.1, 0.2]}, S))
    weights = check_weights({"gold": 1, "stocks": pd.Series([1, 2, 3, 4], S)}, MARKET)
    pd.testing.assert_frame_equal(weights, pd.DataFrame({"stocks": [1.0, 2.0, 3.0, 4.0], "gold": 1.0}, S))


def test_a_frame_is_put_into_the_markets_order() -> None:
    """A DataFrame comes back with the market's assets in the market's order, and is itself left alone."""
    answer = pd.DataFrame({"gold": 0.25, "stocks": 0.75}, S)
    weights = check_weights(answer, MARKET)
    pd.testing.assert_frame_equal(weights, pd.DataFrame({"stocks": 0.75, "gold": 0.25}, S))
    weights.iloc[:] = 9.0
    assert answer["gold"].eq(0.25).all()


def test_a_row_of_nan_says_no_new_target() -> None:
    """A row that is NaN throughout stays so in every column, also in those that the answer does not name."""
    weights = check_weights({"stocks": pd.Series([NAN, 0.5, NAN, 0.6], S)}, MARKET)
    assert weights.isna().all(axis=1).tolist() == [True, False, True, False]
    assert weights["gold"].dropna().tolist() == [0.0, 0.0]


def test_a_row_of_nan_keeps_the_last_target() -> None:
    """Targets are carried forward, and are cash before the first."""
    raw = pd.DataFrame({"stocks": [NAN, 0.5, NAN, 0.6], "gold": [NAN, 0.1, NAN, 0.0]}, S)
    pd.testing.assert_frame_equal(
        fill_targets(raw), pd.DataFrame({"stocks": [0.0, 0.5, 0.5, 0.6], "gold": [0.0, 0.1, 0.1, 0.0]}, S)
    )


def test_refuses_bills() -> None:
    """Bills are what is left, not a column."""
    expected = "weights name 'bills'; cash is what the weights leave, and earns bills: leave it out"
    assert refusal({"stocks": 0.6, "bills": 0.4}) == expected


def test_refuses_an_unknown_asset() -> None:
    """A column that is no asset is refused with the nearest asset, or with all of them."""
    assert refusal({"stoks": 1.0}) == "weights name 'stoks', which cannot be held; did you mean 'stocks'?"
    assert refusal({"tin": 1.0}) == "weights name 'tin', which cannot be held; known: gold, stocks"
    assert refusal(pd.DataFrame({0: 1.0}, S)) == "weights name 0, which cannot be held; known: gold, stocks"


def test_refuses_to_hold_an_observable() -> None:
    """What can only be looked at cannot be held."""
    assert refusal({"vix": 1.0}) == "weights name 'vix', which cannot be held; known: gold, stocks"


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_refuses_a_row_that_is_not_finite(value: str) -> None:
    """One weight that is NaN or infinite beside one that is set is refused, with the asset and the first date."""
    weights = {"stocks": 0.5, "gold": pd.Series([0.0, 0.0, float(value), float(value)], S)}
    expected = f"weight of gold on 2024-01-03 is {value}; a row is finite, or NaN throughout to keep the last target"
    assert refusal(weights) == expected


def test_refuses_a_row_of_infinity() -> None:
    """A row that is infinite throughout is not a row without a target."""
    expected = "weight of stocks on 2024-01-01 is inf; a row is finite, or NaN throughout to keep the last target"
    assert refusal({"stocks": np.inf, "gold": np.inf}) == expected


def test_refuses_what_is_no_number() -> None:
    """Words where numbers are needed are refused with what pandas says of them."""
    expected = "weights are not numbers: could not convert string to float: 'all of it'"
    assert refusal({"stocks": "all of it"}) == expected
    expected = "weights are not numbers: int too large to convert to float"
    assert refusal({"stocks": 10**400}) == expected
    assert refusal({"stocks": S[0], "gold": 0.5}).startswith("weights are not numbers: ")  # a date, to pandas 1.7e15


def test_refuses_a_mapping_of_something_else() -> None:
    """A mapping whose parts do not fit the sessions is refused."""
    expected = (
        "the mapping is not from roles to numbers or Series: Length of values (2) does not match length of index (4)"
    )
    assert refusal({"stocks": [0.5, 0.5]}) == expected
    expected = "the mapping is not from roles to numbers or Series: 'stocks' is of type dict"
    assert refusal({"stocks": {S[0]: 0.5}}) == expected


def test_refuses_a_series_of_other_dates() -> None:
    """A Series in a mapping has one row a session; nothing is aligned or filled in silence."""
    for part in (pd.Series(0.5, S[1:]), pd.Series(0.5, S + pd.Timedelta(days=1)), pd.Series(0.5, range(4))):
        expected = f"the Series of 'gold' has {len(part)} rows of other dates; one a session is needed"
        assert refusal({"stocks": 0.5, "gold": part}) == expected


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (None, "NoneType"),
        (0.6, "float"),
        ([0.6, 0.4], "list"),
        (np.ones((4, 2)), "ndarray"),
        (pd.Series(1.0, S), "Series"),
    ],
)
def test_refuses_another_type(answer: object, kind: str) -> None:
    """Anything but a DataFrame or a mapping is refused by its type's name."""
    expected = (
        f"weights returned a value of type {kind}; a DataFrame or a mapping from role to number or Series is needed"
    )
    assert refusal(answer) == expected


@pytest.mark.parametrize("rows", [slice(3), slice(None, None, -1), slice(0)])
def test_refuses_another_index(rows: slice) -> None:
    """A frame of fewer sessions, or of the same in another order, is refused."""
    answer = pd.DataFrame({"stocks": 0.6}, S[rows])
    expected = f"weights returned {len(answer)} rows for 4 sessions; one row a session, in order"
    assert refusal(answer) == expected


def test_refuses_no_column_and_two_of_a_name() -> None:
    """An answer names each asset once and at least one."""
    expected = "weights name an asset twice, or none at all; one column a role"
    assert refusal({}) == expected
    assert refusal(pd.DataFrame(np.ones((4, 2)), S, ["stocks", "stocks"])) == expected


def test_gives_each_strategy_what_it_names() -> None:
    """Roles come as levels and as known, the reserved names as what they stand for."""
    strategy = made_strategy("s", "def weights(stocks, vix, bills, returns, calendar, base, portfolio): ...")
    base, portfolio = pd.DataFrame({"stocks": 1.0}, S), pd.Series(1.0, S)
    inputs = step_inputs(strategy, MARKET, base, portfolio)
    assert list(inputs) == ["stocks", "vix", "bills", "returns", "calendar", "base", "portfolio"]
    assert inputs["stocks"].tolist() == [100.0, 101.0, 102.0, 103.0]
    assert inputs["vix"].iloc[1:].tolist() == [20.0, 30.0, 25.0]
    assert inputs["bills"].tolist() == [1.0] * 4
    assert list(inputs["returns"]) == ["stocks", "gold"]
    assert inputs["returns"]["gold"].iloc[-1] == pytest.approx(51 / 50 - 1)
    assert list(inputs["calendar"]) == ["week", "month", "quarter", "year"]
    pd.testing.assert_frame_equal(inputs["base"], base)
    pd.testing.assert_series_equal(inputs["portfolio"], portfolio)


def test_calendar_says_what_is_still_to_come(us: Market) -> None:
    """With an exchange's calendar, or sessions every day, a strategy also reads how far off each period's end is."""
    strategy = made_strategy("s", "def weights(calendar): ...")
    ends = ["week", "month", "quarter", "year"]
    columns = [*ends, *(f"sessions_to_{end}_end" for end in ends), "sessions_since_fomc", "sessions_to_fomc"]
    calendar = step_inputs(strategy, us, None, None)["calendar"]
    assert list(calendar) == columns
    assert calendar.loc["2024-03-27", "sessions_to_month_end"] == 1  # the 29th was Good Friday
    every_day = replace(MARKET, rhythm=RHYTHMS["every day"])
    assert list(step_inputs(strategy, every_day, None, None)["calendar"]["sessions_to_month_end"]) == [30, 29, 28, 27]
    monthly = replace(us, rhythm=RHYTHMS["monthly"], scheduled=us.scheduled[[]])
    assert list(step_inputs(strategy, monthly, None, None)["calendar"]) == ends


def test_refuses_a_role_that_the_history_lacks() -> None:
    """A parameter that is no role is told with strategy, file and history, and the nearest name."""
    with pytest.raises(PluginError) as raised:
        check_reads(made_strategy("s", "def weights(stocks, goold): ..."), MARKET)
    expected = "strategy 's' (s.py) reads 'goold', which history 'made' does not have; did you mean 'gold'?"
    assert str(raised.value) == expected
    with pytest.raises(PluginError, match=r"reads 'calender', .*; did you mean 'calendar'\?$"):
        step_inputs(made_strategy("s", "def weights(calender): ..."), MARKET, None, None)
    with pytest.raises(
        PluginError, match=r"; known: base, bills, calendar, gold, portfolio, returns, sessions_a_year, stocks, vix$"
    ):
        check_reads(made_strategy("s", "def weights(x): ..."), MARKET)
    unread = replace(MARKET, observables=MARKET.observables[[]])
    with pytest.raises(PluginError, match=r"'vix', which is in history 'made' but was not read from it; name it among"):
        check_reads(made_strategy("s", "def weights(vix): ..."), unread)


def test_settings_reach_the_strategy() -> None:
    """What a step states is what `weights` gets, by name."""
    strategy = made_strategy("s", "def weights(*, size=0.1, other=0.2):\n    return {'stocks': size, 'gold': other}")
    weights = call_step(step(strategy, size=0.3, other=0.4), {}, MARKET)
    assert weights.iloc[0].tolist() == [0.3, 0.4]


def test_an_exception_names_file_and_line() -> None:
    """What a strategy raises is told in one line with its name, its file, the deepest line in it, and the kind."""
    source = "def weights(stocks):\n    return helper(stocks)\n\ndef helper(series):\n    return series.loc['x\\ny']\n"
    strategy = made_strategy("s", source)
    with pytest.raises(PluginError) as raised:
        call_step(step(strategy), step_inputs(strategy, MARKET, None, None), MARKET)
    assert str(raised.value).startswith("strategy 's' (s.py, line 5): KeyError: ")
    assert isinstance(raised.value.__cause__, KeyError)


def test_only_the_first_line_of_an_exception_is_told() -> None:
    """A message of many lines is cut after its first."""
    strategy = made_strategy("s", "def weights():\n    raise ValueError('first\\nsecond')\n")
    with pytest.raises(PluginError) as raised:
        call_step(step(strategy), {}, MARKET)
    assert str(raised.value) == "strategy 's' (s.py, line 2): ValueError: first"


def test_a_strategy_cannot_end_the_program() -> None:
    """SystemExit from a strategy is a fault of the strategy like any other."""
    strategy = made_strategy("s", "import sys\n\ndef weights():\n    sys.exit(3)\n")
    with pytest.raises(PluginError) as raised:
        call_step(step(strategy), {}, MARKET)
    assert str(raised.value) == "strategy 's' (s.py, line 4): SystemExit: 3"


def test_a_wrong_answer_names_the_strategy() -> None:
    """What is wrong with an answer is told with the strategy's name and file."""
    strategy = made_strategy("s", "def weights():\n    return {'bills': 1.0}\n")
    with pytest.raises(PluginError) as raised:
        call_step(step(strategy), {}, MARKET)
    assert str(raised.value).startswith("strategy 's' (s.py): weights name 'bills'; ")


def first(targets: dict[str, object], source: str = "def weights(): ...") -> int:
    """The first session of a recipe of one strategy with those targets."""
    frame = pd.DataFrame({"stocks": 0.0, "gold": 0.0} | targets, S)
    return first_session(MARKET, (step(made_strategy("s", source)),), frame)


def test_starts_when_what_it_reads_has_begun() -> None:
    """The first session is that on which the last series that is read has a value, held or not."""
    assert first({"stocks": 1.0}) == 0
    assert first({"stocks": 1.0}, "def weights(vix): ...") == 1
    assert first({"stocks": 1.0}, "def weights(vix, gold, returns, calendar): ...") == 2
    assert first({"stocks": 1.0}, "def weights(gold, vix, stocks): ...") == 2  # the latest to begin, not the last read


def test_starts_when_what_it_holds_has_begun() -> None:
    """The first session is that on which the last asset that is held has a level; a weight of zero needs none."""
    assert first({"gold": 0.1}) == 2
    assert first({"gold": [0.0, 0.0, 0.1, 0.1]}) == 0
    assert first({"gold": [0.1, 0.0, 0.0, 0.0]}) == 1


def test_starts_when_bills_have_begun() -> None:
    """Before bills there is nothing for cash to earn, so nothing is simulated."""
    late = replace(MARKET, levels=MARKET.levels.assign(bills=[NAN, NAN, NAN, 1.0]))
    frame = pd.DataFrame({"stocks": 1.0, "gold": 0.0}, S)
    assert first_session(late, (), frame) == 3


def test_starts_when_cash_has_a_return() -> None:
    """Of a rate whose first value is of the second session cash earns from the third on."""
    levels = pd.DataFrame({"stocks": [1.0, 2.0, 3.0, 4.0], "bills": [NAN, 3.65, 7.3, 3.65]}, S)
    late = market(levels, kinds={"bills": "rate"})
    assert late.bill_returns[2:] == pytest.approx([0.0001, 0.0002])
    assert first_session(late, (), pd.DataFrame({"stocks": 1.0}, S)) == 2


def test_refuses_to_read_what_never_begins() -> None:
    """A series that is read and has no value in the window is an error with both names."""
    empty = replace(MARKET, observables=MARKET.observables * NAN)
    frame = pd.DataFrame({"stocks": 1.0, "gold": 0.0}, S)
    with pytest.raises(DataError) as raised:
        first_session(empty, (step(made_strategy("s", "def weights(vix): ...")),), frame)
    assert str(raised.value) == "strategy 's' reads 'vix', which has no value in this window"


def test_the_rhythm_is_a_number() -> None:
    """`sessions_a_year` is 252 of daily sessions, 12 of monthly ones."""
    strategy = made_strategy("made", "def weights(sessions_a_year):\n    return {'stocks': 1}")
    monthly = replace(MARKET, rhythm=RHYTHMS["monthly"])
    assert [step_inputs(strategy, market, None, None) for market in (MARKET, monthly)] == [
        {"sessions_a_year": 252.0},
        {"sessions_a_year": 12.0},
    ]


def test_what_a_strategy_can_do_without() -> None:
    """A role read `= None` is None where the market has none, NaN before it begins, and puts nothing off."""
    code = "def weights(stocks, fear=None):\n    return {'stocks': 0.5 if fear is None else fear.fillna(0.0)}"
    fearful = step(made_strategy("s", code))
    without = made_market({"stocks": [1, 2, 3]})
    assert "fear" not in step_inputs(fearful.strategy, without, None, None)
    weights = call_step(fearful, step_inputs(fearful.strategy, without, None, None), without)
    assert weights["stocks"].tolist() == [0.5] * 3
    late = made_market({"stocks": [1, 2, 3]}, observables={"fear": [NAN, 0.2, 0.3]})
    weights = call_step(fearful, step_inputs(fearful.strategy, late, None, None), late)
    assert weights["stocks"].tolist() == [0.0, 0.2, 0.3]
    assert first_session(late, (fearful,), weights) == 0
