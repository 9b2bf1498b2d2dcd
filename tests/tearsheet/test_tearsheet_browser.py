"""The page in a real browser: drawn, silent, quiet on the network, and readable on a phone and without scripts."""

import math
import re
from pathlib import Path

import pytest

from desks import DRAW_ALL, NEXT_FRAME, UNFOLD, Desk, Open

WIDER = """(width) => Array.from(document.querySelectorAll("main *"), (one) => [one, one.getBoundingClientRect()])
  .filter(([one, box]) => one.checkVisibility() && box.width && !one.closest(".scroll"))
  .filter(([one, box]) => box.left < -1 || box.right > width + 1)
  .map(([one]) => one.outerHTML.slice(0, 80))"""  # what no box that scrolls holds
CHARTS = 11  # growth, attribution, correlation, months, calm years, lines, turnover, the weights of four strategies


def test_charts_are_drawn_without_a_complaint(desk: Desk, run_folder: Path) -> None:
    """Every chart has its marks, the console stays silent, and no request leaves the page."""
    page, complaints, requests = desk
    assert page.locator("[data-chart] .main-svg").count() >= CHARTS
    assert page.locator("#chart-growth .scatterlayer .js-line").count() == 8
    assert page.locator("#chart-growth .shapelayer path").count() > 5
    assert page.locator("#chart-weights-0 .scatterlayer .js-fill").count() >= 3
    assert complaints == []
    assert [url for url in requests if url != "data:,"] == [(run_folder / "tearsheet.html").as_uri()]


def test_no_horizontal_scroll(visit: Open) -> None:
    """The page never scrolls sideways, on a phone or wider; tables do inside a region that the keyboard reaches."""
    page, complaints, _ = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    for width in (390, 1240, 1600, 1920):
        page.set_viewport_size({"width": width, "height": 844})
        page.evaluate(NEXT_FRAME)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(f"({WIDER})({width})") == []
    assert page.locator(".scroll[tabindex='0']").count() == page.locator("table").count()
    assert complaints == []


def test_legend_and_scale(desk: Desk) -> None:
    """A legend's button hides its strategy's lines in both panels, and the scale can be switched."""
    page, complaints, _ = desk
    lines = page.locator("#chart-growth .scatterlayer .js-line")
    button = page.locator("#growth").get_by_role("button", name="Gold 5%, financed")
    button.click()
    assert (lines.count(), button.get_attribute("aria-pressed")) == (6, "false")
    button.click()
    assert lines.count() == 8
    scale = "document.getElementById('chart-growth')._fullLayout.yaxis.type"
    assert page.evaluate(scale) == "log"
    page.get_by_role("button", name="Log scale").click()
    assert page.evaluate(scale) == "linear"
    page.get_by_role("button", name="Log scale").click()
    assert page.evaluate(scale) == "log"
    assert complaints == []


def test_hover_tells_values(desk: Desk) -> None:
    """The pointer over a chart shows the date and each strategy's value."""
    page, _, _ = desk
    chart = page.locator("#chart-growth")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 150)
    values = page.locator("#chart-growth .hoverlayer .legendtext")
    values.first.wait_for()
    told = values.all_text_contents()
    assert len(told) == 4
    assert any(text.startswith("Gold 5%, financed : ") for text in told)


def test_colours_follow_the_reader(visit: Open) -> None:
    """In dark mode page and charts are dark, and both follow when the reader changes it."""
    page, complaints, _ = visit(viewport={"width": 1000, "height": 844}, color_scheme="dark")
    page.evaluate(DRAW_ALL)
    paper = "getComputedStyle(document.body).backgroundColor"
    ink = "document.getElementById('chart-growth')._fullData.at(-1).line.color"
    assert (page.evaluate(paper), page.evaluate(ink)) == ("rgb(20, 23, 26)", "#f2f3f4")
    page.emulate_media(color_scheme="light")
    page.evaluate(NEXT_FRAME)
    assert (page.evaluate(paper), page.evaluate(ink)) == ("rgb(255, 255, 255)", "#16181a")
    assert complaints == []


def test_readable_without_scripts(visit: Open) -> None:
    """Where scripts are off, folds open, tables stand in the charts' places and nothing pretends to be a chart."""
    page, _, _ = visit(viewport={"width": 1000, "height": 844}, java_script_enabled=False)
    assert page.locator("#growth-table").is_visible()
    assert page.locator("#episodes svg.plot path:visible").count() > 10
    for fold in page.locator("details.fold > summary").all():
        fold.click()
    assert page.locator("#weights-table").is_visible()
    assert page.locator("table[id^=months-]:visible, table[id^=attribution-]:visible").count() == 8
    assert page.locator("select:visible").count() == 0
    assert page.locator("#joint-table tbody tr").count() > 5
    assert page.locator("[data-chart]:visible").count() == 0
    assert page.locator("button:visible").count() == 0


def test_printed_light(visit: Open) -> None:
    """Printed from a dark screen the page is light and its charts fit the paper."""
    page, complaints, _ = visit(viewport={"width": 390, "height": 844}, color_scheme="dark")
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= 6, "a part spilled over its page"
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(22, 24, 26)"
    assert complaints == []


def test_print_has_no_heading_alone(visit: Open) -> None:
    """A part of which all is folded is left out of print, and the verdict is the table that a desk shows."""
    page, _, _ = visit(viewport={"width": 1000, "height": 844})
    page.emulate_media(media="print")
    assert page.locator("#verdict-table thead").is_visible()
    shown = page.locator("main > :is(section, aside):visible")
    assert shown.count() >= 5
    for part in shown.all():
        assert part.locator(":scope > :not(h1, h2):visible").count() > 0
    assert not page.locator("#notes").is_visible()
    page.evaluate(UNFOLD)
    assert page.locator("#notes").is_visible(), "what is opened is printed"
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    parts = page.locator("body > header, main > :is(section, aside), body > footer")
    breaks = parts.evaluate_all("(all) => all.map((one) => getComputedStyle(one).breakBefore)")
    assert set(breaks[:-1]) == {"auto"}, "thirty sheets flow on, so that none stays empty where a part ends"
    assert page.evaluate("getComputedStyle(document.querySelector('main')).display") == "block"
    charts = page.locator("[data-chart]:visible").evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect().height)"
    )
    assert max(charts) < 684 / 3, "what cannot be cut is at most a third of a sheet"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.querySelector('main').style.display") == ""


def test_screen_readers_find_their_way(desk: Desk) -> None:
    """Landmarks, one top heading, captions, heads with a scope, words for every chart, and a way past the top."""
    page, _, _ = desk
    counts = {what: page.locator(what).count() for what in ("main", "nav", "header", "footer", "h1")}
    assert set(counts.values()) == {1}
    assert page.locator("table").count() == page.locator("table > caption").count()
    assert page.locator("th:not([scope])").count() == 0
    assert page.locator("[data-chart]:not([aria-label])").count() == 0
    assert page.evaluate("document.querySelector('a, button, [tabindex]').className") == "skip"


@pytest.mark.parametrize("rows", [4, 20, 38])
def test_no_sheet_is_over_a_third_empty(visit: Open, rows: int) -> None:
    """However many joint sell-offs there are, what shares a sheet fills two thirds of it, and of the last one."""
    page, complaints, _ = visit(viewport={"width": 1017, "height": 844})
    page.emulate_media(media="print")
    page.evaluate(f"""(() => {{
      const body = document.querySelector("#joint-table tbody");
      while (body.rows.length > {rows}) body.rows[0].remove();
      while (body.rows.length < {rows}) body.prepend(body.rows[0].cloneNode(true));
      dispatchEvent(new Event("beforeprint"));
    }})()""")
    sheets = page.evaluate("""(() => {
      const parts = Array.from(document.querySelectorAll("body > header, main > :is(section, aside), body > footer"));
      const order = (one) => Number(getComputedStyle(one).order);
      const place = (one) => (one.matches("header") ? -1 : one.matches("footer") ? 9 : order(one));
      const shown = parts.filter((one) => one.checkVisibility()).sort((one, other) => place(one) - place(other));
      const sheets = [];
      for (const one of shown) {
        if (one.style.breakBefore === "page" || !sheets.length) sheets.push(0);
        sheets[sheets.length - 1] += one.getBoundingClientRect().height / 687;
      }
      return sheets;
    })()""")
    assert len(sheets) >= 4
    assert all(sheet - math.ceil(sheet) + 1 >= 2 / 3 for sheet in sheets), sheets
    assert max(sheets[:-1]) <= 1, "charts are not cut"
    assert complaints == []
