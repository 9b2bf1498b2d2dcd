"""Jobs: one recipe of a study with its key, and the rows of figures that carrying some of them out gives."""

import hashlib
import json
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pyarrow as pa

from backtester.analysis.analyse import analyse
from backtester.analysis.pair import PairSettings
from backtester.analysis.period import Period, measure_period
from backtester.batch.grid import GridPoint, GridValue
from backtester.batch.rows import ROWS_SCHEMA, JobOutcome, analysed_outcomes, table_of
from backtester.batch.study import ROWS_VERSION, settings_at
from backtester.batch.worlds import World
from backtester.contract.check_cache import check_once
from backtester.contract.rules import BrokenRule
from backtester.engine.evaluate import Evaluation, evaluate, evaluate_many
from backtester.engine.layers import MarketCache
from backtester.errors import BacktesterError, result_or_error, traceback_text
from backtester.histories.market import Market
from backtester.plugins.loader import Library
from backtester.plugins.recipes import Recipe, Step, parse_recipe
from backtester.runs.common_period import common_start, first_with_pair, refuse_unmeasurable
from backtester.runs.needed_roles import roles_read
from backtester.runs.settings import RunSettings, SharedSettings

MOST_STEPS = 10_000  # that a worker remembers, some kilobytes each


@dataclass(frozen=True)
class Job:
    """A recipe to be run, the values of its grid's point, the settings of the run, also as text, the hash of all that
    its result depends on, and the roles that it reads."""

    key: str
    name: str
    recipe: str
    point: dict[str, GridValue]
    settings: SharedSettings
    terms: str
    roles: tuple[str, ...] = ()


def plan_jobs(
    points: Sequence[GridPoint], recipes: Sequence[Recipe], settings: RunSettings, market: Market
) -> list[Job]:
    """The jobs of a study's points in order, each once; `recipes` are the reference and one a point.

    Raise BacktesterError if a setting is not understood, or none of the jobs could be carried out by it.
    """
    reference = recipes[0]
    jobs: dict[str, Job] = {}
    terms: dict[str, tuple[RunSettings, str, str]] = {}  # by what a grid varies: settings, as text, their part of keys
    read: dict[tuple[object, ...], tuple[str, ...]] = {}  # by strategies and words the roles that a job reads
    data: dict[tuple[str, ...], str] = {}  # and the hash of these, whatever other jobs of the study read
    fitting = set[tuple[object, ...]]()  # starts, legs and schedules that the market has
    begun: dict[tuple[str, str], Any] = {}  # and keys as far as jobs of one settings and data share them
    for (_, point, swept), recipe in zip(points, recipes[1:], strict=True):
        if (varied := json.dumps(swept)) not in terms:
            own = settings_at(settings, swept) if swept else settings
            if (parts := (own.start, *own.legs, own.execution.rebalance)) not in fitting:
                refuse_unmeasurable(market, own)
                fitting.add(parts)
            terms[varied] = own, own.model_dump_json(), _shared_key(reference, own)
        own, spelled, shared = terms[varied]
        says = (*((step.strategy, step.words) for step in recipe.steps), own.legs)
        if says not in read:
            read[says] = tuple(roles_read([reference, recipe], market.history, also=own.legs))
        if (roles := read[says]) not in data:
            data[roles] = market.hash_of(roles)
        if (before := (varied, data[roles])) not in begun:
            begun[before] = hashlib.sha256(f"{shared}\0{data[roles]}\0".encode())
        whole = begun[before].copy()
        whole.update("\0".join(_fingerprint(recipe)).encode())
        key = whole.hexdigest()
        jobs.setdefault(key, Job(key, recipe.name, recipe.full, point, own, spelled, roles))
    return list(jobs.values())


def _shared_key(reference: Recipe, settings: RunSettings) -> str:
    """The key of all that the results of jobs with these settings depend on, but their recipes."""
    parts = {
        "rows": [ROWS_VERSION, *ROWS_SCHEMA.names],
        "reference": _fingerprint(reference),
        "start": str(settings.start),
        "end": str(settings.end),
        "execution": settings.execution.spelled,
        "lenses": settings.model_dump(include=set(PairSettings.model_fields)),
    }
    return json.dumps(parts)


def _fingerprint(recipe: Recipe) -> list[str]:
    return [recipe.full, *(step.strategy.sha256 for step in recipe.steps)]


class Bench:
    """The objects that a worker keeps for all of its jobs: the market, the strategies, the study's settings, the worlds
    of its scenarios by column, and by settings the reference carried out, and the periods that jobs were measured
    over."""

    def __init__(
        self, market: Market, library: Library, settings: SharedSettings, worlds: Mapping[str, World] | None = None
    ) -> None:
        """A bench on which nothing was carried out yet."""
        self.market, self.library, self.settings, self.worlds = market, library, settings, worlds or {}
        self.cache = MarketCache(market)
        self._references: dict[tuple[str, str], Evaluation] = {}
        self._openings: dict[str, int] = {}
        self._periods: dict[tuple[str, int], Period] = {}
        self._steps: dict[str, Step] = {}

    def recipe(self, text: str) -> Recipe:
        """The recipe of that text; jobs that differ in settings of the run alone, or in one step, share steps."""
        if len(self._steps) > MOST_STEPS:
            self._steps.clear()
        return parse_recipe(text, self.library, known=self._steps)

    def reference(self, settings: SharedSettings) -> Evaluation:
        """The reference carried out with those settings; raise BacktesterError if it cannot be."""
        key = (settings.reference, settings.execution.spelled)
        if key not in self._references:
            recipe = parse_recipe(settings.reference, self.library)
            self._references[key] = evaluate(recipe, self.market, settings.execution)
        return self._references[key]

    def start(self, run: Evaluation, job: Job) -> int:
        """The first session that a job is measured from; raise BacktesterError if there is none."""
        if job.terms not in self._openings:
            self._openings[job.terms] = first_with_pair(self.market, job.settings)
        return common_start(self.market, [self.reference(job.settings), run], self._openings[job.terms])

    def period(self, settings: SharedSettings, first: int) -> Period:
        """The measured sessions from a session on; most jobs share them."""
        key = (settings.model_dump_json(include=set(PairSettings.model_fields)), first)
        if key not in self._periods:
            self._periods[key] = measure_period(self.market.since(first), settings)
        return self._periods[key]


def run_jobs(jobs: Sequence[Job], bench: Bench) -> pa.Table:
    """The rows of some jobs, in their order; one whose strategy fails is a row with its error."""
    recipes = [bench.recipe(job.recipe) for job in jobs]
    asked = [(recipe, job.settings.execution) for recipe, job in zip(recipes, jobs, strict=True)]
    came: dict[int, JobOutcome] = {}
    groups: dict[tuple[str, int], list[tuple[int, Evaluation]]] = defaultdict(list)
    for place, run in enumerate(evaluate_many(asked, bench.market, bench.cache)):
        first = run if isinstance(run, BacktesterError) else result_or_error(partial(bench.start, run, jobs[place]))
        if isinstance(first, BacktesterError):
            came[place] = JobOutcome("; ".join(first.lines()), traceback=traceback_text(first))
        elif isinstance(run, Evaluation):
            groups[jobs[place].terms, first].append((place, run))
    for (_, first), group in groups.items():
        settings, runs = jobs[group[0][0]].settings, [run for _, run in group]
        period = bench.period(settings, first)
        analysis = analyse(runs, bench.reference(settings), period)
        found = analysed_outcomes(analysis, [run.accounts for run in runs], period)
        came |= dict(zip([place for place, _ in group], found, strict=True))
    names = [(job.key, job.name, job.recipe) for job in jobs]
    return table_of(names, [came[place] for place in range(len(jobs))])


def timed_jobs(jobs: Sequence[Job], bench: Bench) -> tuple[pa.Table, float]:
    """The rows of some jobs, and how many seconds they took."""
    began = time.monotonic()
    return run_jobs(jobs, bench), time.monotonic() - began


def check_window(reference: str, bench: Bench) -> int:
    """The session on which the reference's own window starts; an error where there is none."""
    settings = bench.settings
    return common_start(bench.market, [bench.reference(settings)], first_with_pair(bench.market, settings))


def check_strategy(task: tuple[str, str], bench: Bench) -> tuple[BrokenRule, ...]:
    """The rules that the short check finds a strategy to break; a task is its name, and a recipe that has it."""
    name, text = task
    run = evaluate(parse_recipe(text, bench.library), bench.market, bench.settings.execution)
    layer = next(layer for layer in run.layers if layer.step.strategy.name == name)
    return check_once(layer, bench.market).findings


def failed_rows(jobs: Sequence[Job], error: str) -> pa.Table:
    """The rows of jobs that failed."""
    return table_of([(job.key, job.name, job.recipe) for job in jobs], [JobOutcome(error)] * len(jobs))
