"""How the rows of a study's folder were made: what was asked, the data, the strategies, the versions."""

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
    """A study's folder: its manifest and its rows."""

    path: Path
    manifest: Json
    table: pa.Table


def write_manifest(
    folder: Path, study: Study, market: Market, strategies: Iterable[Strategy], scenarios: Mapping[str, str]
) -> Path:
    """The path of the manifest, written whole; without a clock or an absolute path."""
    return write_text(
        folder / MANIFEST_FILE,
        to_json(
            {
                "study": stated(study),
                "data": {"history": market.history.name, "sha256": market.sha256},
                "plugins": {
                    one.name: {"file": Path(one.origin).name, "sha256": one.sha256}
                    for one in sorted(strategies, key=lambda one: one.name)
                },
                **({"scenarios": dict(scenarios)} if scenarios else {}),
                "versions": versions(),
            }
        ),
    )


def stated(study: Study) -> Json:
    """The keys that the study states, without defaults."""
    kept: Json = study.model_dump(mode="json", exclude={"grid", "data", "plugins", "out"}, exclude_defaults=True)
    kept["rank_by"] = study.rank_by
    if study.plugins:
        kept["plugins"] = [shown_path(path) for path in study.plugins]
    if study.data:
        kept["data"] = shown_path(study.data)
    return kept | {"grid": [one.stated for one in study.grid]}


def is_study(folder: Path) -> bool:
    """Whether `batch` wrote the folder."""
    return (folder / "study.json").is_file()


def read_study_folder(folder: Path) -> StudyFolder:
    """A study's folder as it was written; raise DataError, which names the file, if one is missing or damaged."""
    place = folder / MANIFEST_FILE
    try:
        manifest = json.loads(read_limited(place, LARGEST_JSON))
        study, data, plugins, _ = (dict(manifest[name]) for name in ("study", "data", "plugins", "versions"))
        seen = [{"grid"} <= set(study), {"history", "sha256"} <= set(data)]
        if not all([*seen, *({"file", "sha256"} <= set(one) for one in plugins.values())]):
            raise ValueError("it is no manifest of a study")
        place = folder / "results.parquet"
        table = read_arrow(place)
        if missing := {"key", "name", "recipe", "error", *ROW_FIGURES} - set(table.column_names):
            raise ValueError(f"it has no column {min(missing)!r}")
    except FileNotFoundError as error:
        raise DataError(f"{folder} has no {place.name}; carry the study out again with batch") from error
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise DataError(f"{place} is damaged: {first_line(error)}; carry the study out again with batch") from error
    return StudyFolder(folder, manifest, table)
