"""Sentences on the model of the basis-trade spiral: its results, its sources, and what it leaves out.

Theta is by how many basis points the cash-futures basis widens for each basis point that yields rise, kappa by how many
basis points yields rise for each $100bn that is sold.
"""

from backtester.pages.format import number
from backtester.runs.values import Json

HEADLINE = (
    "Public data do not identify this model: within the range of its parameters a shock is sold once, or without end."
)
LEFT_OUT = (
    "It leaves out that funds wait until a limit is breached, who lends to them and whether repo is rolled over, the "
    "delivery option, differences between maturities, what dealers earn, and that sellers and buyers foresee one "
    "another.",
    "April 2025 was, as far as officials know, no basis unwind (Perli, New York Fed, 9 May 2025): swap-spread trades "
    "were unwound, and repo stayed calm.",
)

ASSUMPTION = "An assumption"
SOURCES = {  # of each parameter's default
    "held_bn": "Monin, FEDS Notes, 22 June 2026; others say 400 to 1,000",
    "leverage": "Banegas and Monin (2023): 553bn of repo on 9.9bn of capital; press up to 100",
    "theta": f"{ASSUMPTION}: what such funds lost in March 2020 (Kruttli et al.) has 0.04 to 0.11",
    "kappa": "Fitted to March 2020, unless stated; D'Amico and King: 7 to 17",
    "duration": "Five years of duration",
    "haircut": "OFR pilot of 2022: none on 74% of bilateral repo",
    "margin": f"{ASSUMPTION}: that of the ten-year contract is 1 to 2%",
    "margin_per_bp": f"{ASSUMPTION}: margins stand still; one that covers 99% of a day's moves has 0.0014",
    "volatility_span": "RiskMetrics (1996): 0.94 of yesterday's variance is kept",
    "capacity_bn": f"{ASSUMPTION}: more than any session of the fit to March 2020 sells",
    "steeper": ASSUMPTION,
    "decaying": ASSUMPTION,
    "decay": ASSUMPTION,
    "trigger_bp": f"{ASSUMPTION}: about half of what yields rose in March 2020",
}


def basis_lines(document: Json) -> list[str]:
    """Sentences on amplification and tipping point, the fit to March 2020, and the same pressure on today's funds."""
    terms, fit, paths = document["terms"], document["calibration"], document["paths"]
    targets, known_outside = document["targets"], document["known_outside_bn"]
    amplified, tips = document["amplification"], document["tipping_leverage"]
    amplified_words = "without end" if amplified is None else f"{number(amplified)} times"
    tipping_words = "infinity" if tips is None else number(tips, 0)
    return [
        f"At {terms['held_bn']:g}bn held with leverage {terms['leverage']:g}, theta {terms['theta']:g} and kappa "
        f"{number(terms['kappa'])}, what holders outside sell comes to market {amplified_words}; the spiral tips at "
        f"a leverage of {tipping_words}.",
        f"March 2020 is met, {number(targets['share_bp'], 0)} of {targets['rose_bp']:.0f} bp and "
        f"{targets['sold_bn']:.0f}bn sold, with kappa "
        f"{number(fit['kappa'])}, {number(fit['outside_bn'], 0)}bn sold by holders outside (known: "
        f"{known_outside[0]:g} to {known_outside[1]:g}bn, and up to 260bn of mutual funds) and redemptions of "
        f"{number(fit['redemptions_bn'])}bn.",
        f"The same pressure on today's funds: yields +{number(paths['now']['peak_bp'], 0)} bp instead of "
        f"+{number(paths['then']['peak_bp'], 0)}, {number(paths['now']['sold_bn'], 0)}bn sold by them; with the Fed's "
        f"purchases +{number(paths['now_fed']['peak_bp'], 0)}, with hedged ones +"
        f"{number(paths['now_hedged']['peak_bp'], 0)}.",
    ]
