"""A small run's folder, its page, and what opens an address in the browser."""

import datetime
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from backtester.runs.folder import RunFolder, read_run, write_run
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings
from backtester.tearsheet.publish import write_page
from desks import DRAW_ALL, UNFOLD, Desk, Open

RECIPES = ("sixty_forty + gold_overlay(size=0.05)", "sixty_forty + gold_overlay + vol_target", "bills_for_bonds")


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of the reference and three strategies from 2018, with its page."""
    folder = tmp_path_factory.mktemp("tearsheet") / "run"
    settings = RunSettings(recipes=(*RECIPES[:2], f"sixty_forty + {RECIPES[2]}"), start=datetime.date(2018, 1, 1))
    write_run(carry_out(settings), folder)
    write_page(folder)
    return folder


@pytest.fixture(scope="session")
def run(run_folder: Path) -> RunFolder:
    """What the folder holds; tests read it and leave it as it is."""
    return read_run(run_folder)


@pytest.fixture(scope="session")
def html(run_folder: Path) -> str:
    """The page of the run."""
    return (run_folder / "tearsheet.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def go(browser: Browser) -> Iterator[Open]:
    """Opens an address in a context of its own; gives the page, what it complained of and what it asked for."""
    contexts: list[BrowserContext] = []

    def opened(address: str, **settings: Any) -> Desk:
        context = browser.new_context(**settings)
        contexts.append(context)
        page = context.new_page()
        complaints: list[str] = []
        requests: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog {dialog.message}"))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(address)
        return page, complaints, requests

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def visit(go: Open, run_folder: Path) -> Open:
    """Opens the run's page in a context of its own."""
    return functools.partial(go, (run_folder / "tearsheet.html").as_uri())


@pytest.fixture(scope="module")
def desk(visit: Open) -> Desk:
    """The page on a desk, light, all that folds opened; tests that share it leave it as it was."""
    opened = visit(viewport={"width": 1200, "height": 900}, color_scheme="light")
    opened[0].evaluate(UNFOLD)
    opened[0].evaluate(DRAW_ALL)
    return opened
