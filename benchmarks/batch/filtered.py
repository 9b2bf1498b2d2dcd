"""How long the page of a study takes to filter its ranking, in a real browser."""

import shutil
import sys
from pathlib import Path

TYPED = ("gold", "size=0.1", "size=0.1 window=63", "")
TIMED = """(typed) => {
  const box = document.getElementById("words"), rows = document.getElementById("rows");
  return typed.map((words) => {
    const began = performance.now();
    box.value = words;
    box.dispatchEvent(new Event("input"));
    rows.getBoundingClientRect();
    return performance.now() - began;
  });
}"""


def print_filter_time(page: Path) -> None:
    """Print the longest of several filters, with the layout that follows; nothing where there is no browser."""
    try:
        from playwright.sync_api import sync_playwright  # of the extra `test`
    except ModuleNotFoundError:
        return
    if (chromium := shutil.which("chromium")) is None:
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1240, "height": 900})
        tab.goto(page.resolve().as_uri())
        tab.wait_for_selector("body[data-ready=all]")
        took = tab.evaluate(TIMED, [*TYPED])
        browser.close()
    sys.stdout.write(f"{'their ranking filtered':30} {max(took):6.1f} ms at most\n")
