"""The columns of a batch's rows: measures, and the scorecard's point figures."""

from backtester.analysis.figures import columns_of

ROWS = 3  # raise it when a column changes its meaning: it is part of every job's key
MEASURES = columns_of("measures")
PAYOFF = ("hit_rate", "payoff_mean", "protection")
COST = ("total", "joint_sell_offs", "other_sell_offs", "rest")
CARD = (
    "joint_sell_offs",
    "beta",
    *PAYOFF,
    *(f"beyond_twin_{name}" for name in PAYOFF),
    *(f"beyond_mix_{name}" for name in PAYOFF),
    *(f"cost_{name}" for name in COST),
)
FIGURES = (*MEASURES, *CARD)
