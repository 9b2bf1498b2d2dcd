"""Several runs side by side as one: the union of their strategies, where all else is the same.

1. `alike.refuse_unlike` says what differs and how to align it.
2. `_cast` gives each strategy of any run its place and name; one that several runs share stands once.
3. `_united` is the document: what the first run says, with every strategy's figures. What depends on how many were
   tried is found anew for all of them.
4. `compared` is what the comparison's folder holds; pages are made of it as of any run's.
"""

import dataclasses
import shlex
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from backtester.analysis.lenses import Lenses
from backtester.analysis.measures import session_returns
from backtester.errors import DataError, first_line
from backtester.files import sha256
from backtester.histories.sessions import days_between
from backtester.runs.alike import OWN_KEYS, identity, refuse_unlike, same_values
from backtester.runs.document.cards import told_again
from backtester.runs.values import Json
from backtester.runs.folder import FILES, RunFolder, to_json
from backtester.runs.intervals import Ground, Keys, resampled
from backtester.runs.manifest import shown_path, versions
from backtester.runs.settings import RunSettings, refuse_too_many
from backtester.runs.shape import FOREIGN
from backtester.runs.tell import Tell, tell_nobody


@dataclass(frozen=True)
class Part:
    """A strategy of the run at a place, as it is called there, and as it is called beside those of others."""

    place: int
    own_name: str
    name: str


def compared(runs: Sequence[RunFolder], tell: Tell = tell_nobody) -> RunFolder:
    """What the folder of the comparison holds, at the path of the first run; a DataError says what forbids it."""
    try:
        return _compared(runs, tell)
    except FOREIGN as error:
        raise DataError(
            f"a run's result.json is not such as run writes ({first_line(error)}); carry it out again"
        ) from error


def _compared(runs: Sequence[RunFolder], tell: Tell) -> RunFolder:
    refuse_unlike(runs)
    cast = _cast(runs)
    refuse_too_many(len(cast) - 1)
    nav = pd.DataFrame({part.name: runs[part.place].nav[part.own_name] for part in cast})
    levels = pd.concat([run.levels for run in runs], axis=1)
    return dataclasses.replace(
        runs[0],
        document=_united(runs, cast, _drawn(runs[0], nav, tell)),
        manifest=_manifest(runs, cast),
        nav=nav,
        levels=levels.loc[:, ~levels.columns.duplicated()],
        weights=pd.concat([_weights(runs, part) for part in cast], ignore_index=True),
    )


def _cast(runs: Sequence[RunFolder]) -> tuple[Part, ...]:
    """The strategies of all runs in their order, the reference first, each once; those that share a name and are not
    the same are called by their runs too."""
    found: dict[tuple[str, ...], tuple[int, str]] = {}
    for place, run in enumerate(runs):
        for strategy in run.document["strategies"]:
            first, name = found.setdefault(identity(strategy), (place, strategy["name"]))
            if not same_values(runs[first], name, run, strategy["name"]):
                raise DataError(
                    f"{strategy['name']!r} has other values in {run.path} than in {runs[first].path}, though recipe, "
                    "history and settings agree; carry both out again with one version of the program"
                )
    namesakes: dict[str, int] = defaultdict(int)
    for _, name in found.values():
        namesakes[name] += 1
    labels = _labels(runs)
    return tuple(
        Part(place, name, name if namesakes[name] == 1 else f"{name} [{labels[place]}]")
        for place, name in found.values()
    )


def _labels(runs: Sequence[RunFolder]) -> list[str]:
    """A word for each run: its folder's name or, where two share one, its place in the order given."""
    names = [run.path.resolve().name for run in runs]
    return names if len(set(names)) == len(names) else [str(place) for place in range(1, len(runs) + 1)]


def _drawn(run: RunFolder, nav: pd.DataFrame, tell: Tell) -> dict[str, Keys]:
    """The resampled intervals of all strategies, drawn from what the run's folder holds, as its own were."""
    settings, levels = run.document["settings"], run.levels
    keys = (*Lenses.model_fields, "resamples", "seed")
    roles = [settings["stocks_role"], settings["bonds_role"], "pair"]
    ground = Ground(
        levels=levels[roles].to_numpy().T,
        bills=np.insert(session_returns(levels["bills"]), 0, np.nan),
        days=days_between(pd.DatetimeIndex(levels.index)),
        joint=len(run.document["joint_sell_offs"]),
    )
    return resampled(RunSettings.model_validate({key: settings[key] for key in keys}), ground, nav, tell)


def _united(runs: Sequence[RunFolder], cast: Sequence[Part], drawn: dict[str, Keys]) -> Json:
    documents = [run.document for run in runs]
    united: Json = _merged([{**told, "strategies": None, "files": None} for told in documents], cast)
    strategies = []
    for part in cast:
        own = _strategy(runs, part)
        card = own["scorecard"] and told_again(own["scorecard"], len(cast) - 1, drawn[part.name])
        strategies.append(own | {"name": part.name, "scorecard": card})
    left_out = dict.fromkeys(message for told in documents for message in told["left_out"])
    files = {name: file for name, file in FILES.items() if name != "dependence" or runs[0].dependence is not None}
    return united | {"strategies": strategies, "left_out": list(left_out), "files": files}


def _merged(values: list[Any], cast: Sequence[Part]) -> Any:
    """Values of the runs as one: tables by strategy or asset hold what each run tells of its own, all else is alike."""
    first = values[0]
    if isinstance(first, list):
        return [_merged(list(parts), cast) for parts in zip(*values, strict=False)]
    if not isinstance(first, dict):
        return first
    told = {}
    for key, value in first.items():
        theirs = [one[key] for one in values]
        if key == "strategies" and isinstance(value, dict):
            told[key] = {part.name: theirs[part.place][part.own_name] for part in cast}
        elif key in OWN_KEYS and isinstance(value, dict):
            told[key] = {name: figure for one in reversed(theirs) for name, figure in one.items()}
        else:
            told[key] = _merged(theirs, cast)
    return told


def _manifest(runs: Sequence[RunFolder], cast: Sequence[Part]) -> Json:
    """What the first run's says, with all strategies and sources, and where each run came from."""
    first, plugins, sources = runs[0].manifest, dict[str, Json](), dict[str, Json]()
    labels = _labels(runs)
    for label, run in zip(labels, runs, strict=True):
        sources |= run.manifest["sources"]
        for name, plugin in run.manifest["plugins"].items():
            is_other = plugins.get(name, plugin) != plugin
            plugins[f"{name} [{label}]" if is_other else name] = plugin
    recipes = [_strategy(runs, part)["recipe"] for part in cast[1:]]
    return first | {
        "command": shlex.join(["backtester", "compare", *(shown_path(run.path) for run in runs)]),
        "settings": first["settings"] | {"recipes": recipes},
        "sources": sources,
        "plugins": plugins,
        "versions": versions(),
        "runs": [
            {
                "run": label,
                "command": run.manifest["command"],
                "sha256": sha256(to_json(run.document).encode()),
                "versions": run.manifest["versions"],
            }
            for label, run in zip(labels, runs, strict=True)
        ],
    }


def _strategy(runs: Sequence[RunFolder], part: Part) -> Json:
    told: list[Json] = runs[part.place].document["strategies"]
    return next(one for one in told if one["name"] == part.own_name)


def _weights(runs: Sequence[RunFolder], part: Part) -> pd.DataFrame:
    weights = runs[part.place].weights
    own = weights[weights["strategy"] == part.own_name]
    return own.assign(strategy=part.name, asset=own["asset"].astype(str))
