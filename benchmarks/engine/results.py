"""All that one run of the benchmark found, and the goals that it is held against."""

import math
from dataclasses import dataclass

from benchmarks.engine.cases import Case
from benchmarks.engine.contest import Entry
from benchmarks.engine.growth import exponent
from benchmarks.engine.startup import Start


@dataclass(frozen=True)
class Results:
    """Entries by case, seconds by axis and size, and starts by circumstance; `machine` is what they were found on.

    Those of a quick run show whether all agree; their times mean nothing.
    """

    machine: dict[str, str]
    cases: list[tuple[Case, list[Entry]]]
    growth: dict[str, dict[int, float]]
    starts: dict[str, list[Start]]
    floor: float
    quick: bool

    def entry(self, case: str, name: str) -> Entry | None:
        """What a contestant did in a case; None if it did not."""
        for known, entries in self.cases:
            for entry in entries:
                if known.name == case and entry.name == name and not entry.problem:
                    return entry
        return None


@dataclass(frozen=True)
class Goal:
    """A figure and between which two it should be; NaN where it was not measured."""

    what: str
    figure: float
    least: float = -math.inf
    most: float = math.inf
    unit: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether it was; None where it was not measured."""
        return None if math.isnan(self.figure) else self.least <= self.figure <= self.most


def goals(results: Results) -> list[Goal]:
    """The goals of speed and memory, with what was found: processor time, unless it says by the clock."""
    ours, threaded = results.entry("books", "this engine"), results.entry("books", "this engine, 2 threads")
    bare, rust = results.entry("books", "bare kernel"), results.entry("books", "vectorbt, Rust")
    whole, plain = (results.entry("accounts", f"{who}, all accounts") for who in ("this engine", "bare kernel"))
    many, one = results.entry("many", "this engine, measures"), results.entry("one", "this engine, simulate")
    threads = results.growth.get("threads", {})
    found = [
        Goal("200 books: vectorbt's Rust engine takes as many times as long", _ratio(rust, ours), least=100),
        Goal("the same by the clock, with two threads", _ratio(rust, threaded, "best"), least=100),
        Goal("200 books: share of vectorbt's memory", _ratio(ours, rust, "megabytes"), most=0.1),
        Goal("200 books: times the bare kernel", _ratio(ours, bare), most=2),
        Goal("the same with weights, gains, lines and turnover", _ratio(whole, plain), most=2),
        Goal("2,000 books, measures only", _figure(many, "processor"), most=0.7, unit=" s"),
        Goal("2,000 books, measures only, memory", _figure(many, "megabytes"), most=300, unit=" MB"),
        Goal("one portfolio", 1e3 * _figure(one, "processor"), most=5, unit=" ms"),
        *(
            Goal(f"growth with {axis}, exponent", exponent(results.growth[axis]), least=0.9, most=1.1)
            for axis in ("sessions", "books")
            if axis in results.growth
        ),
        Goal(
            "two threads by the clock, times as fast as one",
            threads[1] / threads[2] if threads else math.nan,
            least=1.6,
        ),
    ]
    if results.starts:
        first, later = results.starts["empty cache"], results.starts["from the cache"]
        cached = [name for name in results.starts if name.startswith("from the cache")]
        found += [
            Goal("first call after installation", first[0].first_used, most=8, unit=" s"),
            Goal(
                "compilations in later processes",
                sum(start.compiled for name in cached for start in results.starts[name]),
                most=0,
            ),
            Goal("first call of a later process", min(start.first_used for start in later), most=0.5, unit=" s"),
        ]
    return found


def _figure(entry: Entry | None, name: str) -> float:
    return math.nan if entry is None else float(getattr(entry, name))


def _ratio(above: Entry | None, below: Entry | None, name: str = "processor") -> float:
    return _figure(above, name) / _figure(below, name)
