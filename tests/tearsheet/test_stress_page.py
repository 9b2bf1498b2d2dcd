"""Pages on what did not happen: accessible, drawn without complaint, escaped, and the same every time."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from backtester.cli.main import cli
from backtester.files import to_json
from backtester.runs.stress_basis import basis_run
from backtester.runs.values import Json
from backtester.stress.basis import BasisTerms
from backtester.tearsheet.stress_page import render_basis, render_frequency, render_reverse, render_stress
from desks import Open
from test_tearsheet_accessible import faults

MARKUP = """</script><script>window.broken = 1</script><img src=x onerror="window.broken = 2">'"&<b>{{ 7 * 7 }}%{x}"""
OUTCOME = {"return": -0.1, "deepest_fall": -0.12, "worst_session": -0.05, "days_to_recover": None, "payoff": 0.02}


def document(words: str = "Calm") -> Json:
    """A document of two strategies and one scenario, with words from outside wherever they may come."""
    outcome = OUTCOME | {"held": {"stocks": 0.6, "cash": -0.1}, "nav": [1.0, 0.95, 0.9]}
    told = dict.fromkeys(("title", "about", "source", "calibrated_on", "differs"), words)
    scenario = {
        "name": words,
        **told,
        "sha256": "0",
        "start": "2026-01-02",
        "end": "2026-01-05",
        "sessions": 2,
        "assets": {"stocks": -0.1, "gold": 0.02},
        "rules": {"vix": words},
        "lacking": ["dollar"],
        "strategies": {"a": outcome, words: outcome},
    }
    stress = {"at": "2026-01-01", "scale": 1.5, "slow": 2, "fed": True, "left_out": [words], "scenarios": [scenario]}
    strategies = [{"name": name, "label": name, "recipe": name} for name in ("a", words)]
    return {"history": {"name": "h", "title": words}, "strategies": strategies, "stress": stress, "left_out": []}


@pytest.fixture(scope="module")
def pages(small: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Every kind of page, as its command writes it."""
    place = tmp_path_factory.mktemp("pages")
    words = ("sixty_forty + gold_overlay", "--history", "small", "--data", str(small))
    for name, more in (
        ("run", ("--scenario", "capital_war", "--scenario", "basis_unwind")),
        ("reverse", ("--scenario", "capital_war", "--lose", "0.1")),
        ("frequency", ("--paths", "10", "--years", "1", "--times", "1.2")),
        ("basis", ()),
    ):
        asked = ("stress", name, *(words if name != "basis" else ()), *more, "--out", str(place / name))
        assert CliRunner().invoke(cli, asked, catch_exceptions=False).exit_code == 0
    return sorted(place.glob("*/*.html"))


@pytest.mark.parametrize("dark", [False, True], ids=["a desk, light", "a phone, dark"])
def test_pages_are_drawn_and_serve_everyone(go: Open, pages: list[Path], dark: bool) -> None:
    """No complaint of the browser, nothing asked for elsewhere, no serious fault of axe-core, no sideways scrolling."""
    size = {"width": 390, "height": 844} if dark else {"width": 1000, "height": 900}
    assert [page.stem for page in pages] == ["basis", "frequency", "reverse", "stress"]
    for path in pages:
        page, complaints, requests = go(path.as_uri(), viewport=size, color_scheme="dark" if dark else "light")
        assert faults(page, unfold=not dark) == [], path.stem
        assert complaints == [], path.stem
        assert [one for one in requests if not one.startswith(("file:", "data:", "blob:"))] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path.stem


def test_words_from_outside_stay_words(go: Open, tmp_path: Path) -> None:
    """A scenario full of markup is shown as text: no script of it runs, and no element is made of it."""
    path = tmp_path / "hostile.html"
    page, tables = render_stress(document(MARKUP))
    path.write_text(page, encoding="utf-8")
    opened, complaints, _ = go(path.as_uri())
    assert opened.evaluate("window.broken") is None
    assert opened.locator("main img, main script, main b").count() == 0
    assert complaints == []
    assert len(tables) == 3


def test_the_same_document_gives_the_same_page() -> None:
    """Pages hang on their document alone."""
    made = basis_run(BasisTerms())
    assert render_basis(made)[0] == render_basis(json.loads(to_json(made)))[0]
    assert render_stress(document())[0] == render_stress(document())[0]


def test_reverse_without_a_pair_and_a_frequency_without_rivals() -> None:
    """Where nothing loses so much, and where there is only the reference, the pages still stand."""
    bare = {"history": {"title": "h"}, "strategies": document()["strategies"][:1], "left_out": [], "lose": 0.5}
    one = {"name": "s", "title": "S", "largest": 4.0, "loses": {"a": None}, "helps": {}}
    page, _ = render_reverse(bare | {"scenarios": [one], "most_fragile": None})
    assert "has a strategy lose 50%" in page
    quantiles = dict.fromkeys(("0.05", "0.5", "0.95"), 1.0)
    fate = {"paths": 2, "wealth": quantiles, "deepest_fall": quantiles, "growth_over_mix": None, "growth_error": None}
    at = {"times": 1, "joint_sell_offs": 2.0, "strategies": {"a": fate | {"runs_out": 0.0, "unpaid_years": 0.0}}}
    curve = {"times": [1], "paths": 2, "dynamic_paths": 0, "growth_over_mix": {"a": [None]}, "turns": {"a": None}}
    window = {"start": "2020-01-01", "end": "2021-01-01", "joint_sell_offs": 1}
    more = {"at": [at], "curve": curve, "period": window, "years": 1, "block_sessions": 63, "spend": 0.04}
    page, _ = render_frequency(bare | more | {"spend_rise": 0.02, "static": [True]})
    assert "chart-frequency" not in page


@pytest.mark.parametrize("count", [1, 2])
def test_a_frequency_with_a_rival_has_a_chart(count: int) -> None:
    """The reference alone has none."""
    names = ["a", "b"][:count]
    quantiles = dict.fromkeys(("0.05", "0.5", "0.95"), 1.0)
    fate = {"paths": 2, "wealth": quantiles, "deepest_fall": quantiles, "growth_over_mix": 0.01, "growth_error": None}
    at = {
        "times": 1,
        "joint_sell_offs": 2.0,
        "strategies": dict.fromkeys(names, fate | {"runs_out": 0, "unpaid_years": 0}),
    }
    curve = {"times": [1], "paths": 2, "dynamic_paths": 0, "growth_over_mix": {name: [0.01] for name in names},
             "turns": dict.fromkeys(names)}  # fmt: skip
    made = {
        "history": {"title": "h"}, "left_out": [], "at": [at], "curve": curve, "years": 1, "block_sessions": 63,
        "strategies": [{"name": name, "label": name, "recipe": name} for name in names], "static": [True] * count,
        "period": {"start": "2020-01-01", "end": "2021-01-01", "joint_sell_offs": 1}, "spend": 0.04, "spend_rise": 0.02,
    }  # fmt: skip
    assert ("chart-frequency" in render_frequency(made)[0]) is (count == 2)
