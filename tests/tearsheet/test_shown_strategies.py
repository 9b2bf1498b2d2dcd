"""More than six strategies, or assets beside the legs: the reader chooses which six stand side by side."""

import datetime
from pathlib import Path

import pytest

from backtester.runs.folder import write_run
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings
from backtester.tearsheet.publish import write_page
from desks import DRAW_ALL, UNFOLD, Open

ASSETS = ("long_bonds", "gold", "dollar", "short_bonds", "linkers", "short_bonds_future", "bonds_future", "put")
ASSET_HEADS = """(table) => Array.from(document.querySelectorAll(`#${table} [data-asset]`))
  .filter((one) => one.offsetParent).map((one) => one.dataset.asset)"""
SIDEWAYS = """() => Array.from(document.querySelectorAll(".scroll")).filter((one) => one.checkVisibility())
  .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.firstElementChild.id)"""
YEARS_HEADS = "() => Array.from(document.querySelectorAll('#years-table thead th')).filter((one) => one.offsetParent)"
LINES = "() => document.getElementById('chart-growth').data.filter((trace) => trace.visible).map((trace) => trace.meta)"


@pytest.fixture(scope="module")
def eight(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a run of eight strategies, of which the seventh holds eight assets beside stocks and bonds."""
    folder = tmp_path_factory.mktemp("eight") / "run"
    recipes = [f"sixty_forty + gold_overlay(size={size / 100})" for size in range(1, 9)]
    recipes[6] = f"static_mix(shares={dict.fromkeys(ASSETS, 0.05)})"
    write_run(carry_out(RunSettings(recipes=tuple(recipes), start=datetime.date(2022, 1, 1), resamples=0)), folder)
    return write_page(folder)


def test_six_of_eight_are_shown_and_others_can_be(go: Open, eight: Path) -> None:
    """The first six to begin with; one goes by the keyboard, another comes, in tables, charts and small charts."""
    page, complaints, _ = go(eight.as_uri(), viewport={"width": 1240, "height": 900})
    page.evaluate(UNFOLD)
    page.evaluate(DRAW_ALL)
    boxes = page.locator("[data-shown]")
    assert [boxes.nth(place).is_checked() for place in range(8)] == [True] * 6 + [False] * 2
    assert boxes.nth(7).is_disabled()
    assert len(page.evaluate(f"({YEARS_HEADS})().map((one) => one.textContent)")) == 8, "year, reference and six"
    assert set(page.evaluate(LINES)) == {"0", "1", "2", "3", "4", "5", "6"}
    boxes.nth(0).focus()
    page.keyboard.press("Space")
    boxes.nth(7).focus()
    page.keyboard.press("Space")
    heads = page.evaluate(f"({YEARS_HEADS})().map((one) => one.textContent)")
    assert [head.strip() for head in heads[2:]] == [f"Gold {size}%, financed" for size in (2, 3, 4, 5, 6, 8)]
    assert set(page.evaluate(LINES)) == {"0", "2", "3", "4", "5", "6", "8"}
    assert [page.locator(f"[data-strategy='{place}']").is_visible() for place in (1, 2, 7, 8)] == [
        False,
        True,
        False,
        True,
    ]
    assert page.locator("#verdict-table tbody tr").count() == 9, "the verdict has all of them"
    page.emulate_media(media="print")
    assert len(page.evaluate(f"({YEARS_HEADS})().map((one) => one.textContent)")) == 8
    assert complaints == []


def test_six_of_eight_assets_have_columns_and_others_can(go: Open, eight: Path) -> None:
    """Where strategies hold many assets, no table is wider than a desk, and the reader says which assets it shows."""
    page, complaints, _ = go(eight.as_uri(), viewport={"width": 1240, "height": 900})
    page.evaluate(UNFOLD)
    assert page.evaluate(SIDEWAYS) == []
    boxes = page.locator("[data-shown-asset]")
    assert [boxes.nth(place).is_checked() for place in range(8)] == [True] * 6 + [False] * 2
    page.get_by_role("checkbox", name="Gold", exact=True).uncheck()
    boxes.nth(7).check()
    shown = [*(one for one in ASSETS[:6] if one != "gold"), "put"]
    for table in ("joint-table", "after-table", "drawdown-table", "crises-table"):
        assert page.evaluate(ASSET_HEADS, table) == shown
    assert page.locator("#joint-table tbody tr:first-child td:visible").count() == 20, "heads and cells go together"
    assert page.locator("#attribution-7-table thead").get_by_text("Gold").count() == 1, "sums have all their parts"
    assert complaints == []


def test_without_scripts_all_are_shown_and_it_says_so(go: Open, eight: Path) -> None:
    """No box, every column, and a sentence."""
    page, _, _ = go(eight.as_uri(), viewport={"width": 1240, "height": 900}, java_script_enabled=False)
    assert not page.locator("[data-shown]").first.is_visible()
    said = page.locator("fieldset.shown + noscript p")
    assert said.is_visible()
    assert "All 8 strategies stand side by side below" in (said.text_content() or "")


def test_six_need_no_choice(html: str) -> None:
    """A page of up to six strategies and as many assets has no such boxes."""
    assert "<input" not in html
