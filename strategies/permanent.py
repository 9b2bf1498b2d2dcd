"""Hold equal parts of stocks, long bonds, gold and bills: one asset for each weather of the economy.

Hypothesis: prosperity, deflation, inflation and recession each have an asset that thrives, so a quarter of each never
falls far.
Fails when: real yields rise and take three of the four down together (1981, 2013, 2022).
Source: Browne (1987), Why the Best-Laid Investment Plans Usually Go Wrong; brought back once a year, as there.
"""

REBALANCE = "year"


def weights() -> dict[str, float]:
    """A quarter each; the quarter in bills is cash."""
    return {"stocks": 0.25, "long_bonds": 0.25, "gold": 0.25}
