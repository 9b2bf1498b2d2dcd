"""Runs on histories that are not daily: figures by hand arithmetic, and what terminal, page and batch say of them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from backtester.engine.costs import parse_costs
from backtester.engine.execution import Execution
from backtester.errors import RecipeError
from backtester.runs.document import document
from backtester.runs.result import Result
from backtester.runs.run import carry_out
from backtester.runs.sentences import rhythm_lines
from backtester.runs.settings import RunSettings
from backtester.runs.summary import summary
from folders import listed, made_folder
from mistakes import called, refusal

FREE = Execution(costs=parse_costs(["0"]))
BILLS = 0.0015  # a month


def returns(count: int) -> Any:
    """Monthly returns of stocks and bonds, (count, 2), that make a book of 11% a year."""
    noise = np.random.default_rng(3).normal(0, 1, (count, 2))
    return np.column_stack([0.007 + 0.045 * noise[:, 0], 0.003 + 0.009 * noise[:, 0] + 0.0155 * noise[:, 1]])


def history(folder: Path, freq: str, count: int = 240) -> Path:
    """A history of stocks, bonds and an index of bills whose sessions are of that frequency."""
    levels = 100 * np.cumprod(1 + returns(count), axis=0)
    dates = pd.date_range("2004-01-30", periods=count, freq=freq).date
    columns = {"date": dates, "stocks": levels[:, 0], "bonds": levels[:, 1], "bills": (1 + BILLS) ** np.arange(count)}
    return made_folder(folder, columns, {role: listed("total_return", role) for role in list(columns)[1:]})


def by_hand(a_year: float, count: int = 240) -> tuple[float, float]:
    """Volatility and Sharpe ratio of 60/40 that is in cash until its first trade, a session after its start."""
    moves = returns(count)[1:] @ [0.6, 0.4]
    moves[0] = BILLS
    excess = moves - BILLS
    return np.std(moves, ddof=1) * a_year**0.5, np.mean(excess) / np.std(excess, ddof=1) * a_year**0.5


@pytest.mark.parametrize(
    ("freq", "a_year", "window", "says"),
    [
        ("BME", 12, 1, "1 month"),
        ("W-FRI", 52, 4, "4 weeks"),
        ("D", 365, 31, "31 days"),
        ("QE", 4, 1, "1 quarter"),
    ],
)
def test_figures_by_hand(tmp_path: Path, freq: str, a_year: float, window: int, says: str) -> None:
    """Volatility and Sharpe ratio are annual by the sessions of the rhythm, and sell-offs are sought in a month."""
    every = FREE.model_copy(update={"rebalance": {"D": "day", "W-FRI": "week"}.get(freq)})  # session, of all four
    recipes = ("sixty_forty(stocks=0.4)",)
    found = carry_out(
        RunSettings(history="made", data=history(tmp_path, freq), recipes=recipes, resamples=0, execution=every)
    )
    measures = found.strategies[0].measures
    assert (measures["volatility"], measures["sharpe"]) == tuple(map(pytest.approx, by_hand(a_year)))
    assert (found.period.rule.max_sessions, found.period.rule.gap_sessions) == (window, window)
    assert max(one["sessions"] for one in found.joint_rows) <= window
    assert all(one["after"]["sessions"] <= window for one in found.joint_rows)
    assert found.strategies[1].card.sensitivity[0].name.endswith(f"windows of {says}")


def test_the_book_of_the_issue(tmp_path: Path) -> None:
    """240 month-ends of a book of 11% have a volatility of 11%, not 51%; nothing is called a session of 21."""
    assert by_hand(12)[0] == pytest.approx(0.1108, abs=1e-4)
    found = carry_out(RunSettings(history="made", data=history(tmp_path, "BME"), resamples=100, execution=FREE))
    assert found.strategies[0].measures["volatility"] == pytest.approx(by_hand(12)[0])
    assert found.resampling.plan is not None
    assert 3 <= found.resampling.plan.block_sessions < 21
    assert list(found.correlations) == ["correlation_36_sessions", "correlation_36_months"]
    pd.testing.assert_series_equal(*(found.correlations[name] for name in found.correlations), check_names=False)
    assert list(dict.fromkeys(tail.frequency for tail in found.dependence["tails"])) == ["monthly", "quarterly"]  # type: ignore[attr-defined]  # a list of them
    assert summary(document(found)).heading == "Made: 2004-01-30 to 2023-12-29, 240 monthly sessions"


def test_vol_target_counts_by_the_rhythm(tmp_path: Path) -> None:
    """Of month-ends its leverage is 8% over the volatility of ten of them, at twelve a year."""
    data = history(tmp_path, "BME")
    found = carry_out(
        RunSettings(history="made", data=data, recipes=("sixty_forty + vol_target",), resamples=0, execution=FREE)
    )
    book = found.strategy("sixty_forty + vol_target").evaluation
    moves = found.strategies[0].nav.pct_change()
    own = 0.08 / (np.std(moves.iloc[91:101], ddof=1) * 12**0.5)
    assert book.targets["stocks"].iloc[100] == pytest.approx(0.6 * own)


@pytest.fixture(scope="module")
def quarterly(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A run on 120 quarters."""
    data = history(tmp_path_factory.mktemp("quarterly"), "QE", 120)
    return carry_out(RunSettings(history="made", data=data, recipes=("sixty_forty(stocks=0.4)",), resamples=0))


def test_a_quarterly_run_says_quarters(quarterly: Result) -> None:
    """It trades at quarter-ends where nobody says otherwise, and its regime looks back on twelve quarters."""
    written = document(quarterly)
    assert (written["history"]["rhythm"], written["settings"]["rebalance"]) == ("quarterly", "quarter")
    slow = quarterly.correlations["correlation_36_months"]
    assert np.flatnonzero(slow.notna())[0] == 12
    notes = summary(written).notes
    assert "Sessions are quarterly: what is said of months is of quarters." in notes


@pytest.mark.parametrize("schedule", ["day", "week", "week+1"])
def test_schedules_finer_than_the_sessions(tmp_path: Path, schedule: str) -> None:
    """They are refused in a run, whoever states them."""
    data = history(tmp_path, "BME", 60)
    (tmp_path / "finer.py").write_text(f"REBALANCE = '{schedule}'\ndef weights():\n    return {{'stocks': 0.5}}\n")
    said = f"schedule '{schedule}' is finer than the sessions of the history, which are monthly; month, quarter, year "
    with pytest.raises(RecipeError, match=f"^{said.replace('+', '[+]')}or never"):
        carry_out(RunSettings(history="made", data=data, resamples=0, execution=Execution(rebalance=schedule)))
    plugin = RunSettings(history="made", data=data, resamples=0, recipes=("finer",), plugins=(tmp_path / "finer.py",))
    with pytest.raises(RecipeError, match=f"^REBALANCE of strategy 'finer': {said.replace('+', '[+]')}or never"):
        carry_out(plugin)


@dataclass(frozen=True)
class Played:
    """A folder in which a user imported month-ends and carried out two runs: what they said."""

    folder: Path
    out: tuple[str, ...]


DATA = ("--history", "mine", "--data", "data")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Stocks on the last business days, bonds and bills on the last days of months, and two runs of them."""
    folder, levels = tmp_path_factory.mktemp("played"), 100 * np.cumprod(1 + returns(240), axis=0)
    files = {
        "stocks": ("BME", levels[:, 0]),
        "bonds": ("ME", levels[:, 1]),
        "bills": ("ME", (1 + BILLS) ** np.arange(240)),
    }
    for role, (freq, values) in files.items():
        dates = pd.date_range("2004-01-30", periods=240, freq=freq).date
        pd.DataFrame({"date": dates, role: values}).to_csv(folder / f"{role}.csv", index=False)
        words = ("data", "import", f"{role}.csv", "--as", role, "--kind", "total_return", *DATA)
        assert called(folder, *words)[0] == 0
    runs = (("sixty_forty(stocks=0.4)", "--out", "one"), ("sixty_forty + vol_target", "--out", "two"))
    said = [called(folder, "run", *words, *DATA, "--cost-bps", "0", "--resamples", "100") for words in runs]
    assert [status for status, _, _ in said] == [0, 0]
    return Played(folder, tuple(out for _, out, _ in said))


def test_the_terminal_of_a_monthly_run(played: Played) -> None:
    """It says the rhythm, and how crises are measured."""
    flat = " ".join(played.out[0].split())
    assert "mine: 2004-01-30 to 2023-12-29, 240 monthly sessions" in flat
    assert "A named crisis is measured between the month-ends around it." in flat
    written = json.loads((played.folder / "one" / "result.json").read_text())
    measures = written["strategies"][0]["measures"]
    assert (measures["volatility"], measures["sharpe"]) == tuple(map(pytest.approx, by_hand(12)))
    crash = next(one for one in written["crises"] if one["headline"] == "March 2020")
    stocks = pd.read_csv(played.folder / "stocks.csv", index_col="date")["stocks"]
    assert crash["stocks"] == pytest.approx(stocks["2020-03-31"] / stocks["2020-02-28"] - 1)


def test_the_page_of_a_monthly_run(played: Played) -> None:
    """Windows, what follows them, blocks and lags are told in months."""
    page = (played.folder / "one" / "tearsheet.html").read_text()
    for words in (
        "fell within the same month. Returns",
        "The month after each joint sell-off",
        "A window within 1 month (2 closes) in which",
        "each at least 1 month away",
        "monthly, 12 sessions a year",
        "decided on a month&#39;s close, traded at the close 1 month later",
        "Weights at each month's last close",
    ):
        assert words in page
    for words in ("21 sessions after", "within 21", "63 sessions;", "By session", "Last 36 months, daily"):
        assert words not in page


def test_report_and_compare_of_monthly_runs(played: Played) -> None:
    """The page is made again from the folder, and two runs stand side by side."""
    before = (played.folder / "two" / "tearsheet.html").read_bytes()
    assert called(played.folder, "report", "two")[0] == 0
    assert (played.folder / "two" / "tearsheet.html").read_bytes() == before
    status, out, _ = called(played.folder, "compare", "one", "two", "--out", "both")
    assert (status, "240 monthly sessions" in out) == (0, True)


def test_a_batch_of_a_monthly_history(played: Played) -> None:
    """Its rows have the figures of a run; a schedule that no month keeps is refused."""
    study = (
        "name = 's'\nhistory = 'mine'\ndata = 'data'\nexecution.costs.trade_bps = 0\n"
        "[[grid]]\nrecipe = 'sixty_forty(stocks={s})'\ns = [0.6]\n"
    )
    (played.folder / "s.toml").write_text(study)
    assert called(played.folder, "batch", "s.toml", "--out", "s", "--workers", "1")[0] == 0
    assert pq.read_table(played.folder / "s" / "results.parquet")["volatility"][0].as_py() == pytest.approx(
        by_hand(12)[0]
    )
    (played.folder / "w.toml").write_text(study.replace("'data'\n", "'data'\nexecution.rebalance = 'week'\n"))
    status, _, err = called(played.folder, "batch", "w.toml", "--out", "w", "--workers", "1")
    assert (status, "schedule 'week' is finer than the sessions of the history, which are monthly" in err) == (2, True)
    finer = refusal(played.folder, "run", "sixty_forty", *DATA, "--rhythm", "week")
    assert finer[0].startswith(
        "history 'mine' is monthly and has no weekly sessions to measure at; leave --rhythm week"
    )


def test_a_daily_history_at_month_ends(us: Any, tmp_path: Path) -> None:
    """By hand, from the embedded levels: volatility of 60/40 at month-ends, in cash for the first."""
    found = carry_out(RunSettings(rhythm="month", recipes=("sixty_forty",), resamples=0, execution=FREE))
    assert "Everything is measured at the last session of each month." in summary(document(found)).notes
    ends = us.levels.groupby(us.sessions.to_period("M")).last().loc[:"2026-04"]
    moves = ends.pct_change().to_numpy()[1:, [ends.columns.get_loc(role) for role in ("stocks", "bonds", "bills")]]
    book = moves[:, :2] @ [0.6, 0.4]
    book[0] = moves[0, 2]
    assert found.strategies[0].measures["volatility"] == pytest.approx(np.std(book, ddof=1) * 12**0.5)
    assert found.settings.rhythm == "month"


HOLD = "def weights(base, fund):\n    return base.assign(fund=0.1)\n"


def test_a_slower_asset_beside_daily_ones(tmp_path: Path) -> None:
    """Where it is held a line suggests month-ends, on the terminal and the page; at month-ends nothing is said."""
    days, levels = pd.bdate_range("2020-01-31", "2021-12-31"), 100 * np.cumprod(1 + returns(501) / 10, axis=0)
    months = set(pd.date_range("2020-01-31", "2021-12-31", freq="BME"))
    columns = {"date": days.date, "stocks": levels[:, 0], "bonds": levels[:, 1], "bills": 1.0 + np.arange(501) / 1e5}
    columns["fund"] = [10.0 + place if day in months else None for place, day in enumerate(days)]  # type: ignore[assignment]  # a list
    series = {role: listed("total_return", role) for role in list(columns)[1:]}
    series["fund"] |= {"carry_days": 35}
    (tmp_path / "fund_tenth.py").write_text(HOLD)
    settings = RunSettings(
        history="made", data=made_folder(tmp_path, columns, series), plugins=(tmp_path / "fund_tenth.py",), resamples=0
    )
    said = (
        "Fund: held beside daily sessions at a level that stands still between monthly values, which biases figures by "
        "session; 'run --rhythm month' measures at month-ends."
    )
    held = document(carry_out(settings.model_copy(update={"recipes": ("sixty_forty + fund_tenth",)})))
    assert held["history"]["slower"] == {"fund": "monthly"}
    assert rhythm_lines(held) == (said,)
    assert document(carry_out(settings))["history"]["slower"] == {}  # nobody holds it
    at_ends = document(
        carry_out(settings.model_copy(update={"recipes": ("sixty_forty + fund_tenth",), "rhythm": "month"}))
    )
    assert (at_ends["history"]["slower"], at_ends["settings"]["rhythm"]) == ({}, "month")
    assert not [line for line in rhythm_lines(at_ends) if "stands still" in line]
