"""`index.html` of a study: what its search amounts to, its ranking, surfaces, frontier, needed sizes, and failures."""

import dataclasses
import json
import shlex
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from markupsafe import Markup

from backtester.batch.jobs import Job
from backtester.batch.manifest import stated, write_manifest
from backtester.batch.page.columns import packed_study
from backtester.batch.page.finding import VOID_FINDING, finding_headline, search_lines
from backtester.batch.page.frontier import make_frontier
from backtester.batch.page.grid_map import make_grid_map
from backtester.batch.page.needed import needed_sizes
from backtester.batch.page.tables import best_table, needed_table, robust_table, study_table, walk_table
from backtester.batch.ranking import places_in_order
from backtester.batch.search import Search
from backtester.batch.study import Study
from backtester.batch.written import code_hash, table_hash, write_once
from backtester.contract.past_only import PAST_ONLY_RULE
from backtester.contract.rules import BrokenRule
from backtester.files import sha256, write_text
from backtester.histories.market import Market
from backtester.pages import palette
from backtester.pages.embed import json_for_script, policy, script
from backtester.pages.environment import Section, environment, static
from backtester.pages.format import numbered, points
from backtester.plugins.strategy import Strategy
from backtester.runs.manifest import run_command, shown_path
from backtester.runs.settings import RunSettings

TEMPLATES_PACKAGE = "backtester.batch.page"
INDEX = "index.html"
RECIPE = "RECIPE"  # stands for a job's recipe in a command
JOBS = "jobs"  # the folder, beside the page, that tearsheets of single jobs go to
MOST_FAILURES = 50  # on the page; the table of results has all


@dataclass(frozen=True)
class StudyPage:
    """The content of a study's page: the study, its jobs and their rows, in one order, and the result of its search,
    None if there is none, or it was not waited for; and the rules that strategies broke, by their names."""

    study: Study
    jobs: Sequence[Job]
    table: pa.Table
    search: Search | None
    folder: Path
    findings: Sequence[tuple[str, BrokenRule]] = ()

    @property
    def ahead(self) -> list[str]:
        """A sentence on each strategy that was found to look ahead."""
        return [
            f"{name} looks ahead: {finding.message}."
            for name, finding in self.findings
            if finding.rule == PAST_ONLY_RULE
        ]


def write_study_page(
    subject: StudyPage, market: Market, strategies: Iterable[Strategy], scenarios: Mapping[str, str]
) -> None:
    """Write the page, unless it is up to date, and the manifest that says how its rows were made, with each
    scenario's hash by its column."""
    write_manifest(subject.folder, subject.study, market, strategies, scenarios)
    write_once(subject.folder / INDEX, _hash(subject), lambda _: write_index(subject))


def write_index(subject: StudyPage) -> Path:
    """The path of the page, written whole."""
    return write_text(subject.folder / INDEX, render_index(subject))


def _hash(subject: StudyPage) -> str:
    """The hash of all that a page is made of, and of the files that make it."""
    search = subject.search and dataclasses.asdict(subject.search)
    said = [_stated(subject.study), len(subject.jobs), search, _commands(subject.jobs, subject.folder), subject.ahead]
    return sha256(json.dumps([code_hash(), table_hash(subject.table), *said], default=str).encode())


def render_index(subject: StudyPage) -> str:
    """The page as HTML: the same rows give the same text."""
    scripts, study = [script(static("phone.js") + static("index.js", TEMPLATES_PACKAGE))], subject.study
    came = np.flatnonzero(pc.is_null(subject.table["error"]).to_numpy())
    table = subject.table.take(pa.array(came))
    by_key = {job.key: job for job in subject.jobs}
    jobs = [by_key[key] for key in table["key"].to_pylist()]
    sections, grid = _sections(subject, table), make_grid_map(table)
    made = environment(TEMPLATES_PACKAGE)
    made.filters["points"] = partial(points, places=2)
    return str(
        made.get_template("index.html.j2").render(
            title=f"{study.name}: {numbered(len(subject.table), 'job')}",
            study=study,
            counts={"jobs": len(subject.jobs), "done": len(subject.table), "failed": len(subject.table) - len(table)},
            sections=sections,
            ahead=subject.ahead,
            policy=policy(scripts),
            scripts=scripts,
            styles=Markup(palette.stylesheet() + static("style.css") + static("index.css", TEMPLATES_PACKAGE)),  # noqa: S704 - ours
            data=json_for_script(packed_study(table, grid, study.rank_by, _commands(jobs, subject.folder))),
        )
    )


def _sections(subject: StudyPage, table: pa.Table) -> list[Section]:
    """The sections that the rows have something for, in the order of the page."""
    study, search, grid = subject.study, subject.search, make_grid_map(table)
    ranked = places_in_order(table, study.rank_by)
    made = [
        Section(
            "finding",
            "The best, and that it was chosen",
            {
                "headline": VOID_FINDING if subject.ahead else finding_headline(search),
                "lines": search_lines(search) if search and not subject.ahead else (),
                "walk": walk_table(search.contested if search else None),
            },
        ),
        Section("ranking", "The ranking", {"best": best_table(table, study.rank_by, study.top)} if ranked else {}),
        Section("surface", "Surfaces of the settings", {"names": grid.names} if grid.names and ranked else {}),
        Section("robust", "Peaks and plateaus", {"table": robust_table(table, grid, study.rank_by, study.top)}),
        Section("frontier", "What the payoff costs", {"frontier": make_frontier(table)}),
        Section(
            "needed",
            "How much is needed",
            {
                "table": needed_table(needed_sizes(table, grid, ranked[0])) if ranked else None,
            },
        ),
        Section("failures", "Jobs that failed", {"failures": _failures(subject.table)}),
        Section("study", "The study", {"table": study_table(_stated(study))}),
    ]
    return [one for one in made if any(part for part in one.here.values())]


def _failures(table: pa.Table) -> list[tuple[str, str, str, int]]:
    """The jobs that failed, as many as are shown: the name, the error, the traceback, and how many more failed in the
    same words; what a recipe adds to the words does not tell them apart."""
    failed = table.filter(pc.is_valid(table["error"]))
    alike: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    columns = (failed[name].to_pylist() for name in ("name", "error", "traceback"))
    for name, error, trace in zip(*columns, strict=True):
        alike[error.partition("; in the recipe")[0]].append((name, error, trace or ""))
    return [(*found[0], len(found) - 1) for found in list(alike.values())[:MOST_FAILURES]]


def _commands(jobs: Sequence[Job], folder: Path) -> dict[str, list[Any]]:
    """The commands that carry jobs out as runs, with RECIPE for a job's own, and by job the place of its command."""
    texts: dict[str, str] = {}
    for job in jobs:
        if job.terms not in texts:
            settings = RunSettings.model_validate(job.settings.model_dump() | {"recipes": (RECIPE,)})
            texts[job.terms] = f"{run_command(settings)} --out {shlex.quote(f'{shown_path(folder)}/{JOBS}')}/"
    order = {terms: place for place, terms in enumerate(texts)}
    return {"texts": list(texts.values()), "places": [order[job.terms] for job in jobs]}


def _stated(study: Study) -> dict[str, str]:
    """The keys of the study, each with a text."""
    kept = stated(study)
    kept |= {f"grid {place}": one for place, one in enumerate(kept.pop("grid"), start=1)}
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in kept.items()}
