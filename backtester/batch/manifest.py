"""The manifest of a study's folder: the study, and the hashes of data and strategies and the versions that it used."""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa

from backtester.batch.rows import ROW_FIGURES
from backtester.batch.study import Study
from backtester.errors import DataError, first_line
from backtester.files import read_limited, to_json, write_text
from backtester.histories.market import Market
from backtester.plugins.strategy import Strategy
from backtester.runs.folder import LARGEST_JSON
from backtester.runs.manifest import shown_path, versions
from backtester.runs.tables import read_arrow
from backtester.runs.values import Json

MANIFEST_FILE = "manifest.json"


@dataclasses.dataclass(frozen=True)
class StudyFolder:
    """A study's folder as it was read: its path, its manifest, and its table of results."""

    path: Path
    manifest: Json
    table: pa.Table


def write_manifest(
    folder: Path, study: Study, market: Market, strategies: Iterable[Strategy], scenarios: Mapping[str, str]
) -> Path:
    """Write the manifest and return its path. It has no time and no absolute path, so that it can be compared.

    `scenarios` has the hash of each scenario by its column in the table of results.
    """
    return write_text(
        folder / MANIFEST_FILE,
        to_json(
            {
                "study": stated_keys(study),
                "data": {"history": market.history.name, "sha256": market.sha256},
                "plugins": {
                    strategy.name: {"file": Path(strategy.origin).name, "sha256": strategy.sha256}
                    for strategy in sorted(strategies, key=lambda strategy: strategy.name)
                },
                **({"scenarios": dict(scenarios)} if scenarios else {}),
                "versions": versions(),
            }
        ),
    )


def stated_keys(study: Study) -> Json:
    """The keys of the study's file with their values; keys at their defaults are left out, but for `rank_by`."""
    stated: Json = study.model_dump(mode="json", exclude={"grid", "data", "plugins", "out"}, exclude_defaults=True)
    stated["rank_by"] = study.rank_by
    if study.plugins:
        stated["plugins"] = [shown_path(path) for path in study.plugins]
    if study.data:
        stated["data"] = shown_path(study.data)
    return stated | {"grid": [grid.stated for grid in study.grid]}


def is_study(folder: Path) -> bool:
    """Whether `batch` wrote the folder."""
    return (folder / "study.json").is_file()


def read_study_folder(folder: Path) -> StudyFolder:
    """The manifest and the results in a study's folder; raise DataError if a file of them is missing or damaged."""
    path = folder / MANIFEST_FILE
    try:
        manifest = json.loads(read_limited(path, LARGEST_JSON))
        study, data, plugins, _ = (dict(manifest[name]) for name in ("study", "data", "plugins", "versions"))
        has_keys = [{"grid"} <= set(study), {"history", "sha256"} <= set(data)]
        has_keys += [{"file", "sha256"} <= set(plugin) for plugin in plugins.values()]
        if not all(has_keys):
            raise ValueError("it is no manifest of a study")
        path = folder / "results.parquet"
        table = read_arrow(path)
        if missing := {"key", "name", "recipe", "error", *ROW_FIGURES} - set(table.column_names):
            raise ValueError(f"it has no column {min(missing)!r}")
    except FileNotFoundError as error:
        raise DataError(f"{folder} has no {path.name}; carry the study out again with batch") from error
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise DataError(f"{path} is damaged: {first_line(error)}; carry the study out again with batch") from error
    return StudyFolder(folder, manifest, table)
