"""One request: only GET, only to https (or to this machine), with time-outs and few redirects."""

import ipaddress
from importlib.metadata import version
from urllib.parse import urljoin, urlsplit

import requests
from requests.exceptions import ConnectTimeout, RequestException, SSLError, Timeout
from urllib3.exceptions import NameResolutionError

from backtester.errors import DataError
from backtester.histories.fetch.settings import Line, PassingError

MAX_REDIRECTS = 5
REDIRECTS = (301, 302, 303, 307, 308)


class _Session(requests.Session):
    """A session that leaves redirects to us: requests would first read what comes with one, however long."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """None, always."""
        return None


def new_session(base_url: str | None) -> requests.Session:
    """A session that says who asks, takes bytes as they are, and sends no password.

    Proxies and certificates are those of the environment, but for a server on this machine.
    """
    session = _Session()
    session.headers.update({"User-Agent": f"crisis-backtester/{version('crisis-backtester')}"})
    session.headers.update({"Accept-Encoding": "identity", "Accept": "*/*"})  # a part can be told from the whole
    session.auth = lambda request: request  # else requests would look for one in ~/.netrc
    session.trust_env = base_url is None or not _on_this_machine(base_url)
    return session


def get(line: Line, url: str, headers: dict[str, str]) -> requests.Response:
    """The answer, its body not yet read, after redirects."""
    for _ in range(MAX_REDIRECTS + 1):
        response = _send(line, url, headers)
        if response.status_code not in REDIRECTS:
            return response
        response.close()
        target = _target(url, response.headers.get("Location", ""))
        check_address(target, f"a redirect from {urlsplit(url).hostname}")
        if _on_this_machine(target) and not _on_this_machine(url):
            raise DataError(f"a redirect from {urlsplit(url).hostname} leads to this machine; that is not followed")
        url = target
    raise DataError(f"more than {MAX_REDIRECTS} redirects, the last to {url}; the address may have changed")


def _target(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return location


def check_address(url: str, what: str) -> None:
    """A DataError unless the address is https, or http on this machine."""
    try:
        parts = urlsplit(url)
        good = parts.scheme == "https" or (parts.scheme == "http" and _on_this_machine(url))
        good = good and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise DataError(f"{what} is {url[:100]!r}; only https is fetched")


def _on_this_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _send(line: Line, url: str, headers: dict[str, str]) -> requests.Response:
    limits = line.settings.limits
    timeouts = (
        min(limits.connect_seconds, limits.timeout_seconds),
        min(limits.silence_seconds, limits.timeout_seconds),
    )
    try:
        return line.session.get(url, headers=headers, timeout=timeouts, allow_redirects=False, stream=True)
    except ValueError as error:
        raise DataError(f"{url[:100]!r} is no address: {error}") from error
    except SSLError as error:
        raise DataError(
            f"no trusted connection to {urlsplit(url).hostname}: its certificate was refused, or it has none; behind a "
            "proxy of your own, name that one's certificates in REQUESTS_CA_BUNDLE"
        ) from error
    except ConnectTimeout as error:
        raise PassingError(f"no connection within {timeouts[0]:g} s") from error
    except Timeout as error:
        raise PassingError(f"no answer within {timeouts[1]:g} s") from error
    except RequestException as error:
        unknown = isinstance(getattr(next(iter(error.args), None), "reason", None), NameResolutionError)
        why = f"the host {urlsplit(url).hostname} was not found (is there a network?)" if unknown else "no connection"
        raise PassingError(why) from error
