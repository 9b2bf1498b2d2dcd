"""Measures against the two libraries that get them right (vectorbt and quantstats), on real and made records."""

import warnings

import numpy as np
import pandas as pd
import pytest

from backtester.analysis.pair import reference_pair
from backtester.analysis.periods import cagr
from backtester.analysis.ratios import (
    expected_shortfall,
    omega,
    probabilistic_sharpe,
    sharpe,
    sortino,
    value_at_risk,
    volatility,
)
from backtester.histories.market import Market

YEAR = 252


@pytest.fixture(scope="module")
def records(us: Market) -> list["pd.Series[float]"]:
    """The pair's returns in excess of bills, stocks' own, and three made series, all on real sessions."""
    pair = reference_pair(us).nav.pct_change().iloc[1:]
    noise = np.random.default_rng(7).standard_t(4, (3, len(pair))) * 0.01
    made = [pd.Series(row + drift, pair.index) for row, drift in zip(noise, (0.0005, 0.0, -0.0005), strict=True)]
    return [pair - us.bill_returns[1:], us.levels["stocks"].pct_change().iloc[1:], *made]


def test_quantstats_agrees(records: list["pd.Series[float]"]) -> None:
    """Sharpe, Sortino, volatility, omega and, of the same shape, probabilistic Sharpe are quantstats'."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import quantstats.stats as oracle  # seconds to import

        for returns in records:
            ours = returns.to_numpy()
            assert sharpe(ours, sessions_a_year=YEAR) == pytest.approx(oracle.sharpe(returns, periods=YEAR), rel=1e-9)
            assert sortino(ours, sessions_a_year=YEAR) == pytest.approx(oracle.sortino(returns, periods=YEAR), rel=1e-9)
            theirs = oracle.volatility(returns, periods=YEAR)
            assert volatility(ours, sessions_a_year=YEAR) == pytest.approx(theirs, rel=1e-9)
            assert omega(ours) == pytest.approx(oracle.omega(returns, periods=YEAR), rel=1e-9)
            shape = float(returns.skew()), float(returns.kurtosis()) + 3  # of moments over n - 1, as theirs
            probability = probabilistic_sharpe(sharpe(ours, sessions_a_year=1), len(ours), *shape)
            theirs = oracle.probabilistic_sharpe_ratio(returns, periods=YEAR, annualize=False)
            assert probability == pytest.approx(theirs, rel=1e-9)


def test_vectorbt_agrees(records: list["pd.Series[float]"]) -> None:
    """Expected shortfall, Sortino and, once the year is set by calendar days, the annual return are vectorbt's."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import vectorbt  # seconds to import

        for returns in records:
            ours = returns.to_numpy()
            theirs = vectorbt.returns.accessors.ReturnsSRAccessor(returns, freq="1D", year_freq=f"{YEAR} days")
            assert expected_shortfall(ours) == pytest.approx(theirs.cond_value_at_risk(cutoff=0.05), rel=1e-9)
            assert value_at_risk(ours) == pytest.approx(theirs.value_at_risk(cutoff=0.05), rel=1e-9)
            assert sortino(ours, sessions_a_year=YEAR) == pytest.approx(theirs.sortino_ratio(), rel=1e-9)
            nav = pd.concat([pd.Series([1.0], [pd.Timestamp("2007-01-03")]), (1 + returns).cumprod()])
            years = (nav.index[-1] - nav.index[0]).days / 365.25
            calendar = vectorbt.returns.accessors.ReturnsSRAccessor(
                returns, freq="1D", year_freq=pd.Timedelta(days=len(returns) / years)
            )
            assert cagr(nav) == pytest.approx(calendar.annualized(), rel=1e-9)
