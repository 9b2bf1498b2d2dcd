"""A run's folder: the document, the series and the manifest, each file whole or not there; and reading it back."""

import importlib.metadata
import json
import platform
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from backtester.analysis.crises import crises_file
from backtester.errors import DataError
from backtester.files import make_folder, sha256, write_text, write_with
from backtester.runs.document import Json, clean, document
from backtester.runs.run import Result
from backtester.runs.settings import DEFAULT_REFERENCE, RunSettings

Content = TypeVar("Content")
PACKAGES = ("crisis-backtester", "numba", "numpy", "pandas", "plotly", "pyarrow", "pydantic")
FILES = {
    "tearsheet": "tearsheet.html",
    "nav": "nav.parquet",
    "weights": "weights.parquet",
    "levels": "levels.parquet",
    "manifest": "manifest.json",
}


@dataclass(frozen=True)
class RunFolder:
    """What a run's folder holds. `nav` (sessions x strategies), `levels` (sessions x assets and the pair), `weights`
    at each close (date, strategy, asset, weight)."""

    path: Path
    document: Json
    manifest: Json
    nav: pd.DataFrame
    levels: pd.DataFrame
    weights: pd.DataFrame


def write_run(result: Result, folder: Path) -> Json:
    """The document of the run, once everything but its pages is in the folder."""
    make_folder(folder)
    told = document(result) | {"files": FILES}
    _write_table(folder / FILES["nav"], _by_date(result.nav))
    _write_table(folder / FILES["levels"], _by_date(result.market.levels.assign(pair=result.pair.nav)))
    _write_table(folder / FILES["weights"], _long_weights(result))
    write_text(folder / FILES["manifest"], to_json(manifest(result)))
    write_text(folder / "result.json", to_json(told))
    return told


def read_run(folder: Path) -> RunFolder:
    """A run's folder as it was written; a DataError names the file that is missing or damaged."""
    return RunFolder(
        path=folder,
        document=_read(folder / "result.json", _read_json),
        manifest=_read(folder / FILES["manifest"], _read_json),
        nav=_read(folder / FILES["nav"], _read_dated),
        levels=_read(folder / FILES["levels"], _read_dated),
        weights=_read(folder / FILES["weights"], _read_table),
    )


def _read(path: Path, reader: Callable[[Path], Content]) -> Content:
    try:
        return reader(path)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DataError(
            f"{path.parent} is not a run's folder: it has no {path.name}; name one that run wrote"
        ) from error
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        what = str(error).partition("\n")[0]
        raise DataError(f"{path} is damaged: {what}; run it again") from error


def _read_json(path: Path) -> Json:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def to_json(value: Any) -> str:
    """The value as JSON text with a line break at its end; what is undefined must be None."""
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def run_key(result: Result) -> str:
    """A hash of all that the result depends on: settings, data, plugins and package versions."""
    return sha256(json.dumps(manifest(result), sort_keys=True).encode())


def manifest(result: Result) -> Json:
    """What is needed to repeat the run, without a clock or an absolute path."""
    strategies = {layer.step.strategy.name: layer.step.strategy for run in result.evaluations for layer in run.layers}
    history = result.whole.history
    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    return {
        "command": command(result.settings),
        "settings": _portable(result.settings),
        "data": {
            "history": history.name,
            "sha256": result.whole.sha256,
            "files": dict(history.table.files),
            "crises": {
                "crises.toml": sha256(crises_file(result.settings.data).read_bytes()),
                **{scene.market.history.name: scene.market.sha256 for scene in result.scenes if scene.market},
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
        "versions": {"python": platform.python_version(), **versions},
        "seed": None,
    }


def command(settings: RunSettings) -> str:
    """The command that repeats the run, without the options that only say where and how fast."""
    defaults = RunSettings()
    words = ["backtester", "run", *settings.recipes]
    for option in ("history", "start", "end"):
        value = getattr(settings, option)
        if value != getattr(defaults, option):
            words += [f"--{option}", str(value)]
    if settings.data is not None:
        words += ["--data", _shown(settings.data)]
    for path in settings.plugins:
        words += ["--plugins", _shown(path)]
    if settings.reference != DEFAULT_REFERENCE:
        words += ["--reference", settings.reference]
    execution = settings.execution
    if execution.rebalance is not None:
        words += ["--rebalance", execution.rebalance]
    if execution.band is not None:
        words += ["--band", "none" if execution.band == float("inf") else repr(execution.band)]
    if execution.lag != defaults.execution.lag:
        words += ["--lag", str(execution.lag)]
    if execution.costs.trade_bps != defaults.execution.costs.trade_bps:
        words += ["--cost-bps", repr(execution.costs.trade_bps)]
    if settings.audit:
        words.append("--audit")
    return shlex.join(words)


def _portable(settings: RunSettings) -> Json:
    told: Json = settings.model_dump(mode="python")
    told["data"] = None if settings.data is None else _shown(settings.data)
    told["plugins"] = [_shown(path) for path in settings.plugins]
    for end in ("start", "end"):
        told[end] = None if told[end] is None else told[end].isoformat()
    return dict(clean(told))


def _shown(path: Path) -> str:
    return path.name if path.is_absolute() else path.as_posix()


def _by_date(table: pd.DataFrame) -> pa.Table:
    return _dated(table.rename_axis("date").reset_index())


def _long_weights(result: Result) -> pa.Table:
    parts = []
    for run in result.evaluations:
        weights = run.accounts.weights.reindex(result.market.sessions)
        held = (weights != 0).any() if weights.to_numpy().any() else weights.columns[:1]  # cash has a row a session too
        weights = weights.loc[:, held].rename_axis("date").reset_index()
        long = weights.melt(id_vars="date", var_name="asset", value_name="weight")
        parts.append(long.assign(strategy=run.recipe.name)[["date", "strategy", "asset", "weight"]])
    table = _dated(pd.concat(parts, ignore_index=True))
    for name in ("strategy", "asset"):
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, table[name].cast(pa.string()).dictionary_encode())
    return table


def _dated(table: pd.DataFrame) -> pa.Table:
    arrow = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata()
    place = arrow.schema.get_field_index("date")
    return arrow.set_column(place, "date", arrow["date"].cast(pa.timestamp("ms")).cast(pa.date32()))


def _write_table(path: Path, table: pa.Table) -> None:
    write_with(path, lambda beside: pq.write_table(table, beside, compression="zstd"))


def _read_dated(path: Path) -> pd.DataFrame:
    return _read_table(path).set_index("date")


def _read_table(path: Path) -> pd.DataFrame:
    table: pd.DataFrame = pq.read_table(path).to_pandas(date_as_object=False)
    return table
