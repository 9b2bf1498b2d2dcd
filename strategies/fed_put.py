"""Buy the dip while the Fed's put is in the money; hold bills for bonds while inflation makes it void.

Hypothesis: after a fall of stocks the Fed eases and stocks recover, as long as inflation lets it. Above the ceiling it
cannot ease, and bonds fall with stocks (2022).
Fails when: easing does not stop the fall (2008), or both fall without inflation above the ceiling and without a fall of
stocks to the strike (October 2023), or faster than anyone can buy (April 2025).
Source: Cieslak and Vissing-Jorgensen (2021), Review of Financial Studies 34, 4045-4089: since the mid-1990s the return
of stocks between the Fed's meetings predicts easing. After falls of 10% or more it cut four times in six, after smaller
ones seldom (the table is in `state`), so the strike is -10%. The ceiling of 4% is twice the Fed's goal, though that is
for another index; 2% in four weeks is a pace that the balance sheet keeps only while the Fed buys or lends in haste;
these are choices.
"""

from typing import Annotated

import pandas as pd
from pydantic import Field

from backtester.plugins.signals import growth, recently_true

DEFAULT_RECIPE = "fed_put"
LABEL = "Fed put"


def state(
    stocks: pd.Series,
    calendar: pd.DataFrame,
    sessions_a_year: float,
    fed_target: pd.Series | None = None,
    fed_assets: pd.Series | None = None,
    fomc_unscheduled: pd.Series | None = None,
    inflation: pd.Series | None = None,
    *,
    strike: Annotated[float, Field(gt=-1, lt=0)] = -0.10,
    asset_growth: Annotated[float, Field(gt=0, lt=1)] = 0.02,
    ceiling: Annotated[float, Field(ge=0, le=20)] = 4.0,
    memory: Annotated[int, Field(ge=1, le=252)] = 63,
) -> pd.Series:
    """What the put is: `anticipated`, `exercised`, `void`, or out of the money, which is no word.

    Anticipated: since the last scheduled meeting stocks have stood at `strike` or below it, and another meeting is
    known ahead. Exercised: within the last `memory` sessions the Fed cut its target, made a statement outside its
    schedule that did not raise it, or grew its balance sheet by `asset_growth` in four weeks, when stocks had stood at
    the strike within as many sessions. Void, whatever else: consumer prices rose by more than `ceiling` percent in
    twelve months. `memory` is in sessions of a daily history; of another rhythm it is as long a time.

    By the S&P 500 from one scheduled meeting's close to the last close before the next, 1994 to 2026 without the years
    at zero (2009 to 2015 and 2021), the target then changed, since the meeting before, by:

        fall of stocks    meetings    cuts    mean change
        10% or more              6     67%         -54 bp
        5% to 10%               18     17%          -7 bp
        2% to 5%                26     15%          +6 bp

    The six are those of 2001-03-20, 2001-10-02, 2002-05-07 (no change), 2008-10-29, 2020-03-18 (which became 03-15) and
    2022-06-15, when after -13.1%, with prices up by over 8% in a year, the target rose by 75 bp: the put was void.
    """
    if "sessions_since_fomc" not in calendar:
        raise ValueError(
            "it follows stocks by the day between meetings: a daily history with a schedule 'fomc' is needed"
        )
    memory, unknown = max(1, round(memory * sessions_a_year / 252)), pd.Series(float("nan"), stocks.index)
    target, assets, statements, prices = (
        unknown if one is None else one for one in (fed_target, fed_assets, fomc_unscheduled, inflation)
    )
    meeting = calendar["sessions_since_fomc"] == 0
    struck = stocks <= (1 + strike) * stocks.where(meeting).shift().ffill()  # on its day it is still the last one's
    reached = struck.groupby(meeting.shift(fill_value=False).cumsum()).cummax()
    eased = (target.diff() < 0) | ((statements.diff() > 0) & ~(target.diff() > 0)) | (growth(assets, 28) > asset_growth)
    exercised = recently_true(eased & recently_true(struck, memory), memory)
    words = pd.Series("", stocks.index).mask(reached & calendar["sessions_to_fomc"].notna(), "anticipated")
    return words.mask(exercised, "exercised").mask(prices > ceiling, "void")


def weights(base: pd.DataFrame, state: pd.Series, *, lean: Annotated[float, Field(ge=0, le=1)] = 0.20) -> pd.DataFrame:
    """Move up to `lean` of the base from bonds to stocks while the put is in the money, from bonds to bills while it is
    void: only what it owns is sold."""
    sold = base["bonds"].clip(lower=0, upper=lean).where(state != "", 0.0)
    return base.assign(bonds=base["bonds"] - sold, stocks=base["stocks"] + sold.where(state != "void", 0.0))
