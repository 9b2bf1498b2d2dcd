"""The volatility-managed market: Moreira and Muir (2017), Journal of Finance 72, Table I, 1926-08 to 2015-04."""

import numpy as np
import pandas as pd

from replications.figure import Figure, Replication
from replications.sources import Sources, monthly, nav

FIRST, LAST, TRIAL = "1926-08", "2015-04", 1e-4
UNIT = 0.01  # published figures are rounded to it, and French's file has been revised since
ABOUT = (
    "The market's weight is c over last month's variance; c, found with hindsight, makes both equally volatile. The "
    "engine holds the weights from one month-end close to the next, borrows at bills and pays nothing; costs are the "
    "paper's, basis points of the change of the weight. A tolerance of 0.01 is the last published decimal: French's "
    "file has been revised since. Cederburg et al. (2020) find no such gain where c is not known in advance."
)


def replicate(sources: Sources) -> Replication:
    """Alpha, beta and fit of the managed market on the market."""
    market = sources.us_long.cut(int(sources.us_long.sessions.searchsorted(pd.Timestamp("2015-05-01"))))
    bills, stocks = monthly(market.levels["bills"]), monthly(market.levels["stocks"])
    excess = (stocks - bills)[FIRST:LAST]
    trial = (monthly(nav(f"volatility_managed(scale={TRIAL!r})", market)) - bills)[FIRST:LAST]
    scale = TRIAL * float(excess.std() / trial.std())  # the managed return is linear in it
    value = nav(f"volatility_managed(scale={scale!r})", market)
    managed = (monthly(value) - bills)[FIRST:LAST]
    change = (managed / excess).diff().abs().fillna(0.0)  # of the weight, whose first purchase is free
    alpha, error, beta, fit = regression(managed, excess)
    figures = [
        Figure("alpha", 4.86, alpha, UNIT, "% a year"),
        Figure("its standard error", 1.56, error, UNIT, "% a year"),
        Figure("beta", 0.61, beta, UNIT),
        Figure("R squared", 0.37, fit, UNIT),
        Figure("mean change of the weight", 0.73, float(change.iloc[1:].mean()), UNIT),
    ]
    for bps, published in ((1, 4.77), (10, 3.98), (14, 3.63)):
        paid = regression(managed - bps * 1e-4 * change, excess)[0]
        figures.append(Figure(f"alpha after {bps} bp", published, paid, UNIT, "% a year"))
    chart = pd.DataFrame({"managed": value, "market": market.levels["stocks"]})
    return Replication("The volatility-managed market", ABOUT, tuple(figures), chart[FIRST:].dropna())


def regression(y: "pd.Series[float]", x: "pd.Series[float]") -> tuple[float, float, float, float]:
    """Alpha and its standard error (robust to heteroskedasticity) in percent a year, beta, and R squared."""
    design = np.column_stack([np.ones(len(x)), x])
    solved = np.linalg.solve(design.T @ design, design.T @ y.to_numpy())
    left = y.to_numpy() - design @ solved
    inverse = np.linalg.inv(design.T @ design)
    covariance = inverse @ (design.T * left**2) @ design @ inverse * len(x) / (len(x) - 2)
    fit = 1 - float(left @ left) / float(((y - y.mean()) ** 2).sum())
    return 1200 * float(solved[0]), 1200 * float(np.sqrt(covariance[0, 0])), float(solved[1]), fit
