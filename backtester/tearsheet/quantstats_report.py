"""quantstats' report of a strategy against the reference, as named tables and pictures.

quantstats guesses whether its input is prices or returns, fills gaps of a benchmark backward, drops a beginning without
trades, and loads an icon from the network. So it gets returns on common sessions without a time zone, the history's
number of sessions a year, the names "Strategy" and "Reference", and a template of ours.
"""

import logging
import re
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

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
QUANTSTATS_TABLES = {  # the caption of each table, by quantstats' name for it
    "metrics": "Key performance metrics, as quantstats computes them",
    "eoy_table": "Returns by calendar year, in percent",
    "dd_info": "The ten deepest drawdowns, in percent",
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


def quantstats_report(
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


def quantstats_metrics(report: dict[str, str]) -> dict[str, str]:
    """The last column of quantstats' table of metrics, which is the strategy's, by the metric's label."""
    rows = re.findall(r"<tr><td>([^<]*)</td>(.*?)</tr>", report.get("metrics", ""))
    return {name: re.findall(r"<td>([^<]*)</td>", cells)[-1] for name, cells in rows}
