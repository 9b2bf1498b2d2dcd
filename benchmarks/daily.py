"""What a user's commands cost: processor time of the whole process, the least of a few, and the most memory it had.

    python -m benchmarks daily [--times 5] [--first]

Each command is a process of its own, from the interpreter's start to its end, with what an earlier one remembered:
byte code, compiled kernels and templates, hashes of files, and the check for looking ahead. `--first` also shows what
the very first run after an installation takes, which compiles all kernels and remembers them; the byte code of all
packages is there, as after an installation. Where others use the machine the least of several is the one to read.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

COMMANDS = {
    "run": ["run"],
    "run, without resamples": ["run", "--resamples", "0"],
    "run of one strategy, without resamples": ["run", "--resamples", "0", "sixty_forty"],
    "strategies list": ["strategies", "list"],
    "strategies show": ["strategies", "show", "sixty_forty"],
    "data list": ["data", "list"],
    "data show": ["data", "show", "us"],
}


def main() -> None:
    """Print a line a command."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=5, help="of which the least is shown")
    parser.add_argument("--first", action="store_true", help="compile everything anew, first")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        environment = os.environ | {"BACKTESTER_CACHE": f"{place}/cache", "PYTHONPYCACHEPREFIX": f"{place}/code"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # installed packages have their byte code
        if asked.first:
            taken = (0.0, 0.0)
            for name in ("before", "first"):  # an installation compiles byte code, which the run before does here
                caches = {"BACKTESTER_CACHE": f"{place}/{name}", "NUMBA_CACHE_DIR": f"{place}/{name}-kernels"}
                environment |= caches
                taken = spent(["run"], Path(place), environment)
            _print("the first run of all", *taken)
        for name, words in COMMANDS.items():
            spent(words, Path(place), environment)
            taken = [spent(words, Path(place), environment) for _ in range(asked.times)]
            _print(name, min(one for one, _ in taken), max(most for _, most in taken))


def spent(words: list[str], place: Path, environment: dict[str, str]) -> tuple[float, float]:
    """Seconds of processors and megabytes of a command."""
    out = ["--out", str(place / "run")] if words[0] == "run" else []
    command = [sys.executable, "-m", "backtester", *words, *out]
    nowhere = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=nowhere, stderr=nowhere, env=environment)  # noqa: S603 - our own command
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(words)} ended with status {process.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1e3


def _print(name: str, seconds: float, megabytes: float) -> None:
    sys.stdout.write(f"{name:40} {seconds:6.2f} s of a processor, {megabytes:4.0f} MB\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
