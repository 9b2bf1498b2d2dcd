"""The page of a study: what it holds, what it refuses to run, and how it behaves in a real browser."""

import dataclasses
import itertools
import re
from html import unescape
from pathlib import Path
from typing import cast

import pyarrow as pa
import pytest
from axe_playwright_python.sync_playwright import Axe
from markupsafe import escape
from playwright.sync_api import Browser, Page

from backtester.analysis.overfitting import Overfitting
from backtester.batch.grid import Grid
from backtester.batch.page import index
from backtester.batch.page.finding import VOID_FINDING, search_lines
from backtester.batch.page.index import render_index, write_index
from backtester.batch.search import Search
from backtester.batch.study import Study
from backtester.contract.past_only import PAST_ONLY_RULE
from backtester.contract.rules import BrokenRule
from backtester.histories.market import Market
from studies import EVIL, made_payoffs, made_rows, made_subject

SIDEWAYS = """() => Array.from(document.querySelectorAll(".scroll")).filter((one) => one.checkVisibility())
  .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.firstElementChild.id)"""
SEARCH = Search(12, 0, 200, 3.5, "r", 0.8, 0.9, Overfitting(10, 0.4, 0.1))
FAILED = (f"ZeroDivisionError {EVIL}", "it broke", "it broke")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a made-up study of 12 jobs and three that failed."""
    folder = tmp_path_factory.mktemp("study")
    return write_index(made_subject(folder, made_rows(made_payoffs(), FAILED)))


@pytest.fixture(scope="module")
def html(path: Path) -> str:
    """Its text."""
    return path.read_text(encoding="utf-8")


Opened = dict[str, tuple[Page, list[str]]]


@pytest.fixture(scope="module")
def pages(browser: Browser, path: Path) -> Opened:
    """The page on a desk and, dark, on a phone, each with what it complained of and asked for."""
    opened = {}
    for name, width, scheme in (("desk", 1240, "light"), ("phone", 390, "dark")):
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        heard: list[str] = []
        page.on("console", lambda message, heard=heard: heard.append(message.text))
        page.on("pageerror", lambda error, heard=heard: heard.append(str(error)))
        page.on("dialog", lambda dialog, heard=heard: heard.append(dialog.message))
        page.on("request", lambda request, heard=heard: heard.append(request.url))
        page.goto(path.as_uri())
        page.wait_for_selector("body[data-ready=all]")
        opened[name] = page, heard
    return opened


def test_the_page_is_whole_in_itself(html: str) -> None:
    """Nothing is loaded, only its own script runs, and the same rows give the same bytes."""
    assert "default-src 'none'; script-src 'sha256-" in unescape(html)
    assert not re.search(r"(src|href)=\"(https?:)?//", html)


def test_the_same_rows_give_the_same_bytes(html: str, path: Path) -> None:
    """Nothing of the time or the place is in the page."""
    again = render_index(made_subject(path.parent, made_rows(made_payoffs(), FAILED)))
    assert again == html


def test_what_comes_from_outside_is_escaped(html: str) -> None:
    """A name and an error that would end a script or load a picture are text."""
    assert EVIL not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html


def test_jobs_that_failed_alike_fold_into_one(html: str) -> None:
    """An error stands once, with the first job that had it and how many more did."""
    assert html.count("it broke") == 1
    assert "<pre>Traceback: line 1</pre>" in html
    assert re.search(r"broken 1 .* and 1 more", html)


@pytest.mark.parametrize(("count", "shown"), [(50, 50), (51, 50)])
def test_fifty_failures_are_shown(count: int, shown: int) -> None:
    """The first of them, each with its own words."""
    found = index._failures(made_rows({}, tuple(f"broke {place}" for place in range(count))))
    assert [error for _, error, _, _ in found] == [f"broke {place}" for place in range(shown)]
    assert {more for *_, more in found} == {0}


@pytest.mark.parametrize(
    ("payoffs", "names"),
    [
        ({(0.1, 21): 0.01}, []),
        ({(0.1, 21): 0.01, (0.2, 21): 0.02}, ["surface"]),
        ({(0.1, 21): float("nan"), (0.2, 21): float("nan")}, []),
    ],
)
def test_a_surface_needs_settings_and_figures(
    payoffs: dict[tuple[float, int], float], names: list[str], tmp_path: Path
) -> None:
    """Neither one job nor jobs without the figure that ranks them have one."""
    table = made_rows(payoffs)
    found = index._sections(made_subject(tmp_path, table), table)
    assert [one.name for one in found if one.name == "surface"] == names


def test_a_peak_stands_beside_its_neighbours(html: str) -> None:
    """The best job, a peak that stands alone, is shown with the low mean of those round it, and the plateau with it."""
    row = re.search(r'id="robust-table".*?<tbody>(.*?)</tr>', html, re.DOTALL)
    assert row is not None
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", row[1])
    assert cells == ["+2.00%", "\u22120.53%", "\u22121.00%", "2"]  # neighbours: -0.01 and -0.00063


def test_an_interrupted_study_says_so(tmp_path: Path) -> None:
    """With fewer rows than jobs the page says how many are done, and what carries the rest out."""
    whole = made_rows(made_payoffs())
    subject = made_subject(tmp_path, whole)
    page = render_index(type(subject)(subject.study, subject.jobs, whole.slice(0, 5), None, tmp_path))
    assert "Stopped after 5 of 12 jobs; the same command carries out the rest." in page


def test_a_look_ahead_is_the_first_word(tmp_path: Path) -> None:
    """A strategy that looks ahead is named in a line that is escaped, no best is named and none is called luck or more;
    another broken rule has no line."""
    sound = made_subject(tmp_path, made_rows(made_payoffs()))
    findings = [("seer", BrokenRule(PAST_ONLY_RULE, f"it knew {EVIL}")), ("sum", BrokenRule("adds up", "to 2"))]
    page = render_index(dataclasses.replace(sound, findings=findings))
    assert f'<p class="alarm">seer looks ahead: it knew {escape(EVIL)}.</p>' in page
    assert f'<p class="headline">{VOID_FINDING}</p>' in page
    assert page.count('class="alarm"') == 1
    assert VOID_FINDING not in render_index(sound)


def test_it_asks_for_nothing_and_complains_of_nothing(pages: Opened, path: Path) -> None:
    """On a desk and on a phone the page itself is all that is requested, nothing is logged, nothing overflows; what is
    folded neither."""
    for page, heard in pages.values():
        assert heard == [path.as_uri()]
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate(SIDEWAYS) == []


def test_on_a_phone_jobs_are_cards(pages: Opened) -> None:
    """Each figure after its name, all cards as tall as the script reckons; a list of orders stands for the heads, and
    the longer axis of a surface goes down."""
    page, heard = pages["phone"]
    assert not page.is_visible("#jobs thead")
    card = page.locator("#jobs tbody tr:not(.space)").first
    assert card.locator("td").evaluate_all("(all) => all.map((one) => one.dataset.label)")[:3] == [
        "gold",
        "window",
        "Mean payoff, beyond its mix",
    ]
    told = card.evaluate("(one) => [one.offsetHeight, one.lastChild.offsetTop + one.lastChild.offsetHeight]")
    cells = page.locator("#jobs tbody tr:not(.space) td").evaluate_all("(all) => all.map((one) => one.offsetHeight)")
    assert set(cells) == {20}
    tops = page.locator("#jobs tbody tr:not(.space)").evaluate_all(
        "(all) => all.slice(0, 2).map((one) => one.offsetTop)"
    )
    assert tops[1] - tops[0] == told[0] == 46 + 20 * card.locator("td").count()
    page.select_option("#sorts select", label="gold")
    assert places(page)[0] == "r(gold=0.0, window=21)"
    page.select_option("#sorts select", label="Mean payoff, beyond its mix")
    assert places(page)[0] == "r(gold=0.0, window=126)"
    assert "window across, gold down" in page.inner_text("#map-caption")
    assert page.locator("#robust-table.lines-when-narrow").count() == 1
    assert len(heard) == 1


def places(page: Page) -> list[str]:
    """The recipes in the ranking, in its order."""
    found: list[str] = page.eval_on_selector_all("#jobs button.pick", "all => all.map(one => one.title)")
    return found


def test_the_ranking_is_sorted_and_filtered(pages: Opened) -> None:
    """By the study's column first, by another from the keyboard, by words and by a setting; jobs that failed are not
    in it."""
    page, _ = pages["desk"]
    assert places(page)[:2] == ["r(gold=0.0, window=126)", "r(gold=0.2, window=63)"]
    assert page.inner_text("#count") == "12 of 12 jobs"
    page.focus("#jobs thead th:nth-child(2) button")
    page.keyboard.press("Enter")
    assert page.get_attribute("#jobs thead th:nth-child(2)", "aria-sort") == "ascending"
    assert places(page)[0] == "r(gold=0.0, window=21)"
    page.keyboard.press("Enter")
    assert places(page)[0] == "r(gold=0.3, window=21)"
    page.fill("#words", "window=63 GOLD=0.1")
    assert places(page) == ["r(gold=0.1, window=63)"]
    page.fill("#words", "")
    page.select_option("#selects select >> nth=1", label="126")
    assert page.inner_text("#count") == "4 of 12 jobs"
    page.select_option("#selects select >> nth=1", label="any")


def test_only_the_rows_on_the_screen_are_in_the_page(browser: Browser, tmp_path: Path) -> None:
    """Of a thousand jobs no more rows than about fit are there, wherever one scrolls to, and the height is of all."""
    table = made_rows({(place / 1000, 21): place / 1e5 for place in range(1000)})
    page = browser.new_page(viewport={"width": 1240, "height": 900})
    page.goto(write_index(made_subject(tmp_path, table)).as_uri())
    page.wait_for_selector("body[data-ready=all]")
    assert len(places(page)) < 40
    assert 29_900 < page.evaluate("document.getElementById('jobs').tBodies[0].offsetHeight") < 30_100
    page.evaluate("document.getElementById('rows').scrollTop = 15000")
    page.wait_for_function("document.querySelector('#jobs button.pick').textContent > 480")
    assert places(page)[0].startswith("r(gold=0.5")
    assert len(places(page)) < 40
    page.close()


def test_jobs_of_one_recipe_are_named_by_what_differs(browser: Browser, tmp_path: Path) -> None:
    """Two jobs whose recipes are the same are called by their bands, found by them, and run as the one recipe."""
    table = made_rows({(0.1, 21): 0.01, (0.2, 21): 0.02}).set_column(1, "name", pa.array(["r", "r"]))
    table = table.drop_columns(["setting_gold", "setting_window"]).add_column(3, "setting_band", pa.array([0.01, 0.05]))
    page = browser.new_page()
    page.goto(write_index(made_subject(tmp_path, table)).as_uri())
    page.wait_for_selector("body[data-ready=all]")
    assert places(page) == ["r, band=0.05", "r, band=0.01"]
    page.fill("#words", "band=0.01")
    page.click("#jobs button.pick")
    assert page.inner_text("#job strong") == "r, band=0.01"
    assert page.inner_text("#job code").startswith("backtester run 'r' --out ")
    page.close()


def test_what_is_counted_and_how_it_is_scaled(html: str) -> None:
    """Fifteen jobs are done, three of which failed; the frontier's ticks are percentages of two decimals."""
    assert "made up: 15 jobs, 3 of them failed." in html
    assert re.search(r'text-anchor="end">0\.00</text>', html)


def test_a_search_is_told_of_where_nobody_looks_ahead(tmp_path: Path) -> None:
    """Its sentences stand in the finding, but not where the figures are void."""
    subject = made_subject(tmp_path, made_rows(made_payoffs()), SEARCH)
    void = dataclasses.replace(subject, findings=[("seer", BrokenRule(PAST_ONLY_RULE, "it knew"))])
    found = [index._sections(one, one.table)[0].values["lines"] for one in (subject, void)]
    assert found == [search_lines(SEARCH), ()]


def test_a_page_is_written_again_for_another_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And left as it is otherwise, in the study's folder."""
    monkeypatch.setattr(index, "write_manifest", lambda *_: None)
    table, written = made_rows(made_payoffs()), []
    for search in (None, None, SEARCH, SEARCH):
        index.write_study_page(made_subject(tmp_path, table, search), cast(Market, None), [], {})
        written.append((tmp_path / "index.html").stat().st_mtime_ns)
    assert [later > earlier for earlier, later in itertools.pairwise(written)] == [False, True, False]


def test_a_surface_of_any_measure(pages: Opened) -> None:
    """Settings across and down, the best framed; another measure has its own values; a cell gives the command."""
    page, _ = pages["desk"]
    assert page.inner_text("#map tr:nth-child(3) td:nth-child(2)") == "+2.00%"
    assert page.get_attribute("#map button.best", "title") == "r(gold=0.0, window=126)"
    page.select_option("#measure", label="Growth (CAGR)")
    assert page.inner_text("#map tr:nth-child(3) td:nth-child(2)") == "5.20%"
    page.select_option("#across", label="window")
    assert "window across, gold down" in page.inner_text("#map-caption")
    page.click("#map button.best")
    said = page.inner_text("#job code")
    assert said.startswith("backtester run 'r(gold=0.0, window=126)' --out ")
    assert said.endswith("/jobs/00000000")


def test_each_grid_of_a_study_is_stated(tmp_path: Path) -> None:
    """By its number, the first being 1, with what it says in JSON; and so is all else that the study states."""
    grids = [Grid.model_validate(one) for one in ({"recipe": "a"}, {"recipe": "b(size={size})", "size": [0.1, 0.2]})]
    subject = dataclasses.replace(
        made_subject(tmp_path, made_rows(made_payoffs())), study=Study(name="two", grid=grids)
    )
    html = unescape(render_index(subject))
    assert re.search(r'>grid 1<.*{"recipe": "a"}.*>grid 2<.*"size": \[0.1, 0.2\]}', html, re.DOTALL)


@pytest.mark.parametrize("where", ["desk", "phone"])
def test_axe_finds_nothing_serious(pages: Opened, where: str) -> None:
    """Contrast, names, roles, heads and landmarks are right, light and dark."""
    page, _ = pages[where]
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    found = Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in serious] == []


def test_printed_it_is_tables(pages: Opened) -> None:
    """On paper the controls are gone, and the best jobs stand."""
    page, _ = pages["phone"]
    page.emulate_media(media="print")
    assert not page.is_visible("#rows")
    assert page.is_visible("#best-table")
    page.emulate_media(media="screen")


@pytest.mark.parametrize(
    ("payoffs", "failed"),
    [({}, ("it broke",)), ({(0.1, 21): 0.01}, ()), ({(0.1, 21): float("nan"), (0.2, 21): float("nan")}, ())],
    ids=["all failed", "one job", "no figure"],
)
def test_little_to_show_is_a_page_too(
    payoffs: dict[tuple[float, int], float], failed: tuple[str, ...], browser: Browser, tmp_path: Path
) -> None:
    """A study whose jobs all failed, of one job, or without the figure that ranks it has a page without faults."""
    page = browser.new_page()
    heard: list[str] = []
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.goto(write_index(made_subject(tmp_path, made_rows(payoffs, failed))).as_uri())
    assert page.inner_text("h1").startswith(f"Which of {len(payoffs) + len(failed)} settings")
    assert heard == []
    page.close()
