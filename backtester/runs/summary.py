"""The summary of a run, which the command line prints and a notebook shows: tables by strategy, and the conclusion.

Figures are in percent. A mix is the fixed shares of stocks, bonds and bills that moved as the strategy did; the payoff,
the return beyond it in joint sell-offs.
"""

from dataclasses import dataclass

from backtester.pages.format import MISSING, counted, number, points
from backtester.runs.as_of_words import as_of_lines
from backtester.runs.facts import document_rhythm, leg_labels
from backtester.runs.sentences import VERDICTS, rhythm_lines, run_headline, summary_lines
from backtester.runs.values import Json

SHOWN_YEARS = ("2008", "2022")
LAST_SESSION = "12-29"  # month and day; a year that ends before is marked as a part
SELL_OFF_HEADINGS = ("Lost", "Mix\nlost", "Payoff", "90%\ninterval", "Growth", "Verdict")
PAYOFF_COLUMN = "beyond_mix_payoff_mean"
MOST_STRATEGIES_ACROSS = 4  # that fit a terminal of 80 columns


@dataclass(frozen=True)
class TextTable:
    """A table of text. `corner` is the heading of the first column, `headings` those of the others, which can have
    several lines; a row begins with the text of the first column."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    corner: str = "Strategy"


@dataclass(frozen=True)
class Summary:
    """A line on history and period (`heading`), the tables, the conclusion that they allow, and notes."""

    heading: str
    tables: tuple[TextTable, ...]
    conclusion: str
    notes: tuple[str, ...]


def figure_text(column: str, value: float | None) -> str:
    """A figure as runs and studies print it, by the name of its column in a study's results.

    A ratio is printed as it is, all else in percent; payoffs, which are small, with two decimals.
    """
    if column == "sharpe":
        return number(value)
    return points(value, 2 if column == PAYOFF_COLUMN else 1)


def summary(document: Json) -> Summary:
    """The summary of a run's document."""
    period, history = document["period"], document["history"]
    headlines, strategies = _return_columns(document), document["strategies"]
    headings = ("CAGR", "Vol.", "Sharpe", "Deepest\nfall", *headlines)
    rows = tuple((_label(strategy, document), *_measure_cells(strategy, headlines)) for strategy in strategies)
    tables = [TextTable("In percent", headings, rows)]
    notes = _notes(document) if strategies[1:] else ()
    if strategies[1:]:
        tables.append(
            TextTable(
                _title(document),
                SELL_OFF_HEADINGS,
                tuple((_label(strategy, document), *_sell_off_cells(strategy)) for strategy in strategies[1:]),
            )
        )
    tables += as_of_tables(document)
    sessions = document_rhythm(document).length_words(period["sessions"])
    return Summary(
        f"{history['title']}: {period['start']} to {period['end']}, {sessions}",
        tuple(tables),
        " ".join([run_headline(document), *summary_lines(document)]),
        (*notes, *as_of_lines(document), *rhythm_lines(document), *_audit_note(strategies)),
    )


def _title(document: Json) -> str:
    """The title of the table of joint sell-offs, with what the reference lost in them."""
    reference, joint = document["strategies"][0], len(document["joint_sell_offs"])
    loss = reference["scorecard"]["mean_loss"]["strategy"]
    did = "" if loss is None else f"; {reference['label']} {'lost' if loss >= 0 else 'gained'} {points(abs(loss))}"
    fell = " and ".join(leg_labels(document))
    return f"In {counted(joint, 'joint sell-off')} of {fell}, in percent{did if joint else ''}"


def _return_columns(document: Json) -> dict[str, Json | None]:
    """The headings of the columns with the returns of single times, in order, and the crisis of each.

    They are the calendar years `SHOWN_YEARS`, whose crisis is None, and the crises with a headline.
    """
    crises = [(crisis["start"], crisis["headline"], crisis) for crisis in document["crises"] if crisis["headline"]]
    years = (
        (f"{year}-01-01", f"{year} part" if year in _partial_years(document) else year, None) for year in SHOWN_YEARS
    )
    columns = sorted([*years, *crises], key=lambda column: str(column[0]))
    return {heading.replace(" ", "\n"): crisis for _, heading, crisis in columns}


def _partial_years(document: Json) -> dict[str, str]:
    """By calendar year, which part of it the period covers: of the first year what follows the first close, of the last
    year what precedes the last close, unless that is the year's last."""
    start, end = document["period"]["start"], document["period"]["end"]
    ends = {end[:4]: f"to {end}"} if end[5:] < LAST_SESSION else {}
    return ends | {start[:4]: f"after the close of {start}"}


def _label(strategy: Json, document: Json) -> str:
    """The strategy's label, with warnings in capitals."""
    label = f"{strategy['label']} (reference)" if strategy is document["strategies"][0] else strategy["label"]
    flags = {True: [], False: ["LOOKS AHEAD"], None: ["NOT CHECKED"]}[strategy["causal"]]
    return " ".join([label, *flags, *(["RUINED"] if strategy["ruin_date"] else [])])


def _measure_cells(strategy: Json, headlines: dict[str, Json | None]) -> tuple[str, ...]:
    """The cells of a strategy in the table of measures, with its returns in the times of `headlines`."""
    measures, name = strategy["measures"], strategy["name"]
    returns = [
        strategy["calendar_years"].get(heading[:4]) if crisis is None else (crisis["strategies"] or {}).get(name)
        for heading, crisis in headlines.items()
    ]
    figures = (figure_text(key, measures[key]) for key in ("cagr", "volatility", "sharpe", "max_drawdown"))
    return (*figures, *map(points, returns))


def _sell_off_cells(strategy: Json) -> tuple[str, ...]:
    """The cells of a strategy in the table of joint sell-offs."""
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
    """What the columns of both tables mean."""
    crises = [
        f"{crisis['headline']}: {crisis['start']} to {crisis['end']}"
        for crisis in document["crises"]
        if crisis["headline"]
    ]
    parts = [f"{year} part: {what}" for year, what in _partial_years(document).items() if year in SHOWN_YEARS]
    return (
        f"{'; '.join(['2008 and 2022: calendar years', *parts, *crises])}.",
        "Lost: the mean of all joint sell-offs. Mix: fixed shares of both legs and bills that moved as the strategy "
        "did. Payoff: what the strategy returned beyond it. Growth: over the mix, log points a year.",
    )


def as_of_tables(document: Json) -> list[TextTable]:
    """The verdicts as of each year-end, and the payoffs that followed, as tables of at most four strategies each."""
    rows: list[Json] = document.get("as_of") or []
    strategies = document["strategies"][1:] if rows else []
    tables = []
    for first in range(0, len(strategies), MOST_STRATEGIES_ACROSS):
        shown = strategies[first : first + MOST_STRATEGIES_ACROSS]
        heads = ("Sell-\noffs", *(strategy["label"].replace(" ", "\n") for strategy in shown))
        for title, count, cell in (
            (
                "As of each year-end: the payoff by then, and its verdict, in percent",
                "joint_sell_offs",
                _verdict_at_cell,
            ),
            (
                "What followed: the payoff in the joint sell-offs that ended later, in percent",
                "followed",
                _followed_cell,
            ),
        ):
            lines = (
                (row["end"], str(row[count]), *(cell(row["strategies"], strategy) for strategy in shown))
                for row in rows
            )
            tables.append(TextTable(title, heads, tuple(lines), "Year-end"))
    return tables


def _verdict_at_cell(strategies: Json, strategy: Json) -> str:
    """A strategy's payoff and verdict at a year-end, from that year-end's verdicts by name."""
    verdict = strategies.get(strategy["name"])
    return f"{figure_text(PAYOFF_COLUMN, verdict['payoff_mean'])} {verdict['verdict']}" if verdict else MISSING


def _followed_cell(strategies: Json, strategy: Json) -> str:
    """A strategy's payoff after a year-end, from that year-end's verdicts by name."""
    verdict = strategies.get(strategy["name"])
    return figure_text(PAYOFF_COLUMN, verdict["followed"]) if verdict else MISSING


def _audit_note(strategies: list[Json]) -> tuple[str, ...]:
    """A note on the largest difference between the two engines; empty if the run was not audited."""
    audits = [strategy["audit"]["max_abs_nav_difference"] for strategy in strategies if "audit" in strategy]
    if not audits:
        return ()
    return (f"Audit: vectorbt keeps the same {len(audits)} accounts to {max(audits):.0e} of their value.",)
