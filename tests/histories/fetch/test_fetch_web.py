"""One request: whom it trusts, where it may be led, and how a missing network is told."""

import io
import socket
from pathlib import Path

import pytest
import requests

from backtester.errors import DataError
from backtester.histories.fetch import web
from backtester.histories.fetch.settings import Ears, Line, Settings
from fetching import FetchOfOne


def led(monkeypatch: pytest.MonkeyPatch, *locations: str) -> list[str]:
    """The addresses asked for, when https://a.org/x answers with these redirects in turn and then with a file."""
    asked = []

    def answer(line: Line, url: str, headers: dict[str, str]) -> requests.Response:
        response = requests.Response()
        response.raw = io.BytesIO()
        response.status_code = 302 if len(asked) < len(locations) else 200
        response.headers["Location"] = locations[len(asked)] if len(asked) < len(locations) else ""
        asked.append(url)
        return response

    monkeypatch.setattr(web, "_send", answer)
    with web.new_session(None) as session:
        web.get(Line(session, Settings(Path("cache")), Ears()), "https://a.org/x", {})
    return asked


def test_is_led_from_host_to_host_by_https(monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative and absolute targets are understood."""
    assert led(monkeypatch, "y?z=1", "https://b.org/") == ["https://a.org/x", "https://a.org/y?z=1", "https://b.org/"]


@pytest.mark.parametrize("target", ["http://127.0.0.1/", "https://127.0.0.1/", "http://localhost:80/", "http://[::1]/"])
def test_is_not_led_to_this_machine_from_elsewhere(monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    """A server out there may not make the program ask a server in here."""
    with pytest.raises(DataError, match=r"^a redirect from a\.org leads to this machine; that is not followed$"):
        led(monkeypatch, target)


@pytest.mark.parametrize("target", ["http://a.org/x", "//a.org:x/", "http:y/", "javascript:alert(1)", "data:,x"])
def test_is_not_led_away_from_https(monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    """From https there is no way down."""
    with pytest.raises(DataError, match="only https is fetched"):
        led(monkeypatch, target)


def test_a_server_without_a_certificate_is_not_trusted(one: FetchOfOne) -> None:
    """A connection that cannot be trusted is told at once, with what a firm's proxy needs."""
    one.server.url = one.server.url.replace("http:", "https:")
    with pytest.raises(DataError, match=r"^no trusted connection to 127\.0\.0\.1: .* REQUESTS_CA_BUNDLE"):
        one.fetch()
    assert one.slept == []


def test_a_missing_network_is_told(one: FetchOfOne, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that no one knows is asked after again, and then named."""

    def unknown(*words: object, **more: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    one.server.url = "http://localhost:9"
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(
        DataError, match=r"INDEX\.csv: the host localhost was not found \(is there a network\?\); tried"
    ):
        one.fetch()
    assert one.slept == [1, 2]


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
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with pytest.raises(DataError, match="404"):
        one.fetch()
    with web.new_session(None) as session:
        assert session.trust_env
