"""Several runs combined into one, with the strategies of all: for `backtester compare`.

1. `comparable.refuse_incomparable` raises if the runs differ in anything but their strategies, and says how to align
   them.
2. `_distinct_strategies` lists the strategies of all runs; one that several runs share is listed once.
3. `_united_document` takes the document of the first run and the figures of every strategy. The widened interval and
   the verdict depend on how many strategies were tried, and are computed again from the resampled payoffs (returns in
   joint sell-offs beyond a strategy's mix, the fixed shares of stocks, bonds and bills that moved as it did).
4. `combined_run` returns the contents of the comparison's folder, of which pages are made as of any run's.
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
    """A strategy of a comparison: the index of its run, its name there, and its entry in the combined document."""

    run_index: int
    own_name: str
    entry: Json

    @property
    def name(self) -> str:
        """The strategy's name in the combined document."""
        return str(self.entry["name"])


def combined_run(runs: Sequence[RunFolder]) -> RunFolder:
    """The runs combined, with the path of the first; raise DataError if they cannot be compared."""
    try:
        refuse_incomparable(runs)
        strategies = _distinct_strategies(runs)
        refuse_too_many(len(strategies) - 1)
        levels = pd.concat([run.levels for run in runs], axis=1)

        def combined(table: str) -> pd.DataFrame:
            """The table of that name in the runs' folders, with the column of each strategy from its own run."""
            return pd.DataFrame(
                {strategy.name: getattr(runs[strategy.run_index], table)[strategy.own_name] for strategy in strategies}
            )

        payoffs = combined("payoffs")
        return dataclasses.replace(
            runs[0],
            document=_united_document(runs, strategies, payoffs),
            manifest=_manifest(runs, strategies),
            nav=combined("nav"),
            levels=levels.loc[:, ~levels.columns.duplicated()],
            weights=pd.concat([_strategy_weights(runs, strategy) for strategy in strategies], ignore_index=True),
            payoffs=payoffs,
            changed=(),
        )
    except MALFORMED_ERRORS as error:
        raise DataError(
            f"a run's result.json is not such as run writes ({first_line(error)}); carry it out again"
        ) from error


def _distinct_strategies(runs: Sequence[RunFolder]) -> tuple[ComparedStrategy, ...]:
    """The strategies of all runs in order, the reference first, each once.

    Different strategies of one name get the label of their run as a suffix. Raise DataError if the same strategy has
    other values in two runs.
    """
    first_seen: dict[tuple[str, ...], tuple[int, Json]] = {}
    for run_index, run in enumerate(runs):
        for strategy in run.document["strategies"]:
            first_index, earlier = first_seen.setdefault(identity(strategy), (run_index, strategy))
            if not have_equal_nav(runs[first_index], earlier["name"], run, strategy["name"]):
                raise DataError(
                    f"{strategy['name']!r} has other values in {run.path} than in {runs[first_index].path}, though "
                    "recipe, history and settings agree; carry both out again with one version of the program"
                )
    name_counts, labels, distinct = Counter(strategy["name"] for _, strategy in first_seen.values()), _labels(runs), []
    for run_index, strategy in first_seen.values():
        suffix = f" [{labels[run_index]}]" if name_counts[strategy["name"]] > 1 else ""
        distinct.append(
            ComparedStrategy(
                run_index, strategy["name"], strategy | {key: strategy[key] + suffix for key in ("name", "label")}
            )
        )
    return tuple(distinct)


def _labels(runs: Sequence[RunFolder]) -> list[str]:
    """A label for each run: the name of its folder, or its number in the order given if two share a name."""
    names = [run.path.resolve().name for run in runs]
    return names if len(set(names)) == len(names) else [str(number) for number in range(1, len(runs) + 1)]


def _united_document(runs: Sequence[RunFolder], strategies: Sequence[ComparedStrategy], payoffs: pd.DataFrame) -> Json:
    """The document of the comparison."""
    absent = ("as_of", "stress")  # parts that a comparison does not have
    documents = [{key: part for key, part in run.document.items() if key not in absent} for run in runs]
    united: Json = _merged([{**document, "strategies": None, "files": None} for document in documents], strategies)
    tried = len(strategies) - 1
    entries = [judged_among(strategy.entry, payoffs[strategy.name].to_numpy(), tried) for strategy in strategies]
    messages = {
        key: list(dict.fromkeys(message for document in documents for message in document.get(key, ())))
        for key in ("left_out", "notes")
    }
    return united | messages | {"strategies": entries, "files": FILES}


def judged_among(strategy: Json, payoffs: Array, tried: int) -> Json:
    """The strategy's entry with widened interval, smallest clear payoff and verdict for the number of strategies tried.

    `payoffs` are its mean payoffs in the resamples.
    """
    scorecard = strategy["scorecard"]
    has_interval = bool(scorecard["intervals"].get("beyond_mix", {}).get("payoff_mean"))
    widened_interval = widened(payoffs, max(1, tried)) if has_interval else None
    beyond_mix = scorecard["beyond_mix"]
    evidence = Evidence(
        windows=scorecard["joint_sell_offs"],
        acted=scorecard["acted"],
        payoff=float("nan") if beyond_mix["payoff_mean"] is None else beyond_mix["payoff_mean"],
        widened=widened_interval,
        placebo=beyond_mix["placebo"] and Placebo(**beyond_mix["placebo"]),
        reference_loss=scorecard["mean_loss"]["reference"] or 0.0,
    )
    intervals = scorecard["intervals"]
    if has_interval:
        intervals = intervals | {
            "beyond_mix": intervals["beyond_mix"] | {"payoff_mean_of_all_tried": clean(widened_interval)}
        }
    smallest = {"smallest_clear": clean(smallest_clear(payoffs, max(1, tried)))}
    return strategy | {
        "verdict": verdict(evidence, sound=strategy["causal"] is not False and strategy["ruin_date"] is None),
        "scorecard": scorecard | {"beyond_mix": beyond_mix | smallest, "intervals": intervals},
    }


def _merged(values: list[Any], strategies: Sequence[ComparedStrategy]) -> Any:
    """The same part of the documents of all runs as one.

    Tables by strategy get the entry of each strategy from its own run, those by asset the entries of all runs; whatever
    else there is, is the same in all runs.
    """
    first_value = values[0]
    if isinstance(first_value, list):
        return [_merged(list(parts), strategies) for parts in zip(*values, strict=True)]
    if not isinstance(first_value, dict):
        return first_value
    merged = {}
    for key, value in first_value.items():
        parts = [part[key] for part in values]
        if key == "strategies" and isinstance(value, dict):
            merged[key] = {strategy.name: parts[strategy.run_index][strategy.own_name] for strategy in strategies}
        elif key in PER_RUN_KEYS and isinstance(value, dict):
            merged[key] = {name: figure for part in reversed(parts) for name, figure in part.items()}
        else:
            merged[key] = _merged(parts, strategies)
    return merged


def _manifest(runs: Sequence[RunFolder], strategies: Sequence[ComparedStrategy]) -> Json:
    """The manifest of the first run, with the strategies and sources of all runs, and how each run was made."""
    first, plugins, sources = runs[0].manifest, dict[str, Json](), dict[str, Json]()
    labels = _labels(runs)
    for label, run in zip(labels, runs, strict=True):
        sources |= run.manifest["sources"]
        for name, plugin in run.manifest["plugins"].items():
            is_other = plugins.get(name, plugin) != plugin
            plugins[f"{name} [{label}]" if is_other else name] = plugin
    return first | {
        "command": shlex.join(["backtester", "compare", *(shown_path(run.path) for run in runs)]),
        "settings": first["settings"] | {"recipes": [strategy.entry["recipe"] for strategy in strategies[1:]]},
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


def _strategy_weights(runs: Sequence[RunFolder], strategy: ComparedStrategy) -> pd.DataFrame:
    """The rows of weights of a strategy, under its name in the comparison."""
    weights = runs[strategy.run_index].weights
    rows = weights[weights["strategy"] == strategy.own_name]
    return rows.assign(strategy=strategy.name, asset=rows["asset"].astype(str))
