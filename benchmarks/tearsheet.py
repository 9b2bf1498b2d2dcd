"""One strategy over 16,000 sessions: how large its page is, how fast it is made, and the whole run beside quantstats.

    python -m benchmarks tearsheet [--sessions 16000] [--turns 3] [--resamples 1000]

The history is random prices of stocks, bonds and gold with shocks that both legs share, in a temporary folder. The
whole `backtester run` (reading, simulating, checking, resampling, page and tables) and `quantstats.reports.html` alone
on the same net asset values take turns, each in a process of its own; times are what each process measures, with its
imports and without, the best of the turns. Targets: a page below 1.5 MB without plotly.js, rendered in less
than 2 s once warm, and a run at least twice as fast as quantstats.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

RUN = """
import json, sys, time
start = time.perf_counter()
from backtester.cli.actions.run import carry_out, publish, write_run_files
from backtester.runs.settings import RunSettings
from backtester.tearsheet.publish import Pages
import functools, pathlib
imported = time.perf_counter()
data, out, resamples = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
settings = RunSettings(recipes=("sixty_forty + gold_overlay",), history="big", data=data, resamples=resamples)
publish(functools.partial(write_run_files, carry_out(settings)), out, Pages())
print(json.dumps({"with imports": time.perf_counter() - start, "without": time.perf_counter() - imported}))
"""
QUANTSTATS = """
import json, logging, sys, time, warnings, pathlib
logging.getLogger("matplotlib.font_manager").setLevel(logging.CRITICAL)
warnings.simplefilter("ignore")
import pandas as pd
nav = pd.read_parquet(pathlib.Path(sys.argv[1]) / "nav.parquet").set_index("date")
returns = nav.set_axis(pd.DatetimeIndex(nav.index)).pct_change().iloc[1:]
start = time.perf_counter()
import quantstats.reports
imported = time.perf_counter()
own, reference = returns.iloc[:, 1].rename("Strategy"), returns.iloc[:, 0].rename("Reference")
quantstats.reports.html(own, reference, output=sys.argv[2], match_dates=False, periods_per_year=252)
print(json.dumps({"with imports": time.perf_counter() - start, "without": time.perf_counter() - imported}))
"""
RENDER = """
import json, sys, time, pathlib
from backtester.runs.folder import read_run
from backtester.tearsheet.page import page_pieces
from backtester.tearsheet.publish import Pages, write_page
run = read_run(pathlib.Path(sys.argv[1]))
sizes, times = [], []
for _ in range(4):
    start = time.perf_counter()
    page = "".join(page_pieces(run, plotly_source="plotly.min.js"))
    times.append(time.perf_counter() - start)
start = time.perf_counter()
write_page(run.path)
whole = time.perf_counter() - start
print(json.dumps({"size": len(page.encode()), "cold": times[0], "warm": min(times[1:]), "whole": whole}))
"""
SERIES = {"stocks": "total_return", "bonds": "total_return", "gold": "price", "bills": "total_return"}


def main() -> None:
    """Make the history and the run, then let both take turns."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sessions", type=int, default=16_000)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--resamples", type=int, default=1000)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        make(folder / "data", told.sessions)
        run_words = [str(folder / "data"), str(folder / "run"), str(told.resamples)]
        measured(RUN, *run_words)  # compiles what is not compiled yet
        page = measured(RENDER, str(folder / "run"))
        runs, others = [], []
        for _ in range(told.turns):
            runs.append(measured(RUN, *run_words))
            others.append(measured(QUANTSTATS, str(folder / "run"), str(folder / "classic.html")))
        classic = (folder / "classic.html").stat().st_size
    say(f"{told.sessions:,} sessions, one strategy beside the reference, {told.resamples:,} resamples")
    say(f"page without plotly.js: {page['size'] / 1e6:.2f} MB (quantstats' page: {classic / 1e6:.2f} MB)")
    say(f"rendered in {page['warm']:.2f} s warm, {page['cold']:.2f} s cold; with csv {page['whole']:.2f} s")
    for how in ("with imports", "without"):
        ours, theirs = min(one[how] for one in runs), min(one[how] for one in others)
        name = how if how == "with imports" else "without imports"
        say(f"{name}: run {ours:.1f} s, quantstats.reports.html {theirs:.1f} s, ratio {theirs / ours:.1f}")


def say(line: str) -> None:
    """The line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def measured(code: str, *words: str) -> dict[str, float]:
    """What the code, run in a process of its own, measured."""
    done = subprocess.run([sys.executable, "-c", code, *words], stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - our own lines
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def make(folder: Path, sessions: int) -> None:
    """The history `big`: stocks, bonds and gold with fat tails, that share a shock every 200 sessions or so."""
    folder.mkdir()
    noise = np.random.default_rng(0)
    own = noise.standard_t(4, (3, sessions)) * np.array([[0.007], [0.0025], [0.006]]) + 0.0003
    shocks = (noise.random(sessions) < 1 / 200) * noise.exponential(0.03, sessions)
    moves = own - shocks * np.array([[1.0], [0.25], [-0.3]])
    levels = 100 * np.cumprod(1 + np.clip(moves, -0.25, 0.25), axis=1)
    bills = 100 * np.cumprod(np.full(sessions, 1 + 0.03 / 252))
    columns = {"date": pa.array(pd.bdate_range("1962-01-02", periods=sessions).date)}
    columns |= {role: pa.array(values) for role, values in zip(SERIES, [*levels, bills], strict=True)}
    pq.write_table(pa.table(columns), folder / "big.parquet")
    found = hashlib.sha256((folder / "big.parquet").read_bytes()).hexdigest()
    words = 'unit = "index"\nsource = "made up"\nlicence = "none"\nfile = "big.parquet"\n'
    tables = [f'[big.series.{role}]\nkind = "{kind}"\n{words}column = "{role}"\n' for role, kind in SERIES.items()]
    lines = ['[big]\ntitle = "Big"\n', *tables, f'[big.files]\n"big.parquet" = "sha256 {found}"\n']
    (folder / "manifest.toml").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
