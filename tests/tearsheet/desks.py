"""A page opened in a browser: what tests hold in their hands."""

from collections.abc import Callable

from playwright.sync_api import Page

Desk = tuple[Page, list[str], list[str]]  # the page, what it complained of, and what it asked for
Open = Callable[..., Desk]
NEXT_FRAME = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
UNFOLD = "document.querySelectorAll('details.fold').forEach((one) => { one.open = true })"
ALL_DRAWN = "Array.from(document.querySelectorAll('[data-chart]')).every((one) => one.querySelector('.main-svg'))"
