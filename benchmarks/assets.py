"""What a run costs that holds hundreds of assets, in a process of its own: processor time and memory.

    python -m benchmarks assets [--assets 500] [--sessions 5000]

The history is random prices in a temporary folder; the strategy holds all of them alike. Beside it stands the same
history with a strategy of two assets, so that what holding all costs can be read off wherever others use the machine.
"""

import argparse
import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

ALL = '"""Hold all alike."""\n\n\ndef weights(returns):\n    return dict.fromkeys(returns, 1 / returns.shape[1])\n'
WORDS = 'unit = "index"\nsource = "made up"\nlicence = "none"\n'
RUN = """
import resource, sys, time
from backtester.cli.main import main
try:
    main()
finally:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"{time.process_time():.1f} s of a processor, peak {peak:.0f} MB", file=sys.stderr)
"""


def main() -> None:
    """Make the history, and run both strategies on it, twice: the first time something may have to be compiled."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--assets", type=int, default=500)
    parser.add_argument("--sessions", type=int, default=5000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make(folder, given.assets, given.sessions)
        for recipe in ("sixty_forty(stocks=0.5)", "all_alike") * 2:
            words = ["run", recipe, "--history", "made", "--data", place, "--plugins", f"{place}/all_alike.py"]
            sys.stdout.write(f"{recipe:<24} ")
            sys.stdout.flush()
            command = [sys.executable, "-c", RUN, *words, "--out", f"{place}/run"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=sys.stdout)  # noqa: S603 - our own lines


def make(folder: Path, assets: int, sessions: int) -> None:
    """The history, stocks and bonds among the assets, and the strategy."""
    noise = np.random.default_rng(0)
    roles = ["stocks", "bonds", *(f"s{number:04d}" for number in range(2, assets))]
    columns = {"date": pa.array(pd.bdate_range("2000-01-03", periods=sessions).date)}
    for role in roles:
        columns[role] = pa.array(100 * np.exp(np.cumsum(noise.normal(0, 0.01, sessions))))
    columns["bills"] = pa.array(np.full(sessions, 2.0))
    pq.write_table(pa.table(columns), folder / "made.parquet")
    found = hashlib.sha256((folder / "made.parquet").read_bytes()).hexdigest()
    series = [
        f'[made.series.{role}]\nkind = "total_return"\nfile = "made.parquet"\ncolumn = "{role}"\n{WORDS}'
        for role in roles
    ]
    series += [
        f'[made.series.rate]\nkind = "yield"\nfile = "made.parquet"\ncolumn = "bills"\n{WORDS}'.replace(
            "index", "percent"
        )
    ]
    series += [f'[made.series.bills]\nkind = "bills"\nyield = "rate"\n{WORDS}']
    manifest = ['[made]\ntitle = "Made"\n', *series, f'[made.files]\n"made.parquet" = "sha256 {found}"\n']
    (folder / "manifest.toml").write_text("\n".join(manifest), encoding="utf-8")
    (folder / "all_alike.py").write_text(ALL, encoding="utf-8")


if __name__ == "__main__":
    main()
