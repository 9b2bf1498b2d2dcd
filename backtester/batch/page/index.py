"""The page of a study, `index.html`: the finding, the ranking, surfaces, frontier, needed settings and failures."""

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
from backtester.batch.manifest import stated_keys, write_manifest
from backtester.batch.page.columns import packed_study
from backtester.batch.page.finding import VOID_FINDING, finding_headline, search_lines
from backtester.batch.page.frontier import make_frontier
from backtester.batch.page.grid_map import make_grid_map
from backtester.batch.page.needed import needed_sizes
from backtester.batch.page.tables import best_table, needed_table, robust_table, study_table, walk_table
from backtester.batch.ranking import ranked_rows
from backtester.batch.search import Search
from backtester.batch.study import Study
from backtester.batch.written_files import code_hash, table_hash, write_if_changed
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
RECIPE = "RECIPE"  # stands for a job's recipe in a command; the page's script puts the recipe in its place
JOBS = "jobs"  # the folder, beside the page, that tearsheets of single jobs go to
MOST_FAILURES = 50  # kinds of failures on the page; the table of results has all


@dataclass(frozen=True)
class StudyPage:
    """The content of a study's page: the study, its jobs, and the table of results.

    `table` has a row for each job, a recipe with its settings. `search` says how much of the best result is luck, None
    if that cannot be said, or it was interrupted; `folder` is where the page goes; `findings` are
    the rules that strategies broke, with the strategies' names.
    """

    study: Study
    jobs: Sequence[Job]
    table: pa.Table
    search: Search | None
    folder: Path
    findings: Sequence[tuple[str, BrokenRule]] = ()

    @property
    def look_ahead_lines(self) -> list[str]:
        """A sentence on each strategy that was found to look ahead."""
        broken = ((name, finding) for name, finding in self.findings if finding.rule == PAST_ONLY_RULE)
        return [f"{name} looks ahead: {finding.message}." for name, finding in broken]


def write_study_page(
    content: StudyPage, market: Market, strategies: Iterable[Strategy], scenarios: Mapping[str, str]
) -> None:
    """Write the page, unless it is up to date, and the manifest, which has each scenario's hash by its column."""
    write_manifest(content.folder, content.study, market, strategies, scenarios)
    write_if_changed(content.folder / INDEX, _hash(content), lambda _: write_index(content))


def write_index(content: StudyPage) -> Path:
    """Write the page, and return its path."""
    return write_text(content.folder / INDEX, render_index(content))


def _hash(content: StudyPage) -> str:
    """The hash of the content of a page and of the program's files that make it."""
    search = content.search and dataclasses.asdict(content.search)
    parts = [
        _stated(content.study),
        len(content.jobs),
        search,
        _commands(content.jobs, content.folder),
        content.look_ahead_lines,
    ]
    return sha256(json.dumps([code_hash(), table_hash(content.table), *parts], default=str).encode())


def render_index(content: StudyPage) -> str:
    """The page as HTML; the same content gives the same text."""
    scripts, study = [script(static("phone.js") + static("index.js", TEMPLATES_PACKAGE))], content.study
    done = np.flatnonzero(pc.is_null(content.table["error"]).to_numpy())
    table = content.table.take(pa.array(done))
    by_key = {job.key: job for job in content.jobs}
    jobs = [by_key[key] for key in table["key"].to_pylist()]
    sections, grid = _sections(content, table), make_grid_map(table)
    templates = environment(TEMPLATES_PACKAGE)
    templates.filters["points"] = partial(points, places=2)
    return str(
        templates.get_template("index.html.j2").render(
            title=f"{study.name}: {numbered(len(content.table), 'job')}",
            study=study,
            counts={"jobs": len(content.jobs), "done": len(content.table), "failed": len(content.table) - len(table)},
            sections=sections,
            look_ahead_lines=content.look_ahead_lines,
            policy=policy(scripts),
            scripts=scripts,
            styles=Markup(palette.stylesheet() + static("style.css") + static("index.css", TEMPLATES_PACKAGE)),  # noqa: S704 - ours
            data=json_for_script(packed_study(table, grid, study.rank_by, _commands(jobs, content.folder))),
        )
    )


def _sections(content: StudyPage, table: pa.Table) -> list[Section]:
    """The sections of the page in order, without those for which the rows have no content."""
    study, search, grid = content.study, content.search, make_grid_map(table)
    ranked = ranked_rows(table, study.rank_by)
    sections = [
        Section(
            "finding",
            "The best, and that it was chosen",
            {
                "headline": VOID_FINDING if content.look_ahead_lines else finding_headline(search),
                "lines": search_lines(search) if search and not content.look_ahead_lines else (),
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
        Section("failures", "Jobs that failed", {"failures": _failures(content.table)}),
        Section("study", "The study", {"table": study_table(_stated(study))}),
    ]
    return [section for section in sections if any(section.values.values())]


def _failures(table: pa.Table) -> list[tuple[str, str, str, int]]:
    """The jobs that failed, one for each error: the name, the error, the traceback, and how many more had the error.

    Errors that differ only in the recipe that they name count as one.
    """
    failed = table.filter(pc.is_valid(table["error"]))
    alike: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    columns = (failed[name].to_pylist() for name in ("name", "error", "traceback"))
    for name, error, trace in zip(*columns, strict=True):
        alike[error.partition("; in the recipe")[0]].append((name, error, trace or ""))
    return [(*jobs[0], len(jobs) - 1) for jobs in list(alike.values())[:MOST_FAILURES]]


def _commands(jobs: Sequence[Job], folder: Path) -> dict[str, list[Any]]:
    """The commands that run single jobs: `texts` with RECIPE in place of a recipe, and in `places` each job's index."""
    texts: dict[str, str] = {}
    for job in jobs:
        if job.settings_text not in texts:
            settings = RunSettings.model_validate(job.settings.model_dump() | {"recipes": (RECIPE,)})
            texts[job.settings_text] = f"{run_command(settings)} --out {shlex.quote(f'{shown_path(folder)}/{JOBS}')}/"
    order = {settings_text: index for index, settings_text in enumerate(texts)}
    return {"texts": list(texts.values()), "places": [order[job.settings_text] for job in jobs]}


def _stated(study: Study) -> dict[str, str]:
    """The keys of the study with their values as text; each grid has a key of its own."""
    stated = stated_keys(study)
    stated |= {f"grid {number}": grid for number, grid in enumerate(stated.pop("grid"), start=1)}
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in stated.items()}
