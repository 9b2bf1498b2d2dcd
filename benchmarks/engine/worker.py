"""A process that does the work of contestants: `python -m benchmarks.engine.worker`, spoken to in lines of JSON.

* `{"do": "warm", "name": ..., "shape": ...}` imports the contestant's library and does a little of the work, so that
  all is compiled;
* `{"do": "load", ..., "books": ...}` does the work once, and answers with the peak of memory above what there was
  before, and the final values;
* `{"do": "run", "name": ..., "most": ...}` does it again, as often as fits into `TURN` and `most` times at most, and
  answers with the seconds of each, by the clock and of processors.
"""

import ctypes
import gc
import json
import os
import sys
import time
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.engine.contestants import CONTESTANTS, Contestant
from benchmarks.engine.work import Shape, made

TURN = 0.25  # seconds
STATUS = Path("/proc/self/status")


def main() -> None:
    """Answer until standard input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    warnings.simplefilter("ignore")  # the peers' own
    loaded: dict[str, Any] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        name, answer = asked["name"], {}
        contestant = CONTESTANTS[name]
        if asked["do"] == "warm":
            shape = Shape(**asked["shape"])
            little = made(replace(shape, books=min(shape.books, 2), sessions=50))
            contestant.run(contestant.prepare(little))
        elif asked["do"] == "load":
            loaded[name], answer = load(contestant, Shape(**asked["shape"]), asked["books"])
        else:
            answer = {"runs": turn(contestant, loaded[name], asked["most"])}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def load(contestant: Contestant, shape: Shape, books: int) -> tuple[Any, dict[str, Any]]:
    """What it is given, and the answer to `load`."""
    before = settle()
    inputs = contestant.prepare(made(shape).first(books))
    finals = contestant.finals(contestant.run(inputs))
    return inputs, {"megabytes": (memory("VmHWM") - before) / 1e6, "finals": finals.tolist()}


def turn(contestant: Contestant, inputs: Any, most: int) -> list[tuple[float, float]]:
    """The runs of a turn: of short work there are many, and one of them goes undisturbed."""
    runs = [timed(contestant, inputs)]
    while sum(seconds for seconds, _ in runs) < TURN and len(runs) < most:
        runs.append(timed(contestant, inputs))
    return runs


def timed(contestant: Contestant, inputs: Any) -> tuple[float, float]:
    """The seconds that the work takes, by the clock and of processors; what came of it is thrown away outside them."""
    gc.collect()
    start, used = time.perf_counter(), time.process_time()
    result = contestant.run(inputs)
    seconds = time.perf_counter() - start, time.process_time() - used
    del result
    return seconds


def settle() -> float:
    """The bytes resident now, after giving back what is free, and with the peak counted from here on."""
    gc.collect()
    library = ctypes.CDLL(None)
    if hasattr(library, "malloc_trim"):  # else what was freed would be used again and not counted
        library.malloc_trim(0)
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return memory("VmHWM")  # the peak cannot be reset: a lower bound
    return memory("VmRSS")


def memory(field: str) -> float:
    """That field of this process's status in bytes; NaN on systems without one."""
    if not STATUS.exists():
        return float("nan")
    return int(STATUS.read_text(encoding="ascii").partition(f"{field}:")[2].split()[0]) * 1024.0


if __name__ == "__main__":
    main()
