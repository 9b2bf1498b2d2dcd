"""One request: whom it trusts, where it may be led, and how a missing network is reported."""

import io
import socket
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
import requests

from backtester.errors import DataError
from backtester.histories.fetch import web
from backtester.histories.fetch.settings import DownloadLimits, PermanentError, TemporaryError
from backtester.histories.fetch.web import check_address
from fetching import CSV, PATH, FetchOfOne
from loopback import Answer


def redirect(location: str) -> Answer:
    """An answer that leads elsewhere."""
    return Answer(status=302, headers={"Location": location})


def test_is_led_from_host_to_host_by_https(one: FetchOfOne) -> None:
    """Relative and absolute targets are understood."""
    one.serve(redirect("/moved"))
    one.serve(redirect("https://b.org/x.csv?y=1"), path="/moved")
    one.serve(Answer(CSV), path="/b.org/x.csv?y=1")
    assert len(one.fetch().built.market.sessions) == 28


@pytest.mark.parametrize(
    "target",
    ["ftp://fred.stlouisfed.org/x", "http://fred.stlouisfed.org/x", "file:///etc/passwd", "http://127.0.0.1:9/"],
)
def test_a_redirect_to_anything_but_https_is_not_followed(one: FetchOfOne, target: str) -> None:
    """Another scheme is refused before anything is asked of it."""
    one.serve(redirect(target))
    with pytest.raises(DataError, match=r"fred\.stlouisfed\.org leads to an address that is not https .*only https is"):
        one.fetch()
    assert len(one.server.asked) == 1


def test_a_download_that_only_drips_is_left(one: FetchOfOne) -> None:
    """The time of one attempt is bounded however steadily bytes come: 120 s are enough, 121 are too many."""
    one.limit(replace(one.limits, attempts=1))
    one.serve(Answer(CSV), Answer(CSV))
    one.elapsed = [0.0, 120.0]
    assert len(one.fetch().built.market.sessions) == 28
    one.elapsed = [0.0, 121.0]
    with pytest.raises(DataError, match=r"it took longer than 120 s; tried 1 times"):
        one.fetch(refresh=True)


def test_a_circle_of_redirects_ends(one: FetchOfOne) -> None:
    """After five redirects no other is followed."""
    one.serve(redirect(PATH))
    with pytest.raises(DataError, match=r"^FRED did not send INDEX\.csv: more than 5 redirects; its address may have"):
        one.fetch()
    assert len(one.server.asked) == 6


def test_a_server_without_a_certificate_is_not_trusted(one: FetchOfOne) -> None:
    """A connection that cannot be trusted is refused at once, with what a firm's proxy needs."""
    one.server.url = one.server.url.replace("http:", "https:")
    with pytest.raises(
        DataError, match=r"INDEX\.csv: no trusted connection to fred\.stlouisfed\.org: .* REQUESTS_CA_BUN"
    ):
        one.fetch()
    assert one.slept == []


def test_a_host_that_is_not_found(one: FetchOfOne, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that no one knows is asked after again, and then named."""

    def unknown(*words: object, **more: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    one.server.url = "http://localhost:9"
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(
        DataError, match=r"INDEX\.csv: the host .* was not found \(is there a network\?\); tried 3 times"
    ):
        one.fetch()
    assert one.slept == [2, 4]


def test_no_password_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What ~/.netrc has for every host is not for providers."""
    (tmp_path / "netrc").write_text("default login me password secret")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with web.new_session(None) as session:
        asked = session.prepare_request(requests.Request("GET", "https://a.org/x"))
    assert "Authorization" not in asked.headers


def test_proxies_of_the_environment_do_not_stand_before_this_machine(
    one: FetchOfOne, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server on this machine is asked directly; others by the environment's proxies and certificates."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with pytest.raises(DataError, match="404"):
        one.fetch()
    with web.new_session(None) as session:
        assert session.trust_env


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://example.org/a.csv", True),
        ("http://localhost:8000/a.csv", True),
        ("http://127.0.0.1/a.csv", True),
        ("http://[::1]/a.csv", True),
        ("http://example.org/a.csv", False),
        ("http://10.0.0.1/a.csv", False),
        ("ftp://localhost/a.csv", False),
        ("https:///a.csv", False),
        ("https://example.org:0/a.csv", False),
        ("https://example.org:x/a.csv", False),
    ],
)
def test_only_https_is_fetched_but_on_this_machine(url: str, good: bool) -> None:
    """An address with a host, of https, or of http where the host is this machine."""
    if good:
        check_address(url, "the address")
    else:
        with pytest.raises(DataError, match="only https is fetched"):
            check_address(url, "the address")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        *((status, TemporaryError) for status in (408, 425, 429, 500, 502, 503, 504)),
        *((status, PermanentError) for status in (201, 301, 401, 404, 407, 409, 424, 426, 428, 430, 501, 505)),
        (200, None),
    ],
)
def test_which_answers_may_pass(status: int, error: type[Exception] | None) -> None:
    """Time-outs, too many requests and trouble inside the server; all else but 200 would be answered again."""
    response = cast("requests.Response", SimpleNamespace(status_code=status, reason="why"))
    if error is None:
        web._check_status(response)
    else:
        with pytest.raises(error, match=f"it answered {status} why"):
            web._check_status(response)


def test_five_redirects_are_followed() -> None:
    """By a session that asks for bytes as they are."""
    session = web.new_session(None)
    assert (session.max_redirects, session.headers["Accept-Encoding"]) == (5, "identity")
    assert list(session.adapters) == ["https://"]
    here = web.new_session("http://127.0.0.1:8000/")
    assert (list(here.adapters), here.trust_env) == (["http://127.0.0.1:8000/", "https://"], False)


@pytest.mark.parametrize(("headers", "most"), [({}, 9), ({"Content-Length": "9"}, 9), ({"Content-Length": "0"}, 0)])
def test_a_file_may_be_as_large_as_the_limit(headers: dict[str, str], most: int) -> None:
    """And not a byte larger, whether its length was announced or not."""

    def answer(content: bytes) -> requests.Response:
        body = SimpleNamespace(read1=io.BytesIO(content).read1)
        raw = SimpleNamespace(read1=lambda size, decode_content: body.read1(size))
        return cast(requests.Response, SimpleNamespace(headers=headers, raw=raw))

    limits = DownloadLimits(max_bytes=most)
    assert b"".join(web._pieces(answer(b"x" * most), limits)) == b"x" * most
    with pytest.raises(PermanentError, match="it sent more than 0 MB; its address may have changed"):
        list(web._pieces(answer(b"x" * (most + 1)), limits))
