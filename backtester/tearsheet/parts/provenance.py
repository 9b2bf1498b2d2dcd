"""Where the numbers come from: history, settings, strategies, contract, sources and versions."""

from dataclasses import dataclass

from backtester.pages.format import date, number, period
from backtester.pages.names import Flag, Named, role_label
from backtester.pages.table import Cell, Head, Row, Table
from backtester.tearsheet.lenses import lens
from backtester.tearsheet.names import Json
from backtester.tearsheet.parts.terms import told_costs, told_rhythm, told_rules


@dataclass(frozen=True)
class Step:
    """One strategy of a recipe: its name, first line, sections of its docstring and the hash of its file."""

    name: str
    summary: str
    sections: tuple[tuple[str, str], ...]
    sha256: str


@dataclass(frozen=True)
class Profile:
    """A recipe in full, the result of its contract, and the steps that no profile before it has told."""

    named: Named
    contract: str
    findings: tuple[str, ...]
    rhythm: str
    steps: tuple[Step, ...]


def facts(document: Json, manifest: Json) -> tuple[tuple[str, str], ...]:
    """The run in pairs of a term and what it is."""
    history, window, settings = (document[key] for key in ("history", "window", "settings"))
    told = [
        ("History", f"{history['name']}: {history.get('title', '')}".rstrip(": ")),
        ("It covers", f"{period(history['first'], history['last'])}, {history['sessions']:,} sessions"),
        ("Measured", f"{period(window['start'], window['end'])}, {window['sessions']:,} sessions"),
        ("Reference", settings["reference"]),
        ("Pair", lens(document).pair),
        ("Joint sell-off", lens(document).falls),
        ("Execution", _lag(settings["lag"])),
        ("Rebalancing", told_rhythm(settings["rebalance"], settings["band"])),
        ("Costs", told_costs(settings["costs"])),
        *((("Trades", told_rules(settings)),) if told_rules(settings) else ()),
        ("Carried", _carried(history.get("carried") or {})),
    ]
    if later := history.get("begin_later"):
        told.append(("Begin later", "; ".join(f"{role_label(role)} on {date(later[role])}" for role in later)))
    if document.get("left_out"):
        told.append(("Left out", "; ".join(document["left_out"])))
    if settings["resamples"]:
        told.append(("Resamples", f"{settings['resamples']:,}, seed {settings['seed']}"))
    told += [(f"Run {run['run']}", run["command"]) for run in manifest.get("runs", ())]
    return tuple(told)


def profiles(document: Json, names: tuple[Named, ...]) -> tuple[Profile, ...]:
    """Each recipe with its contract; a strategy that several recipes share is told at the first."""
    told: set[tuple[str, str]] = set()
    found = []
    for strategy, named in zip(document["strategies"], names, strict=True):
        steps = tuple(_step(step) for step in strategy["steps"] if (step["name"], step["sha256"]) not in told)
        told |= {(step.name, step.sha256) for step in steps}
        result = "past only" if strategy["causal"] else "looks ahead"
        contract = f"{result}, recomputed on {number(strategy['cuts'], 0)} cut histories{_audit(strategy)}"
        rhythm = told_rhythm(strategy["rebalance"], strategy["band"])
        found.append(Profile(named, contract, tuple(strategy["findings"]), rhythm, steps))
    return tuple(found)


def sources_table(manifest: Json) -> Table:
    """Every series of the history with its source and notes."""
    rows = tuple(
        Row(
            Head(role_label(role), series["kind"].replace("_", " ")),
            tuple(Cell(series.get(key) or "", "words") for key in ("source", "note", "licence")),
        )
        for role, series in manifest["sources"].items()
    )
    heads = tuple(Head(text, tone="words") for text in ("Source", "Note", "Licence"))
    return Table("sources-table", "The series of the history and where their figures come from", "Series", heads, rows)


def hashes_table(document: Json, manifest: Json) -> Table:
    """The SHA-256 of data and plugins, and the versions of the packages."""
    found = [("history", document["history"]["name"], document["history"]["sha256"])]
    found += [("file", name, value.removeprefix("sha256 ")) for name, value in manifest["data"]["files"].items()]
    found += [("plugin", plugin["file"], plugin["sha256"]) for plugin in manifest["plugins"].values()]
    rows = [Row(Head(name, kind), (Cell(value, "hash"),)) for kind, name, value in found]
    rows += [Row(Head(name, "version"), (Cell(value, "hash"),)) for name, value in manifest["versions"].items()]
    head = (Head("SHA-256 or version", tone="words"),)
    return Table("hashes-table", "Hashes of data and plugins, and versions", "What", head, tuple(rows))


def warnings(document: Json) -> tuple[Flag, ...]:
    """Flags of the run as a whole."""
    found = []
    if document["settings"]["lag"] == 0:
        reason = "trades at the very close whose prices decide them, which nobody can do; bonds show a later yield"
        found.append(Flag("lag 0", reason))
    return tuple(found)


def _audit(strategy: Json) -> str:
    """What the second engine said, where it was asked."""
    if "audit" not in strategy:
        return ""
    difference = strategy["audit"]["max_abs_nav_difference"]
    return f"; {strategy['audit']['engine']} keeps the same accounts to {difference:.0e} of value"


def _step(step: Json) -> Step:
    return Step(step["name"], step["summary"], tuple(step["sections"].items()), step["sha256"])


def _lag(lag: int) -> str:
    if lag == 0:
        return "lag 0: traded at the very close that decides (for comparison only; nobody can do this)"
    return f"decided on a session's close, traded at the close {lag} session{'' if lag == 1 else 's'} later"


def _carried(carried: Json) -> str:
    parts = [f"{role_label(role).lower()} {sessions}" for role, sessions in carried.items() if sessions]
    return (
        f"{', '.join(parts)} sessions without a value of their own"
        if parts
        else "nothing: every series has every session"
    )
