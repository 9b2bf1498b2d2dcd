"""The classic page: quantstats' report of one strategy against the reference, as an extra beside the tearsheet.

quantstats guesses whether its input is prices or returns, fills gaps of a benchmark backward, drops a beginning without
trades, and loads an icon from the network. So it gets returns on common sessions without a time zone, the history's
number of sessions a year, and the names "Strategy" and "Reference"; its tables and pictures go into a page of ours.
"""

import base64
import logging
import re
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

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

TEARSHEET_PACKAGE = "backtester.tearsheet"
QUANTSTATS_PICTURES = {  # the caption of each picture, by quantstats' name for it
    "returns": "Cumulative returns",
    "log_returns": "Cumulative returns on a logarithmic scale",
    "vol_returns": "Cumulative returns, the strategy scaled to the reference's volatility",
    "eoy_returns": "Returns by calendar year",
    "monthly_dist": "Distribution of monthly returns",
    "daily_returns": "Returns of each session",
    "rolling_beta": "Beta to the reference over trailing half years and years",
    "rolling_vol": "Volatility over trailing half years",
    "rolling_sharpe": "Sharpe ratio over trailing half years, without a risk-free rate",
    "rolling_sortino": "Sortino ratio over trailing half years, without a risk-free rate",
    "dd_periods": "The five deepest drawdowns on the cumulative return",
    "dd_plot": "Drawdown through time",
    "monthly_heatmap": "Returns by month, in percent",
    "returns_dist": "Quantiles of returns by day, week, month, quarter and year",
}
MOST_YEARS = 10  # with more, quantstats' labels of yearly bars overlap
QUANTSTATS_TABLES = {  # the caption of each table, by quantstats' name for it
    "metrics": "Key performance metrics, as quantstats computes them",
    "eoy_table": "Returns by calendar year, in percent",
    "dd_info": "The ten deepest drawdowns, in percent",
}
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
MATPLOTLIB_SETTINGS: Any = {  # with a fixed salt an id in a picture depends on the picture's content alone
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.5,
    "lines.linewidth": 1.5,
    "text.color": "#333333",
    "xtick.color": "#59616b",
    "ytick.color": "#59616b",
    "svg.fonttype": "path",
    "svg.hashsalt": "backtester",
}


def classic_page(run: RunFolder, named: Named, reference: Named) -> str:
    """The page as HTML: the same run gives the same text on a machine with the same fonts.

    If quantstats fails, the page has its error instead of the report. Raise ImportError if it is not installed.
    """
    document, report, problem = run.document, dict[str, str](), ""
    strategy = next(entry for entry in document["strategies"] if entry["name"] == named.name)
    returns = run.nav.pct_change().iloc[1:]
    left_out = {"eoy_returns"} if pd.DatetimeIndex(returns.index).year.nunique() > MOST_YEARS else set()
    try:
        benchmark = None if named == reference else returns[reference.name]
        report = _quantstats_report(returns[named.name], benchmark, document["history"]["sessions_a_year"])
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
            disagreements=disagreements(strategy["measures"], _quantstats_metrics(report)),
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


def _quantstats_report(
    returns: "pd.Series[float]", benchmark: "pd.Series[float] | None", sessions_a_year: float
) -> dict[str, str]:
    """quantstats' tables and pictures by name, as HTML and SVG.

    Raise ValueError if quantstats would take the returns for prices.
    """
    for series in (returns, benchmark):
        if series is not None and series.min() >= 0 and series.max() > 1:
            raise ValueError("quantstats would take these returns, which never fall and once double, for prices")
    with tempfile.TemporaryDirectory() as folder, _quiet():
        import quantstats  # takes three seconds, and only this page needs it

        template, output = Path(folder) / "template.html", Path(folder) / "report.html"
        # a template that prints each part of the report after a line with its name, by which the output is split
        template.write_text(
            "".join(f"\n@@{name}\n{{{{{name}}}}}" for name in (*QUANTSTATS_PICTURES, *QUANTSTATS_TABLES)),
            encoding="utf-8",
        )
        quantstats.reports.html(  # type: ignore[no-untyped-call]  # quantstats is only partly typed
            returns,
            benchmark,
            rf=0.0,
            output=str(output),
            periods_per_year=round(sessions_a_year),
            template_path=str(template),
            match_dates=False,
            strategy_title="Strategy",
            benchmark_title="Reference",
        )
        report = output.read_text(encoding="utf-8")
    return dict(part.split("\n", 1) for part in report.split("\n@@")[1:])


@contextmanager
def _quiet() -> Iterator[None]:
    """Suppress the libraries' warnings and log, and restore matplotlib's settings."""
    fonts = logging.getLogger("matplotlib.font_manager")
    level = fonts.level
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import matplotlib as mpl  # takes half a second, and only this page needs it

        with mpl.rc_context():
            import quantstats.reports  # noqa: F401 - sets looks when it is first imported, which are then replaced

            mpl.rcdefaults()
            mpl.rcParams.update(MATPLOTLIB_SETTINGS)
            fonts.setLevel(logging.ERROR + 1)
            try:
                yield
            finally:
                fonts.setLevel(level)


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


def _quantstats_metrics(parts: dict[str, str]) -> dict[str, str]:
    """The last column of quantstats' table of metrics, which is the strategy's, by the metric's label."""
    rows = re.findall(r"<tr><td>([^<]*)</td>(.*?)</tr>", parts.get("metrics", ""))
    return {name: re.findall(r"<td>([^<]*)</td>", cells)[-1] for name, cells in rows}
