"""The verdict on one strategy of a run, from the evidence that the analysis and the resamples give.

A payoff is its return in a joint sell-off beyond its mix, the fixed shares of stocks, bonds and bills that moved as it
did; the placebo, what the same weights would have paid at other times.
"""

from backtester.analysis.analyse import Analysis
from backtester.analysis.scorecard import SCORECARD_FIGURES
from backtester.analysis.verdict import Evidence, Verdict, verdict
from backtester.arrays import Interval


def strategy_verdict(analysis: Analysis, windows: int, *, index: int, widened: Interval, sound: bool) -> Verdict:
    """The verdict on the strategy with index `index`.

    `windows` counts the joint sell-offs, `widened` is the interval of the mean payoff widened for all strategies tried,
    and `sound` is false if the strategy looks ahead, which makes it void. One that was ruined has no mix and no payoff,
    and is void too. It `acted` in the joint sell-offs in which its return was not the reference's.
    """
    figures = dict(zip(SCORECARD_FIGURES, analysis.scorecards[index].tolist(), strict=True))
    evidence = Evidence(
        windows=windows,
        acted=int(figures["acted"]),
        payoff=figures["beyond_mix.payoff_mean"],
        widened=widened,
        placebo=analysis.placebos[index],
        reference_loss=figures["mean_loss.reference"],
    )
    return verdict(evidence, sound=sound)
