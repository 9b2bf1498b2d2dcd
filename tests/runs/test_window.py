"""Why a run is not measured over the window asked for, and what to say instead."""

import datetime

import numpy as np
import pandas as pd
import pytest

from backtester.errors import DataError
from backtester.histories.frames import market
from backtester.histories.market import Market
from backtester.plugins.from_code import weights_strategy
from backtester.runs.direct import run
from backtester.runs.document import document
from backtester.runs.result import Result
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings
from backtester.runs.summary import summary

DAYS = pd.bdate_range("2020-01-01", "2021-12-31")


@pytest.fixture(scope="module")
def made() -> Market:
    """Two years of weekdays; the fund begins in March 2020, and gold has none from July to September 2020."""
    moves = np.random.default_rng(4).normal(0.0003, [0.01, 0.003, 0.008, 0.005], (len(DAYS), 4))
    frame = pd.DataFrame(100 * np.exp(moves.cumsum(axis=0)), DAYS, ["stocks", "bonds", "gold", "fund"])
    frame.loc[: pd.Timestamp("2020-02-28"), "fund"] = np.nan
    whole = market(frame.assign(bills=2 + moves[:, 1].cumsum()), kinds={"bills": "rate"})
    gap = (whole.sessions >= "2020-07-01") & (whole.sessions <= "2020-09-30")
    whole.levels.loc[gap, "gold"] = np.nan
    return whole


def asked(made: Market, recipe: str, start: str | None = None, end: str | None = None, **words: str) -> Result:
    dates = {"start": start and datetime.date.fromisoformat(start), "end": end and datetime.date.fromisoformat(end)}
    return run({"it": recipe}, market=made, settings=RunSettings(resamples=0, **dates, **words))


FUND = "it needs fund, which begins then; leave it out to begin earlier, or say --start 2020-03-02"
GAP = "it needs gold, which has no value from 2020-07-01 to 2020-09-30; --end 2020-06-30 measures what is before"


@pytest.mark.parametrize(
    ("recipe", "dates", "notes"),
    [
        ("hold(asset='fund')", (None, None), [f"measured from 2020-03-02, not 2020-01-01: {FUND}"]),
        ("hold(asset='fund')", ("2020-02-01", None), [f"measured from 2020-03-02, not 2020-02-01: {FUND}"]),
        ("hold(asset='fund')", ("2020-03-02", None), []),
        ("hold(asset='fund')", ("2020-02-29", None), []),
        ("hold(asset='gold')", ("2020-02-03", None), [f"measured from 2020-10-01, not 2020-02-03: {GAP}"]),
        ("hold(asset='gold')", ("2020-02-03", "2020-06-30"), []),
        ("hold", (None, None), []),
        ("hold", ("2019-12-28", "2022-01-03"), []),
        (
            "hold",
            ("2018-01-01", "2023-01-01"),
            [
                "measured from 2020-01-01, not 2018-01-01: history 'frame' begins then; 'backtester data list' shows "
                "those that begin earlier, to be named with --history",
                "measured to 2021-12-31, not 2023-01-01: history 'frame' ends then; leave out --end",
            ],
        ),
    ],
)
def test_says_why_and_what_to_type(
    made: Market, recipe: str, dates: tuple[str | None, str | None], notes: list[str]
) -> None:
    """A line says which recipe needs which role and when it begins, or where its gap is; none where all is as asked."""
    assert list(asked(made, recipe, *dates).notes) == notes


def test_what_is_said_is_true(made: Market) -> None:
    """The end that the line names gives the window before the gap."""
    sessions = asked(made, "hold(asset='gold')", "2020-02-03", "2020-06-30").period.sessions
    assert (sessions[0], sessions[-1]) == (pd.Timestamp("2020-02-03"), pd.Timestamp("2020-06-30"))


def test_a_leg_of_the_pair_that_begins_late_is_named(made: Market) -> None:
    """Where every recipe could begin earlier, the pair is why; a gap in a leg is refused with its dates."""
    late = asked(made, "hold", "2020-02-03", bonds_role="fund")
    assert late.notes == (f"measured from 2020-03-02, not 2020-02-03: {FUND.replace('it needs', 'the pair needs')}",)
    message = "history 'frame' has no gold on 66 sessions from 2020-07-01 to 2020-09-30, and the pair needs both legs; "
    with pytest.raises(DataError, match=f"^{message}choose --start and --end beside them$"):
        asked(made, "hold", bonds_role="gold")


def test_weights_of_a_file_begin_with_their_first_row(made: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before its first row a table of weights has said nothing, and nothing is measured."""
    rows = pd.DataFrame({"stocks": [0.5, 0.7]}, pd.DatetimeIndex(["2020-06-05", "2021-01-04"]))
    strategy = weights_strategy("mine", "w.csv", b"", rows)
    monkeypatch.setattr("backtester.runs.direct.function_strategy", lambda name, function: strategy)
    result = run({"mine": lambda: {}}, market=made, settings=RunSettings(resamples=0))
    assert result.notes == (
        "measured from 2020-06-05, not 2020-01-01: the weights of mine begin then; leave it out to begin earlier, or "
        "say --start 2020-06-05",
    )
    assert result.strategy("mine").check.causal is None


@pytest.mark.parametrize(
    ("start", "end", "heads", "note"),
    [
        ("2007-12-31", "2022-12-30", ["2008", "2022"], "2008 and 2022: calendar years; March"),
        (
            "2008-01-02",
            "2022-12-30",
            ["2008\npart", "2022"],
            "calendar years; 2008 part: after the close of 2008-01-02;",
        ),
        ("2008-03-03", "2022-10-31", ["2008\npart", "2022\npart"], "; 2022 part: to 2022-10-31; 2008 part: after the"),
    ],
)
def test_parts_of_years_are_marked_on_the_terminal(start: str, end: str, heads: list[str], note: str) -> None:
    """A year whose first day, or more, lies outside the window is called a part of it, and says from when."""
    settings = RunSettings(
        resamples=0, start=datetime.date.fromisoformat(start), end=datetime.date.fromisoformat(end), recipes=("hold",)
    )
    said = summary(document(carry_out(settings)))
    assert [head for head in said.tables[0].headings if head[:4] in ("2008", "2022")] == heads
    assert note in said.notes[0]
