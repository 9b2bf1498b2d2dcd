"""A page opened in a browser: what tests hold in their hands."""

from collections.abc import Callable

from playwright.sync_api import Page

Desk = tuple[Page, list[str], list[str]]  # the page, what it complained of, and what it asked for
Open = Callable[..., Desk]
NEXT_FRAME = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
UNFOLD = "document.querySelectorAll('details.fold').forEach((one) => { one.open = true })"
DRAW_ALL = """(async () => {
  for (const one of document.querySelectorAll("[data-chart]"))
    while (one.checkVisibility() && !one.querySelector(".main-svg")) {
      one.scrollIntoView({ behavior: "instant" });
      await new Promise((done) => requestAnimationFrame(done));
    }
  scrollTo({ top: 0, behavior: "instant" });
})()"""  # charts are drawn as the reader comes near: scrolls to each that can be seen
