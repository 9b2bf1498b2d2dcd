"""Jobs: one recipe of a study with its key, and the row of figures that carrying it out gives."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from backtester.analysis.analyse import Analysis, analyse
from backtester.analysis.attribution import account_measures
from backtester.analysis.measures import by_name
from backtester.analysis.pair import Lenses
from backtester.analysis.period import Period, measure_period
from backtester.batch.study import CARD, FIGURES, MEASURES, PLACEBO, ROWS, Study, Value, expand
from backtester.contract.remembered import check_once
from backtester.contract.rules import Finding
from backtester.engine.evaluate import Evaluation, evaluate
from backtester.errors import StudyError
from backtester.files import sha256
from backtester.histories.market import Market
from backtester.plugins.loader import Library
from backtester.plugins.recipes import Recipe, parse_recipe
from backtester.runs.reads import roles_read
from backtester.runs.settings import RunSettings
from backtester.runs.window import common_start

Row = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """A recipe to be run, the values of its grid's point, and the hash of all that its result depends on."""

    key: str
    name: str
    recipe: str
    point: dict[str, Value]


def plan_jobs(study: Study, settings: RunSettings, library: Library, market: Market) -> list[Job]:
    """The study's jobs in order, each once; raise RecipeError if a recipe cannot be parsed."""
    reference = parse_recipe(settings.reference, library)
    shared = {
        "rows": ROWS,
        "reference": _fingerprint(reference),
        "start": str(settings.start),
        "end": str(settings.end),
        "execution": settings.execution.model_dump_json(),
        "lenses": settings.model_dump(include=set(Lenses.model_fields)),
    }
    jobs: dict[str, Job] = {}
    data: dict[tuple[str, ...], str] = {}  # the hash of what a job reads, whatever other jobs of the study read
    for text, point in expand(study):
        recipe = parse_recipe(text, library)
        roles = tuple(roles_read([reference, recipe], market.history, also=settings.legs))
        if roles not in data:
            data[roles] = market.hash_of(roles)
        own = {"data": data[roles], "recipe": _fingerprint(recipe)}
        key = sha256(json.dumps(shared | own, sort_keys=True).encode())
        jobs.setdefault(key, Job(key, recipe.name, recipe.full, point))
    if not jobs:
        raise StudyError(f"study {study.name!r} has no jobs")
    return list(jobs.values())


def _fingerprint(recipe: Recipe) -> list[str]:
    return [recipe.full, *(step.strategy.sha256 for step in recipe.steps)]


@dataclass(frozen=True, eq=False)
class Bench:
    """What a worker has at hand for every job: the market, the strategies, the settings, the reference carried out."""

    market: Market
    library: Library
    settings: RunSettings
    reference: Evaluation


def make_bench(market: Market, library: Library, settings: RunSettings) -> Bench:
    """A bench with the reference carried out on it."""
    reference = evaluate(parse_recipe(settings.reference, library), market, settings.execution)
    return Bench(market, library, settings, reference)


@lru_cache(maxsize=4)
def _period(bench: Bench, first: int) -> Period:
    """The measured sessions from a session on; most jobs share them."""
    return measure_period(bench.market.since(first), bench.settings)


def run_job(job: Job, bench: Bench) -> Row:
    """The row of one job: its key and recipe, its window, and its figures."""
    run = evaluate(parse_recipe(job.recipe, bench.library), bench.market, bench.settings.execution)
    period = _period(bench, common_start(bench.market, [bench.reference, run], bench.settings))
    analysis = analyse([run], bench.reference, period)
    measures = by_name(analysis.measured[0], analysis.ground) | account_measures(run.accounts, period.sessions)
    return {
        "key": job.key,
        "name": job.name,
        "recipe": job.recipe,
        "error": None,
        "start": period.sessions[0].date(),
        "end": period.sessions[-1].date(),
        **{name: measures[name] for name in MEASURES},
        **_card(analysis, period),
    }


def _card(analysis: Analysis, period: Period) -> Row:
    """The columns of the scorecard, from an analysis of one strategy."""
    placebo = analysis.placebos[0] or (None,) * len(PLACEBO)
    values = (len(period.windows.joint), *analysis.cards[0], *analysis.shares[0], *analysis.parts[0], *placebo)
    return {name: None if value is None else float(value) for name, value in zip(CARD, values, strict=True)}


def check_window(reference: str, bench: Bench) -> int:
    """The session on which the reference's own window starts; an error where there is none."""
    return common_start(bench.market, [bench.reference], bench.settings)


def check_strategy(task: tuple[str, str], bench: Bench) -> tuple[Finding, ...]:
    """What the short check finds in a strategy: its name, and a recipe that has it."""
    name, text = task
    run = evaluate(parse_recipe(text, bench.library), bench.market, bench.settings.execution)
    layer = next(layer for layer in run.layers if layer.step.strategy.name == name)
    return check_once(layer, bench.market).findings


def failed_row(job: Job, error: str) -> Row:
    """The row of a job that came to nothing."""
    names = {"key": job.key, "name": job.name, "recipe": job.recipe}
    return names | {"error": error, "start": None, "end": None} | dict.fromkeys(FIGURES)
