"""Follow the trend of each asset beside the portfolio: long what rose over a year, short what fell.

Hypothesis: slow falls, of stocks or of bonds, make trends that can be held short (2008, 2022).
Fails when: the fall takes days (March 2020), or turns at once (April 2025): it is a hedge for 2022, not for April 2025.
Source: Moskowitz, Ooi and Pedersen (2012), Journal of Financial Economics 104, 228-250; Hurst, Ooi and Pedersen (2017),
Journal of Portfolio Management 44(1), 15-29. It is long-short by futures: bonds by the history's own, other assets by
what makes one, since a short whose proceeds are in bills, or a long that bills pay for, earns what a future would, the
asset's return less that of bills. They pay the spreads of borrowing, 0.2 points a year. Months and risk are choices.
"""

from typing import Annotated

import pandas as pd
from pydantic import Field

ASSETS = ("stocks", "bonds", "gold", "dollar")
FUTURES = {"bonds": "bonds_future", "long_bonds": "long_bonds_future", "short_bonds": "short_bonds_future"}


def state(
    returns: pd.DataFrame,
    bills: pd.Series,
    sessions_a_year: float,
    *,
    assets: tuple[str, ...],
    months: int,
) -> pd.Series:
    """Which of stocks and bonds it holds short: `short stocks`, `short bonds`, `short both`; no word for none."""
    short = _sizes(_known(returns, assets), bills, sessions_a_year, months) < 0
    stocks, bonds = (short.get(leg, pd.Series(False, returns.index)) for leg in ("stocks", "bonds"))
    words = pd.Series("", returns.index).mask(stocks, "short stocks").mask(bonds, "short bonds")
    return words.mask(stocks & bonds, "short both")


def weights(
    base: pd.DataFrame,
    returns: pd.DataFrame,
    bills: pd.Series,
    sessions_a_year: float,
    *,
    assets: tuple[str, ...] = ASSETS,
    months: Annotated[int, Field(ge=1, le=36)] = 12,
    risk: Annotated[float, Field(gt=0, le=0.5)] = 0.02,
) -> pd.DataFrame:
    """Add to the base, of each of the assets that the history has, from its first `months` months on, the sign of its
    return over bills in that time, at such a size that it alone would have had a volatility of `risk` a year, at most
    all of net asset value."""
    held = (risk * _sizes(_known(returns, assets), bills, sessions_a_year, months)).clip(-1.0, 1.0)
    held = held.rename(columns={asset: future for asset, future in FUTURES.items() if future in returns})
    return base.add(held.reindex(columns=base.columns.union(held.columns, sort=False)), fill_value=0.0)


def _known(returns: pd.DataFrame, assets: tuple[str, ...]) -> pd.DataFrame:
    """The returns of those of the assets that the history has, which of others than the usual four is all."""
    for asset in assets:
        if asset not in {*returns, *ASSETS}:
            raise ValueError(f"assets names {asset!r}, which the history does not have")
    return returns[[asset for asset in returns if asset in assets]]


def _sizes(returns: pd.DataFrame, bills: pd.Series, sessions_a_year: float, months: int) -> pd.DataFrame:
    """The sign of each asset's return over bills in as many months, over its volatility a year in them; 0 before."""
    sessions = max(2, round(months * sessions_a_year / 12))
    excess = returns.sub(bills.pct_change(), axis=0)
    trend, deviation = excess.rolling(sessions).sum(), excess.rolling(sessions).std()
    size = 1 / (deviation.where(deviation > 0) * sessions_a_year**0.5)
    return size.where(trend > 0, -size).where(trend != 0, 0.0).fillna(0.0)
