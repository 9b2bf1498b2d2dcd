"""The page as text: complete, escaped, closed to the network, and the same each time."""

import dataclasses
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from markupsafe import escape

from backtester.errors import DataError
from backtester.pages.embed import hash_source
from backtester.pages.format import period
from backtester.runs import sentences
from backtester.runs.folder import RunFolder
from backtester.tearsheet.page import page_pieces, render_tearsheet
from backtester.tearsheet.publish import write_page

SECTIONS = ("verdict", "episodes", "growth", "together", "hedges", "scorecard", "measures", "provenance")
ABOUT_THE_RUN = (
    sentences.summary_lines,
    sentences.context_lines,
    sentences.ruler_lines,
    sentences.cushion_lines,
    sentences.chance_lines,
)
HOSTILE = (
    """</script><script>alert(1)</script><img src=x onerror=alert(2)> "'> {{ 7 * 7 }} {% raw %} <a href="http://e">"""
)


class Tags(HTMLParser):
    """The start tags of a page with their attributes, the ids, and the content of scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.scripts: list[tuple[str, str]] = []
        self.open: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.tags.append((tag, told))
        self.open = None
        if tag == "script":
            self.open = told.get("type", "text/javascript")
            self.scripts.append((self.open, ""))

    def handle_data(self, data: str) -> None:
        if self.open is not None:
            kind, before = self.scripts[-1]
            self.scripts[-1] = (kind, before + data)

    def handle_endtag(self, tag: str) -> None:
        self.open = None


@pytest.fixture(scope="session")
def tags(html: str) -> Tags:
    return Tags(html)


def hostile(run: RunFolder) -> RunFolder:
    """The run with hostile text wherever text comes from outside."""
    names = {strategy["name"]: f"{strategy['name']} {HOSTILE}" for strategy in run.document["strategies"]}
    document = json.loads(json.dumps(run.document))
    for strategy in document["strategies"]:
        strategy.update(name=names[strategy["name"]], label=HOSTILE, recipe=HOSTILE, causal=False, findings=[HOSTILE])
        for one in (part for parts in strategy["attribution"].values() for part in parts if part):
            one["overlays"] = [{"name": HOSTILE, "in_order": 0.0, "left_out": 0.0}]
        card = strategy["scorecard"]
        for one in (*card["sensitivity"], *(part for parts in card["slices"].values() for part in parts)):
            one["name"] = HOSTILE
        strategy["steps"] = [{"name": HOSTILE, "summary": HOSTILE, "sections": {HOSTILE: HOSTILE}, "sha256": "0"}]
    for window in document["drawdowns"] + document["joint_sell_offs"] + document["crises"]:
        if window.get("strategies"):
            window["strategies"] = {names[name]: value for name, value in window["strategies"].items()}
        if window.get("after"):
            window["after"]["strategies"] = {
                names[name]: value for name, value in window["after"]["strategies"].items()
            }
        if "regime" in window:
            window.update(
                cause=HOSTILE, crisis=HOSTILE, parent={"kind": HOSTILE, "peak": "2020-01-02", "trough": "2020-01-03"}
            )
    for counted in document["stock_sell_offs"]:
        counted["history"] = HOSTILE
    for crisis in document["crises"]:
        crisis.update(name=HOSTILE, headline=HOSTILE, cause=HOSTILE, summary=HOSTILE, source=HOSTILE)
    document["history"].update(title=HOSTILE, name=HOSTILE)
    manifest = json.loads(json.dumps(run.manifest)) | {"command": HOSTILE, "versions": {HOSTILE: HOSTILE}}
    for series in manifest["sources"].values():
        series.update(source=HOSTILE, note=HOSTILE, licence=HOSTILE)
    weights = run.weights.assign(strategy=run.weights["strategy"].astype(str).map(names))
    return dataclasses.replace(
        run, document=document, manifest=manifest, nav=run.nav.rename(columns=names), weights=weights
    )


def test_page_lies_in_the_folder(run_folder: Path) -> None:
    """The page is written whole under the name that the document gives."""
    assert write_page(run_folder) == run_folder / "tearsheet.html"
    assert not list(run_folder.glob("*.tmp"))


def test_folder_without_a_run(tmp_path: Path) -> None:
    """A folder that holds no run is the user's mistake, told by name."""
    with pytest.raises(DataError, match="is not a run's folder"):
        write_page(tmp_path)


def test_same_run_same_bytes(run: RunFolder, html: str) -> None:
    """Two renders of one run are identical."""
    assert render_tearsheet(run) == html


def test_page_tells_nothing_of_this_machine(run_folder: Path, html: str) -> None:
    """No absolute path stands in the page."""
    assert str(run_folder) not in html
    assert str(Path.home()) not in html.replace(html[html.index("plotly.js v") :], "")


def test_every_section_stands_in_its_order(tags: Tags) -> None:
    """The sections come in the order of the contents, and each link of the page leads somewhere."""
    ids = [told["id"] for _, told in tags.tags if "id" in told]
    sections = [told["id"] for tag, told in tags.tags if tag == "section"]
    targets = {told["href"].removeprefix("#") for tag, told in tags.tags if tag == "a" and "download" not in told}
    assert sections == [name for name in SECTIONS if name in sections]
    assert sections == list(SECTIONS)
    assert len(ids) == len(set(ids))
    assert targets <= set(ids)


def test_every_strategy_appears(run: RunFolder, html: str) -> None:
    """Each strategy has its label, its full recipe and its docstring on the page."""
    for strategy in run.document["strategies"]:
        assert escape(strategy["recipe"]) in html
        assert strategy["steps"][-1]["summary"] in html


def test_what_is_said_is_the_sentences(run: RunFolder, html: str) -> None:
    """Every sentence of the shared ones stands on the page, and in the verdict of each strategy its own."""
    document, strategies = run.document, run.document["strategies"][1:]
    lines = [
        sentences.run_headline(document),
        *(line for said in ABOUT_THE_RUN for line in said(document)),
        *(" ".join(sentences.strategy_lines(document, strategy)) for strategy in strategies),
    ]
    assert [line for line in lines if str(escape(line)) not in html] == []


def test_policy_lets_only_the_page_s_scripts_run(tags: Tags) -> None:
    """The policy names the hash of each script in the page and no other, and nothing may be loaded."""
    policy = next(told["content"] for _, told in tags.tags if told.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    hashes = {f"'{hash_source(source)}'" for kind, source in tags.scripts if kind in ("text/javascript", "text/plain")}
    assert rules["default-src"] == "'none'"
    assert set(rules["script-src"].split()) == hashes
    assert len(hashes) == 2


def test_nothing_would_be_fetched(html: str, tags: Tags) -> None:
    """No attribute and no style names anything outside the page."""
    loading = [told[name] for _, told in tags.tags for name in ("src", "href", "action", "data") if name in told]
    styles = re.search(r"<style>(.*?)</style>", html, re.S)
    assert styles
    assert all(target.startswith(("#", "data:,", "data:text/csv;charset=utf-8,")) for target in loading)
    assert "url(" not in styles[1]
    assert "@import" not in styles[1]


def test_text_from_outside_stays_text(run: RunFolder, tags: Tags) -> None:
    """Hostile names, recipes, docstrings, findings, crises and notes add no element, script or template."""
    page = render_tearsheet(hostile(run))
    found = Tags(page)
    assert len(found.scripts) == len(tags.scripts)
    assert not [tag for tag, _ in found.tags if tag == "img"]
    assert not [told for _, told in found.tags if any(name.startswith("on") for name in told)]
    links = [told["href"] for tag, told in found.tags if tag == "a"]
    assert not [link for link in links if not link.startswith(("#", "data:text/csv;charset=utf-8,"))]
    assert "{{ 7 * 7 }}" in page


def test_data_is_json(tags: Tags) -> None:
    """Every block of data is JSON, and each figure's arrays are in its group."""
    blocks = [json.loads(source) for kind, source in tags.scripts if kind == "application/json"]
    figures = [block for block in blocks if "traces" in block]
    groups = {
        told["id"].removeprefix("data-"): json.loads(source)
        for (_, told), (_, source) in zip([one for one in tags.tags if one[0] == "script"], tags.scripts, strict=True)
        if told.get("id", "").startswith("data-")
    }
    for bars in (figure for figure in figures if not figure["group"]):
        assert {len(trace["y"]) for trace in bars["traces"] if trace["x"] == {"array": "names"}} <= {len(bars["names"])}
    named = [
        (figure["group"], values["array"])
        for figure in figures
        if figure["group"]
        for trace in figure["traces"]
        for values in (trace["x"], trace["y"])
        if isinstance(values, dict)
    ]
    assert len(named) > 20
    for group, name in named:
        there = name.replace("depth", "nav")  # the page's own script makes depths of navs
        assert there in {"dates", *groups[group]["arrays"]}


def test_look_ahead_is_loud(run: RunFolder) -> None:
    """A strategy that looks ahead carries its badge in verdict, tables and provenance, with the finding."""
    document = json.loads(json.dumps(run.document))
    document["strategies"][1].update(causal=False, findings=["past only: stocks on 2020-03-04"])
    page = render_tearsheet(dataclasses.replace(run, document=document))
    assert page.count(">looks ahead</strong>") > 5
    assert page.count("past only: stocks on 2020-03-04") > 5
    assert ">looks ahead</strong>" not in render_tearsheet(run)


def test_lag_of_zero_is_marked(run: RunFolder) -> None:
    """A run that trades at the close it decides on says so in the verdict and in the provenance."""
    document = json.loads(json.dumps(run.document))
    document["settings"]["lag"] = 0
    page = render_tearsheet(dataclasses.replace(run, document=document))
    assert '<strong class="flag">lag 0</strong>' in page
    assert "lag 0: traded at the very close that decides" in page


def test_null_is_not_available(run: RunFolder) -> None:
    """A measure that is null is shown as n/a."""
    document = json.loads(json.dumps(run.document))
    document["strategies"][1]["measures"]["sharpe"] = None
    row = re.search(
        r"<tr[^>]*>\s*<th[^>]*>(?:(?!</tr>).)*Sharpe.*?</tr>",
        render_tearsheet(dataclasses.replace(run, document=document)),
        re.S,
    )
    assert row
    assert "<td>n/a</td>" in row[0]


def test_crisis_that_is_not_covered_is_shown(run: RunFolder) -> None:
    """A crisis beyond the histories stands in its table as not covered."""
    document = json.loads(json.dumps(run.document))
    blank = dict.fromkeys(("stocks", "bonds", "pair", "assets", "strategies", "headline"))
    crisis = {"name": "Tulips", "start": "1637-02-03", "end": "1637-02-10", "cause": "c", "summary": "s", "source": "b"}
    document["crises"].append(crisis | blank | {"covered": False, "history": None, "then_and_now": False})
    for strategy in document["strategies"]:
        strategy["attribution"]["crises"].append(None)
    page = render_tearsheet(dataclasses.replace(run, document=document))
    assert re.search(r"Tulips.*not covered", page)


def test_small_histories_say_why_strategies_are_missing(run: RunFolder, html: str) -> None:
    """Where a crisis has only a small history, strategies are n/a and the reason stands below the table."""
    reasons = {crisis["reason"] for crisis in run.document["crises"] if crisis.get("reason")}
    assert reasons
    assert all(reason in html for reason in reasons)


def test_reference_alone(run: RunFolder) -> None:
    """A run of the reference alone has a page without comparisons."""
    document = json.loads(json.dumps(run.document))
    document["strategies"] = document["strategies"][:1]
    page = render_tearsheet(dataclasses.replace(run, document=document))
    assert 'id="verdict-table"' not in page


def test_nothing_happened(run: RunFolder) -> None:
    """Without joint sell-offs, drawdowns or crises the page says so."""
    nothing: dict[str, list[Any]] = {"joint_sell_offs": [], "drawdowns": [], "crises": []}
    document = json.loads(json.dumps(run.document)) | nothing
    for strategy in document["strategies"]:
        strategy["attribution"] |= nothing
    page = render_tearsheet(dataclasses.replace(run, document=document))
    assert "lies in this time" in page
    assert "did not fall by 5%" in page


def test_figures_link_to_their_cards(tags: Tags) -> None:
    """Every measure, and every figure of the scorecard, links to a card that stands at the page's end."""
    links = [told["href"] for tag, told in tags.tags if tag == "a" and told.get("class") == "quiet"]
    assert len(links) > 50
    assert all(link.startswith(("#card-measures-", "#card-scorecard-")) for link in links)
    cards = {told["id"] for _, told in tags.tags if told.get("class") == "card"}
    assert {link.removeprefix("#") for link in links} <= cards


def test_what_the_template_is_given(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names, sections and the window; what folds is open where the full page is asked for."""
    words: list[dict[str, Any]] = []

    def generate(**given: Any) -> Iterator[str]:
        words.append(given)
        return iter(("a", "b"))

    made = SimpleNamespace(get_template=lambda name: SimpleNamespace(generate=generate))
    monkeypatch.setattr("backtester.tearsheet.page.environment", lambda package: made)
    assert (render_tearsheet(run), render_tearsheet(run, full=True)) == ("ab", "ab")
    alone = run.document | {"strategies": run.document["strategies"][:1]}
    assert list(page_pieces(dataclasses.replace(run, document=alone), (), plotly_source="p.js")) == ["a", "b"]
    usual, full, one = words
    assert [each["full"] for each in words] == [False, True, False]
    assert usual["title"] == "60/40: three strategies compared"
    assert (one["title"], one["sections"], one["extras"]) == ("60/40", (), ())
    assert [named.name for named in usual["names"]] == [each["name"] for each in run.document["strategies"]]
    assert usual["measured"] == period(*(run.document["period"][end] for end in ("start", "end")))
    assert len(full["sections"]) == len(usual["sections"]) > 5
