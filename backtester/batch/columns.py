"""The columns of a batch's rows: measures, and the scorecard's point figures."""

ROWS = 2  # raise it when a column changes its meaning: it is part of every job's key
MEASURES = (
    "final_nav",
    "cagr",
    "volatility",
    "sharpe",
    "sortino",
    "max_drawdown",
    "max_drawdown_days",
    "calmar",
    "worst_day",
    "expected_shortfall_95",
    "turnover_annual",
    "interest_annual",
    "financing_annual",
    "costs_annual",
    "fees_annual",
)
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
