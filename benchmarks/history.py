"""Opens ten series of a history of thousands, in a process of its own, and prints how long it took and how much memory.

    python -m benchmarks history [--series 5000] [--sessions 15000] [--folder DIR]

The history is random prices in a temporary folder (250 MB), or in a folder that is kept and used again. Its file is
hashed the first time and remembered from then on (backtester/histories/file_hashes.py), so both are shown. Imports are
not counted in the time, but they are in the memory: Python, pandas and pyarrow alone take about 120 MB. Where others
use the machine, the time of a processor is the one to read.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from backtester.histories.blueprints.write import ROW_GROUP

OPEN = """
import sys, time
from pathlib import Path
from backtester.histories.market import build_market
from backtester.histories.manifest import find_history
from backtester.histories.store import read_figures

start, busy = time.perf_counter(), time.process_time()
history = find_history("big", Path(sys.argv[1]))
found = time.perf_counter()
roles = list(history.series)[:: len(history.series) // 10][:10]
read_figures(history, roles)
done, busy = time.perf_counter(), time.process_time() - busy
build_market(history, roles=roles)
market = time.perf_counter()
status = Path("/proc/self/status")  # getrusage would count what the process that started this one had
peak = int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1e3 if status.exists() else float("nan")
print(f"manifest {found - start:.2f} s, {len(roles)} series {done - found:.2f} s, together {done - start:.2f} s "
      f"({busy:.2f} s of a processor); "
      f"a market of them another {market - done:.2f} s; peak {peak:.0f} MB")
"""


def main() -> None:
    """Make the history if need be, and open it three times."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--series", type=int, default=5000)
    parser.add_argument("--sessions", type=int, default=15_000)
    parser.add_argument("--folder", type=Path)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = told.folder or Path(temporary) / "big"
        if not (folder / "manifest.toml").exists():
            make(folder, told.series, told.sessions)
        environment = os.environ | {"XDG_CACHE_HOME": f"{temporary}/cache"}
        for what in ("first, hashed   ", "again, remembered", "and again        "):
            sys.stdout.write(f"{what}  ")
            sys.stdout.flush()
            subprocess.run([sys.executable, "-c", OPEN, str(folder)], env=environment, check=True)  # noqa: S603 - our own lines


def make(folder: Path, series: int, sessions: int) -> None:
    """The history: one file, a column a series, in its order."""
    folder.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(0)
    roles = ["stocks", *(f"s{number:04d}" for number in range(1, series))]
    columns = {"date": pa.array(pd.bdate_range("1960-01-04", periods=sessions).date)}
    for role in roles:
        columns[role] = pa.array(np.round(100 * np.exp(np.cumsum(noise.normal(0, 0.01, sessions))), 2))
    file = folder / "big.parquet"
    pq.write_table(pa.table(columns), file, compression="zstd", row_group_size=ROW_GROUP)
    os.utime(file, (10**9, 10**9))  # long ago: what has just changed is not remembered
    with file.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    words = 'kind = "price"\nunit = "dollars"\nsource = "made up"\nlicence = "none"\nfile = "big.parquet"\n'
    tables = [f'[big.series.{role}]\n{words}column = "{role}"\n' for role in roles]
    lines = ['[big]\ntitle = "Big"\n', *tables, f'[big.files]\n"big.parquet" = "sha256 {found}"\n']
    (folder / "manifest.toml").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
