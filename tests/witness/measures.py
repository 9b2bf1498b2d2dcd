"""The measures of a track record, readable: what the compiled ones are held to."""

from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pandas as pd

from backtester.arrays import Array

ROUNDING = 1e-14  # of a session's return
AT_PEAK = 1e-12  # of a level


def measures(
    nav: "pd.Series[float]", bills: Array, *, sessions_a_year: float, reference: "pd.Series[float] | None" = None
) -> dict[str, float]:
    """Every measure by name: dates as session numbers, days as numbers."""
    returns = session_returns(nav)
    excess = returns - bills[1:]
    per_session = sharpe(excess, sessions_a_year=1)
    growth, fall = cagr(nav), deepest(nav)
    months = monthly_returns(nav)
    theirs = np.full(len(returns), np.nan) if reference is None else session_returns(reference)
    return {
        "final_nav": nav.iloc[-1] / nav.iloc[0],
        "cagr": growth,
        "volatility": deviation(returns) * np.sqrt(sessions_a_year),
        "sharpe": sharpe(excess, sessions_a_year=sessions_a_year),
        "sharpe_standard_error": lo_standard_error(per_session, len(excess)) * np.sqrt(sessions_a_year),
        "probabilistic_sharpe": probabilistic_sharpe(per_session, len(excess), moment(excess, 3), moment(excess, 4)),
        "sortino": sortino(excess, sessions_a_year=sessions_a_year),
        "omega": omega(excess),
        **fall,
        "days_under_water": days_under_water(nav),
        "ulcer_index": np.sqrt(np.mean(underwater(nav) ** 2)),
        "current_drawdown": underwater(nav)[-1],
        "calmar": growth / -fall["max_drawdown"] if fall["max_drawdown"] < 0 else np.nan,
        "worst_day": returns.min(),
        "value_at_risk_95": np.quantile(returns, 0.05),
        "expected_shortfall_95": np.sort(returns)[: int((len(returns) - 1) * 0.05) + 1].mean(),
        "tail_ratio": ratio(abs(np.quantile(returns, 0.95)), abs(np.quantile(returns, 0.05))),
        "conditional_drawdown_95": np.sort(underwater(nav))[: int((len(nav) - 1) * 0.05) + 1].mean(),
        "skewness": moment(returns, 3),
        "excess_kurtosis": moment(returns, 4) - 3,
        "best_month": months.max() if len(months) else np.nan,
        "worst_month": months.min() if len(months) else np.nan,
        "positive_months": (months > AT_PEAK).mean() if len(months) else np.nan,
        "tracking_error": deviation(returns - theirs) * np.sqrt(sessions_a_year),
        "information_ratio": sharpe(returns - theirs, sessions_a_year=sessions_a_year),
        "beta": beta(excess, theirs - bills[1:]),
        "correlation": correlation(excess, theirs - bills[1:]),
        "alpha": alpha(excess, theirs - bills[1:]) * sessions_a_year if not np.isnan(growth) else np.nan,
        **captures(nav, reference),
        "probability_above_reference": np.nan
        if reference is None
        else probabilistic_sharpe(
            per_session,
            len(excess),
            moment(excess, 3),
            moment(excess, 4),
            above=sharpe(theirs - bills[1:], sessions_a_year=1),
        ),
    }


def session_returns(nav: "pd.Series[float]") -> Array:
    """The return of each session after the first; 0 after ruin."""
    return nav.pct_change(fill_method=None).iloc[1:].fillna(0.0).to_numpy()


def ratio(numerator: float, size: float) -> float:
    """The quotient; NaN where the size is no more than rounding."""
    return numerator / size if size > ROUNDING else np.nan


def deviation(returns: Array) -> float:
    """The sample standard deviation, NaN of one return."""
    return float(np.std(returns, ddof=1)) if len(returns) > 1 else np.nan


def cagr(nav: "pd.Series[float]") -> float:
    """(last / first) ** (1 / years) - 1; NaN under 365 days."""
    days = (nav.index[-1] - nav.index[0]).days
    return float((nav.iloc[-1] / nav.iloc[0]) ** (365.25 / days) - 1) if days >= 365 else np.nan


def sharpe(excess: Array, *, sessions_a_year: float) -> float:
    """Mean over sample deviation, annualised."""
    return ratio(float(excess.mean()), deviation(excess)) * float(np.sqrt(sessions_a_year))


def lo_standard_error(sharpe_a_period: float, periods: int) -> float:
    """The standard error of a Sharpe ratio a period over that many periods: Lo (2002)."""
    return float(np.sqrt((1 + sharpe_a_period**2 / 2) / periods))


def probabilistic_sharpe(
    sharpe_a_period: float, periods: int, skewness: float, kurtosis: float, *, above: float = 0.0
) -> float:
    """Bailey and Lopez de Prado (2012); `kurtosis` is 3 for a normal distribution."""
    variance = 1 - skewness * sharpe_a_period + (kurtosis - 1) / 4 * sharpe_a_period**2
    if periods < 2 or not variance > 0 or np.isnan(above):
        return np.nan
    return NormalDist().cdf((sharpe_a_period - above) * np.sqrt((periods - 1) / variance))


def sortino(excess: Array, *, sessions_a_year: float) -> float:
    """Mean over the root mean square of the shortfalls, annualised."""
    return ratio(float(excess.mean()), float(np.sqrt((np.minimum(excess, 0) ** 2).mean()))) * np.sqrt(sessions_a_year)


def omega(excess: Array) -> float:
    """The mean of what was gained over the mean of what was lost."""
    return ratio(float(np.maximum(excess, 0).mean()), float(np.maximum(-excess, 0).mean()))


def moment(returns: Array, power: int) -> float:
    """The standardised central moment over n, NaN without variance."""
    centred = returns - returns.mean()
    size = np.sqrt((centred**2).mean())
    return float(((centred / size) ** power).mean()) if size > ROUNDING else np.nan


def correlation(one: Array, other: Array) -> float:
    """Pearson's; NaN where one does not vary."""
    if not (np.std(one) > ROUNDING and np.std(other) > ROUNDING):
        return np.nan
    return float(np.corrcoef(one, other)[0, 1])


def beta(returns: Array, against: Array) -> float:
    """The slope of a regression with a constant; NaN where the other does not vary."""
    if not np.std(against) > ROUNDING:
        return np.nan
    return float(np.cov(returns, against, ddof=0)[0, 1] / np.var(against))


def alpha(returns: Array, against: Array) -> float:
    """The constant of that regression, a session's."""
    return float(returns.mean() - beta(returns, against) * against.mean())


def captures(nav: "pd.Series[float]", reference: "pd.Series[float] | None") -> dict[str, float]:
    """Up and down capture: geometric mean returns of the months in which the reference rose, or fell, over its own."""
    both = {"up_capture": np.nan, "down_capture": np.nan}
    if reference is None:
        return both
    months = pd.DatetimeIndex(nav.index).to_period("M")
    closes = pd.DataFrame({"own": nav, "their": reference}).groupby(months).last()
    closes = pd.concat([pd.DataFrame({"own": nav.iloc[:1].to_numpy(), "their": reference.iloc[:1].to_numpy()}), closes])
    closes = closes.iloc[: int((closes > 0).all(axis=1).sum()) + 1]  # to the month of a ruin
    growth = (closes / closes.shift()).iloc[1:].to_numpy()
    for name, part in zip(both, (growth[:, 1] > 1 + AT_PEAK, growth[:, 1] < 1 - AT_PEAK), strict=True):
        if part.any():
            own, their = np.prod(growth[part], axis=0) ** (1 / part.sum()) - 1
            both[name] = own / their
    return both


def underwater(nav: "pd.Series[float]") -> Array:
    """Level over running peak less one; 0 where that is within 1e-12."""
    depths = (nav / nav.cummax() - 1).to_numpy()
    return np.where(depths > -AT_PEAK, 0.0, depths)


def deepest(nav: "pd.Series[float]") -> dict[str, float]:
    """The deepest drawdown, the first of equals, with its sessions and its calendar days."""
    depths = underwater(nav)
    trough = int(depths.argmin())
    dates = dict.fromkeys(("max_drawdown_peak", "max_drawdown_trough", "max_drawdown_recovery"), np.nan)
    if not depths[trough] < 0:
        return {"max_drawdown": 0.0, **dates, "max_drawdown_days": 0}
    peak = int(np.flatnonzero(depths[:trough] == 0)[-1])
    back = trough + np.flatnonzero(depths[trough:] == 0)
    return {
        "max_drawdown": depths[trough],
        "max_drawdown_peak": peak,
        "max_drawdown_trough": trough,
        "max_drawdown_recovery": back[0] if len(back) else np.nan,
        "max_drawdown_days": (nav.index[back[0] if len(back) else -1] - nav.index[peak]).days,
    }


def days_under_water(nav: "pd.Series[float]") -> int:
    """For each session below its peak the days since the session before."""
    below = underwater(nav) < 0
    return sum(
        (day - before).days for (before, day), under in zip(pairwise(nav.index), below[1:], strict=True) if under
    )


def monthly_returns(nav: "pd.Series[float]") -> Array:
    """The returns of calendar months from the last close before; none of a first session alone, or after ruin."""
    closes = nav.groupby(pd.DatetimeIndex(nav.index).to_period("M")).last()
    if len(nav) < 2 or nav.index[0].month != nav.index[1].month or nav.index[0].year != nav.index[1].year:
        closes = closes.iloc[1:]
    before = np.append(nav.iloc[0], closes.to_numpy()[:-1])
    return (closes.to_numpy()[before > 0] / before[before > 0]) - 1
