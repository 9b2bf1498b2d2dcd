"""Each chart in a real browser: its marks, the one choice of a strategy, the shared time axis, the forest plot."""

import itertools

import pytest
from playwright.sync_api import Page

from backtester.runs.folder import RunFolder
from desks import DRAW_ALL, NEXT_FRAME, UNFOLD, Desk, Open

MARKS = {  # the marks of each chart, and how many there are at least
    "growth": (".scatterlayer .js-line", 8),
    "attribution": (".barlayer .point", 20),
    "correlation": (".scatterlayer .js-line", 2),
    "months": (".scatterlayer .point", 90),
    "calm": (".barlayer .point", 3),
    "lines": (".barlayer .point", 8),
    "turnover": (".barlayer .point", 30),
    "weights-3": (".scatterlayer .js-fill", 3),
}


def spans(page: Page, chart: str) -> list[str]:
    """The ends of a chart's time axis, as days."""
    ends: list[str] = page.evaluate(f"document.getElementById('chart-{chart}')._fullLayout.xaxis.range")
    return [end[:10] for end in ends]


def total_of(page: Page) -> list[float]:
    """The totals that the attribution draws."""
    code = "Array.from(document.getElementById('chart-attribution').data.find((one) => one.name === 'total').y)"
    totals: list[float] = page.evaluate(code)
    return totals


@pytest.mark.parametrize("chart", list(MARKS))
def test_every_chart_has_its_marks(desk: Desk, chart: str) -> None:
    """Lines, areas, bars or dots are drawn, and they have a size."""
    page, _, _ = desk
    drawn, fewest = MARKS[chart]
    marks = page.locator(f"#chart-{chart} {drawn}")
    assert marks.count() >= fewest
    box = marks.first.evaluate("(mark) => { const box = mark.getBBox(); return box.width + box.height }")
    assert box > 0


def test_depths_are_made_of_values(desk: Desk, run: RunFolder) -> None:
    """The deepest point of the reference's curve below its peak is its deepest drawdown."""
    page, _, _ = desk
    deepest = page.evaluate("Math.min(...document.getElementById('chart-growth')._fullData.at(-1).y)")
    assert deepest == pytest.approx(100 * run.document["strategies"][0]["measures"]["max_drawdown"], abs=1e-3)


def test_every_chart_has_words_and_numbers(desk: Desk) -> None:
    """Each figure has a caption that says what to see and, inside it or after it, a table."""
    page, _, _ = desk
    for chart in set(MARKS) - {"weights-3"}:
        label = page.locator(f"#chart-{chart}").get_attribute("aria-label")
        assert label
        assert "table" in label
        assert len(page.locator(f"figure:has(#chart-{chart}) > figcaption").inner_text()) > 60


def test_one_choice_for_the_whole_page(desk: Desk) -> None:
    """Another strategy chosen anywhere is the one that bars, dots and tables show, and every other choice follows."""
    page, complaints, _ = desk
    first = total_of(page)
    assert page.locator("#attribution-1-table").count() == 1
    page.locator("select[data-choice]").first.select_option("2")
    assert page.evaluate("Array.from(document.querySelectorAll('select'), (one) => one.value)") == ["2"] * 5
    assert total_of(page) != first
    assert page.locator("#months-2-table").is_visible()
    assert not page.locator("#months-1-table").is_visible()
    assert page.evaluate("document.getElementById('chart-months').data.length") == 1
    page.locator("select[data-choice]").last.select_option("0")
    assert page.locator("#months-0-table").is_visible()
    assert page.evaluate("document.getElementById('chart-months').data[0].choice") == "2"
    page.locator("select[data-choice]").last.select_option("1")
    assert total_of(page) == first
    assert complaints == []


def test_zoom_is_shared_over_time(desk: Desk) -> None:
    """A stretch drawn over one chart is shown by every chart over time, and a double press shows all again."""
    page, complaints, _ = desk
    whole = spans(page, "growth")
    page.locator("#chart-growth").scroll_into_view_if_needed()
    box = page.locator("#chart-growth .nsewdrag").first.bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 42, steps=4)
    page.mouse.up()
    range_of = "document.getElementById('chart-{}')._fullLayout.xaxis.range[0].slice(0, 10)"
    page.wait_for_function(f"{range_of.format('correlation')} > '{whole[0]}'")
    near = spans(page, "growth")
    assert whole[0] < near[0] < near[1] < whole[1]
    assert spans(page, "correlation") == spans(page, "weights-2") == near
    page.mouse.dblclick(box["x"] + 0.5 * box["width"], box["y"] + 60)
    page.wait_for_function(f"{range_of.format('correlation')} < '{near[0]}'")
    assert spans(page, "growth") == whole
    assert complaints == []


def test_plotly_sleeps_until_a_chart_comes_near(visit: Open) -> None:
    """A page just opened has run no plotly.js; the first chart that comes near runs it, and others wait their turn."""
    page, complaints, _ = visit(viewport={"width": 1000, "height": 700})
    page.evaluate(NEXT_FRAME)
    assert page.evaluate("typeof Plotly") == "undefined"
    page.locator("#chart-growth").scroll_into_view_if_needed()
    page.locator("#chart-growth .main-svg").first.wait_for()
    assert page.locator("[data-chart]:has(.main-svg)").count() < page.locator("[data-chart]").count() - 4
    assert complaints == []


def test_zoom_waits_for_charts_that_are_not_drawn_yet(visit: Open) -> None:
    """A chart that is drawn after the reader has zoomed shows the same stretch as the others."""
    page, _, _ = visit(viewport={"width": 1000, "height": 700})
    page.locator("#chart-growth").scroll_into_view_if_needed()
    page.locator("#chart-growth .main-svg").first.wait_for()
    assert page.locator("#chart-correlation .main-svg").count() == 0
    stretch = "{'xaxis.range[0]': '2020-01-01', 'xaxis.range[1]': '2021-01-01'}"
    page.evaluate(f"Plotly.relayout('chart-growth', {stretch})")
    page.evaluate(UNFOLD)
    page.evaluate(DRAW_ALL)
    page.wait_for_function(
        "document.getElementById('chart-correlation')._fullLayout.xaxis.range[0].startsWith('2020-01-01')"
    )


def test_print_draws_what_was_not_reached(visit: Open) -> None:
    """Every chart outside closed folds is drawn before the page is printed, wherever the reader was."""
    page, complaints, _ = visit(viewport={"width": 1000, "height": 700})
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    awaited = page.locator("[data-chart]:not(details:not([open]) *)")
    assert awaited.count() >= 3
    assert page.locator("[data-chart]:not(details:not([open]) *):not(:has(.main-svg))").count() == 0
    assert complaints == []


def test_forest_plot_needs_no_script(visit: Open) -> None:
    """The intervals of the verdict are drawn without scripts, within their cells, around the zero line."""
    page, _, _ = visit(viewport={"width": 1240, "height": 844}, java_script_enabled=False)
    lanes = page.locator("#verdict-table .lane")
    assert lanes.count() == 4
    assert page.locator("#verdict-table .lane circle").count() == 3
    for lane in lanes.all():
        outer = lane.bounding_box()
        assert outer
        for mark in lane.locator("circle").all():
            inner = mark.bounding_box()
            assert inner
            assert outer["x"] <= inner["x"] <= inner["x"] + inner["width"] <= outer["x"] + outer["width"]
    boxes = [box for lane in lanes.all() if (box := lane.bounding_box())]
    gaps = [below["y"] - above["y"] - above["height"] for above, below in itertools.pairwise(boxes)]
    assert max(gaps) <= 1, "the zero line runs through all rows"


def test_verdict_fits_the_first_screen(visit: Open) -> None:
    """Headline and table stand on the first screen of a desk, no column of it hidden."""
    page, _, _ = visit(viewport={"width": 1240, "height": 900})
    box = page.locator("#verdict-table").bounding_box()
    assert box
    assert box["y"] + box["height"] <= 900
    assert box["x"] + box["width"] <= 1240
    assert page.locator("#verdict-table thead tr + tr th:visible").count() == 11


def test_strategies_are_cards_on_a_phone(visit: Open) -> None:
    """Each row is a card under the headline, within the screen, its figures under their headings; rows of every other
    table, the folded ones too, are lines of figures after their headings, and nothing scrolls sideways."""
    page, _, _ = visit(viewport={"width": 390, "height": 844}, is_mobile=True)
    assert page.locator("#verdict-table thead").is_hidden()
    for card in page.locator("#verdict-table tbody tr").all():
        boxes = [box for cell in card.locator("th, td:visible").all() if (box := cell.bounding_box())]
        assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
    label = "getComputedStyle(document.querySelector('#verdict-table tr:last-child td'), '::before').content"
    assert page.evaluate(label) == '"It lost"'
    tops = page.locator("#verdict-table tbody tr:last-child").evaluate(
        "(row) => ['th', '.verdict', '.sum', '.plot', 'td'].map((one) => row.querySelector(one).offsetTop)"
    )
    assert tops[0] == tops[1] < tops[2] < tops[3] < tops[4], "name and verdict, what it saved, its forest, the rest"
    assert page.locator("#verdict-table tbody tr:last-child .lane text").first.is_visible()
    eras = page.locator(".then .narrow figcaption")
    assert eras.count() == page.locator(".then .narrow svg:visible").count() == 3
    assert page.locator(".then .era:visible").count() == 0
    for name, first in (("joint-table", '"Sessions"'), ("years-table", '"60/40"')):
        table = page.locator(f"#{name}")
        assert table.locator("thead").is_hidden()
        assert table.evaluate("it => it.closest('.scroll').scrollWidth - it.closest('.scroll').clientWidth") <= 0
        assert table.locator("td").first.evaluate("it => getComputedStyle(it, '::before').content") == first
    page.evaluate(UNFOLD)
    wide = "Array.from(document.querySelectorAll('.scroll')).filter((one) => one.scrollWidth > one.clientWidth + 1)"
    assert page.evaluate(f"{wide}.map((one) => one.querySelector('table').id)") == []


def test_a_link_into_a_fold_opens_it(visit: Open) -> None:
    """What few read is folded until a link leads into it."""
    page, complaints, _ = visit(viewport={"width": 1240, "height": 900})
    note = page.locator("#note-mix")
    assert not note.is_visible()
    page.evaluate("location.hash = '#note-mix'")
    note.wait_for(state="visible")
    assert complaints == []


def test_a_search_opens_a_fold(visit: Open) -> None:
    """A link to a text, which the browser looks for as its own search does, opens the fold that the text is in."""
    page, complaints, _ = visit(viewport={"width": 1240, "height": 900})
    source = page.locator("details.fold", has_text="Sortino and Price (1994)")
    assert source.get_attribute("open") is None
    address = page.url
    page.goto("about:blank")
    page.goto(f"{address}#:~:text=Sortino%20and%20Price")
    page.wait_for_selector("details.fold[open]:has-text('Sortino and Price (1994)')")
    assert page.locator("details.fold[open]").count() == 1
    assert complaints == []


def test_whole_page_is_eight_screens(visit: Open) -> None:
    """The way through it at 1240 x 900, folded, and no table on it that scrolls."""
    page, _, _ = visit(viewport={"width": 1240, "height": 900})
    assert page.evaluate("document.documentElement.scrollHeight") <= 8 * 900
    wide = "Array.from(document.querySelectorAll('.scroll')).filter((one) => one.scrollWidth > one.clientWidth + 1)"
    assert page.evaluate(f"{wide}.map((one) => one.querySelector('table').id)") == []


def test_strip_has_a_dot_for_each_fall(visit: Open, run: RunFolder) -> None:
    """Falls of stocks are dots without a script, within the strip, and have words for who does not see them."""
    page, _, _ = visit(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    strips = page.locator("#together svg.strip")
    assert strips.count() == len(run.document["stock_sell_offs"]) == 2
    for drawn, counted in zip(strips.all(), run.document["stock_sell_offs"], strict=True):
        assert drawn.locator("circle").count() == len(counted["falls"])
        assert drawn.locator(".did circle").count() == sum(fall["bonds"] < 0 for fall in counted["falls"])
        assert "fell too in" in (drawn.get_attribute("aria-label") or "")
        texts = [box for text in drawn.locator("text.count").all() if (box := text.bounding_box())]
        assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in texts)
        assert all(left["x"] + left["width"] < right["x"] for left, right in itertools.pairwise(texts))
