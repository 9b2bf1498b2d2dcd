"""The table of evidence as it is kept for programs, beside the strategies, and what it says of a run's recipes."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from backtester.analysis.pair import PairSettings
from backtester.files import bundled
from backtester.runs.evidence_line import EvidenceLine
from backtester.runs.folder import RunFolder
from backtester.runs.settings import RunSettings
from backtester.runs.values import Json

EVIDENCE_FILE = "README.json"  # in the folder of strategies, beside the page of the same lines
OPENING = '{"evidence": ['  # the first line, by which such a file is known
SHORT, LONG = "us", "us_1962"
AS_USUAL = ("data", "reference", "rhythm", "start", "end", "execution", "series", "weights", *PairSettings.model_fields)


def kept_text(lines: Sequence[EvidenceLine]) -> str:
    """The lines as JSON, an object a line."""
    rows = sorted(lines, key=lambda line: line.strategy)
    return OPENING + "\n" + ",\n".join(json.dumps(asdict(line), allow_nan=False) for line in rows) + "\n]}\n"


def kept_lines() -> tuple[EvidenceLine, ...]:
    """The lines that come with the program."""
    kept = json.loads((bundled("strategies") / EVIDENCE_FILE).read_text(encoding="utf-8"))
    return tuple(EvidenceLine(**one) for one in kept["evidence"])


def is_usual(run: RunFolder) -> bool:
    """Whether a run is of `us` with the period, lenses, reference and execution that the table of evidence has."""
    settings, usual = run.manifest.get("settings") or {}, RunSettings().model_dump(mode="json")
    return (
        "runs" not in run.manifest  # a comparison's
        and settings.get("history") == SHORT
        and all(settings.get(name) == usual[name] for name in AS_USUAL)
    )


def verdict_lines(run: RunFolder) -> dict[str, EvidenceLine]:
    """The kept lines of the run's strategies on `us_1962`, by their names in the document.

    A strategy has one where its recipe is a row of the table and the files of its steps and of the reference have the
    hashes that they had there.
    """
    reference, *others = run.document["strategies"]
    kept = {(line.full, *sorted(line.sha256.items())): line for line in kept_lines() if line.history == LONG}
    keys = {one["name"]: (one["recipe"], *sorted((_hashes(reference) | _hashes(one)).items())) for one in others}
    return {name: kept[key] for name, key in keys.items() if key in kept}


def _hashes(strategy: Json) -> dict[str, str]:
    return {step["name"]: step["sha256"] for step in strategy["steps"]}
