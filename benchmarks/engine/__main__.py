"""The engine's benchmark: `python -m benchmarks [engine] [--case NAME] [--rounds N] [--quick] [--json]`."""

import argparse
import dataclasses
import importlib.metadata
import json
import math
import os
import platform
import sys

from benchmarks.engine import growth, startup
from benchmarks.engine.cases import CASES, Case, quick
from benchmarks.engine.contest import Entry, Workers, carried_out
from benchmarks.engine.results import Results, goals
from benchmarks.engine.table import text

LIBRARIES = ("numpy", "numba", "pandas", "vectorbt", "bt", "qis")
PARTS = ("growth", "startup")
TOLERANCE = 1e-9


def main() -> None:
    """Carry out what is asked, print it, and exit with status 1 if final values disagree."""
    told = arguments()
    machine = described()
    with_growth, with_starts = (not told.case or part in told.case for part in PARTS)
    results = Results(
        machine=machine,
        cases=_carried_out(told),
        growth=growth.measured(rounds=told.rounds, quick=told.quick) if with_growth else {},
        starts=startup.measured(at_once=4) if with_starts and not told.quick else {},
        floor=startup.floor() if with_starts and not told.quick else math.nan,
        quick=told.quick,
    )
    sys.stdout.write((document(results) if told.json else text(results)) + "\n")
    off = [
        f"{entry.name} ({case.name})"
        for case, entries in results.cases
        for entry in entries
        if not entry.problem and not entry.disagreement <= TOLERANCE
    ]
    if off:
        sys.exit(f"final values off by more than {TOLERANCE:g}: {', '.join(off)}")


def arguments() -> argparse.Namespace:
    """The options."""
    parser = argparse.ArgumentParser(description=__doc__)
    names = [*(case.name for case in CASES), *PARTS]
    parser.add_argument("--case", action="append", choices=names, help="only this one; can be repeated")
    parser.add_argument("--rounds", type=int, default=7, help="how many turns each has (quick: one)")
    parser.add_argument("--budget", type=float, default=15.0, help="seconds after which a contestant is timed no more")
    parser.add_argument(
        "--quick", action="store_true", help="little work, to see that all agree; its times mean nothing"
    )
    parser.add_argument("--json", action="store_true", help="one JSON document instead of tables")
    told = parser.parse_args()
    if told.quick:
        told.rounds = 1
    return told


def described() -> dict[str, str]:
    """What this runs on, and how busy it was before."""
    versions = {}
    for library in LIBRARIES:
        try:
            versions[library] = importlib.metadata.version(library)
        except importlib.metadata.PackageNotFoundError:
            versions[library] = "not installed"
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return {"cores": str(os.cpu_count()), "load average": load, "Python": platform.python_version(), **versions}


def document(results: Results) -> str:
    """The results as JSON; NaN is null."""
    plain = {
        "machine": results.machine,
        "cases": {
            case.name: [
                dataclasses.asdict(entry) | {"finals_agree": entry.disagreement <= TOLERANCE} for entry in entries
            ]
            for case, entries in results.cases
        },
        "growth": results.growth,
        "starts": {name: [dataclasses.asdict(start) for start in starts] for name, starts in results.starts.items()},
        "goals": [dataclasses.asdict(goal) | {"reached": goal.reached} for goal in goals(results)],
    }
    return json.dumps(_finite(plain), indent=2, allow_nan=False)


def _finite(value: object) -> object:
    """The value with null for what is no number."""
    if isinstance(value, dict):
        return {str(key): _finite(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_finite(part) for part in value]
    return value if not isinstance(value, float) or math.isfinite(value) else None


def _carried_out(told: argparse.Namespace) -> list[tuple[Case, list[Entry]]]:
    """The cases asked for; each has fresh processes, unless times do not matter."""
    found = []
    workers = Workers(shared=told.quick)
    try:
        for case in CASES:
            if told.case and case.name not in told.case:
                continue
            sys.stderr.write(f"{case.title}\n")
            small = quick(case) if told.quick else case
            found.append((small, carried_out(small, workers, rounds=told.rounds, budget=told.budget)))
            if not told.quick:
                workers.end()
    finally:
        workers.end()
    return found


if __name__ == "__main__":
    main()
