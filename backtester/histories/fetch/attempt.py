"""One attempt at a download: ask, see what the answer is, and stream it into the part."""

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from backtester.errors import DataError
from backtester.histories.fetch.part import Part
from backtester.histories.fetch.plan import Download
from backtester.histories.fetch.settings import Line, PassingError
from backtester.histories.fetch.web import get

PASSING = (408, 425, 429, 500, 502, 503, 504)
CHUNK_BYTES = 65_536
RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


def attempt(line: Line, download: Download, part: Part, conditions: dict[str, str]) -> requests.Response | None:
    """The answer whose body the part now holds; None where the server says that the copy at hand is still the file.

    `conditions` are the headers that ask so. A PassingError is worth another attempt.
    """
    asked = part.range_headers()
    deadline = line.settings.clock.elapsed() + line.settings.limits.timeout_seconds
    with get(line, download.url, asked or conditions) as response:
        if response.status_code == HTTPStatus.NOT_MODIFIED and conditions and not asked:
            return None
        _refuse(line, download, part, response)
        if response.status_code == HTTPStatus.PARTIAL_CONTENT:
            _check_range(part, response, asked)
        else:
            part.begin(response)
        _receive(line, download, part, response, deadline)
        return response


def _refuse(line: Line, download: Download, part: Part, response: requests.Response) -> None:
    """An error unless the answer brings the file."""
    status, provider = response.status_code, download.provider
    words = f"{status} {response.reason or ''}".strip()
    if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        part.clear()
        raise PassingError(f"it answered {words}")
    if status in PASSING:
        raise PassingError(f"it answered {words}", _asked_pause(response, line.settings.clock.now()))
    if status not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
        raise DataError(
            f"{provider} answered {words} for {download.file}; its address may have changed: give its source another "
            "url, or save the file yourself and use data build"
        )
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise DataError(f"{provider} sent {download.file} compressed, though asked not to; use data build")


def _asked_pause(response: requests.Response, now: float) -> float:
    """Seconds that the server asks to wait: a number, or a date to wait for."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return 0.0


def _check_range(part: Part, response: requests.Response, asked: dict[str, str]) -> None:
    """An error unless the answer goes on where the part ends, with the same file."""
    found = RANGE.fullmatch(response.headers.get("Content-Range", ""))
    tag = response.headers.get("ETag")
    same = tag is None or not asked.get("If-Range", "").startswith('"') or tag == asked["If-Range"]
    if not asked or found is None or int(found[1]) != part.size or not same:
        part.clear()
        raise PassingError("it sent another part than was asked for")


def _receive(line: Line, download: Download, part: Part, response: requests.Response, deadline: float) -> None:
    """The body at the end of the part, each piece on disk before the next is waited for."""
    limits, size = line.settings.limits, part.size
    length = response.headers.get("Content-Length", "")
    total = size + int(length) if length.isascii() and length.isdigit() else None
    with part.path.open("ab") as file:
        for piece in () if total and total > limits.max_bytes else _pieces(response):
            size += len(piece)
            if size > limits.max_bytes:
                break
            file.write(piece)
            file.flush()
            line.ears.received(size, total)
            if line.settings.clock.elapsed() > deadline:
                raise PassingError(f"it took longer than {limits.timeout_seconds:g} s")
    if max(size, total or 0) > limits.max_bytes:
        part.clear()
        raise DataError(
            f"{download.provider} sent more than {limits.max_bytes / 1e6:,.0f} MB for {download.file}; that is no "
            "history, its address may have changed"
        )


def _pieces(response: requests.Response) -> Iterator[bytes]:
    """What has come so far, piece by piece, without waiting for more than one.

    An end before the announced length is an IncompleteRead of urllib3's.
    """
    try:
        while piece := response.raw.read1(CHUNK_BYTES, decode_content=False):
            yield piece
    except ReadTimeoutError as error:
        raise PassingError("it stopped half way") from error
    except HTTPError as error:
        raise PassingError("it was cut off half way") from error
