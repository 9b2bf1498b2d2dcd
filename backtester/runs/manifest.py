"""The manifest of a run: all that is needed to repeat it. Settings, hashes of data and plugins, versions, the command.

`run_key` hashes the manifest. A role is the name under which a history has a series, such as `stocks`.
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
        layer.step.strategy.name: layer.step.strategy
        for strategy in result.strategies
        for layer in strategy.evaluation.layers
    }
    history = result.full_market.history
    scenarios = {} if result.stress is None else {"stress": scenario_hashes(result.stress)}
    return {
        "command": result.command,
        "settings": _portable_settings(result.settings),
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
    defaults = RunSettings()
    data_options = ("history", "rhythm", "start", "end", *PairSettings.model_fields, "data", "plugins", "reference")
    execution_options = ("rebalance", "band", "lag", "relative_band", "to_edge", "min_trade")
    command = ["backtester", "run", *settings.recipes]
    command += [
        *_options(settings, defaults, data_options),
        *_options(settings.execution, defaults.execution, execution_options),
    ]
    for word in spell_costs(settings.execution.costs):
        command += ["--cost-bps", word]
    command += _file_options(settings)
    return shlex.join(
        [*command, *_options(settings, defaults, ("resamples", "seed", "audit", "as_of")), *_scenario_options(settings)]
    )


def _scenario_options(settings: RunSettings) -> Iterator[str]:
    """The words of the command line for the scenarios."""
    for text in _shown_scenarios(settings):
        yield from ("--stress", text)


def _shown_scenarios(settings: RunSettings) -> list[str]:
    """The scenarios, with the paths of files as a manifest shows them."""
    return [shown_path(Path(text)) if text.endswith(".toml") else text for text in settings.stress]


def _file_options(settings: RunSettings) -> Iterator[str]:
    """The words of the command line for the csv files of series and weights."""
    for name, series in settings.series.items():
        for option, value in (("series", shown_path(series.file)), ("column", series.column), ("form", series.form)):
            if value is not None:
                yield from (f"--{option}", f"{name}={value}")
    for name, file in settings.weights.items():
        yield from ("--weights", f"{name}={shown_path(file)}")
    yield from _options(settings, RunSettings(), ("date_format", "decimal", "sep", "period_starts"))


def _options(settings: BaseModel, defaults: BaseModel, names: Iterable[str]) -> Iterator[str]:
    """The words of the command line for those settings of these names that differ from the defaults.

    A tuple repeats the option; True is the option without a value.
    """
    for name in names:
        value = getattr(settings, name)
        if value != getattr(defaults, name):
            for item in value if isinstance(value, tuple) else (value,):
                yield f"--{name.replace('_', '-')}"
                if item is not True:
                    yield _option_text(item)


def _option_text(value: object) -> str:
    """A setting's value as an option has it; infinity, a band that never calls for a trade, is `none`."""
    if isinstance(value, Path):
        return shown_path(value)
    return "none" if value == float("inf") else str(value)


def _portable_settings(settings: RunSettings) -> Json:
    """The settings as JSON, the same on every machine: without absolute paths, and with dates as text."""
    dumped, band = dict(clean(settings.model_dump())), settings.execution.band
    return dumped | {
        "execution": dumped["execution"] | {"band": "none" if band == float("inf") else band},  # null is the default
        "data": settings.data and shown_path(settings.data),
        "plugins": [shown_path(path) for path in settings.plugins],
        "stress": _shown_scenarios(settings),
        "series": {
            name: file.model_dump(exclude_none=True) | {"file": shown_path(file.file)}
            for name, file in settings.series.items()
        },
        "weights": {name: shown_path(file) for name, file in settings.weights.items()},
        "start": settings.start and settings.start.isoformat(),
        "end": settings.end and settings.end.isoformat(),
    }


def shown_path(path: Path) -> str:
    """A path as a manifest shows it; of an absolute one the last part alone."""
    return path.name if path.is_absolute() else path.as_posix()
