"""The page of a replication: a few lines, a table, and one chart without a script."""

import numpy as np
import pandas as pd
from markupsafe import Markup

from backtester.pages.format import number
from replications.figure import Figure, Replication

WIDTH, HEIGHT, COLOURS = 720, 300, ("#1f5fa8", "#b4521c", "#3c7a3c")
STYLE = "body{font:16px/1.5 sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}td{padding:0 1em 0 0}"


def words(figure: Figure) -> tuple[str, str, str, str]:
    """A figure as a row of a table: what it is, published, obtained, and whether it holds."""
    unit = f" {figure.unit}" if figure.unit else ""
    held = f"within {figure.tolerance:g}" if figure.holds else f"OFF by more than {figure.tolerance:g}"
    if figure.differs:
        held = f"{held} of {figure.published + figure.differs:g}, a known difference"
    return f"{figure.what}{unit}", number(figure.published), number(figure.obtained), held


def page(replication: Replication) -> str:
    """The page, in HTML, whole in itself."""
    head = Markup("<tr><th align=left>{}</th><th>Published</th><th>Obtained</th><th></th></tr>").format("Figure")
    row = Markup("<tr><td>{}</td><td align=right>{}</td><td align=right>{}</td><td>{}</td></tr>")
    rows = Markup("\n").join(row.format(*words(figure)) for figure in replication.figures)
    return str(
        Markup(
            '<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{0}</title><style>{1}</style>\n'
            "<h1>{0}</h1>\n<p>{2}</p>\n<table>\n{3}\n{4}\n</table>\n{5}\n</html>\n"
        ).format(replication.title, STYLE, replication.about, head, rows, chart(replication.chart))
    )


def chart(lines: pd.DataFrame) -> Markup:
    """The lines as a picture, on a logarithmic scale, months apart, with their names and the first and last year."""
    months = lines.resample("ME").last()
    values = np.log(months / months.bfill().iloc[0])
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    x = np.linspace(0, WIDTH, len(values))
    parts = []
    for place, name in enumerate(values):
        y = HEIGHT * (high - values[name].to_numpy()) / ((high - low) or 1.0)
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True) if b == b)
        parts.append(
            Markup('<polyline points="{0}" fill="none" stroke="{1}"/><text x="8" y="{2}" fill="{1}">{3}</text>').format(
                points, COLOURS[place % len(COLOURS)], 18 * place + 18, name
            )
        )
    ends = f"{months.index[0].year} to {months.index[-1].year}, logarithmic"
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">\n{}\n</svg>\n<p>{}</p>').format(
        WIDTH, HEIGHT, f"{', '.join(map(str, values))}: {ends}", Markup("\n").join(parts), ends
    )
