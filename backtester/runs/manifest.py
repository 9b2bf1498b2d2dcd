"""What repeats a run: settings, hashes of data and plugins, versions, the command; and the key made of them."""

import importlib.metadata
import json
import platform
import shlex
from pathlib import Path

from backtester.analysis.crises import crises_file
from backtester.analysis.lenses import Lenses
from backtester.engine.costs import spell_costs
from backtester.files import sha256
from backtester.runs.result import Result
from backtester.runs.settings import DEFAULT_REFERENCE, RunSettings
from backtester.runs.values import Json, clean

PACKAGES = ("crisis-backtester", "numba", "numpy", "pandas", "plotly", "pyarrow", "pydantic")


def run_key(result: Result) -> str:
    """A hash of all that the result depends on: settings, data, plugins and package versions."""
    return sha256(json.dumps(manifest(result), sort_keys=True).encode())


def manifest(result: Result) -> Json:
    """What is needed to repeat the run, without a clock or an absolute path."""
    strategies = {
        layer.step.strategy.name: layer.step.strategy for one in result.strategies for layer in one.evaluation.layers
    }
    history = result.whole.history
    return {
        "command": command(result.settings),
        "settings": _portable(result.settings),
        "data": {
            "history": history.name,
            "sha256": result.whole.sha256,
            "files": dict(history.table.files),
            "crises": {
                "crises.toml": sha256(crises_file(result.settings.data).read_bytes()),
                **result.crisis_hashes,
            },
        },
        "sources": {
            role: {
                "kind": series.kind,
                "funded": series.funded,
                "source": series.source,
                "note": series.note,
                "licence": series.licence,
            }
            for role, series in history.series.items()
        },
        "plugins": {
            name: {"file": Path(strategy.origin).name, "sha256": strategy.sha256}
            for name, strategy in sorted(strategies.items())
        },
        "versions": versions(),
        "seed": result.settings.seed,
    }


def versions() -> dict[str, str]:
    """The versions of Python and of the packages that figures depend on."""
    return {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in PACKAGES}


def command(settings: RunSettings) -> str:
    """The command that repeats the run, without the options that only say where and how fast."""
    defaults = RunSettings()
    words = ["backtester", "run", *settings.recipes]
    for option in ("history", "start", "end", *Lenses.model_fields):
        value = getattr(settings, option)
        if value != getattr(defaults, option):
            words += [f"--{option.replace('_', '-')}", str(value)]
    if settings.data is not None:
        words += ["--data", shown_path(settings.data)]
    for path in settings.plugins:
        words += ["--plugins", shown_path(path)]
    if settings.reference != DEFAULT_REFERENCE:
        words += ["--reference", settings.reference]
    execution = settings.execution
    if execution.rebalance is not None:
        words += ["--rebalance", execution.rebalance]
    if execution.band is not None:
        words += ["--band", "none" if execution.band == float("inf") else repr(execution.band)]
    if execution.lag != defaults.execution.lag:
        words += ["--lag", str(execution.lag)]
    if execution.relative_band is not None:
        words += ["--relative-band", repr(execution.relative_band)]
    if execution.to_edge:
        words.append("--to-edge")
    if execution.min_trade:
        words += ["--min-trade", repr(execution.min_trade)]
    for word in spell_costs(execution.costs):
        words += ["--cost-bps", word]
    for option in ("resamples", "seed"):
        value = getattr(settings, option)
        if value != getattr(defaults, option):
            words += [f"--{option}", str(value)]
    if settings.audit:
        words.append("--audit")
    return shlex.join(words)


def _portable(settings: RunSettings) -> Json:
    told: Json = settings.model_dump(mode="python")
    told["data"] = None if settings.data is None else shown_path(settings.data)
    told["plugins"] = [shown_path(path) for path in settings.plugins]
    for end in ("start", "end"):
        told[end] = None if told[end] is None else told[end].isoformat()
    return dict(clean(told))


def shown_path(path: Path) -> str:
    """A path as it may stand in a manifest: an absolute one by its last name alone."""
    return path.name if path.is_absolute() else path.as_posix()
