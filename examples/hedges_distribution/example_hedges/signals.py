"""What several strategies of this distribution look at."""

import pandas as pd


def lately(sign: pd.Series, sessions: int) -> pd.Series:
    """Whether the sign showed at this session or one of those before it."""
    return sign.astype(float).rolling(sessions, min_periods=1).max() > 0
