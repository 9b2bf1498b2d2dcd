"""The table of evidence as a JSON file in the folder of strategies: writing, reading, and finding a run's recipes.

A line of the table has the results of one strategy at its defaults on one history (`evidence_line.EvidenceLine`).
"""

import json
from collections.abc import Sequence
from dataclasses import asdict

from backtester.analysis.pair import PairSettings
from backtester.files import bundled
from backtester.runs.evidence_line import EvidenceLine
from backtester.runs.folder import RunFolder
from backtester.runs.settings import RunSettings
from backtester.runs.values import Json

EVIDENCE_FILE = "README.json"  # beside README.md, which shows the same lines
FIRST_LINE = '{"evidence": ['  # by which such a file is recognised
SHORT_HISTORY, LONG_HISTORY = "us", "us_1962"
EVIDENCE_SETTINGS = (  # which have their defaults in the table; a run with others cannot be compared with it
    "data",
    "reference",
    "rhythm",
    "start",
    "end",
    "execution",
    "series",
    "weights",
    *PairSettings.model_fields,
)


def evidence_json(lines: Sequence[EvidenceLine]) -> str:
    """The lines as JSON, sorted by strategy, with each object on a line of its own."""
    rows = sorted(lines, key=lambda line: line.strategy)
    return FIRST_LINE + "\n" + ",\n".join(json.dumps(asdict(line), allow_nan=False) for line in rows) + "\n]}\n"


def bundled_evidence() -> tuple[EvidenceLine, ...]:
    """The lines of the table that comes with the program."""
    content = json.loads((bundled("strategies") / EVIDENCE_FILE).read_text(encoding="utf-8"))
    return tuple(EvidenceLine(**fields) for fields in content["evidence"])


def has_evidence_settings(run: RunFolder) -> bool:
    """Whether a run has the history `us` and the settings of the table of evidence, so that its results compare."""
    settings, defaults = run.manifest.get("settings") or {}, RunSettings().model_dump(mode="json")
    return (
        "runs" not in run.manifest  # a comparison's
        and settings.get("history") == SHORT_HISTORY
        and all(settings.get(name) == defaults[name] for name in EVIDENCE_SETTINGS)
    )


def long_history_evidence(run: RunFolder) -> dict[str, EvidenceLine]:
    """The lines of the run's strategies on the longest embedded history, by the strategies' names in the document.

    A strategy has a line if the table has its recipe, and the files of its steps and of the reference have the same
    hashes as in the table.
    """
    reference, *others = run.document["strategies"]
    lines = {
        (line.full, *sorted(line.sha256.items())): line for line in bundled_evidence() if line.history == LONG_HISTORY
    }
    keys = {
        strategy["name"]: (strategy["recipe"], *sorted((_hashes(reference) | _hashes(strategy)).items()))
        for strategy in others
    }
    return {name: lines[key] for name, key in keys.items() if key in lines}


def _hashes(strategy: Json) -> dict[str, str]:
    """The hash of the file of each step of a document's strategy, by the step's name."""
    return {step["name"]: step["sha256"] for step in strategy["steps"]}
