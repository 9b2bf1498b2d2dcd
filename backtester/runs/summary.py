"""The summary of a run: two tables with a line a strategy, and the conclusion. Figures are in percent.

The command line prints it and a notebook shows it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from backtester.pages.format import MISSING, counted, number, points
from backtester.runs.as_of_words import as_of_lines
from backtester.runs.facts import legs, rhythm_word
from backtester.runs.sentences import VERDICTS, rhythm_lines, run_headline, summary_lines
from backtester.runs.values import Json

SHOWN_YEARS = ("2008", "2022")
LAST_SESSION = "12-29"  # a year's last session is on or after it
FALLEN = ("Lost", "Mix\nlost", "Payoff", "90%\ninterval", "Growth", "Verdict")
PAYOFF_COLUMN = "beyond_mix_payoff_mean"
STRATEGIES_ABREAST = 4  # strategies in 80 columns
LEFT, RIGHT = Markup(' style="text-align: left"'), Markup(' style="text-align: right"')


@dataclass(frozen=True)
class TextTable:
    """A table of text: its title, the headings of its columns but the first, which is `corner`, and its rows; a heading
    can have several lines."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    corner: str = "Strategy"


@dataclass(frozen=True)
class Summary:
    """History and period in a line, the tables, what they say, and notes on them."""

    heading: str
    grids: tuple[TextTable, ...]
    conclusion: str
    notes: tuple[str, ...]


def figure_text(column: str, value: float | None) -> str:
    """A figure as runs and studies print it, by its column in a study's results: in percent but for a ratio, and a
    payoff, which is small, to the basis point."""
    if column == "sharpe":
        return number(value)
    return points(value, 2 if column == PAYOFF_COLUMN else 1)


def summary(document: Json) -> Summary:
    """The summary of a run's document."""
    period, history = document["period"], document["history"]
    lost, strategies = _headlines(document), document["strategies"]
    whole = ("CAGR", "Vol.", "Sharpe", "Deepest\nfall", *lost)
    rows = tuple((_label(one, document), *_whole(one, lost)) for one in strategies)
    grids = [TextTable("In percent", whole, rows)]
    notes = _notes(document) if strategies[1:] else ()
    if strategies[1:]:
        grids.append(
            TextTable(_title(document), FALLEN, tuple((_label(one, document), *_fallen(one)) for one in strategies[1:]))
        )
    grids += as_of_grids(document)
    sessions = rhythm_word(document).length_words(period["sessions"])
    return Summary(
        f"{history['title']}: {period['start']} to {period['end']}, {sessions}",
        tuple(grids),
        " ".join([run_headline(document), *summary_lines(document)]),
        (*notes, *as_of_lines(document), *rhythm_lines(document), *_audit(strategies)),
    )


def _title(document: Json) -> str:
    """The title of the table of joint sell-offs, with what the reference lost in them."""
    reference, joint = document["strategies"][0], len(document["joint_sell_offs"])
    loss = reference["scorecard"]["mean_loss"]["strategy"]
    did = "" if loss is None else f"; {reference['label']} {'lost' if loss >= 0 else 'gained'} {points(abs(loss))}"
    return f"In {counted(joint, 'joint sell-off')} of {' and '.join(legs(document))}, in percent{did if joint else ''}"


def _headlines(document: Json) -> dict[str, Json | None]:
    """Columns in order of time: the calendar years, and the crises that the file of crises gives a headline."""
    crises = [(crisis["start"], crisis["headline"], crisis) for crisis in document["crises"] if crisis["headline"]]
    years = ((f"{year}-01-01", f"{year} part" if year in _parts(document) else year, None) for year in SHOWN_YEARS)
    columns = sorted([*years, *crises], key=lambda column: str(column[0]))
    return {heading.replace(" ", "\n"): crisis for _, heading, crisis in columns}


def _parts(document: Json) -> dict[str, str]:
    """The words for the part that the period holds of its first and last calendar year: the first begins after its
    first close."""
    start, end = document["period"]["start"], document["period"]["end"]
    ends = {end[:4]: f"to {end}"} if end[5:] < LAST_SESSION else {}
    return ends | {start[:4]: f"after the close of {start}"}


def _label(strategy: Json, document: Json) -> str:
    """The strategy's label, and what must not be overlooked."""
    label = f"{strategy['label']} (reference)" if strategy is document["strategies"][0] else strategy["label"]
    flags = {True: [], False: ["LOOKS AHEAD"], None: ["NOT CHECKED"]}[strategy["causal"]]
    return " ".join([label, *flags, *(["RUINED"] if strategy["ruin_date"] else [])])


def _whole(strategy: Json, headlines: dict[str, Json | None]) -> tuple[str, ...]:
    own, name = strategy["measures"], strategy["name"]
    moves = [
        strategy["calendar_years"].get(heading[:4]) if crisis is None else (crisis["strategies"] or {}).get(name)
        for heading, crisis in headlines.items()
    ]
    whole = (figure_text(key, own[key]) for key in ("cagr", "volatility", "sharpe", "max_drawdown"))
    return (*whole, *map(points, moves))


def _fallen(strategy: Json) -> tuple[str, ...]:
    card = strategy["scorecard"]
    ends = card["intervals"].get("beyond_mix", {}).get("payoff_mean")
    return (
        figure_text("mean_loss_strategy", card["mean_loss"]["strategy"]),
        figure_text("mean_loss_mix", card["mean_loss"]["mix"]),
        figure_text(PAYOFF_COLUMN, card["beyond_mix"]["payoff_mean"]),
        " to ".join(figure_text(PAYOFF_COLUMN, end) for end in ends) if ends else MISSING,
        figure_text("growth_annual_over_mix_total", card["growth_annual"]["over_mix"]["total"]),
        VERDICTS[strategy["verdict"]],
    )


def _notes(document: Json) -> tuple[str, ...]:
    crises = [f"{one['headline']}: {one['start']} to {one['end']}" for one in document["crises"] if one["headline"]]
    parts = [f"{year} part: {what}" for year, what in _parts(document).items() if year in SHOWN_YEARS]
    return (
        f"{'; '.join(['2008 and 2022: calendar years', *parts, *crises])}.",
        "Lost: the mean of all joint sell-offs. Mix: fixed shares of both legs and bills that moved as the strategy "
        "did. Payoff: what the strategy returned beyond it. Growth: over the mix, log points a year.",
    )


def as_of_grids(document: Json) -> list[TextTable]:
    """What the page would have said at each year-end, and what followed it, as tables of at most four strategies
    each."""
    rows: list[Json] = document.get("as_of") or []
    others = document["strategies"][1:] if rows else []
    made = []
    for first in range(0, len(others), STRATEGIES_ABREAST):
        part = others[first : first + STRATEGIES_ABREAST]
        heads = ("Sell-\noffs", *(one["label"].replace(" ", "\n") for one in part))
        for title, count, cell in (
            ("As of each year-end: the payoff by then, and its verdict, in percent", "joint_sell_offs", _said),
            ("What followed: the payoff in the joint sell-offs that ended later, in percent", "followed", _followed),
        ):
            lines = ((row["end"], str(row[count]), *(cell(row["strategies"], one) for one in part)) for row in rows)
            made.append(TextTable(title, heads, tuple(lines), "Year-end"))
    return made


def _said(strategies: Json, strategy: Json) -> str:
    said = strategies.get(strategy["name"])
    return f"{figure_text(PAYOFF_COLUMN, said['payoff_mean'])} {said['verdict']}" if said else MISSING


def _followed(strategies: Json, strategy: Json) -> str:
    said = strategies.get(strategy["name"])
    return figure_text(PAYOFF_COLUMN, said["followed"]) if said else MISSING


def _audit(strategies: list[Json]) -> tuple[str, ...]:
    audits = [one["audit"]["max_abs_nav_difference"] for one in strategies if "audit" in one]
    if not audits:
        return ()
    return (f"Audit: vectorbt keeps the same {len(audits)} accounts to {max(audits):.0e} of their value.",)


def summary_html(shown: Summary) -> str:
    """The summary as a fragment of HTML."""
    parts = [Markup("<p>{}</p>").format(shown.heading), *map(_table, shown.grids)]
    parts.append(Markup("<p>{}</p>").format(shown.conclusion))
    parts += [Markup("<p><small>{}</small></p>").format(note) for note in shown.notes]
    return str(Markup("<div>{}</div>").format(Markup("\n").join(parts)))


def _table(grid: TextTable) -> Markup:
    heads = [Markup('<th scope="col"{}>{}</th>').format(LEFT, grid.corner)]
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
