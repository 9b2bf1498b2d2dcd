"""What the template of a page with charts needs: styles, scripts, the policy that allows them, arrays and figures."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from backtester.pages import palette
from backtester.pages.embed import DatedArrays, json_for_script, plotly_js, plotly_pieces, policy, script
from backtester.pages.environment import Section, static
from backtester.pages.figure import Chart


def chart_values(sections: Sequence[Section], plotly_source: str | None = None) -> dict[str, Any]:
    """The values for a template, by name, that the charts of the sections need.

    `figures` are the charts as plotly.js draws them and `groups` the arrays that they share, both as JSON by name;
    `charts` is the page's script. If there is a chart, plotly.js is inside the page, as text that the script
    runs when a chart comes near the screen. With `plotly_source`, the page loads it from that address instead.
    """
    charts = script(minified(static("phone.js") + static("paper.js") + static("charts.js")))
    styles = palette.stylesheet() + static("style.css")
    figures = {chart.name: json_for_script(chart.spec()) for section in sections for chart in section.every(Chart)}
    groups = (group for section in sections for group in section.every(DatedArrays))
    inside = [plotly_js()] if figures and plotly_source is None else []
    return {
        "policy": policy([*inside, charts], beside=plotly_source is not None),
        "charts": charts,
        "plotly": plotly_pieces() if inside else None,
        "plotly_source": plotly_source,
        "styles": Markup(styles.replace("}\n", "}")),  # noqa: S704 - our own files
        "palette": json_for_script(palette.MODES),
        "groups": {group.name: json_for_script(group.packed()) for group in groups},
        "figures": figures,
    }


def minified(source: str) -> str:
    """A script without comment lines, indents and empty lines; its strings must not span several lines."""
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))
