"""Fetching a history: download every file that its blueprint names, and build the history from them."""

import itertools
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import requests

from backtester.errors import BacktesterError, DataError, OutputError
from backtester.files import empty_removed, make_folder, write_bytes
from backtester.histories.blueprints.assemble import Report
from backtester.histories.blueprints.blueprint import read_blueprint
from backtester.histories.blueprints.build import Built, build_blueprint, embedded_files, files_below, read_from
from backtester.histories.blueprints.sources import source_values
from backtester.histories.fetch.plan import Download, plan_downloads, whole_series
from backtester.histories.fetch.settings import PassingError, RefusedError, Settings, UnreachableError
from backtester.histories.fetch.web import check_address, get_file, new_session
from backtester.histories.fetch.yahoo import get_prices

OWN_FILE = "save the file yourself and name its folder with --from"


@dataclass(frozen=True)
class Fetched:
    """The history that was built, and warnings about the files."""

    built: Built
    warnings: list[str]


def fetch_history(name: str, folder: Path, settings: Settings, report: Report = lambda message: None) -> Fetched:
    """The history, downloaded and written into the folder.

    `name` is a blueprint's name or its file. Files that were downloaded stay in the cache if another one fails. Raise
    DataError if a file cannot be had or read, OutputError if one cannot be written.
    """
    history, blueprint = read_blueprint(name)
    if settings.base_url is not None:
        check_address(settings.base_url, "--base-url")
    blueprint, own = whole_series(blueprint), read_from(*settings.own)
    at_hand = embedded_files() | files_below(*settings.own)
    wanted = plan_downloads(blueprint, at_hand)
    for source in blueprint.sources:
        if source.file.lower() in at_hand:
            source_values(source, own(source.file))  # refused before anything is downloaded
    contents: dict[str, bytes] = {}
    warnings: list[str] = []

    def read(file: str) -> bytes:
        return contents[file] if file in contents else own(file)

    with empty_removed(folder), empty_removed(settings.cache), new_session(settings.base_url) as session:
        for place, option in ((folder, "--data"), (settings.cache, "--cache")):
            make_folder(place, option=option)
        line = _Line(session, settings, report, warnings.append)
        for number, one in enumerate(wanted, start=1):
            report(f"{one.file}, {number} of {len(wanted)}")
            contents |= dict.fromkeys((source.file for source in one.sources), _csv(line, one))
        return Fetched(build_blueprint(history, blueprint, folder, read, report), warnings)


@dataclass(frozen=True)
class _Line:
    """The session, the settings and the callbacks that every download uses."""

    session: requests.Session
    settings: Settings
    report: Report
    warn: Report


def _csv(line: _Line, wanted: Download) -> bytes:
    """The file as csv: a recent copy, the download or, if the provider cannot be reached, an older copy."""
    settings, path = line.settings, line.settings.cache / wanted.kept_as
    now = settings.clock.now()
    try:
        path.parent.mkdir(exist_ok=True)
        kept = None if settings.refresh else _kept(wanted, path)
        if kept is not None and 0 <= now - path.stat().st_mtime < settings.max_age_seconds:
            return kept
        try:
            content = _asked_for(line, wanted)
        except UnreachableError as error:
            if kept is None:
                raise
            day = datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
            line.warn(f"{str(error).partition(';')[0]}; its copy of {day} is used")
            return kept
        csv = wanted.csv(content)  # before it takes its name
        write_bytes(path, content)
        os.utime(path, (now, now))
    except BacktesterError as error:
        error.add_note(f"asked for {wanted.url}")
        raise
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}; name another folder with --cache") from error
    return csv


def _kept(wanted: Download, path: Path) -> bytes | None:
    """The copy in the cache as csv; None if there is none that can be read."""
    try:
        return wanted.csv(path.read_bytes())
    except (OSError, DataError):
        return None


def _asked_for(line: _Line, wanted: Download) -> bytes:
    """The bytes that the provider sends. Up to three attempts are made, with pauses that double.

    Raise DataError if the provider refuses, UnreachableError after the last attempt.
    """
    settings, limits = line.settings, line.settings.limits
    for number in itertools.count(1):
        try:
            if wanted.ticker is None:
                return get_file(line.session, wanted.url, settings)
            return get_prices(wanted.ticker, settings, None if settings.base_url is None else line.session)
        except RefusedError as refusal:
            raise DataError(f"{wanted.provider} did not send {wanted.file}: {refusal}; {OWN_FILE}") from refusal
        except PassingError as failure:
            if number == limits.attempts:
                why = f"{failure}; tried {number} times"
                raise UnreachableError(
                    f"{wanted.provider} did not send {wanted.file}: {why}; run this again, or {OWN_FILE}"
                ) from failure
            pause = limits.pause_seconds * 2 ** (number - 1)
            line.report(f"{wanted.file}: {failure}; again in {pause:g} s")
            settings.clock.sleep(pause)
    raise AssertionError("the last attempt returns or raises")
