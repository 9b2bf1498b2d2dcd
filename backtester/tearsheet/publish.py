"""Writing a run's folder together with its pages, all or none; the commands `run`, `report` and `compare` use it."""

import contextlib
import os
import re
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import jinja2
import plotly

from backtester.errors import DataError, first_line
from backtester.files import staged, write_bytes, write_pieces, write_text
from backtester.pages.csv_text import TABLES_FOLDER, write_tables
from backtester.pages.embed import plotly_js
from backtester.pages.table import Table
from backtester.runs.document_check import MALFORMED_ERRORS
from backtester.runs.folder import FILES, RunFolder, check_run_place, read_run
from backtester.runs.values import Json
from backtester.tearsheet.classic import classic_page
from backtester.tearsheet.names import named_strategies
from backtester.tearsheet.page import Link, page_pieces
from backtester.tearsheet.sections import page_sections


@dataclass(frozen=True)
class Pages:
    """How pages are made.

    `plotly` is a folder in which all pages share one copy of plotly.js, None to have it inside each page; `classic`
    adds quantstats' report of each strategy; `full` opens everything that folds.
    """

    plotly: Path | None = None
    classic: bool = False
    full: bool = False


PLOTLY_INSIDE = Pages()
CLASSIC_NOTE = "quantstats' own tables and pictures of it, and where its numbers differ from these."
# files that an earlier run may have left beside the tearsheet
PAGE_FILES = re.compile(r"classic(-\d+)?\.html|tables/[a-z0-9-]+-table\.csv")


def publish(write_files: Callable[[Path], Json], folder: Path, pages: Pages = PLOTLY_INSIDE) -> Json:
    """Write a run's files and pages to the folder, and return the document; on an error the folder stays as it was.

    `write_files` writes the files to the folder that it is given, and returns the document, the results as JSON.
    Classic pages and csv files of an earlier run are removed. Raise OutputError if the folder holds other files and no
    run.
    """
    check_run_place(folder)
    with staged(folder) as stage:
        document = write_files(stage)
        _write_pages(read_run(stage), stage, folder, pages)
        written = {path.relative_to(stage) for path in stage.rglob("*")}
    for path in (*folder.iterdir(), *(folder / TABLES_FOLDER).glob("*")):
        name = path.relative_to(folder)
        if PAGE_FILES.fullmatch(name.as_posix()) and name not in written:
            path.unlink(missing_ok=True)
    return document


def write_page(folder: Path, pages: Pages = PLOTLY_INSIDE) -> Path:
    """Write the tearsheet from the files in a run's folder, and return its path; on an error the folder stays as it
    was.

    Raise DataError if the folder is damaged or not a run's.
    """
    return write_tearsheet(read_run(folder), pages)


def write_tearsheet(run: RunFolder, pages: Pages = PLOTLY_INSIDE) -> Path:
    """Write the tearsheet into a folder that was read, and return its path; raise DataError if it cannot be shown."""
    with staged(run.path) as stage, reported_as_damage(f"{run.path} is damaged"):
        _write_pages(run, stage, run.path, pages)
    return run.path / FILES["tearsheet"]


@contextlib.contextmanager
def reported_as_damage(what: str) -> Iterator[None]:
    """Turn an error from making a page of a malformed document into a DataError, whose message begins with `what`."""
    try:
        yield
    except (*MALFORMED_ERRORS, jinja2.TemplateError) as error:
        raise DataError(
            f"{what}: a page cannot be made of it ({first_line(error)}); carry the run out again"
        ) from error


def _write_pages(run: RunFolder, stage: Path, folder: Path, pages: Pages) -> None:
    """Write the pages to the stage, a temporary folder that replaces the run's `folder` once it is complete."""
    source = None if pages.plotly is None else _plotly_address(pages.plotly, folder)
    reference, *others = named_strategies(run.document)
    links = []
    for number, named in enumerate(others or [reference], start=1):
        name = f"classic-{number}.html" if others[1:] else "classic.html"
        link = Link(f"Classic report of {named.label}", name, CLASSIC_NOTE)
        if pages.classic:
            write_text(stage / link.href, classic_page(run, named, reference))
        if (stage / link.href).is_file() or (run.path / link.href).is_file():
            links.append(link)
    sections = page_sections(run)
    write_tables(stage, [table for section in sections for table in section.every(Table)])
    pieces = page_pieces(run, sections, plotly_source=source, extras=links, full=pages.full)
    write_pieces(stage / FILES["tearsheet"], pieces)


def _plotly_address(plotly_folder: Path, folder: Path) -> str:
    """The address, from pages in the folder, of the copy of plotly.js in another; write the copy if it is missing."""
    name = f"plotly-{plotly.__version__}.min.js"
    content = plotly_js()
    if not (plotly_folder / name).is_file() or (plotly_folder / name).read_bytes() != content:
        write_bytes(plotly_folder / name, content)
    return urllib.parse.quote((Path(os.path.relpath(plotly_folder, folder)) / name).as_posix())
