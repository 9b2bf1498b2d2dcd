"""Files such as people have, made of the embedded history, so that what comes of them can be worked out from it."""

from pathlib import Path

import numpy as np
import pandas as pd

from backtester.histories.market import Market


def write_own_files(folder: Path, us: Market) -> None:
    """`prices.csv` and `rates.csv` of a history, `cta.csv` of a fund's levels, and `weights.csv` of two assets."""
    us.levels[["stocks", "bonds", "gold"]].set_axis(["SPY", "AGG", "GLD"], axis=1).to_csv(folder / "prices.csv")
    rates = (us.observables["yield_10y"].dropna() / 2).round(
        4
    )  # the real bill rates leap in March 2020, as warnings say
    rates.to_csv(folder / "rates.csv", header=["DTB3"])
    fund(us).to_csv(folder / "cta.csv")
    dates = us.sessions[us.calendar["quarter"].to_numpy()][:60]
    shares = np.where(np.arange(60) % 8 < 4, 0.7, 0.4)
    pd.DataFrame({"stocks": shares, "bonds": 0.9 - shares}, dates).to_csv(folder / "weights.csv")


def fund(us: Market) -> "pd.Series[float]":
    """A fund's net asset value: it holds the dollar, and half as much gold, brought back every session."""
    moves = us.returns["dollar"] + 0.5 * us.returns["gold"]
    return (100 * (1 + moves.fillna(0.0)).cumprod()).rename("nav")
