"""Fetching a history: every file that its blueprint names, then the same building as from files in a folder."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from backtester.errors import BacktesterError, OutputError
from backtester.files import make_folder
from backtester.histories.blueprints.blueprint import read_blueprint
from backtester.histories.blueprints.build import Built, build_blueprint
from backtester.histories.fetch.cache import Copy, accept, locked, read_copy, write_note
from backtester.histories.fetch.part import Part
from backtester.histories.fetch.plan import Download, plan_downloads, whole_series
from backtester.histories.fetch.retry import download
from backtester.histories.fetch.settings import Ears, Line, Settings, UnreachableError
from backtester.histories.fetch.web import check_address, new_session
from backtester.histories.providers.unpack import unpack


@dataclass(frozen=True)
class Fetched:
    """The history that was built, and what its user should know of the files."""

    built: Built
    warnings: list[str]


def fetch_history(name: str, folder: Path, settings: Settings, ears: Ears | None = None) -> Fetched:
    """The history, downloaded and written into the folder.

    `name` is a blueprint's name or its file. Files that came whole stay in the cache when another one fails.
    """
    history, blueprint = read_blueprint(name)
    if settings.base_url is not None:
        check_address(settings.base_url, "--base-url")
    blueprint, ears = whole_series(blueprint), ears or Ears()
    wanted = plan_downloads(blueprint, settings.base_url)
    for place, option in ((folder, "--data"), (settings.cache, "--cache")):
        make_folder(place, option=option)
    contents: dict[str, bytes] = {}
    warnings: list[str] = []
    with locked(settings.cache), new_session(settings.base_url) as session:
        for number, one in enumerate(wanted, start=1):
            ears.told(f"{one.file}, {number} of {len(wanted)}")
            content = unpack(_fetch(Line(session, settings, ears), one, warnings).content, one.file, one.provider)
            contents |= dict.fromkeys((source.file for source in one.sources), content)
    return Fetched(build_blueprint(history, blueprint, folder, contents.__getitem__, ears.told), warnings)


def _fetch(line: Line, wanted: Download, warnings: list[str]) -> Copy:
    """The file's copy: a young one, the same one as asked anew, or what has just come."""
    path = line.settings.cache / wanted.kept_as
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _current(line, wanted, path, warnings)
    except BacktesterError as error:
        error.add_note(f"asked for {wanted.url}")
        raise
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}; name another folder with --cache") from error


def _current(line: Line, wanted: Download, path: Path, warnings: list[str]) -> Copy:
    settings, now = line.settings, line.settings.clock.now()
    known = None if settings.refresh else read_copy(path, wanted.url)
    if known is not None and 0 <= now - known.fetched < settings.max_age_seconds:
        return known
    part = Part(path)
    try:
        response = download(line, wanted, part, {} if known is None else known.conditions)
    except UnreachableError as error:
        if known is None:
            raise
        day = datetime.fromtimestamp(known.fetched, UTC).date()
        warnings.append(f"{str(error).partition(';')[0]}; its copy of {day} is used")
        return known
    if response is not None:
        return accept(wanted, part, response, now)
    assert known is not None, "only a copy at hand is asked after"
    current = Copy(known.content, now, known.etag, known.modified)
    write_note(path, wanted.url, current)
    return current
