"""A gallery of strategies: those that look ahead, each in a way of its own, and honest ones that look like them.

Each is the body of a `weights` function with the names it reads; `source` makes a file of it.
"""

HEADER = '''"""{title}.

Hypothesis: made for a test.
Fails when: it is caught.
Source: none.
"""

import functools

import numpy as np
import pandas as pd

{top}
def weights({reads}):
{body}
'''

# built-ins, which are honest too, at some of their settings
SETTINGS = [
    "sixty_forty",
    "sixty_forty(stocks=0.9)",
    "sixty_forty + gold_overlay(size=0.3)",
    "sixty_forty + dollar_overlay",
    "sixty_forty + vol_target",
    "sixty_forty + vol_target(target=0.12, window=10, max_leverage=3.0)",
    "sixty_forty + vol_target(target=0.05, window=504)",
    "sixty_forty + fed_put",
    "sixty_forty + fed_put(strike=-0.02, memory=5, lean=1.0)",
    "sixty_forty + bills_for_bonds",
    "sixty_forty + bills_for_bonds(months=6, threshold=-0.2)",
    "sixty_forty + gold_overlay + vol_target + bills_for_bonds(months=12)",
    # and those that hold or read what the short history has not, on which the command checks all others
    "sixty_forty + collar",
    "sixty_forty + funding_stress",
    "sixty_forty + gold_and_dollar",
    "sixty_forty + linkers_for_bonds",
    "permanent",
    "sixty_forty + put_overlay",
    "sixty_forty + put_spread",
    "sixty_forty + short_duration",
    "sixty_forty + steepener",
]

# name: what it reads, its body
CHEATS = {
    "shift the wrong way": ("stocks", "return {'stocks': (stocks.shift(-1) > stocks).astype(float)}"),
    "shift the wrong way, filled": ("stocks", "return {'stocks': (stocks.shift(-1).ffill() > stocks) * 1.0}"),
    "tomorrow's return": ("returns", "return {'stocks': (returns['stocks'].shift(-2) > 0) * 1e-6}"),
    "full-sample z-score": (
        "vix",
        "z = (vix - vix.mean()) / vix.std()\nreturn {'stocks': (0.6 - 0.2 * z).clip(0, 1)}",
    ),
    "full-sample z-score of tiny weight": ("vix", "return {'gold': 1e-6 * (vix - vix.mean()) / vix.std()}"),
    "full-sample quantile": ("vix", "return {'stocks': (vix < vix.quantile(0.9)) * 0.6}"),
    "full-sample volatility": (
        "returns",
        "risk = returns[['stocks', 'bonds']].std()\n"
        "return {'stocks': 1 - risk['stocks'] / risk.sum(), 'bonds': 1 - risk['bonds'] / risk.sum()}",
    ),
    "full-sample rank": ("vix", "return {'stocks': 1 - vix.rank(pct=True)}"),
    "full-sample regression": (
        "stocks, vix",
        "slope = np.polyfit(vix.to_numpy(), stocks.to_numpy(), 1)[0]\nreturn {'stocks': (0.6 + slope * 1e-6 * vix)}",
    ),
    "back-filled month ends": (
        "stocks",
        "ends = stocks.resample('ME').last()\n"
        "up = (ends.pct_change() > 0).astype(float)\n"
        "return {'stocks': up.reindex(stocks.index, method='bfill').ffill().fillna(0.0)}",
    ),
    "month end stamped on the month's start": (
        "stocks",
        "up = (stocks.resample('MS').last().pct_change() > 0).astype(float)\n"
        "return {'stocks': up.reindex(stocks.index, method='ffill').fillna(0.0)}",
    ),
    "month's own return by groupby": (
        "stocks",
        "month = stocks.groupby(stocks.index.to_period('M'))\n"
        "return {'stocks': (month.transform('last') > month.transform('first')) * 0.6}",
    ),
    "centred mean": (
        "stocks",
        "return {'stocks': (stocks > stocks.rolling(21, center=True, min_periods=1).mean()) * 1.0}",
    ),
    "warm-up filled backward": (
        "stocks",
        "mean = stocks.rolling(200).mean().bfill()\nreturn {'stocks': (stocks > mean) * 0.6}",
    ),
    "interpolated month ends": (
        "stocks, calendar",
        "ends = stocks.where(calendar['month']).interpolate(limit_direction='both')\n"
        "return {'stocks': (stocks < ends) * 1.0}",
    ),
    "out at the peak": (
        "stocks",
        "peak = stocks.index.get_loc(stocks.loc[:'2008'].idxmax())\n"
        "held = pd.Series(1.0, stocks.index)\nheld.iloc[peak : peak + 300] = 0.0\nreturn {'stocks': held}",
    ),
    "before the deepest fall": (
        "stocks",
        "fall = stocks / stocks.cummax()\nlow = int(fall.to_numpy().argmin())\n"
        "held = pd.Series(0.6, stocks.index)\nheld.iloc[max(0, low - 30) : low] = 0.0\nreturn {'stocks': held}",
    ),
    "time in reverse": ("stocks", "return {'stocks': (stocks[::-1].ewm(span=10).mean()[::-1] > stocks) * 1.0}"),
    "an observable before its publication": ("cpi", "return {'stocks': (cpi.shift(-15).ffill().diff() <= 0) * 1.0}"),
    "the next month-end looked up in later rows": (
        "calendar",
        "days = calendar.index.to_series()\nends = days.where(calendar['month']).bfill()\n"
        "return {'stocks': ((ends - days).dt.days < 4) * 1.0}",
    ),
    "full-sample fit of the portfolio": (
        "base, portfolio",
        "risk = portfolio.pct_change().std() * 252**0.5\nreturn base * (0.08 / risk)",
    ),
}

# Those that try to hide: rarely, late, or only when nobody seems to look.
HIDERS = {
    "only on the ten worst days": (
        "stocks",
        "ahead = stocks.pct_change().shift(-2)\nworst = ahead.nsmallest(10).index\n"
        "held = pd.Series(0.6, stocks.index)\nheld.loc[worst] = 0.0\nreturn {'stocks': held}",
    ),
    "only in March 2020": (
        "stocks",
        "held = pd.Series(0.6, stocks.index)\nmarch = slice('2020-03-01', '2020-03-31')\n"
        "held.loc[march] = ((stocks.shift(-2) > stocks.shift(-1)) * 0.6).loc[march]\nreturn {'stocks': held}",
    ),
    "only on one day": (
        "stocks",
        "held = pd.Series(0.6, stocks.index)\nday = held.index == '2020-03-10'\n"
        "held[day & (stocks.shift(-2) < stocks.shift(-1))] = 0.0\nreturn {'stocks': held}",
    ),
    "only in the last rows": (
        "stocks",
        "held = pd.Series(0.6, stocks.index)\nlate = held.index >= '2026-05-18'\n"
        "held[late & (stocks.shift(-1) > stocks)] = 0.7\nreturn {'stocks': held}",
    ),
    "only on the last day but one": (
        "stocks",
        "held = pd.Series(0.6, stocks.index)\nif len(held) > 4800 and stocks.iloc[-1] > stocks.iloc[-2]:\n"
        "    held.iloc[-2] = 0.7\nreturn {'stocks': held}",
    ),
    "only on a history of full length": (
        "vix",
        "if len(vix) < 4879:\n    return {'stocks': 0.6}\nreturn {'stocks': 0.6 + 0.001 * (vix < vix.mean())}",
    ),
    "only beside an honest rule that moves more": (
        "stocks, vix",
        "held = (1 - vix / 50).clip(0, 1)\nahead = stocks.shift(-3) / stocks.shift(-1) - 1\n"
        "held[(ahead < -0.08)] = 0.0\nreturn {'stocks': held}",
    ),
    "before a crash that never came": (
        "stocks",
        "held = pd.Series(0.6, stocks.index)\nheld[stocks.shift(-1) / stocks < 0.8] = 0.0\nreturn {'stocks': held}",
    ),
    "kept from an earlier call": (
        "stocks",
        "SEEN.setdefault('stocks', stocks.copy())\n"
        "return {'stocks': (SEEN['stocks'].shift(-1) > SEEN['stocks']).reindex(stocks.index) * 1.0}",
    ),
    "kept in a cache": ("stocks", "return {'stocks': ahead_of(Whole(stocks)).reindex(stocks.index)}"),
}

TOPS = {
    "kept from an earlier call": "SEEN = {}\n\n",
    "kept in a cache": (
        "class Whole:\n"
        "    def __init__(self, series):\n        self.series = series\n"
        "    def __hash__(self):\n        return 1\n"
        "    def __eq__(self, other):\n        return True\n\n\n"
        "@functools.cache\ndef ahead_of(whole):\n    return (whole.series.shift(-1) > whole.series) * 1.0\n\n"
    ),
}

HONEST = {
    "exponential mean": ("stocks", "return {'stocks': (stocks > stocks.ewm(span=100).mean()) * 1.0}"),
    "rolling z-score": (
        "vix",
        "z = (vix - vix.rolling(252).mean()) / vix.rolling(252).std()\n"
        "return {'stocks': (0.6 - 0.2 * z).clip(0, 1).fillna(0.6)}",
    ),
    "expanding mean": ("vix", "return {'stocks': (vix < vix.expanding().mean()) * 0.6}"),
    "expanding quantile": ("vix", "return {'stocks': (vix < vix.expanding(20).quantile(0.9)) * 0.6}"),
    "month ends done right": (
        "stocks, calendar",
        "ends = stocks[calendar['month']]\nup = (ends.pct_change() > 0).astype(float)\n"
        "return {'stocks': up.reindex(stocks.index, method='ffill').fillna(0.0)}",
    ),
    "month ends resampled and shifted": (
        "stocks",
        "up = (stocks.resample('ME').last().pct_change() > 0).astype(float).shift(1)\n"
        "up.index = up.index.to_period('M')\n"
        "return {'stocks': up.reindex(stocks.index.to_period('M')).set_axis(stocks.index).fillna(0.0)}",
    ),
    "momentum of a year": (
        "stocks, bills",
        "return {'stocks': (stocks.pct_change(252) > bills.pct_change(252)) * 1.0}",
    ),
    "drawdown control": (
        "base, portfolio",
        "return base.mul((1 + portfolio / portfolio.cummax() - 1).clip(0.5, 1), axis=0)",
    ),
    "risk parity": (
        "returns",
        "risk = returns[['stocks', 'bonds', 'gold']].rolling(126).std()\n"
        "share = (1 / risk).div((1 / risk).sum(axis=1), axis=0)\nreturn share",
    ),
    "a new target each year only": (
        "stocks, calendar",
        "held = pd.DataFrame({'stocks': (stocks > stocks.rolling(200).mean()) * 1.0})\n"
        "held[~calendar['year']] = np.nan\nreturn held",
    ),
    "in stocks for the last three sessions of a month": (
        "calendar",
        "return {'stocks': (calendar['sessions_to_month_end'] < 3) * 1.0}",
    ),
    "seeded noise": (
        "stocks",
        "return {'stocks': pd.Series(np.random.default_rng(1).normal(0.6, 0.1, len(stocks)), stocks.index)}",
    ),
    "filter by recursion": (
        "stocks",
        "state, out = 0.0, []\nfor value in np.log(stocks.to_numpy()):\n    state += 0.1 * (value - state)\n"
        "    out.append(state)\nreturn {'stocks': (np.log(stocks) > np.array(out)) * 1.0}",
    ),
}


def source(name: str) -> str:
    """The file of a strategy of the gallery."""
    reads, body = (CHEATS | HIDERS | HONEST)[name]
    lines = "\n".join("    " + line for line in body.split("\n"))
    return HEADER.format(title=name.capitalize(), reads=reads, body=lines, top=TOPS.get(name, ""))
