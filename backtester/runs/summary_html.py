"""The summary of a run as HTML, which a notebook shows."""

from collections.abc import Iterable

from markupsafe import Markup

from backtester.runs.summary import Summary, TextTable

LEFT, RIGHT = Markup(' style="text-align: left"'), Markup(' style="text-align: right"')


def summary_html(shown: Summary) -> str:
    """The summary as a fragment of HTML."""
    parts = [Markup("<p>{}</p>").format(shown.heading), *map(_table, shown.tables)]
    parts.append(Markup("<p>{}</p>").format(shown.conclusion))
    parts += [Markup("<p><small>{}</small></p>").format(note) for note in shown.notes]
    return str(Markup("<div>{}</div>").format(Markup("\n").join(parts)))


def _table(table: TextTable) -> Markup:
    """A table as HTML, everything in it escaped."""
    heads = [Markup('<th scope="col"{}>{}</th>').format(LEFT, table.corner)]
    heads += [
        Markup('<th scope="col"{}>{}</th>').format(RIGHT, heading.replace("\n", " ")) for heading in table.headings
    ]
    return Markup(
        "<table>\n<caption{}>{}</caption>\n<thead><tr>{}</tr></thead>\n<tbody>\n{}\n</tbody>\n</table>"
    ).format(LEFT, table.title, Markup("").join(heads), Markup("\n").join(map(_row, table.rows)))


def _row(cells: Iterable[str]) -> Markup:
    """A row of a table as HTML; the first cell is its head."""
    head, *others = cells
    figures = Markup("").join(Markup("<td{}>{}</td>").format(RIGHT, cell) for cell in others)
    return Markup('<tr><th scope="row"{}>{}</th>{}</tr>').format(LEFT, head, figures)
