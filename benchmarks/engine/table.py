"""What was found, as tables in Markdown that can be read as they stand."""

import math
from collections.abc import Sequence

from benchmarks.engine.cases import Case
from benchmarks.engine.contest import Entry
from benchmarks.engine.growth import exponent
from benchmarks.engine.results import Results, goals

NOTES = """\
Time: the best of many runs in turns, each in a process of its own, after one that is not counted; then the median; then
the least processor time, which a busy machine hardly changes, and how many times the first line's it is.
MB: the peak above what the process had with its libraries loaded and all compiled, input and answer included.
Off: the largest difference of a book's final value to a plain loop of the same convention; must be below 1e-9. Then the
difference to ours, which sizes a trade after its costs. vectorbt (target percent) and qis size it before them, bt makes
each order smaller by its own cost: where trading costs nothing all agree. Cash earns nothing here, since neither
vectorbt nor bt knows a yield on it. bt's and qis's own statistics are not made. bt does fewer books (in brackets), and
its time is scaled up."""


QUICK = "A quick run: it shows whether all agree; so little work is done that its times mean nothing."


def text(results: Results) -> str:
    """Everything, a table after the other."""
    machine = "; ".join(f"{name} {value}" for name, value in results.machine.items())
    parts = [machine, *(_case(case, entries) for case, entries in results.cases)]
    if results.cases:
        parts.append(NOTES)
    if results.quick:
        return "\n\n".join([*parts, QUICK])
    if results.growth:
        parts.append(_growth(results.growth))
    if results.starts:
        parts.append(_starts(results))
    return "\n\n".join([*parts, _goals(results)])


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown whose columns line up; all but the first to the right."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = []
    for row in [head, ["-" * width for width in widths], *rows]:
        cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        cells[0] = row[0].ljust(widths[0])
        lines.append("| " + " | ".join(cells) + " |")
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    lines[1] = "| " + " | ".join(rule) + " |"
    return "\n".join(lines)


def _case(case: Case, entries: list[Entry]) -> str:
    ours = entries[0].processor
    rows, problems = [], []
    for entry in entries:
        if entry.problem:
            problems.append(f"{entry.name}: {entry.problem}")
            continue
        name = entry.name if entry.books == case.shape.books else f"{entry.name} ({entry.books} of {case.shape.books})"
        rows.append(
            [
                name,
                duration(entry.best),
                duration(entry.median),
                duration(entry.processor),
                f"{entry.processor / ours:.3g}",
                "n/a" if math.isnan(entry.megabytes) else f"{entry.megabytes:,.1f}",
                f"{entry.disagreement:.0e}",
                f"{entry.to_ours:.0e}",
            ]
        )
    head = [case.title, "time", "median", "processor", "times", "MB", "off", "to ours"]
    return "\n".join([table(head, rows), *(f"\n{problem}" for problem in problems)])


def _growth(growth: dict[str, dict[int, float]]) -> str:
    rows = []
    for axis, seconds in growth.items():
        sizes = ", ".join(f"{size:,}: {duration(value)}" for size, value in seconds.items())
        rows.append([axis, sizes, "" if axis == "threads" else f"{exponent(seconds):.2f}"])
    return table(["growth with", "time", "exponent"], rows)


def _starts(results: Results) -> str:
    rows = [
        [
            name,
            *(
                duration(max(getattr(start, field) for start in starts))
                for field in ("process", "used", "imports", "first", "first_used", "second")
            ),
        ]
        for name, starts in results.starts.items()
    ]
    rows.append(["imports of numba, numpy, pandas and pydantic alone", duration(results.floor), *[""] * 5])
    head = ["start-up: the slowest process", "in all", "processor", "imports", "first call", "processor", "second call"]
    return table(head, rows)


def _goals(results: Results) -> str:
    rows = []
    for goal in goals(results):
        if goal.reached is None:
            continue
        bounds = [f"at least {goal.least:g}"] if goal.least > -math.inf else []
        bounds += [f"at most {goal.most:g}"] if goal.most < math.inf else []
        rows.append([goal.what, f"{goal.figure:.3g}{goal.unit}", " and ".join(bounds), "yes" if goal.reached else "no"])
    return table(["goal, in processor time unless by the clock", "found", "asked", "reached"], rows)


def duration(seconds: float) -> str:
    """Seconds in the unit that suits them."""
    for unit, scale in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if seconds * scale >= 1:
            return f"{seconds * scale:.3g} {unit}"
    return "0"
