"""The values that the template of a page with charts needs: styles, scripts, their policy, arrays and figures."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from backtester.pages import palette
from backtester.pages.embed import DatedArrays, json_for_script, plotly_js, plotly_pieces, policy, script
from backtester.pages.environment import Section, static
from backtester.pages.figure import Chart


def chart_values(sections: Sequence[Section], plotly_source: str | None = None) -> dict[str, Any]:
    """The values, by name in the template, that the charts of the sections need.

    plotly.js is inside a page that has a chart, as text that the page's script runs when a chart comes near the screen;
    or beside the page, at `plotly_source`.
    """
    charts = script(minified(static("phone.js") + static("paper.js") + static("charts.js")))
    styles = palette.stylesheet() + static("style.css")
    figures = {one.name: json_for_script(one.spec()) for part in sections for one in part.every(Chart)}
    inside = [plotly_js()] if figures and plotly_source is None else []
    return {
        "policy": policy([*inside, charts], beside=plotly_source is not None),
        "charts": charts,
        "plotly": plotly_pieces() if inside else None,
        "plotly_source": plotly_source,
        "styles": Markup(styles.replace("}\n", "}")),  # noqa: S704 - our own files
        "palette": json_for_script(palette.MODES),
        "groups": {one.name: json_for_script(one.packed()) for part in sections for one in part.every(DatedArrays)},
        "figures": figures,
    }


def minified(source: str) -> str:
    """A script without comment lines, indents and empty lines. No string in it may span several lines."""
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))
