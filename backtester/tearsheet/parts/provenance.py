"""Where a run's numbers come from: history, settings, strategies and their checks, sources, hashes and versions.

The document is the run's results as JSON. A rhythm is how often a history has sessions, daily to quarterly; a role,
such as `gold`, names a series; a step is one strategy of a recipe.
"""

from collections.abc import Collection
from dataclasses import dataclass

from backtester.histories.rhythm import Rhythm
from backtester.pages.format import date, number, percent, period
from backtester.pages.names import Flag, Named, role_label
from backtester.pages.table import Cell, Head, Table, TableRow
from backtester.runs.evidence_file import LONG_HISTORY, has_evidence_settings
from backtester.runs.facts import document_rhythm
from backtester.runs.folder import RunFolder
from backtester.runs.values import Json
from backtester.tearsheet.names import pair_words

COST_WORDS = {
    "trade_bps": "a unit traded of a funded asset",
    "unfunded_trade_bps": "a unit traded of an unfunded asset",
    "fixed_bps": "of the starting value for each asset traded in a session",
    "cash_spread_bps": "below bills on cash",
    "borrow_spread_bps": "above bills on borrowed cash",
    "short_fee_bps": "a year on short holdings",
    "management_fee_bps": "a year of management fee",
}
WIDEST_BAND = 10  # of net asset value; a wider one never calls for a trade
SCHEDULE_WORDS = {
    "day": "every session",
    "week": "each week's last session",
    "month": "each month's last session",
    "quarter": "each quarter's last session",
    "year": "each year's last session",
    "never": "the first session only",
}


@dataclass(frozen=True)
class StrategyProfile:
    """The description of a recipe.

    `contract` is the result of its check for look-ahead, `findings` what the check found, `rebalancing` its schedule
    and band in words, and `steps` are the document's entries of those steps that no earlier profile describes.
    """

    named: Named
    contract: str
    findings: list[str]
    rebalancing: str
    steps: list[Json]


def longer_history(run: RunFolder, answered: Collection[str]) -> str:
    """The command of the same run on the longest embedded history.

    Empty if the run's settings are not those of the table of evidence, whose verdicts would not compare, or if the
    table has a verdict on every strategy already: `answered` are the names of those strategies.
    """
    unanswered = {strategy["name"] for strategy in run.document["strategies"][1:]} - set(answered)
    return f"{run.manifest['command']} --history {LONG_HISTORY}" if unanswered and has_evidence_settings(run) else ""


def provenance_facts(document: Json, manifest: Json) -> list[tuple[str, str]]:
    """What was run, as pairs of a term and a text; terms that do not apply are left out."""
    history, measured, settings = (document[key] for key in ("history", "period", "settings"))
    begin_later, pair, rhythm = history["begin_later"], pair_words(document), document_rhythm(document)
    facts = {
        "History": f"{history['name']}: {history['title']}".rstrip(": "),
        "It covers": f"{period(history['first'], history['last'])}, {rhythm.length_words(history['sessions'])}",
        "Measured": f"{period(measured['start'], measured['end'])}, {rhythm.length_words(measured['sessions'])}",
        "Rhythm": f"{rhythm.name}, {history['sessions_a_year']:g} sessions a year",
        "Reference": settings["reference"],
        "Pair": pair.pair,
        "Joint sell-off": pair.falls,
        "Execution": _execution_text(settings["lag"], rhythm),
        "Rebalancing": _rebalancing_text(settings, rhythm),
        "Costs": _costs_text(settings["costs"]),
        "Trades": _other_rules_text(settings),
        "Carried": _carried_text(history["carried"]),
        "Begin later": "; ".join(f"{role_label(role, document)} on {date(begin_later[role])}" for role in begin_later),
        "Left out": "; ".join(document["left_out"]),
        "Resamples": f"{settings['resamples']:,}, seed {settings['seed']}" if settings["resamples"] else "",
    }
    runs = [(f"Run {run['run']}", run["command"]) for run in manifest.get("runs", ())]  # of a comparison
    return [*((term, fact) for term, fact in facts.items() if fact), *runs]


def profiles(document: Json, names: tuple[Named, ...]) -> list[StrategyProfile]:
    """A profile for each recipe; a step that several recipes share is described in the first of them."""
    described: set[tuple[str, str]] = set()
    profiles_made = []
    for strategy, named in zip(document["strategies"], names, strict=True):
        steps = [step for step in strategy["steps"] if (step["name"], step["sha256"]) not in described]
        described |= {(step["name"], step["sha256"]) for step in steps}
        result = {True: "past only", False: "looks ahead", None: "not checked"}[strategy["causal"]]
        on_cuts = f"recomputed on {number(strategy['cuts'], 0)} cut histories"
        checked_how = on_cuts if strategy["cuts"] else "as weights of a file cannot be"
        contract = f"{result}, {checked_how}{_audit_text(strategy)}"
        profiles_made.append(
            StrategyProfile(
                named=named,
                contract=contract,
                findings=strategy["findings"],
                rebalancing=_rebalancing_text(strategy, document_rhythm(document)),
                steps=steps,
            )
        )
    return profiles_made


def sources_table(manifest: Json) -> Table:
    """Every series of the history with its source and notes."""
    rows = tuple(
        TableRow(
            Head(series.get("label") or role_label(role), series["kind"].replace("_", " ")),
            tuple(Cell(series[key] or "", "words") for key in ("source", "note", "licence")),
        )
        for role, series in manifest["sources"].items()
    )
    heads = tuple(Head(text, tone="words") for text in ("Source", "Note", "Licence"))
    caption = "The series of the history and where their figures come from"
    return Table(name="sources-table", caption=caption, corner="Series", heads=heads, rows=rows)


def hashes_table(document: Json, manifest: Json) -> Table:
    """The SHA-256 of data and plugins, and the versions of the packages."""
    entries = [("history", document["history"]["name"], document["history"]["sha256"])]
    entries += [("file", name, value.removeprefix("sha256 ")) for name, value in manifest["data"]["files"].items()]
    entries += [("plugin", plugin["file"], plugin["sha256"]) for plugin in manifest["plugins"].values()]
    entries += [("version", name, value) for name, value in manifest["versions"].items()]
    rows = tuple(TableRow(Head(name, kind), (Cell(value, "hash"),)) for kind, name, value in entries)
    head = (Head("SHA-256 or version", tone="words"),)
    caption = "Hashes of data and plugins, and versions"
    return Table(name="hashes-table", caption=caption, corner="What", heads=head, rows=rows)


def run_warnings(run: RunFolder) -> list[Flag]:
    """The warnings on the run as a whole: no lag, edited files."""
    reason = "trades at the very close whose prices decide them, which nobody can do; bonds show a later yield"
    flags = [Flag("lag 0", reason)] if run.document["settings"]["lag"] == 0 else []
    return [*flags, *([Flag("edited", f"{changed_since(run)}; carry the run out again")] if run.edited else [])]


def changed_since(run: RunFolder) -> str:
    """A sentence on which of the run's files were changed after it."""
    files = " and ".join(run.edited)
    return f"{files} {'was' if len(run.edited) == 1 else 'were'} changed after the run, by the hashes in its manifest"


def _audit_text(strategy: Json) -> str:
    """The largest difference from the audit's engine, as text; empty without an audit."""
    if "audit" not in strategy:
        return ""
    difference = strategy["audit"]["max_abs_nav_difference"]
    return f"; {strategy['audit']['engine']} keeps the same accounts to {difference:.0e} of value"


def _execution_text(lag: int, rhythm: Rhythm) -> str:
    if lag == 0:
        return "lag 0: traded at the very close that decides (for comparison only; nobody can do this)"
    return f"decided on a {rhythm.session}'s close, traded at the close {rhythm.words_for(lag)} later"


def _rebalancing_text(settings: Json, rhythm: Rhythm) -> str:
    """A recipe's schedule, from its `rebalance` such as `month+5/4`, and its band, in words."""
    schedule, _, tranches = settings["rebalance"].partition("/")
    word, _, offset = schedule.partition("+")
    when = f"{f'{rhythm.words_for(int(offset))} after ' if offset else ''}{SCHEDULE_WORDS.get(word, schedule)}"
    split = f", in {tranches} tranches spread over the {word}" if tranches else ""
    band = settings["band"]
    return f"{when}{split}; {'no band' if band is None or band > WIDEST_BAND else f'band {percent(band, 0)}'}"


def _other_rules_text(settings: Json) -> str:
    """The rules of trading beside schedule and band, in words; empty if there are none."""
    rules = []
    if settings["relative_band"] is not None:
        rules.append(f"also when an asset is off by {percent(settings['relative_band'], 0)} of its target")
    if settings["to_edge"]:
        rules.append("trades that a band calls for go to its edge only")
    if settings["min_trade"]:
        rules.append(f"an asset that is less than {percent(settings['min_trade'], 2)} off is not traded")
    return "; ".join(rules)


def _costs_text(costs: Json) -> str:
    """Every cost that is not zero, those of single assets last."""
    parts = [f"{costs[key]:g} bps {words}" for key, words in COST_WORDS.items() if costs[key]]
    for asset, sides in costs["assets"].items():
        parts.append(f"{role_label(asset).lower()} {sides['buy_bps']:g} bps bought and {sides['sell_bps']:g} bps sold")
    return ", ".join(parts)


def _carried_text(carried: Json) -> str:
    """In how many sessions each series has no value of its own, in words."""
    parts = [f"{role_label(role).lower()} {sessions}" for role, sessions in carried.items() if sessions]
    if not parts:
        return "nothing: every series has every session"
    return f"{', '.join(parts)} sessions without a value of their own"
