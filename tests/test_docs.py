"""The documentation: built once, its code and commands carried out, and then looked at."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from backtester.tearsheet.sections import PAGE_SECTIONS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(path.relative_to(DOCS).with_suffix("") for path in DOCS.rglob("*") if path.suffix in (".md", ".rst"))
CARRIED_OUT = {"run", "python", "file", "include", "toctree", "tearsheet"}
INSTALLING = {  # what a reader does outside the program, or on other machines
    "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/backtester run",
    "backtester batch gold_sizing.toml --workers 8",
    ".venv/bin/pip install -e '.[bench]' && .venv/bin/python -m benchmarks",
}


CLUSTER = """\
dask scheduler
dask worker tcp://HOST:8786 --no-nanny
backtester batch gold_sizing.toml --scheduler tcp://HOST:8786
"""  # on other machines, in terminals that stay open: tests/batch/test_cluster.py does it


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation as HTML: built without a network, and with every warning an error."""
    place = tmp_path_factory.mktemp("docs") / "site"
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    build = [sys.executable, "-m", "sphinx", "-E", "-q", "-W", "--keep-going", str(DOCS), str(place)]
    done = subprocess.run(build, env=os.environ | nowhere, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return place


def test_it_builds_without_a_warning(site: Path) -> None:
    """One command makes every page: each snippet in them was carried out, or the build would have ended."""
    assert [page for page in PAGES if not (site / page).with_suffix(".html").is_file()] == []


def test_no_page_asks_a_network_for_anything(site: Path) -> None:
    """Scripts, styles, pictures and frames all lie beside the pages."""
    for page in site.glob("**/*.html"):
        loaded = re.findall(r'<(?:script|link|img|iframe)[^>]* (?:src|href)="(https?:)?//', page.read_text())
        assert loaded == [], page


def test_every_section_of_the_page_is_explained() -> None:
    """How to read the page goes through the sections in their order; those that are asked for stand in other pages."""
    explained = re.findall(r"^## \{section\}`(\w+)`$", (DOCS / "read_the_page.md").read_text(), flags=re.MULTILINE)
    assert explained == [name for name, _, _ in PAGE_SECTIONS if name not in ("as_of", "stress")]


def test_code_in_the_sources_is_carried_out() -> None:
    """Every block of a page's source is one that the build carries out; commands that install are the README's."""
    for page in DOCS.rglob("*.md"):
        for fence, content in re.findall(
            r"^```(\S[^\n]*)\n(.*?)^```$", page.read_text(), flags=re.DOTALL | re.MULTILINE
        ):
            kind = fence.split()[0].strip("{}")
            if fence.startswith("{"):
                assert kind in CARRIED_OUT, f"{page}: {fence}"
            elif kind == "bash":
                assert set(content.strip().splitlines()) <= INSTALLING, f"{page}: use {{run}} for {content}"
            else:
                assert kind == "toml" or content == CLUSTER, f"{page}: {fence}"


def test_the_search_works_from_a_disk(site: Path, browser: Browser) -> None:
    """A word that is on a few pages is found by a browser that opened the pages as files, and nothing was fetched."""
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{(site / 'search.html').as_uri()}?q=placebo")
    page.wait_for_selector("#search-results li a")
    found = page.locator("#search-results li a").all_inner_texts()
    page.close()
    assert "The method" in found
    assert all(url.startswith(("file:", "data:")) for url in asked)


def test_april_is_as_it_was_said(site: Path) -> None:
    """The page on April 2025 computes what the claim says: -6.0% on the 4th, -7.8% on the 8th."""
    shown = re.sub(r"<[^>]+>", "", (site / "april_2025.html").read_text())
    assert "2025-04-04 -6.0%" in shown
    assert "2025-04-08 -7.8%" in shown
