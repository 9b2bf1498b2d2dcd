"""The pages for everyone: no fault that axe-core calls serious, and the keyboard reaches everything."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from backtester.runs.folder import RunFolder
from backtester.runs.summary import summary
from backtester.runs.summary_html import summary_html
from backtester.tearsheet.classic import classic_page
from backtester.tearsheet.names import named_strategies
from desks import DRAW_ALL, NEXT_FRAME, Desk, Open

REACHABLE = "a[href], button, summary, select, input, [tabindex='0']"
VISIBLE = f"""Array.from(document.querySelectorAll("{REACHABLE}")).filter((one) => one.checkVisibility())"""
FOCUSED = """(() => {
  const one = document.activeElement, look = getComputedStyle(one);
  if (one === document.body) return null;
  return [Array.from(document.querySelectorAll("*")).indexOf(one),
          look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0];
})()"""


def faults(page: Page, *, unfold: bool = True) -> list[str]:
    """What axe-core calls serious or critical: the rule and the first element; `unfold` opens all that folds."""
    if unfold:
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    page.evaluate(DRAW_ALL)
    found: dict[str, Any] = Axe().run(page).response
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:120]}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(
    "settings",
    [
        {"viewport": {"width": 1000, "height": 900}, "color_scheme": "light"},
        {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "is_mobile": True},
    ],
    ids=["a desk, light", "a phone, dark"],
)
def test_axe_finds_nothing_serious(visit: Open, settings: dict[str, Any]) -> None:
    """On a desk and on a phone, light and dark: contrast, names, roles, heads and landmarks are right."""
    page, complaints, _ = visit(**settings)
    assert faults(page, unfold="is_mobile" not in settings) == []
    assert complaints == []


def test_axe_finds_nothing_serious_elsewhere(go: Open, run: RunFolder, tmp_path: Path) -> None:
    """Nor on the classic page, nor in what a notebook shows."""
    reference, first, *_ = named_strategies(run.document)
    short = RunFolder(**{**vars(run), "nav": run.nav.iloc[-150:]})
    (tmp_path / "classic.html").write_text(classic_page(short, first, reference), encoding="utf-8")
    page, complaints, requests = go((tmp_path / "classic.html").as_uri(), viewport={"width": 390, "height": 844})
    assert faults(page) == []
    assert complaints == []
    assert [url for url in requests if not url.startswith("data:")] == [(tmp_path / "classic.html").as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("Array.from(document.images).every((one) => one.complete && one.naturalWidth > 0)")
    shown = f"<!DOCTYPE html><html lang='en'><title>t</title><main>{summary_html(summary(run.document))}</main></html>"
    page.set_content(shown)
    assert page.locator("table").count() == 2
    assert faults(page) == []


def test_keyboard_reaches_everything(desk: Desk) -> None:
    """The tab key goes once through everything that can be pressed, and the place it is at has an outline."""
    page, _, _ = desk
    page.evaluate("document.activeElement.blur()")
    awaited = page.evaluate(f"{VISIBLE}.map((one) => Array.from(document.querySelectorAll('*')).indexOf(one))")
    reached: list[int] = []
    for _ in range(len(awaited) + 40):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None or focused[0] in reached:
            break
        place, outlined = focused
        assert outlined, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        reached.append(place)
    missing = [place for place in awaited if place not in reached]
    assert [
        page.evaluate(f"document.querySelectorAll('*')[{place}].outerHTML.slice(0, 200)") for place in missing
    ] == []


def test_first_tab_skips_to_the_verdict(visit: Open) -> None:
    """The first thing that the tab key finds is a way past the top, which then can be seen and works."""
    page, _, _ = visit(viewport={"width": 1000, "height": 900})
    page.keyboard.press("Tab")
    page.evaluate(NEXT_FRAME)
    box = page.locator(":focus").bounding_box()
    assert box
    assert min(box["x"], box["y"]) >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#verdict"


def test_keyboard_works_the_charts(desk: Desk) -> None:
    """A legend's button and a scale's toggle answer to the space bar, and a folded table to the enter key."""
    page, complaints, _ = desk
    button = page.locator("#growth .legend button").first
    button.focus()
    page.keyboard.press("Space")
    assert button.get_attribute("aria-pressed") == "false"
    page.keyboard.press("Space")
    assert button.get_attribute("aria-pressed") == "true"
    fold = page.locator("#growth details.numbers summary").first
    was_open = page.locator("#growth details.numbers").first.evaluate("(one) => one.open")
    fold.focus()
    page.keyboard.press("Enter")
    assert page.locator("#growth details.numbers").first.evaluate("(one) => one.open") != was_open
    page.keyboard.press("Enter")
    assert complaints == []
