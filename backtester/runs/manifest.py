"""The manifest of a run: all that is needed to repeat it. Settings, hashes of data and plugins, versions, the command.

`run_key` hashes the manifest.
"""

import importlib.metadata
import json
import platform
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import BaseModel

from backtester.analysis.crises import crises_file
from backtester.analysis.pair import PairSettings
from backtester.engine.costs import spell_costs
from backtester.files import sha256
from backtester.histories.series import Asset
from backtester.runs.result import Result
from backtester.runs.settings import RunSettings
from backtester.runs.stress import scenario_hashes
from backtester.runs.values import Json, clean

PACKAGES = ("crisis-backtester", "numba", "numpy", "pandas", "plotly", "pyarrow", "pydantic")


def run_key(result: Result) -> str:
    """A hash of all that the result depends on: settings, data, plugins and package versions."""
    return sha256(json.dumps(manifest(result), sort_keys=True).encode())


def manifest(result: Result) -> Json:
    """The manifest, without times and absolute paths, so that the same run gives the same text on any machine."""
    strategies = {
        layer.step.strategy.name: layer.step.strategy for one in result.strategies for layer in one.evaluation.layers
    }
    history = result.full_market.history
    scenarios = {} if result.stress is None else {"stress": scenario_hashes(result.stress)}
    return {
        "command": result.command,
        "settings": _portable(result.settings),
        "data": {
            "history": history.name,
            "sha256": result.full_market.sha256,
            "files": dict(history.table.files),
            "crises": {
                "crises.toml": sha256(crises_file(result.settings.data).read_bytes()),
                **result.crisis_hashes,
            },
        },
        "sources": {
            role: {key: getattr(series, key) for key in ("kind", "source", "note", "licence")}
            | ({"funded": series.funded, "label": series.label} if isinstance(series, Asset) else {})
            for role, series in history.series.items()
        },
        "plugins": {
            name: {"file": Path(strategy.origin).name, "sha256": strategy.sha256}
            | ({"distribution": strategy.installed.distribution} if strategy.installed else {})
            for name, strategy in sorted(strategies.items())
        },
        "versions": versions(),
        "seed": result.settings.seed,
        **scenarios,
    }


def versions() -> dict[str, str]:
    """The versions of Python and of the packages that figures depend on."""
    return {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in PACKAGES}


def run_command(settings: RunSettings) -> str:
    """The command line that repeats the run, without options that do not change the results."""
    usual = RunSettings()
    asked = ("history", "rhythm", "start", "end", *PairSettings.model_fields, "data", "plugins", "reference")
    traded = ("rebalance", "band", "lag", "relative_band", "to_edge", "min_trade")
    words = ["backtester", "run", *settings.recipes]
    words += [*_options(settings, usual, asked), *_options(settings.execution, usual.execution, traded)]
    for word in spell_costs(settings.execution.costs):
        words += ["--cost-bps", word]
    words += _given(settings)
    return shlex.join([*words, *_options(settings, usual, ("resamples", "seed", "audit", "as_of")), *_stress(settings)])


def _stress(settings: RunSettings) -> Iterator[str]:
    """The words of the command line for the scenarios."""
    for text in _shown_scenarios(settings):
        yield from ("--stress", text)


def _shown_scenarios(settings: RunSettings) -> list[str]:
    """The scenarios, with the paths of files as a manifest shows them."""
    return [shown_path(Path(text)) if text.endswith(".toml") else text for text in settings.stress]


def _given(settings: RunSettings) -> Iterator[str]:
    """The words of the command line for the csv files of series and weights."""
    for name, one in settings.series.items():
        for option, value in (("series", shown_path(one.file)), ("column", one.column), ("form", one.form)):
            if value is not None:
                yield from (f"--{option}", f"{name}={value}")
    for name, file in settings.weights.items():
        yield from ("--weights", f"{name}={shown_path(file)}")
    yield from _options(settings, RunSettings(), ("date_format", "decimal", "sep", "period_starts"))


def _options(settings: BaseModel, usual: BaseModel, names: Iterable[str]) -> Iterator[str]:
    """The words of the command line for those settings of these names that differ from `usual`, the defaults."""
    for name in names:
        value = getattr(settings, name)
        if value != getattr(usual, name):
            for one in value if isinstance(value, tuple) else (value,):
                yield f"--{name.replace('_', '-')}"
                if one is not True:
                    yield "none" if one == float("inf") else shown_path(one) if isinstance(one, Path) else str(one)


def _portable(settings: RunSettings) -> Json:
    kept, band = dict(clean(settings.model_dump())), settings.execution.band
    return kept | {
        "execution": kept["execution"] | {"band": "none" if band == float("inf") else band},  # null is the default
        "data": settings.data and shown_path(settings.data),
        "plugins": [shown_path(path) for path in settings.plugins],
        "stress": _shown_scenarios(settings),
        "series": {
            name: one.model_dump(exclude_none=True) | {"file": shown_path(one.file)}
            for name, one in settings.series.items()
        },
        "weights": {name: shown_path(file) for name, file in settings.weights.items()},
        "start": settings.start and settings.start.isoformat(),
        "end": settings.end and settings.end.isoformat(),
    }


def shown_path(path: Path) -> str:
    """A path as a manifest shows it; of an absolute one the last part alone."""
    return path.name if path.is_absolute() else path.as_posix()
