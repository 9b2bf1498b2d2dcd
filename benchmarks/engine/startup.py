"""What a process pays before its first portfolio: with an empty cache, with a full one, and several at once.

Each process runs `START`, which imports the engine and has it do one small portfolio twice. The cache is numba's, in a
folder of its own that is empty at first.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

START = """
import json, time
began = time.perf_counter()
from backtester.engine.kernel import run_block
from backtester.engine.simulate import compile_kernel
imported, used = time.perf_counter(), time.process_time()
compile_kernel()
called, first_used = time.perf_counter(), time.process_time() - used
compiled = sum(run_block.stats.cache_misses.values())
compile_kernel()
again = time.perf_counter()
print(json.dumps({"imports": imported - began, "first": called - imported, "second": again - called,
                  "first_used": first_used, "used": time.process_time(), "compiled": compiled}))
"""
FLOOR = "import numba, numpy, pandas, pydantic"  # what the engine stands on, and so the least that a process can take
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Start:
    """Seconds of a process: all of it, its imports, its first call and its second, by the clock; those that the first
    call and all of it, `used`, took of a processor.

    `compiled` is how often it compiled the kernel: not once if it found it in the cache.
    """

    process: float
    used: float
    imports: float
    first: float
    first_used: float
    second: float
    compiled: int


def measured(*, at_once: int) -> dict[str, list[Start]]:
    """Processes by circumstance, and `floor`, one that only imports what the engine needs."""
    with tempfile.TemporaryDirectory() as cold, tempfile.TemporaryDirectory() as shared:
        return {
            "empty cache": _together(1, cold),
            "from the cache": [_together(1, cold)[0] for _ in range(3)],
            f"from the cache, {at_once} at once": _together(at_once, cold),
            f"empty cache, {at_once} at once": _together(at_once, shared),
        }


def floor() -> float:
    """The fastest of three processes that import what the engine needs and do nothing."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", FLOOR], check=True)  # noqa: S603 - our own line
        times.append(time.perf_counter() - start)
    return min(times)


def _together(count: int, cache: str) -> list[Start]:
    environment = os.environ | {"NUMBA_CACHE_DIR": cache}
    start = time.perf_counter()
    processes = [
        subprocess.Popen(  # noqa: S603 - our own lines
            [sys.executable, "-c", START],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(count)
    ]
    starts = []
    for process in processes:
        said, _ = process.communicate()
        if process.returncode:
            raise RuntimeError(f"a process stopped with status {process.returncode}")
        starts.append(Start(time.perf_counter() - start, **json.loads(said)))
    return starts
