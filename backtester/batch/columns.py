"""The columns of a batch's rows: measures, and the point figures of the scorecard."""

from backtester.analysis import scorecard
from backtester.analysis.analyse import PARTS
from backtester.analysis.figures import columns_of
from backtester.analysis.verdict import Placebo

ROWS = 4  # raise it when a column changes its meaning: it is part of every job's key
MEASURES = columns_of("measures")
SCORECARD = tuple(name.replace(".", "_") for name in scorecard.FIGURES)
MIX = ("mix_stocks", "mix_bonds")  # the shares of the two legs, whatever their roles
PAYOFF_PARTS = tuple(f"payoff_parts_{name}" for name in PARTS)
PLACEBO = tuple(f"beyond_mix_placebo_{name}" for name in Placebo._fields)
CARD = ("joint_sell_offs", *SCORECARD, *MIX, *PAYOFF_PARTS, *PLACEBO)
FIGURES = (*MEASURES, *CARD)
