"""The pages of `backtester stress`: scenarios, the basis-trade spiral, reverse stress, more frequent sell-offs.

They use the tearsheet's sections, styles and scripts, with a question of their own on top.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from backtester.errors import OutputError
from backtester.files import staged, to_json, write_text
from backtester.pages.csv_text import write_tables
from backtester.pages.drawing import chart_values
from backtester.pages.environment import Section, environment
from backtester.pages.format import numbered
from backtester.pages.names import Named
from backtester.pages.palette import line_dash, line_key
from backtester.pages.table import Table
from backtester.runs.basis_words import HEADLINE, LEFT_OUT, basis_lines
from backtester.runs.values import Json
from backtester.tearsheet.parts import basis, frequency, scales
from backtester.tearsheet.sections import scenarios

PAGE = "stress.html"
QUESTION = "Which of these hedges survives what comes next, and which only helped in 2022?"


@dataclass(frozen=True)
class Words:
    """The words above and below a page: its title, a line over the question, the question, and the last line."""

    title: str
    kicker: str
    question: str
    foot: str


def stress_names(document: Json) -> tuple[Named, ...]:
    """The strategies of a document with the colours that they keep on the page, the reference first."""
    return tuple(
        Named(one["name"], one["label"], one["recipe"], line_key(place), line_dash(place), ())
        for place, one in enumerate(document["strategies"])
    )


def render_stress(document: Json) -> tuple[str, list[Table]]:
    """The page of scenarios as HTML, and its tables."""
    names, history = stress_names(document), document["history"]
    section = Section("stress", "If it happened next", scenarios(document["stress"], names))
    words = Words(
        title=f"{numbered(len(document['stress']['scenarios']), 'scenario')}, {len(names)} strategies",
        kicker=f"What did not happen \N{MIDDLE DOT} {history['title']}",
        question=QUESTION,
        foot="Scenarios are no forecasts, and simulated portfolios no advice.",
    )
    return render_stress_page(words, (section,), names), list(section.every(Table))


def render_stress_page(words: Words, sections: tuple[Section, ...], names: tuple[Named, ...] = ()) -> str:
    """A page of these sections as HTML: the same sections give the same text."""
    return str(
        environment("backtester.tearsheet")
        .get_template("stress_page.html.j2")
        .render(
            title=words.title,
            kicker=words.kicker,
            question=words.question,
            foot=words.foot,
            sections=sections,
            names=names,
            full=True,  # the tearsheet folds these sections; here they are the content
            **chart_values(sections),
        )
    )


def publish_stress(document: Json, folder: Path, name: str, make: Callable[[Json], tuple[str, list[Table]]]) -> Path:
    """Write the page, its document and the csv of its tables, all or none, and return the path of the page.

    Raise OutputError if the folder holds other files and none of ours.
    """
    check_stress_place(folder, name)
    page, tables = make(document)
    with staged(folder) as stage:
        write_text(stage / f"{name}.json", to_json(document))
        write_text(stage / f"{name}.html", page)
        write_tables(stage, tables)
    return folder / f"{name}.html"


def check_stress_place(folder: Path, name: str) -> None:
    """Raise OutputError if a folder holds other files, and none that a command of this name wrote."""
    if folder.is_dir() and any(not path.name.startswith(".") for path in folder.iterdir()):
        if not (folder / f"{name}.json").is_file():
            raise OutputError(f"{folder} holds other files; name a new folder, or one of its own, with --out")
    elif folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder} is no folder; name another with --out")


def render_basis(document: Json) -> tuple[str, list[Table]]:
    """The page of the basis-trade spiral as HTML, and its tables."""
    here = {
        "headline": HEADLINE,
        "lines": basis_lines(document),
        "map": basis.map_table(document),
        "figure": basis.paths_figure(document),
        "paths": basis.paths_table(document),
        "shares": basis.shares_table(document),
        "left_out": LEFT_OUT,
        "assumed": basis.assumed_table(document),
        "terms": basis.terms_table(document),
    }
    section = Section("basis", "The basis-trade spiral", here)
    words = Words(
        title="The basis-trade spiral",
        kicker="What did not happen \N{MIDDLE DOT} Treasuries held against futures",
        question="How many times does what is sold come to market?",
        foot="A small model of forced sales, and no forecast.",
    )
    return render_stress_page(words, (section,)), list(section.every(Table))


def render_reverse(document: Json) -> tuple[str, list[Table]]:
    """The page of reverse stress as HTML, and its tables."""
    names = stress_names(document)
    here = {
        "lines": scales.reverse_lines(document, {named.name: named.label for named in names}),
        "loses": scales.loses_table(document, names),
        "stops": scales.stops_table(document, names),
        "left_out": document["left_out"],
    }
    section = Section("reverse", "How large must it be?", here)
    words = Words(
        title="Reverse stress",
        kicker=f"What did not happen \N{MIDDLE DOT} {document['history']['title']}",
        question="How large must a scenario be for a strategy to lose so much, or a hedge to stop helping?",
        foot="Scenarios are no forecasts, and simulated portfolios no advice.",
    )
    return render_stress_page(words, (section,), names), list(section.every(Table))


def render_frequency(document: Json) -> tuple[str, list[Table]]:
    """The page of joint sell-offs that come more often as HTML, and its tables."""
    names = stress_names(document)
    here = {
        "lines": frequency.frequency_lines(document, {named.name: named.label for named in names[1:]}),
        "figure": frequency.turns_figure(document, names) if names[1:] else None,
        "turns": frequency.turns_table(document, names),
        "fates": frequency.fates_table(document, names),
    }
    section = Section("frequency", "If they came more often", here)
    words = Words(
        title="If joint sell-offs came more often",
        kicker=f"What did not happen \N{MIDDLE DOT} {document['history']['title']}",
        question="What becomes of each strategy when stocks and bonds fall together more often?",
        foot="Drawn from the past with other weights, and no forecast.",
    )
    return render_stress_page(words, (section,), names), list(section.every(Table))
