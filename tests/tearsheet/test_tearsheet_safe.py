"""The page against what would break out of it: scripts put in, a plugin full of markup, plotly.js beside the page."""

import functools
import json
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page

from backtester.cli.main import cli
from backtester.runs.folder import RunFolder, read_run
from backtester.tearsheet.publish import Pages, write_tearsheet
from desks import DRAW_ALL, NEXT_FRAME, UNFOLD, Desk, Open

MARKUP = """</script><script>window.broken = 1</script><img src=x onerror="window.broken = 2">'"&<b>{{ 7 * 7 }}%{x}"""
PLUGIN = '''"""Hold gold. {markup}

Hypothesis: {markup}
Fails when: {markup}
Source: {markup}
"""


def weights(base, *, word: str = "x"):
    """Gold."""
    return base.assign(gold=0.1)
'''
BREAKS = {
    "a script": "document.head.append(Object.assign(document.createElement('script'), {textContent: 'broken = 1'}))",
    "a script from elsewhere": "document.head.append(Object.assign(document.createElement('script'), {src: "
    "'data:text/javascript,broken=2'}))",
    "a handler": "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\\'broken = 3\\'>')",
    "a frame": "document.body.insertAdjacentHTML('beforeend', '<iframe srcdoc=\\'<script>top.broken = 4</script>\\'>')",
    "a request": "fetch('data:,x').then(() => { broken = 5 }, () => {})",
}


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and logs nothing."""

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The address of a server of the test's folder."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def is_drawn(page: Page) -> bool:
    """Whether every chart has a picture, once all that folds is open."""
    page.evaluate(UNFOLD)
    page.evaluate(DRAW_ALL)
    return page.locator("[data-chart]:not(:has(.main-svg))").count() == 0 and page.locator("[data-chart]").count() > 0


@pytest.mark.parametrize("what", list(BREAKS))
def test_policy_stops_what_is_put_in(desk: Desk, what: str) -> None:
    """What somebody managed to put into the page does not run, and the browser says that the policy stopped it."""
    page, complaints, _ = desk
    page.evaluate(f"window.broken = 0; {BREAKS[what]}; 0")
    page.evaluate(NEXT_FRAME)  # what would have run has had its turn
    assert page.evaluate("window.broken") == 0
    assert any("Content Security Policy" in complaint for complaint in complaints)
    complaints.clear()


def test_beside_a_page_on_a_disk_and_on_a_server(run: RunFolder, go: Open, tmp_path: Path, served: str) -> None:
    """With plotly.js beside it the page draws from a disk and from a server, and loads that one file alone."""
    run = RunFolder(**{**vars(run), "path": tmp_path / "a run"})
    run.path.mkdir()
    page = write_tearsheet(run, Pages(plotly=tmp_path))
    for address in (page.as_uri(), f"{served}/a%20run/tearsheet.html"):
        shown, complaints, requests = go(address, viewport={"width": 1000, "height": 900})
        assert is_drawn(shown)
        assert complaints == []
        assert len([url for url in requests if url != "data:,"]) == 2
        shown.evaluate(f"window.broken = 0; {BREAKS['a script']}; 0")
        assert shown.evaluate("window.broken") == 0


def test_hostile_plugin_stays_text(small: Path, go: Open, tmp_path: Path) -> None:
    """A docstring, a setting and a history's title full of markup are shown as they are: from a file to the screen."""
    (tmp_path / "odd.py").write_text(PLUGIN.format(markup=MARKUP), encoding="utf-8")
    data = tmp_path / "data"
    data.mkdir()
    for path in small.iterdir():
        if path.suffix in (".toml", ".parquet"):
            (data / path.name).write_bytes(path.read_bytes())
    manifest = (data / "manifest.toml").read_text(encoding="utf-8")
    (data / "manifest.toml").write_text(manifest.replace('"Small"', json.dumps(MARKUP)), encoding="utf-8")
    recipe = f"sixty_forty + odd(word={MARKUP!r})"
    words = ["run", recipe, "--plugins", str(tmp_path / "odd.py"), "--history", "small", "--data", str(data)]
    done = CliRunner().invoke(cli, [*words, "--out", str(tmp_path / "out")], catch_exceptions=False)
    assert done.exit_code == 0
    page, complaints, requests = go((tmp_path / "out" / "tearsheet.html").as_uri())
    page.evaluate(NEXT_FRAME)  # what would have run has had its turn
    assert page.evaluate("window.broken") is None
    assert complaints == []
    assert len([url for url in requests if url != "data:,"]) == 1
    assert is_drawn(page)
    shown = page.locator("body").text_content() or ""
    assert shown.count(MARKUP) >= 6
    assert page.locator("img, b:has-text('{{')").count() == 0
    assert read_run(tmp_path / "out").document["strategies"][1]["name"] == recipe
