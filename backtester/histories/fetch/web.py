"""Downloads over https (or over http from this machine), with time-outs and a limit on size and redirects."""

import ipaddress
from collections.abc import Iterator
from http import HTTPStatus
from importlib.metadata import version
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectTimeout, RequestException, SSLError, Timeout, TooManyRedirects
from urllib3.exceptions import HTTPError, NameResolutionError, ReadTimeoutError

from backtester.errors import DataError
from backtester.histories.fetch.settings import DownloadLimits, FetchSettings, PermanentError, TemporaryError

TEMPORARY_STATUSES = (408, 425, 429, 500, 502, 503, 504)  # of HTTP: another attempt may succeed
MAX_REDIRECTS = 5
CHUNK_BYTES = 65_536


class _OneServerAdapter(HTTPAdapter):
    """An adapter that sends every request to the server of `base_url` instead of the one in the address."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self.base_url = base_url.rstrip("/")

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float | None, float | None] | None = None,
        verify: bool | str = True,
        cert: str | tuple[str, str] | None = None,
        proxies: dict[str, str] | None = None,
    ) -> requests.Response:
        """The server's response to a request whose path begins with the host of the original address."""
        parts = urlsplit(str(request.url))
        request.url = f"{self.base_url}/{parts.netloc}{parts.path}{'?' if parts.query else ''}{parts.query}"
        return super().send(request, stream=stream, timeout=timeout, verify=verify, cert=cert, proxies=proxies)


def new_session(base_url: str | None) -> requests.Session:
    """A session that names this program, asks for uncompressed bytes, sends no password, and uses https only.

    Proxies and certificates are those of the environment. With a `base_url`, every request goes to that server.
    """
    session = requests.Session()
    session.headers.update({"User-Agent": f"crisis-backtester/{version('crisis-backtester')}"})
    session.headers.update({"Accept-Encoding": "identity", "Accept": "*/*"})  # `max_bytes` counts uncompressed bytes
    session.auth = lambda request: request  # otherwise requests would look for a password in ~/.netrc
    session.max_redirects = MAX_REDIRECTS
    session.adapters.clear()
    session.mount("https://", HTTPAdapter() if base_url is None else _OneServerAdapter(base_url))
    if base_url is not None:
        session.mount(base_url, HTTPAdapter())  # that server may redirect to itself
        session.trust_env = not _on_this_machine(base_url)
    return session


def check_address(url: str, what: str) -> None:
    """Raise DataError unless the address is https, or http on this machine. `what` names it in the message."""
    try:
        parts = urlsplit(url)
        is_allowed = parts.scheme == "https" or (parts.scheme == "http" and _on_this_machine(url))
        is_allowed = is_allowed and bool(parts.hostname) and parts.port != 0
    except ValueError:  # no host or port can be found in it
        is_allowed = False
    if not is_allowed:
        raise DataError(f"{what} is {url[:100]!r}; only https is fetched")


def _on_this_machine(url: str) -> bool:
    """Whether the host of the address is localhost or a loopback address."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def get_file(session: requests.Session, url: str, settings: FetchSettings) -> bytes:
    """The bytes that the address serves, in one attempt.

    Raise TemporaryError if another attempt may succeed, PermanentError if not.
    """
    limits = settings.limits
    connect = min(limits.connect_seconds, limits.timeout_seconds)
    silence = min(limits.silence_seconds, limits.timeout_seconds)
    deadline = settings.clock.elapsed() + limits.timeout_seconds
    try:
        with session.get(url, timeout=(connect, silence), stream=True) as response:
            _check_status(response)
            pieces: list[bytes] = []
            for piece in _pieces(response, limits):
                pieces.append(piece)
                if settings.clock.elapsed() > deadline:
                    raise TemporaryError(f"it took longer than {limits.timeout_seconds:g} s")
            return b"".join(pieces)
    except RequestException as error:
        raise _failure(error, url, (connect, silence)) from error


def _check_status(response: requests.Response) -> None:
    """Raise TemporaryError or PermanentError unless the status of the response is 200."""
    status = f"{response.status_code} {response.reason or ''}".strip()
    if response.status_code in TEMPORARY_STATUSES:
        raise TemporaryError(f"it answered {status}")
    if response.status_code != HTTPStatus.OK:
        raise PermanentError(f"it answered {status}; its address may have changed")


def _pieces(response: requests.Response, limits: DownloadLimits) -> Iterator[bytes]:
    """The body of the response in pieces, as they arrive.

    Raise TemporaryError if it stops before the announced length, PermanentError if it is larger than `max_bytes`.
    """
    size, length = 0, response.headers.get("Content-Length", "")
    announced = int(length) if length.isascii() and length.isdigit() else 0
    try:
        while max(size, announced) <= limits.max_bytes:
            if not (piece := response.raw.read1(CHUNK_BYTES, decode_content=False)):
                return
            size += len(piece)
            yield piece
    except ReadTimeoutError as error:
        raise TemporaryError("it stopped half way") from error
    except HTTPError as error:
        raise TemporaryError("it was cut off half way") from error
    raise PermanentError(f"it sent more than {limits.max_bytes / 1e6:,.0f} MB; its address may have changed")


def _failure(error: RequestException, url: str, timeouts: tuple[float, ...]) -> Exception:
    """The error to raise for one of requests: PermanentError if another attempt would fail, else TemporaryError.

    `timeouts` are those of a connection and of silence, in seconds.
    """
    host = urlsplit(url).hostname
    if isinstance(error, TooManyRedirects):
        return PermanentError(f"more than {MAX_REDIRECTS} redirects; its address may have changed")
    if isinstance(error, ValueError):  # requests' errors about an address: an unknown scheme, no host
        return PermanentError(
            f"{host} leads to an address that is not https ({str(error)[:100]}); only https is fetched"
        )
    if isinstance(error, SSLError):
        return PermanentError(
            f"no trusted connection to {host}: its certificate was refused, or it has none; behind a proxy of your "
            "own, name that one's certificates in REQUESTS_CA_BUNDLE"
        )
    if isinstance(error, ConnectTimeout):
        return TemporaryError(f"no connection within {timeouts[0]:g} s")
    if isinstance(error, Timeout):
        return TemporaryError(f"no answer within {timeouts[1]:g} s")
    if isinstance(getattr(next(iter(error.args), None), "reason", None), NameResolutionError):
        return TemporaryError(f"the host {host} was not found (is there a network?)")
    return TemporaryError("no connection")
