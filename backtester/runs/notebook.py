"""A result as a notebook shows it: the tables of its summary as HTML, escaped, with no script and no stylesheet."""

from collections.abc import Iterable

from markupsafe import Markup

from backtester.runs.summary import Grid, Summary

LEFT, RIGHT = Markup(' style="text-align: left"'), Markup(' style="text-align: right"')


def summary_html(shown: Summary) -> str:
    """The summary as a fragment of HTML."""
    parts = [Markup("<p>{}</p>").format(shown.heading), *map(_table, shown.grids)]
    parts.append(Markup("<p>{}</p>").format(shown.conclusion))
    parts += [Markup("<p><small>{}</small></p>").format(note) for note in shown.notes]
    return str(Markup("<div>{}</div>").format(Markup("\n").join(parts)))


def _table(grid: Grid) -> Markup:
    heads = [Markup('<th scope="col"{}>{}</th>').format(LEFT, "Strategy")]
    heads += [
        Markup('<th scope="col"{}>{}</th>').format(RIGHT, heading.replace("\n", " ")) for heading in grid.headings
    ]
    return Markup(
        "<table>\n<caption{}>{}</caption>\n<thead><tr>{}</tr></thead>\n<tbody>\n{}\n</tbody>\n</table>"
    ).format(LEFT, grid.title, Markup("").join(heads), Markup("\n").join(map(_row, grid.rows)))


def _row(cells: Iterable[str]) -> Markup:
    head, *others = cells
    figures = Markup("").join(Markup("<td{}>{}</td>").format(RIGHT, cell) for cell in others)
    return Markup('<tr><th scope="row"{}>{}</th>{}</tr>').format(LEFT, head, figures)
