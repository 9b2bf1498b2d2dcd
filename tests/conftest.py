"""What several test files share."""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from backtester.histories.market import Market, load_market
from backtester.plugins.loader import Library, load_library
from small import small_folder

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# The same examples every time, however slow the machine is: a red test is red for everyone.
settings.register_profile("house", derandomize=True, deadline=None, database=None)
settings.load_profile("house")


def pytest_collection_finish() -> None:
    """Leave what the tests have imported out of Python's search for cycles, which else takes a fifth of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A cache folder of its own: what earlier tests checked, of either worker, is remembered, and no earlier session's.

    Commands that tests start keep the package's compiled files, which each would else compile anew for half a second.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    own = tmp_path_factory.getbasetemp()
    os.environ["BACKTESTER_CACHE"] = str((own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "cache")


@pytest.fixture(scope="session")
def us() -> Market:
    """The embedded daily history of the United States; tests read it and leave it as it is."""
    return load_market("us")


@pytest.fixture(scope="session")
def library() -> Library:
    """The built-in strategies."""
    return load_library(installed=False)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the history `small`, some 590 sessions of the embedded one."""
    return small_folder(tmp_path_factory.mktemp("data") / "small")


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """One chromium for the session; tests open contexts of their own in it."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no chromium on this machine")
    from playwright.sync_api import sync_playwright  # a third of a second, for those that need it

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()
