"""Jobs: the recipes of a study, each with its key and settings; running some of them gives a table with a row each.

The reference is the recipe that all are compared with; the short check tries a strategy on few cuts of its history.
"""

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
from backtester.batch.scenario_markets import ScenarioMarket
from backtester.batch.study import ROWS_VERSION, settings_at
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

MAX_CACHED_STEPS = 10_000  # parsed steps that a worker keeps, of some kilobytes each


@dataclass(frozen=True)
class Job:
    """A recipe of a study that is to be run.

    `key` is the hash of all that its result depends on. `point` has the values that the grid gives to names in the
    recipe and to settings of the run; `settings_text` is the settings as JSON; `roles` are the names, such as `stocks`,
    of the series that it reads.
    """

    key: str
    name: str
    recipe: str
    point: dict[str, GridValue]
    settings: SharedSettings
    settings_text: str
    roles: tuple[str, ...] = ()


def plan_jobs(
    points: Sequence[GridPoint], recipes: Sequence[Recipe], settings: RunSettings, market: Market
) -> list[Job]:
    """The jobs of a study's grid points in order, each key once; `recipes` are the reference and one for each point.

    A study may have a million points, so what many of them share is computed once: the settings of the run (by the
    values that the grid gives them), the roles that a job reads, and the hash of the figures of these roles.

    Raise BacktesterError if a setting is not understood, or does not fit the market.
    """
    reference = recipes[0]
    jobs: dict[str, Job] = {}
    run_settings: dict[str, tuple[RunSettings, str, str]] = {}  # settings, as JSON, and their part of job keys
    roles_of: dict[tuple[object, ...], tuple[str, ...]] = {}
    data_hashes: dict[tuple[str, ...], str] = {}
    fit_the_market = set[tuple[object, ...]]()  # starts, legs (stocks and bonds) and schedules that were checked
    begun_hashes: dict[tuple[str, str], Any] = {}  # hashes of settings and data, to which a recipe is still to be added
    for (_, point, swept), recipe in zip(points, recipes[1:], strict=True):
        if (varied := json.dumps(swept)) not in run_settings:
            job_settings = settings_at(settings, swept) if swept else settings
            if (
                parts := (job_settings.start, *job_settings.legs, job_settings.execution.rebalance)
            ) not in fit_the_market:
                refuse_unmeasurable(market, job_settings)
                fit_the_market.add(parts)
            run_settings[varied] = job_settings, job_settings.model_dump_json(), _shared_key(reference, job_settings)
        job_settings, settings_text, shared_key = run_settings[varied]
        named = (*((step.strategy, step.words) for step in recipe.steps), job_settings.legs)  # all that may name a role
        if named not in roles_of:
            roles_of[named] = tuple(roles_read([reference, recipe], market.history, also=job_settings.legs))
        if (roles := roles_of[named]) not in data_hashes:
            data_hashes[roles] = market.hash_of(roles)
        if (shared := (varied, data_hashes[roles])) not in begun_hashes:
            begun_hashes[shared] = hashlib.sha256(f"{shared_key}\0{data_hashes[roles]}\0".encode())
        job_hash = begun_hashes[shared].copy()
        job_hash.update("\0".join(_fingerprint(recipe)).encode())
        key = job_hash.hexdigest()
        job = Job(
            key, recipe.name, recipe.full, point=point, settings=job_settings, settings_text=settings_text, roles=roles
        )
        jobs.setdefault(key, job)
    return list(jobs.values())


def _shared_key(reference: Recipe, settings: RunSettings) -> str:
    """All that the result of a job with these settings depends on, except its recipe and the data, as JSON."""
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
    """The full text of a recipe, and the hashes of its strategies."""
    return [recipe.full, *(step.strategy.sha256 for step in recipe.steps)]


class WorkerState:
    """What a worker keeps between its jobs: the market, the strategies, the study's settings, the markets of its
    scenarios by column, and a cache of what several jobs share: parsed steps, references and measured periods."""

    def __init__(
        self,
        market: Market,
        library: Library,
        settings: SharedSettings,
        scenario_markets: Mapping[str, ScenarioMarket] | None = None,
    ) -> None:
        """A worker's state before its first job."""
        self.market, self.library, self.settings = market, library, settings
        self.scenario_markets = scenario_markets or {}
        self.cache = MarketCache(market)
        self._references: dict[tuple[str, str], Evaluation] = {}
        self._first_with_pair: dict[str, int] = {}  # session by settings
        self._periods: dict[tuple[str, int], Period] = {}
        self._steps: dict[str, Step] = {}

    def recipe(self, text: str) -> Recipe:
        """The recipe that the text spells; steps that were parsed before are not parsed again."""
        if len(self._steps) > MAX_CACHED_STEPS:
            self._steps.clear()
        return parse_recipe(text, self.library, known=self._steps)

    def reference(self, settings: SharedSettings) -> Evaluation:
        """The reference evaluated with those settings; raise BacktesterError if that fails."""
        key = (settings.reference, settings.execution.spelled)
        if key not in self._references:
            recipe = parse_recipe(settings.reference, self.library)
            self._references[key] = evaluate(recipe, self.market, settings.execution)
        return self._references[key]

    def first_session(self, run: Evaluation, job: Job) -> int:
        """The index of the first session that a job is measured from; raise BacktesterError if there is none."""
        if job.settings_text not in self._first_with_pair:
            self._first_with_pair[job.settings_text] = first_with_pair(self.market, job.settings)
        return common_start(self.market, [self.reference(job.settings), run], self._first_with_pair[job.settings_text])

    def period(self, settings: SharedSettings, first: int) -> Period:
        """The period from session `first` on, measured with those settings."""
        key = (settings.model_dump_json(include=set(PairSettings.model_fields)), first)
        if key not in self._periods:
            self._periods[key] = measure_period(self.market.since(first), settings)
        return self._periods[key]


def run_jobs(jobs: Sequence[Job], worker: WorkerState) -> pa.Table:
    """The rows of the jobs, in their order; a job whose strategy fails has a row with its error.

    Jobs with the same settings and the same first session are analysed together.
    """
    recipes = [worker.recipe(job.recipe) for job in jobs]
    to_evaluate = [(recipe, job.settings.execution) for recipe, job in zip(recipes, jobs, strict=True)]
    outcomes: dict[int, JobOutcome] = {}
    groups: dict[tuple[str, int], list[tuple[int, Evaluation]]] = defaultdict(list)
    for index, run in enumerate(evaluate_many(to_evaluate, worker.market, worker.cache)):
        first: int | BacktesterError
        if isinstance(run, BacktesterError):
            first = run
        else:
            first = result_or_error(partial(worker.first_session, run, jobs[index]))
        if isinstance(first, BacktesterError):
            outcomes[index] = JobOutcome("; ".join(first.lines()), traceback=traceback_text(first))
        elif isinstance(run, Evaluation):
            groups[jobs[index].settings_text, first].append((index, run))
    for (_, first), group in groups.items():
        indices, runs = [index for index, _ in group], [run for _, run in group]
        settings = jobs[indices[0]].settings
        period = worker.period(settings, first)
        analysis = analyse(runs, worker.reference(settings), period)
        analysed = analysed_outcomes(analysis, [run.accounts for run in runs], period)
        outcomes |= dict(zip(indices, analysed, strict=True))
    names = [(job.key, job.name, job.recipe) for job in jobs]
    return table_of(names, [outcomes[index] for index in range(len(jobs))])


def run_jobs_timed(jobs: Sequence[Job], worker: WorkerState) -> tuple[pa.Table, float]:
    """The rows of the jobs, and the seconds that they took."""
    start = time.monotonic()
    return run_jobs(jobs, worker), time.monotonic() - start


def check_reference_window(reference: str, worker: WorkerState) -> int:
    """The index of the session on which the reference is first measured; raise BacktesterError if there is none."""
    settings = worker.settings
    return common_start(worker.market, [worker.reference(settings)], first_with_pair(worker.market, settings))


def check_strategy(task: tuple[str, str], worker: WorkerState) -> tuple[BrokenRule, ...]:
    """The rules that a strategy breaks in the short check; `task` is its name, and a recipe that contains it."""
    name, text = task
    run = evaluate(parse_recipe(text, worker.library), worker.market, worker.settings.execution)
    layer = next(layer for layer in run.layers if layer.step.strategy.name == name)
    return check_once(layer, worker.market).findings


def failed_rows(jobs: Sequence[Job], error: str) -> pa.Table:
    """The rows of jobs that failed with that error."""
    return table_of([(job.key, job.name, job.recipe) for job in jobs], [JobOutcome(error)] * len(jobs))
