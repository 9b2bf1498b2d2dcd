"""Copies of what providers served, byte for byte, each with a note of what it is; and what may become one."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from backtester.errors import DataError
from backtester.files import sha256, write_text
from backtester.histories.blueprints.sources import source_values
from backtester.histories.fetch.part import Part
from backtester.histories.fetch.plan import Download
from backtester.histories.providers.unpack import unpack


@dataclass(frozen=True)
class Copy:
    """A whole file as it was served, when that was (seconds since 1970), and what the server called it."""

    content: bytes
    fetched: float
    etag: str | None
    modified: str | None

    @property
    def conditions(self) -> dict[str, str]:
        """Headers that ask for the file only if it is another by now."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in headers.items() if value}


def read_copy(path: Path, url: str) -> Copy | None:
    """The copy, if it is there and is what its note says."""
    try:
        content = path.read_bytes()
        note = json.loads(_note(path).read_text(encoding="utf-8"))
        if note["url"] != url or note["sha256"] != sha256(content):
            return None
        return Copy(content, float(note["fetched"]), note["etag"], note["modified"])
    except (OSError, ValueError, TypeError, KeyError):
        return None


def write_note(path: Path, url: str, copy: Copy) -> None:
    """The note beside a copy: without it, or with another, the copy does not count."""
    note = {"url": url, "fetched": copy.fetched, "etag": copy.etag, "modified": copy.modified}
    write_text(_note(path), json.dumps(note | {"sha256": sha256(copy.content)}, indent=1))


def accept(download: Download, part: Part, response: requests.Response, now: float) -> Copy:
    """The copy, once the part has been read by the parser and has taken its name; a part that fails is thrown away."""
    content = part.path.read_bytes()
    try:
        _check(download, content, response)
    except DataError:
        part.clear()
        raise
    part.finish()
    copy = Copy(content, now, response.headers.get("ETag"), response.headers.get("Last-Modified"))
    write_note(part.final, download.url, copy)
    return copy


def _check(download: Download, content: bytes, response: requests.Response) -> None:
    """A DataError unless every source can be read from the content.

    FRED ends each file with a line's end; of another server's file without one we only know that it is whole when the
    server said how long it is.
    """
    csv = unpack(content, download.file, download.provider)
    sure = any(name in response.headers for name in ("Content-Length", "Content-Range", "Transfer-Encoding"))
    if csv is content and not content.endswith(b"\n") and (download.sources[0].provider == "fred" or not sure):
        raise DataError(f"{download.provider} sent {download.file} cut off in the middle of a line; run this again")
    for source in download.sources:
        source_values(source, csv)


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


@contextmanager
def locked(cache: Path) -> Iterator[None]:
    """The cache for one process at a time; the lock ends with the process, however that ends."""
    if sys.platform == "win32":
        yield
        return
    import fcntl  # Unix alone has it

    with (cache / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DataError(f"another fetch is at work in {cache}; wait for it, or name another --cache") from error
        yield
