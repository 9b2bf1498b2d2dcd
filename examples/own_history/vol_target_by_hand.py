"""Hold fewer stocks while their last year was wild.

Hypothesis: volatility clusters, and returns do not rise with it.
Fails when: the fall comes out of a calm (1987), or the rebound out of a storm.
Source: Moreira and Muir (2017), The Journal of Finance 72(4), 1611-1644.
"""

import pandas as pd


def weights(returns: pd.DataFrame, sessions_a_year: float, *, target: float = 0.12) -> pd.DataFrame:
    """Sixty per cent of stocks at most, fewer where their volatility was above the target; 40% bonds."""
    wild = returns["stocks"].rolling(round(sessions_a_year)).std() * sessions_a_year**0.5
    stocks = (0.6 * target / wild).clip(upper=0.6).fillna(0.6)
    return pd.DataFrame({"stocks": stocks, "bonds": 0.4})
