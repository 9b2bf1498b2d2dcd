"""A real HTTP server on this machine that answers as a provider does, well or badly, and knows what it was asked."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Answer:
    """What to send."""

    body: bytes = b""
    status: int = 200  # 0: not even a status, until the server stops
    headers: Mapping[str, str] = field(default_factory=dict)
    send: int | None = None  # so many bytes, and then the connection is cut
    hold: bool = False  # after that nothing comes until the server stops
    length: int | None = None  # the length that is announced, if not the true one; -1: none


@dataclass
class Provider:
    """A server: answers by path, in turn, of which the last is given again and again."""

    url: str
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def next(self, path: str) -> Answer:
        """The next answer of the path, or of the path whatever is asked of it."""
        known = path if path in self.answers else path.partition("?")[0]
        turns = self.answers.get(known, [Answer(b"<html><title>Not here</title></html>", status=404)])
        return turns.pop(0) if len(turns) > 1 else turns[0]

    def headers(self, name: str) -> list[str | None]:
        """What each request said in that header."""
        return [headers.get(name) for _, headers in self.asked]


@contextmanager
def provider() -> Iterator[Provider]:
    """A server on a free port, until the end of the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.block_on_close = True
    server.daemon_threads = False
    told = Provider(f"http://127.0.0.1:{server.server_port}")
    Handler.providers[server.server_port] = told
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield told
    finally:
        told.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    providers: dict[int, Provider] = {}  # noqa: RUF012 - the one place where a handler can find what it serves
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        """Send the path's next answer."""
        served = self.providers[self.server.server_address[1]]
        served.asked.append((self.path, dict(self.headers)))
        answer = served.next(self.path)
        self.close_connection = True
        if answer.status == 0:
            served.stopped.wait()
            return
        body, more = answer.body, dict(answer.headers)
        if answer.length != -1:
            more.setdefault("Content-Length", str(len(body) if answer.length is None else answer.length))
        with suppress(ConnectionError):  # who has heard enough hangs up
            self._head(answer.status, more)
            self.wfile.write(body if answer.send is None else body[: answer.send])
            self.wfile.flush()
        if answer.hold:
            served.stopped.wait()

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing."""
