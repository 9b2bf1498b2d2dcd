"""Measures against the two libraries that get them right (vectorbt and quantstats), on real and made records."""

import warnings

import numpy as np
import pandas as pd
import pytest

from backtester.analysis.pair import reference_pair
from backtester.histories.market import Market
from recorded import measures
from witness.measures import probabilistic_sharpe

YEAR = 252


@pytest.fixture(scope="module")
def records(us: Market) -> list["pd.Series[float]"]:
    """The pair's returns in excess of bills, stocks' own, and three made series, all on real sessions."""
    pair = reference_pair(us).nav.pct_change().iloc[1:]
    noise = np.random.default_rng(7).standard_t(4, (3, len(pair))) * 0.01
    made = [pd.Series(row + drift, pair.index) for row, drift in zip(noise, (0.0005, 0.0, -0.0005), strict=True)]
    return [pair - us.bill_returns[1:], us.levels["stocks"].pct_change().iloc[1:], *made]


def measured(returns: "pd.Series[float]", reference: "pd.Series[float] | None" = None) -> dict[str, float]:
    """The numbers among the measures of a record with these returns in excess of bills, by name."""
    nav, against = grown(returns), None if reference is None else grown(reference)
    own = measures(nav, np.zeros(len(nav)), sessions_a_year=YEAR, reference=against)
    return {name: value for name, value in own.items() if isinstance(value, int | float)}


def grown(returns: "pd.Series[float]") -> "pd.Series[float]":
    return pd.concat([pd.Series([1.0], [pd.Timestamp("2007-01-03")]), (1 + returns).cumprod()])


def test_quantstats_agrees(records: list["pd.Series[float]"]) -> None:
    """Sharpe, Sortino, volatility, omega, drawdown, ulcer and, of the same shape, probabilistic Sharpe are theirs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import quantstats.stats as oracle  # seconds to import

        for returns in records:
            own = measured(returns)
            assert own["sharpe"] == pytest.approx(oracle.sharpe(returns, periods=YEAR), rel=1e-9)
            assert own["sortino"] == pytest.approx(oracle.sortino(returns, periods=YEAR), rel=1e-9)
            assert own["volatility"] == pytest.approx(oracle.volatility(returns, periods=YEAR), rel=1e-9)
            assert own["omega"] == pytest.approx(oracle.omega(returns, periods=YEAR), rel=1e-9)
            assert own["max_drawdown"] == pytest.approx(oracle.max_drawdown(returns), rel=1e-9)
            assert own["tail_ratio"] == pytest.approx(oracle.tail_ratio(returns), rel=1e-9)
            greeks = oracle.greeks(returns, records[0], periods=YEAR)
            against = measured(returns, records[0])
            assert against["beta"] == pytest.approx(greeks["beta"], rel=1e-9)
            assert against["alpha"] == pytest.approx(greeks["alpha"], rel=1e-9, abs=1e-12)
            shape = float(returns.skew()), float(returns.kurtosis()) + 3  # of moments over n - 1, as theirs
            probability = probabilistic_sharpe(own["sharpe"] / YEAR**0.5, len(returns), *shape)
            theirs = oracle.probabilistic_sharpe_ratio(returns, periods=YEAR, annualize=False)
            assert probability == pytest.approx(theirs, rel=1e-9)


def test_vectorbt_agrees(records: list["pd.Series[float]"]) -> None:
    """Shortfall, value at risk, Sortino, drawdown and, once the year is set by calendar days, growth are vectorbt's."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import vectorbt  # seconds to import

        for returns in records:
            own = measured(returns)
            theirs = vectorbt.returns.accessors.ReturnsSRAccessor(returns, freq="1D", year_freq=f"{YEAR} days")
            assert own["expected_shortfall_95"] == pytest.approx(theirs.cond_value_at_risk(cutoff=0.05), rel=1e-9)
            assert own["value_at_risk_95"] == pytest.approx(theirs.value_at_risk(cutoff=0.05), rel=1e-9)
            assert own["sortino"] == pytest.approx(theirs.sortino_ratio(), rel=1e-9)
            assert own["max_drawdown"] == pytest.approx(theirs.max_drawdown(), rel=1e-9)
            years = (returns.index[-1] - pd.Timestamp("2007-01-03")).days / 365.25
            calendar = vectorbt.returns.accessors.ReturnsSRAccessor(
                returns, freq="1D", year_freq=pd.Timedelta(days=len(returns) / years)
            )
            assert own["cagr"] == pytest.approx(calendar.annualized(), rel=1e-9)
