"""Write the two files of made-up figures beside this file."""

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent


def main() -> None:
    """Draw thirty years of months with a seed, and write them as a vendor would."""
    months = pd.date_range("1995-01-31", "2024-12-31", freq="BME")
    random = np.random.default_rng(1995)
    wild = 0.05 * np.exp(0.35 * np.cumsum(random.normal(0, 0.35, len(months)) * 0.5 ** (np.arange(len(months)) % 7)))
    shares = 1000 * np.exp(np.cumsum(0.006 + np.clip(wild, 0.02, 0.09) * random.standard_normal(len(months))))
    bonds = 100 * np.exp(np.cumsum(0.003 + 0.013 * random.standard_normal(len(months))))
    money = np.round(2 + 1.5 * np.sin(np.arange(len(months)) / 40), 2)
    levels = pd.DataFrame({"DAX": shares.round(2), "REXP": bonds.round(3)}, months)
    levels.to_csv(HERE / "shares.csv", index_label="date")
    pd.DataFrame({"rate": money}, months).to_csv(HERE / "money.csv", index_label="date")


if __name__ == "__main__":
    main()
