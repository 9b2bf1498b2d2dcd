"""The cases: how much work, and who does how much of it."""

from dataclasses import dataclass, replace

from benchmarks.engine.work import Shape


@dataclass(frozen=True)
class Case:
    """Work, and by contestant how many of its books it does; the time of who does fewer is scaled up.

    The first is the measure of the others. In a turn there are `most` runs at most.
    """

    name: str
    title: str
    shape: Shape
    entrants: dict[str, int]
    most: int = 20


CASES = (
    Case(
        "one",
        "one 60/40, 10,000 sessions, monthly, no costs",
        Shape(1, assets=2, cost_bps=0.0),
        {
            "this engine, simulate": 1,
            "this engine, evaluate": 1,
            "this engine": 1,
            "bare kernel": 1,
            "vectorbt, Rust": 1,
            "vectorbt, Numba": 1,
            "qis": 1,
            "bt": 1,
        },
    ),
    Case(
        "books",
        "200 books of 4 assets, 10,000 sessions, monthly, 5 bps",
        Shape(200),
        {
            "this engine": 200,
            "this engine, 2 threads": 200,
            "bare kernel": 200,
            "vectorbt, Rust": 200,
            "vectorbt, Numba": 200,
            "qis": 200,
            "bt": 5,
        },
    ),
    Case(
        "accounts",
        "the same, with weights, gains, lines and turnover",
        Shape(200),
        {"this engine, all accounts": 200, "bare kernel, all accounts": 200},
    ),
    Case(
        "many",
        "2,000 such books: every measure and 21 windows of each, no net asset values",
        Shape(2000),
        {"this engine, measures": 2000, "this engine, measures, 2 threads": 2000, "bare kernel, final values": 2000},
    ),
    Case(
        "daily",
        "200 books traded daily",
        Shape(200, schedule="day"),
        {
            "this engine": 200,
            "this engine, 2 threads": 200,
            "bare kernel": 200,
            "vectorbt, Rust": 200,
            "qis": 200,
            "bt": 1,
        },
    ),
)
SLOW = "vectorbt, Numba"  # compiles for half a minute in every process


def quick(case: Case) -> Case:
    """The same case so small that only its agreement counts."""
    books = min(case.shape.books, 6)
    shape = replace(case.shape, books=books, sessions=300)
    entrants = {name: min(count, books) for name, count in case.entrants.items() if name != SLOW}
    title = f"{case.title}: quick, so only {books} and 300 sessions"
    return replace(case, title=title, shape=shape, entrants=entrants, most=1)
