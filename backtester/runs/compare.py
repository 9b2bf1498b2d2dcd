"""Several runs side by side as one: the union of their strategies, where all else is the same.

1. `comparable.refuse_incomparable` says what differs and how to align it.
2. `_cast` gives each strategy of any run its place and name; one that several runs share stands once.
3. `_united` is the document: what the first run says, with every strategy's figures. What depends on how many were
   tried, the widened interval and the verdict, is found anew from the resampled payoffs that each folder keeps.
4. `compared` is what the comparison's folder holds; pages are made of it as of any run's.
"""

import dataclasses
import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from backtester.analysis.resample import smallest_clear, widened
from backtester.analysis.verdict import Evidence, Placebo, verdict
from backtester.arrays import Array
from backtester.errors import DataError, first_line
from backtester.files import sha256, to_json
from backtester.runs.comparable import PER_RUN_KEYS, have_equal_nav, identity, refuse_incomparable
from backtester.runs.document_check import MALFORMED_ERRORS
from backtester.runs.folder import FILES, RunFolder
from backtester.runs.manifest import shown_path, versions
from backtester.runs.settings import refuse_too_many
from backtester.runs.values import Json, clean


@dataclass(frozen=True)
class ComparedStrategy:
    """A strategy of the run at a place, by its name there, and as it is called beside those of others."""

    run_index: int
    own_name: str
    strategy: Json

    @property
    def name(self) -> str:
        """Its name beside those of others."""
        return str(self.strategy["name"])


def compared(runs: Sequence[RunFolder]) -> RunFolder:
    """The contents of the comparison's folder, at the path of the first run; a DataError says what forbids it."""
    try:
        refuse_incomparable(runs)
        cast = _cast(runs)
        refuse_too_many(len(cast) - 1)
        levels = pd.concat([run.levels for run in runs], axis=1)
        payoffs = pd.DataFrame({part.name: runs[part.run_index].payoffs[part.own_name] for part in cast})
        return dataclasses.replace(
            runs[0],
            document=_united(runs, cast, payoffs),
            manifest=_manifest(runs, cast),
            nav=pd.DataFrame({part.name: runs[part.run_index].nav[part.own_name] for part in cast}),
            levels=levels.loc[:, ~levels.columns.duplicated()],
            weights=pd.concat([_weights(runs, part) for part in cast], ignore_index=True),
            payoffs=payoffs,
            changed=(),
        )
    except MALFORMED_ERRORS as error:
        raise DataError(
            f"a run's result.json is not such as run writes ({first_line(error)}); carry it out again"
        ) from error


def _cast(runs: Sequence[RunFolder]) -> tuple[ComparedStrategy, ...]:
    """The strategies of all runs in their order, the reference first, each once; those that share a name and are not
    the same are called by their runs too."""
    found: dict[tuple[str, ...], tuple[int, Json]] = {}
    for place, run in enumerate(runs):
        for strategy in run.document["strategies"]:
            first, same = found.setdefault(identity(strategy), (place, strategy))
            if not have_equal_nav(runs[first], same["name"], run, strategy["name"]):
                raise DataError(
                    f"{strategy['name']!r} has other values in {run.path} than in {runs[first].path}, though recipe, "
                    "history and settings agree; carry both out again with one version of the program"
                )
    named, labels, cast = Counter(one["name"] for _, one in found.values()), _labels(runs), []
    for place, one in found.values():
        suffix = f" [{labels[place]}]" if named[one["name"]] > 1 else ""
        cast.append(ComparedStrategy(place, one["name"], one | {key: one[key] + suffix for key in ("name", "label")}))
    return tuple(cast)


def _labels(runs: Sequence[RunFolder]) -> list[str]:
    """A word for each run: its folder's name or, where two share one, its place in the order given."""
    names = [run.path.resolve().name for run in runs]
    return names if len(set(names)) == len(names) else [str(place) for place in range(1, len(runs) + 1)]


def _united(runs: Sequence[RunFolder], cast: Sequence[ComparedStrategy], payoffs: pd.DataFrame) -> Json:
    documents = [{key: part for key, part in run.document.items() if key not in ("as_of", "stress")} for run in runs]
    united: Json = _merged([{**one, "strategies": None, "files": None} for one in documents], cast)
    strategies = [judged_among(part.strategy, payoffs[part.name].to_numpy(), len(cast) - 1) for part in cast]
    said = {
        key: list(dict.fromkeys(message for one in documents for message in one.get(key, ())))
        for key in ("left_out", "notes")
    }
    return united | said | {"strategies": strategies, "files": FILES}


def judged_among(strategy: Json, payoffs: Array, tried: int) -> Json:
    """A strategy of a document as one of so many tried: its widened interval, smallest clear payoff and verdict."""
    card = strategy["scorecard"]
    known = bool(card["intervals"].get("beyond_mix", {}).get("payoff_mean"))
    wide = widened(payoffs, max(1, tried)) if known else None
    beyond = card["beyond_mix"]
    evidence = Evidence(
        windows=card["joint_sell_offs"],
        acted=card["acted"],
        payoff=float("nan") if beyond["payoff_mean"] is None else beyond["payoff_mean"],
        widened=wide,
        placebo=beyond["placebo"] and Placebo(**beyond["placebo"]),
        reference_loss=card["mean_loss"]["reference"] or 0.0,
    )
    intervals = card["intervals"]
    if known:
        intervals = intervals | {"beyond_mix": intervals["beyond_mix"] | {"payoff_mean_of_all_tried": clean(wide)}}
    smallest = {"smallest_clear": clean(smallest_clear(payoffs, max(1, tried)))}
    return strategy | {
        "verdict": verdict(evidence, sound=strategy["causal"] is not False and strategy["ruin_date"] is None),
        "scorecard": card | {"beyond_mix": beyond | smallest, "intervals": intervals},
    }


def _merged(values: list[Any], cast: Sequence[ComparedStrategy]) -> Any:
    """Values of the runs as one: tables by strategy or asset hold what each run says of its own, all else is alike."""
    first = values[0]
    if isinstance(first, list):
        return [_merged(list(parts), cast) for parts in zip(*values, strict=True)]
    if not isinstance(first, dict):
        return first
    merged = {}
    for key, value in first.items():
        theirs = [one[key] for one in values]
        if key == "strategies" and isinstance(value, dict):
            merged[key] = {part.name: theirs[part.run_index][part.own_name] for part in cast}
        elif key in PER_RUN_KEYS and isinstance(value, dict):
            merged[key] = {name: figure for one in reversed(theirs) for name, figure in one.items()}
        else:
            merged[key] = _merged(theirs, cast)
    return merged


def _manifest(runs: Sequence[RunFolder], cast: Sequence[ComparedStrategy]) -> Json:
    """The manifest of the first run, with all strategies and sources, and where each run came from."""
    first, plugins, sources = runs[0].manifest, dict[str, Json](), dict[str, Json]()
    labels = _labels(runs)
    for label, run in zip(labels, runs, strict=True):
        sources |= run.manifest["sources"]
        for name, plugin in run.manifest["plugins"].items():
            is_other = plugins.get(name, plugin) != plugin
            plugins[f"{name} [{label}]" if is_other else name] = plugin
    return first | {
        "command": shlex.join(["backtester", "compare", *(shown_path(run.path) for run in runs)]),
        "settings": first["settings"] | {"recipes": [part.strategy["recipe"] for part in cast[1:]]},
        "sources": sources,
        "plugins": plugins,
        "versions": versions(),
        "runs": [
            {
                "run": label,
                "command": run.manifest["command"],
                "sha256": sha256(to_json(run.document).encode()),
                "edited": list(run.edited),
                "versions": run.manifest["versions"],
            }
            for label, run in zip(labels, runs, strict=True)
        ],
    }


def _weights(runs: Sequence[RunFolder], part: ComparedStrategy) -> pd.DataFrame:
    weights = runs[part.run_index].weights
    own = weights[weights["strategy"] == part.own_name]
    return own.assign(strategy=part.name, asset=own["asset"].astype(str))
