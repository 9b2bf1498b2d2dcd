"""Hold stocks with a one-month put on all of them, bought again on the third Friday of each month.

Hypothesis: a put pays when stocks crash, whatever bonds do.
Fails when: nothing happens, which is most of the time; the premium is gone each month.
Source: the Cboe's PPUT; Israelov (2019), Pathetic Protection, Journal of Alternative Investments 21(3).
"""

import numpy as np
import pandas as pd

from backtester.histories.options import third_fridays

REBALANCE = "day"


def weights(stocks: pd.Series, put: pd.Series) -> dict[str, pd.Series]:
    """Both in full at a roll and, between rolls, what has become of them: nothing is traded but at rolls.

    The exchange says in advance whether a third Friday is a session, so the session after a roll is known at it.
    """
    expiry = third_fridays(pd.DatetimeIndex(stocks.index))
    is_roll = pd.Series(np.append(expiry[1:] != expiry[:-1], False), stocks.index)
    grown = {
        name: (level / level.where(is_roll).shift().ffill()).where(~is_roll, 1.0).fillna(1.0)
        for name, level in (("stocks", stocks), ("put", put))
    }
    value = grown["stocks"] + grown["put"] - 1
    return {name: one / value for name, one in grown.items()}
