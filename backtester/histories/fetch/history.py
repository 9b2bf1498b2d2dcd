"""Fetching a history: the files that its blueprint (a TOML file) names are downloaded, and it is built from them."""

import itertools
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import requests

from backtester.errors import BacktesterError, DataError, OutputError
from backtester.files import empty_removed, make_folder, write_bytes
from backtester.histories.blueprints.assemble import MessageCallback
from backtester.histories.blueprints.blueprint import read_blueprint
from backtester.histories.blueprints.build import (
    BuiltHistory,
    build_blueprint,
    embedded_files,
    file_reader,
    files_below,
)
from backtester.histories.blueprints.sources import source_values
from backtester.histories.fetch.plan import Download, merge_pieces, plan_downloads
from backtester.histories.fetch.settings import FetchSettings, PermanentError, TemporaryError, UnreachableError
from backtester.histories.fetch.web import check_address, get_file, new_session
from backtester.histories.fetch.yahoo import get_prices

OWN_FILE_REMEDY = "save the file yourself and name its folder with --from"


@dataclass(frozen=True)
class FetchedHistory:
    """The history that was built, and warnings about the files."""

    built: BuiltHistory
    warnings: list[str]


def fetch_history(
    name: str, folder: Path, settings: FetchSettings, report: MessageCallback = lambda message: None
) -> FetchedHistory:
    """The history, downloaded and written into the folder.

    `name` is a blueprint's name or its file; `report` is called with a sentence on each step. Files that were
    downloaded stay in the cache if another one fails. Raise DataError if a file cannot be had or read, OutputError if
    one cannot be written.
    """
    history, blueprint = read_blueprint(name)
    if settings.base_url is not None:
        check_address(settings.base_url, "--base-url")
    blueprint, read_local = merge_pieces(blueprint), file_reader(*settings.own_folders)
    local_files = embedded_files() | files_below(*settings.own_folders)
    downloads = plan_downloads(blueprint, local_files)
    for source in blueprint.sources:
        if source.file.lower() in local_files:
            source_values(source, read_local(source.file))  # so that a bad file is refused before any download
    contents: dict[str, bytes] = {}
    warnings: list[str] = []

    def read(file: str) -> bytes:
        return contents[file] if file in contents else read_local(file)

    with empty_removed(folder), empty_removed(settings.cache), new_session(settings.base_url) as session:
        for needed, option in ((folder, "--data"), (settings.cache, "--cache")):
            make_folder(needed, option=option)
        context = _DownloadContext(session, settings, report, warnings.append)
        for number, download in enumerate(downloads, start=1):
            report(f"{download.file}, {number} of {len(downloads)}")
            csv = _csv(context, download)
            contents |= {source.file: csv for source in download.sources}
        return FetchedHistory(build_blueprint(history, blueprint, folder, read=read, report=report), warnings)


@dataclass(frozen=True)
class _DownloadContext:
    """The session, the settings and the functions that take a message for the user, which every download uses."""

    session: requests.Session
    settings: FetchSettings
    report: MessageCallback
    warn: MessageCallback


def _csv(context: _DownloadContext, download: Download) -> bytes:
    """The file as csv: a recent copy in the cache, a new download or, if that fails, an older copy, with a warning.

    Raise DataError if there is none of these, OutputError if the download cannot be written to the cache.
    """
    settings, path = context.settings, context.settings.cache / download.cache_path
    now = settings.clock.now()
    try:
        path.parent.mkdir(exist_ok=True)
        copy = None if settings.refresh else _cached_copy(download, path)
        if copy is not None and 0 <= now - path.stat().st_mtime < settings.max_age_seconds:
            return copy
        try:
            content = _downloaded(context, download)
        except UnreachableError as error:
            if copy is None:
                raise
            day = datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
            context.warn(f"{str(error).partition(';')[0]}; its copy of {day} is used")
            return copy
        csv = download.csv(content)  # raises DataError, before a bad file reaches the cache
        write_bytes(path, content)
        os.utime(path, (now, now))
    except BacktesterError as error:
        error.add_note(f"asked for {download.url}")
        raise
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}; name another folder with --cache") from error
    return csv


def _cached_copy(download: Download, path: Path) -> bytes | None:
    """The copy in the cache as csv; None if there is none that can be read."""
    try:
        return download.csv(path.read_bytes())
    except (OSError, DataError):
        return None


def _downloaded(context: _DownloadContext, download: Download) -> bytes:
    """The bytes that the provider sends. Up to three attempts are made, with pauses that double.

    Raise DataError if the provider refuses, UnreachableError after the last attempt.
    """
    settings, limits = context.settings, context.settings.limits
    failed = f"{download.provider} did not send {download.file}"
    for attempt in itertools.count(1):
        try:
            if download.ticker is None:
                return get_file(context.session, download.url, settings)
            return get_prices(download.ticker, settings, None if settings.base_url is None else context.session)
        except PermanentError as error:
            raise DataError(f"{failed}: {error}; {OWN_FILE_REMEDY}") from error
        except TemporaryError as error:
            if attempt == limits.attempts:
                text = f"{failed}: {error}; tried {attempt} times; run this again, or {OWN_FILE_REMEDY}"
                raise UnreachableError(text) from error
            pause = limits.pause_seconds * 2 ** (attempt - 1)
            context.report(f"{download.file}: {error}; again in {pause:g} s")
            settings.clock.sleep(pause)
    raise AssertionError("the last attempt returns or raises")
