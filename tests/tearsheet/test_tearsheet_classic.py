"""The classic page: quantstats fed as it must be, nothing remote, the same bytes, and its failures told on the page."""

import base64
import dataclasses
import re
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from backtester.analysis.figures import figures_in
from backtester.runs.folder import RunFolder
from backtester.tearsheet.classic import _picture_uri, classic_page, disagreements
from backtester.tearsheet.names import named_strategies
from backtester.tearsheet.publish import Pages, write_tearsheet
from backtester.tearsheet.quantstats_report import QUANTSTATS_PICTURES

HOSTILE = """</script><script>alert(1)</script>"'> {{ 7 * 7 }} {{returns}} @@metrics"""


@pytest.fixture(scope="module")
def short(run: RunFolder) -> RunFolder:
    """The run with its last two years alone, since quantstats takes its time."""
    return dataclasses.replace(run, nav=run.nav.iloc[-600:])


@pytest.fixture(scope="module")
def page(short: RunFolder) -> str:
    reference, first, *_ = named_strategies(short.document)
    return classic_page(short, first, reference)


def figures(page: str) -> dict[str, str]:
    """The strategy's column of the metrics by name."""
    rows = re.findall(r'<tr><th scope="row">([^<]*)</th>(.*?)</tr>', page)
    return {name: re.findall(r"<td>([^<]*)</td>", cells)[-1] for name, cells in rows if "<td>" in cells}


def test_fed_what_the_run_holds(page: str, short: RunFolder) -> None:
    """Cumulative return, volatility, worst day and calendar years are those of the stored net asset values."""
    nav = short.nav.iloc[:, 1]
    returns = nav.pct_change().iloc[1:]
    told = figures(page)
    expected = {
        "Cumulative Return": nav.iloc[-1] / nav.iloc[0] - 1,
        "Volatility (ann.)": returns.std() * np.sqrt(252),
        "Worst Day": returns.min(),
    }
    for name, value in expected.items():
        assert float(told[name].rstrip("%")) == pytest.approx(100 * value, abs=0.005)  # half of its last digit
    by_year = (1 + returns.loc["2025"]).prod() - 1
    reference = (1 + short.nav.iloc[:, 0].pct_change().loc["2025"]).prod() - 1
    assert f'<th scope="row">2025</th><td>{100 * reference:.2f}</td><td>{100 * by_year:.2f}</td>' in page


def test_same_run_same_bytes(page: str, short: RunFolder) -> None:
    """A second page of the same run is identical, whatever was set in matplotlib, and leaves that as it was."""
    reference, first, *_ = named_strategies(short.document)
    with mpl.rc_context({"axes.facecolor": "red", "font.size": 30}):
        before = dict(mpl.rcParams)
        assert classic_page(short, first, reference) == page
        assert dict(mpl.rcParams) == before


def test_nothing_is_remote(page: str) -> None:
    """Nothing in the page names another place: no link but the one back, pictures inside, nothing that runs."""
    assert set(re.findall(r'(?:src|href)="([^"]{0,40})', page)) <= {
        "data:,",
        "tearsheet.html",
        *(match[:40] for match in re.findall(r'src="(data:image/svg\+xml;base64,[^"]*)', page)),
    }
    assert "<script" not in page
    assert "http://" not in page
    assert "https://" not in page
    assert page.count('<img src="data:image/svg+xml;base64,') == 14


def test_text_from_outside_stays_text(short: RunFolder) -> None:
    """A recipe full of tags and templates is escaped, and is no part of what quantstats gets."""
    reference, first, *_ = named_strategies(short.document)
    hostile = dataclasses.replace(first, label=HOSTILE, recipe=HOSTILE)
    page = classic_page(dataclasses.replace(short, nav=short.nav.iloc[-150:]), hostile, reference)
    assert "<script" not in page
    assert "{{ 7 * 7 }} {{returns}} @@metrics" in page
    assert page.count("<img ") == 14


@pytest.mark.parametrize(("years", "there"), [(10, True), (11, False)])
def test_the_chart_of_many_years_is_left_out(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch, years: int, there: bool
) -> None:
    """Over more than ten calendar years the yearly bars are not there, and the page says so; the others stay."""
    monkeypatch.setattr(
        "backtester.tearsheet.classic.quantstats_report", lambda *_: dict.fromkeys(QUANTSTATS_PICTURES, "<svg/>")
    )
    dates = pd.date_range("2014-12-31", periods=12 * years + 1, freq="ME")  # returns from January of 2015 on
    columns = {name: np.linspace(1.0, 2.0, len(dates)) for name in run.nav}
    reference, first, *_ = named_strategies(run.document)
    page = classic_page(dataclasses.replace(run, nav=pd.DataFrame(columns, dates)), first, reference)
    assert ('alt="Returns by calendar year"' in page) is there
    assert ("Left out: returns by calendar year" in page) is not there
    assert page.count("<img") == len(QUANTSTATS_PICTURES) - (not there)


def test_prices_are_not_guessed(run: RunFolder) -> None:
    """Returns that quantstats would take for prices are not given to it; the page says why, and still is one."""
    nav = pd.DataFrame({name: np.cumprod(np.full(len(run.nav), 1.0)) for name in run.nav}, run.nav.index)
    nav.iloc[100:, 1] *= 2.5
    reference, first, *_ = named_strategies(run.document)
    page = classic_page(dataclasses.replace(run, nav=nav), first, reference)
    assert '<p class="problem">ValueError: quantstats would take these returns, which never fall' in page
    assert "Back to the tearsheet" in page


def test_failure_of_the_library_costs_no_page(run: RunFolder) -> None:
    """Where quantstats fails, here at a series without returns, the page says what it said."""
    reference, first, *_ = named_strategies(run.document)
    page = classic_page(dataclasses.replace(run, nav=run.nav.iloc[:1]), first, reference)
    assert re.search(r'<p class="problem">\w+Error: ', page)
    assert "<img" not in page


def test_disagreements_are_explained(page: str, run: RunFolder) -> None:
    """Our Sharpe ratio stands beside theirs, with the reason; what either does not have is n/a."""
    ours = run.document["strategies"][1]["measures"]
    row = f'<th scope="row">Sharpe ratio</th><td>{ours["sharpe"]:.2f}</td><td>{figures(page)["Sharpe"]}</td>'
    assert f'{row}<td class="why">Ours is in excess of bills' in page
    some = ours | {"max_drawdown_peak": "2020-02-19", "sharpe": None}
    found = {
        measure: (own, theirs) for measure, own, theirs, _ in disagreements(some, {"Max DD Period Start": "2020-02-20"})
    }
    assert found[figures_in("measures")["max_drawdown_peak"].label] == ("19 Feb 2020", "20 Feb 2020")
    assert found["Sharpe ratio"] == ("n/a", "n/a")


def test_linked_from_the_tearsheet(run: RunFolder, tmp_path: Path) -> None:
    """The tearsheet links the classic pages that are there, and none where there are none."""
    short = dataclasses.replace(run, path=tmp_path)
    html = write_tearsheet(short).read_text(encoding="utf-8")
    assert "classic" not in html[: html.index("plotly.js v")]
    for place in (1, 3):
        (tmp_path / f"classic-{place}.html").write_text("here")
    html = write_tearsheet(short).read_text(encoding="utf-8")
    assert re.findall(r'<a href="(classic[^"]*)">', html) == ["classic-1.html", "classic-3.html"]
    assert Pages().classic is False


def test_a_picture_by_hand() -> None:
    """All from its first tag on, without what says when it was made."""
    made = _picture_uri('<?xml?>\n<svg a="1"><metadata>\n2024</metadata><g/></svg>\n')
    assert made == "data:image/svg+xml;base64," + base64.b64encode(b'<svg a="1"><g/></svg>').decode()
