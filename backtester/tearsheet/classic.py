"""The classic page: quantstats' report of one strategy against the reference, as an extra beside the tearsheet.

Tables and pictures are quantstats' own; the page adds where its figures differ from the tearsheet's, and why. The
document is a run's results as JSON.
"""

import base64
import re

import pandas as pd
from markupsafe import Markup

from backtester.analysis.figures import figures_in
from backtester.errors import first_line
from backtester.pages.embed import stylesheet_policy
from backtester.pages.environment import environment, static
from backtester.pages.format import MINUS, MISSING, date, period
from backtester.pages.names import Named
from backtester.runs.folder import RunFolder
from backtester.runs.values import Json
from backtester.tearsheet.parts.measures import measure_text
from backtester.tearsheet.quantstats_report import (
    QUANTSTATS_PICTURES,
    QUANTSTATS_TABLES,
    quantstats_metrics,
    quantstats_report,
)

TEARSHEET_PACKAGE = "backtester.tearsheet"
MOST_YEARS = 10  # with more, quantstats' labels of yearly bars overlap
DEFINED_DIFFERENTLY = {  # measures that quantstats defines in another way: its label, and the difference
    "cagr": ("CAGR﹪", "Our years are calendar days over 365.25, theirs sessions over the sessions of a year."),
    "sharpe": (
        "Sharpe",
        "Ours is in excess of bills, session by session. quantstats takes one constant rate and ignores a negative "
        "one, so it was given none.",
    ),
    "sortino": ("Sortino", "As the Sharpe ratio."),
    "probabilistic_sharpe": ("Prob. Sharpe Ratio", "As the Sharpe ratio."),
    "omega": ("Omega", "Ours is about the return of bills, theirs about zero."),
    "value_at_risk_95": (
        "Daily Value-at-Risk",
        "Ours is the sessions' own quantile, theirs a normal distribution's.",
    ),
    "expected_shortfall_95": (
        "Expected Shortfall (cVaR)",
        "Ours is the mean of the worst twentieth of sessions, theirs the mean below a normal distribution's quantile.",
    ),
    "information_ratio": ("Information Ratio", "Ours is a year's, theirs a session's."),
    "max_drawdown_peak": ("Max DD Period Start", "Ours is the close of the high, theirs the first close below it."),
    "max_drawdown_days": (
        "Longest DD Days",
        "Ours are those of the deepest from its high on, theirs those of the longest from the first close below it.",
    ),
}


def classic_page(run: RunFolder, named: Named, reference: Named) -> str:
    """The page of the strategy `named` as HTML: the same run gives the same text on a machine with the same fonts.

    If quantstats fails, the page has its error instead of the report. Raise ImportError if it is not installed.
    """
    document, report, problem = run.document, dict[str, str](), ""
    strategy = next(entry for entry in document["strategies"] if entry["name"] == named.name)
    returns = run.nav.pct_change().iloc[1:]
    left_out = {"eoy_returns"} if pd.DatetimeIndex(returns.index).year.nunique() > MOST_YEARS else set()
    try:
        benchmark = None if named == reference else returns[reference.name]
        report = quantstats_report(returns[named.name], benchmark, document["history"]["sessions_a_year"])
    except ImportError:  # not installed
        raise
    except Exception as error:  # a library that fails at an odd series must not cost the run its tearsheet
        problem = first_line(error)
    return (
        environment(TEARSHEET_PACKAGE)
        .get_template("classic.html.j2")
        .render(
            named=named,
            reference=None if named == reference else reference,
            window=period(document["period"]["start"], document["period"]["end"]),
            problem=problem,
            figures=[
                (_picture_uri(report[name]), caption)
                for name, caption in QUANTSTATS_PICTURES.items()
                if "<svg" in report.get(name, "") and name not in left_out
            ],
            left_out=[QUANTSTATS_PICTURES[name] for name in left_out],
            tables=[
                (name, _table_html(report[name]), caption)
                for name, caption in QUANTSTATS_TABLES.items()
                if name in report
            ],
            disagreements=disagreements(strategy["measures"], quantstats_metrics(report)),
            policy=stylesheet_policy(static("classic.css", TEARSHEET_PACKAGE)),
            styles=Markup(static("classic.css", TEARSHEET_PACKAGE)),  # noqa: S704 - our own file
        )
    )


def disagreements(ours: Json, theirs: dict[str, str]) -> list[tuple[str, str, str, str]]:
    """For each measure that is defined differently: its label, our figure, quantstats' figure, and the reason.

    `ours` are a strategy's measures by name, `theirs` the texts of quantstats by its own labels.
    """
    rows = []
    for name, (label, reason) in DEFINED_DIFFERENTLY.items():
        figure, our_value, their_value = figures_in("measures")[name], ours[name], theirs.get(label) or "-"
        our_text = measure_text(our_value, figure) + ("%" if figure.kind == "percent" and our_value is not None else "")
        their_text = (
            date(their_value) if figure.kind == "date" and their_value != "-" else their_value.replace("-", MINUS)
        )
        rows.append((figure.label, our_text, MISSING if their_value == "-" else their_text, reason))
    return rows


def _picture_uri(text: str) -> str:
    """A picture as a data URI, without the time at which it was made.

    As an image, not inline SVG, it cannot run or load anything, and its ids do not clash with those of others.
    """
    svg = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL).strip()
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _table_html(text: str) -> Markup:
    """The rows of a quantstats table as HTML, unescaped: it contains only fixed names, dates and numbers."""
    cells = text.replace("﹪", "").replace("<th>", '<th scope="col">').replace("<tr><td>", '<tr><th scope="row">')
    cells = re.sub(r'(<tr><th scope="row">[^<]*)</td>', r"\1</th>", cells)
    inner = cells.strip().removeprefix("<table>").removesuffix("</table>")
    return Markup(inner)  # noqa: S704 - as the docstring says
