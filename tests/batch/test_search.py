"""What a study's search flatters, from its rows."""

from typing import Any, cast

import numpy as np
import pyarrow as pa
import pytest

from backtester.analysis.overfitting import sharpe_ratios
from backtester.arrays import Array
from backtester.batch import search
from backtester.batch.rows import JobOutcome, table_of
from backtester.batch.search import ContestInputs, contest_of, search_of
from backtester.histories.market import Market
from builders import made_market

BILLS = 0.0001


def months_of(count: int) -> Market:
    """A market of business days over that many whole months, with bills that earn a basis point a session."""
    days = np.arange(np.datetime64("2000-01"), np.datetime64("2000-01") + count + 0).astype("datetime64[M]")
    dates = np.arange(days[0], days[-1] + 1, dtype="datetime64[D]")
    dates = dates[np.is_busday(dates)]
    return made_market({"stocks": [100.0] * len(dates)}, dates=dates.astype(str).tolist(), bills=[BILLS] * len(dates))


def rows(returns: list[Array], errors: list[str | None]) -> pa.Table:
    came = [JobOutcome(error, months=one) for one, error in zip(returns, errors, strict=True)]
    return table_of([(f"key{place}", f"job {place}", "r") for place in range(len(came))], came)


def test_the_best_of_noise_is_no_find() -> None:
    """Of forty runs of noise the best is deflated, those that failed or were ruined are left out, and months are
    aligned at their end, in excess of bills."""
    market, noise = months_of(61), np.random.default_rng(3).normal(0.004, 0.02, (42, 60))
    noise[40, 5] = np.nan
    returns = [*noise[:40], noise[40], np.append(0.5, noise[41])]  # the last began a month before
    table = rows(returns, [None] * 41 + ["it broke"])
    for name, setting in (
        ("size", 0.1),
        ("band", 0.02),
        ("lag", None),
    ):  # which are the grid's: the last is another one's
        table = table.append_column(f"setting_{name}", [[setting] * len(table)])
    found = search_of(table, market)
    assert found is not None
    assert (found.jobs, found.left_out, found.months) == (40, 2, 60)
    assert 30 < found.trials <= 40
    sessions = market.sessions.to_period("M").value_counts(sort=False).to_numpy()[-60:]
    excess = noise[:40].astype(np.float32) - np.log1p(BILLS) * sessions
    best = int(sharpe_ratios(excess).argmax())
    assert found.best == f"job {best}, band=0.02"  # the recipe says the size, but not the band
    assert found.sharpe == pytest.approx(sharpe_ratios(excess)[best] * 12**0.5, rel=1e-6)
    assert found.deflated < 0.95
    assert found.overfitting.probability > 0.2
    assert found.contested is None  # no contest was held


def test_too_little_says_nothing() -> None:
    """One job, or too few months, have no search to speak of."""
    market = months_of(61)
    assert search_of(rows([np.zeros(60)], [None]), market) is None
    assert search_of(rows([np.zeros(20)] * 3, [None] * 3), market) is None
    assert search_of(rows([np.zeros(0), np.zeros(60)], [None] * 2), market) is None
    assert search_of(rows([np.zeros(60)] * 3, ["it broke"] * 3), market) is None


@pytest.mark.parametrize(("jobs", "months", "found"), [(2, 32, True), (2, 31, False), (1, 32, False)])
def test_two_jobs_and_thirty_two_months_are_enough(
    monkeypatch: pytest.MonkeyPatch, jobs: int, months: int, found: bool
) -> None:
    """For a search, and for a contest by a figure that any stretch of time has; a scenario's return is none."""
    market = months_of(61)
    table = rows(
        [*np.random.default_rng(1).normal(0, 0.02, (jobs, months)), np.zeros(40)], [None] * jobs + ["it broke"]
    )
    assert (search_of(table, market) is not None) is found
    held: list[Any] = []
    monkeypatch.setattr(search, "hold_contest", lambda *words, **settings: held.append(words) or "held")
    entrants = [ContestInputs(cast(Any, ["a", "b", "c"]), by, cast(Any, None), 1) for by in ("cagr", "stress_war")]
    assert [contest_of(table, market, one) for one in entrants] == ["held" if found else None, None]
    if found:
        [(jobs_held, table_held, excess)] = held
        assert (jobs_held, len(table_held), excess.shape) == (["a", "b"], 2, (2, 32))


def test_the_best_by_hand() -> None:
    """Months count from the end; one that never moved has no ratio and is no best."""
    market = months_of(61)
    good, bad = np.resize([0.03, 0.01], 40), np.resize([0.01, -0.02], 41)
    found = search_of(rows([np.zeros(40), bad, good], [None] * 3), market)
    assert found is not None
    assert (found.best, found.months, found.jobs, found.left_out) == ("job 2", 40, 3, 0)


def test_what_never_varies_is_not_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no ratio, wherever it stands among the others."""
    monkeypatch.setattr(search, "_bills", lambda market: np.zeros(61))
    found = search_of(rows([np.zeros(40), np.resize([0.03, -0.01], 40), np.zeros(40)], [None] * 3), months_of(61))
    assert found is not None
    assert found.best == "job 1"
