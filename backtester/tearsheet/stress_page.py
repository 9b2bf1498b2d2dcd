"""The pages of `backtester stress`: scenarios, the basis-trade spiral, reverse stress, more frequent sell-offs.

They are laid out as the tearsheet is, with the question that each page answers as its heading. The document of a page
is the results as JSON.
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
from backtester.tearsheet.sections import scenario_values

PAGE = "stress.html"
QUESTION = "Which of these hedges survives what comes next, and which only helped in 2022?"


@dataclass(frozen=True)
class PageWords:
    """The text around a page's sections: the title of the window, a line above the question, the question that is the
    page's heading, and the line at the foot."""

    title: str
    kicker: str
    question: str
    footer: str


def stress_names(document: Json) -> tuple[Named, ...]:
    """The strategies of a document with the colours that they keep on the page, the reference first."""
    return tuple(
        Named(
            name=strategy["name"],
            label=strategy["label"],
            recipe=strategy["recipe"],
            key=line_key(index),
            dash=line_dash(index),
            flags=(),
        )
        for index, strategy in enumerate(document["strategies"])
    )


def render_stress(document: Json) -> tuple[str, list[Table]]:
    """The page of scenarios as HTML, and its tables."""
    names, history = stress_names(document), document["history"]
    section = Section("stress", "If it happened next", scenario_values(document["stress"], names))
    words = PageWords(
        title=f"{numbered(len(document['stress']['scenarios']), 'scenario')}, {len(names)} strategies",
        kicker=f"What did not happen \N{MIDDLE DOT} {history['title']}",
        question=QUESTION,
        footer="Scenarios are no forecasts, and simulated portfolios no advice.",
    )
    return render_stress_page(words, (section,), names), list(section.every(Table))


def render_stress_page(words: PageWords, sections: tuple[Section, ...], names: tuple[Named, ...] = ()) -> str:
    """A page of these sections as HTML. The same sections give the same text."""
    return str(
        environment("backtester.tearsheet")
        .get_template("stress_page.html.j2")
        .render(
            title=words.title,
            kicker=words.kicker,
            question=words.question,
            footer=words.footer,
            sections=sections,
            names=names,
            full=True,  # the tearsheet folds these sections; here they are the content
            **chart_values(sections),
        )
    )


def publish_stress(document: Json, folder: Path, name: str, render: Callable[[Json], tuple[str, list[Table]]]) -> Path:
    """Write the page, its document and the csv of its tables, all or none, and return the path of the page.

    `name` is that of the files, and `render` makes the page and its tables. Raise OutputError if the folder holds
    other files and none that the same command wrote.
    """
    check_stress_folder(folder, name)
    page, tables = render(document)
    with staged(folder) as stage:
        write_text(stage / f"{name}.json", to_json(document))
        write_text(stage / f"{name}.html", page)
        write_tables(stage, tables)
    return folder / f"{name}.html"


def check_stress_folder(folder: Path, name: str) -> None:
    """Raise OutputError if the folder holds other files and none of this name that an earlier command wrote."""
    if folder.is_dir() and any(not path.name.startswith(".") for path in folder.iterdir()):
        if not (folder / f"{name}.json").is_file():
            raise OutputError(f"{folder} holds other files; name a new folder, or one of its own, with --out")
    elif folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder} is no folder; name another with --out")


def render_basis(document: Json) -> tuple[str, list[Table]]:
    """The page of the basis-trade spiral as HTML, and its tables."""
    values = {
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
    section = Section("basis", "The basis-trade spiral", values)
    words = PageWords(
        title="The basis-trade spiral",
        kicker="What did not happen \N{MIDDLE DOT} Treasuries held against futures",
        question="How many times does what is sold come to market?",
        footer="A small model of forced sales, and no forecast.",
    )
    return render_stress_page(words, (section,)), list(section.every(Table))


def render_reverse(document: Json) -> tuple[str, list[Table]]:
    """The page of reverse stress as HTML, and its tables."""
    names = stress_names(document)
    values = {
        "lines": scales.reverse_lines(document, {named.name: named.label for named in names}),
        "losses": scales.loss_scales_table(document, names),
        "helping": scales.helping_scales_table(document, names),
        "left_out": document["left_out"],
    }
    section = Section("reverse", "How large must it be?", values)
    words = PageWords(
        title="Reverse stress",
        kicker=f"What did not happen \N{MIDDLE DOT} {document['history']['title']}",
        question="How large must a scenario be for a strategy to lose so much, or a hedge to stop helping?",
        footer="Scenarios are no forecasts, and simulated portfolios no advice.",
    )
    return render_stress_page(words, (section,), names), list(section.every(Table))


def render_frequency(document: Json) -> tuple[str, list[Table]]:
    """The page of joint sell-offs that come more often as HTML, and its tables."""
    names = stress_names(document)
    values = {
        "lines": frequency.frequency_lines(document, {named.name: named.label for named in names[1:]}),
        "figure": frequency.sign_change_figure(document, names) if names[1:] else None,
        "turns": frequency.sign_change_table(document, names),
        "outcomes": frequency.frequency_table(document, names),
    }
    section = Section("frequency", "If they came more often", values)
    words = PageWords(
        title="If joint sell-offs came more often",
        kicker=f"What did not happen \N{MIDDLE DOT} {document['history']['title']}",
        question="What becomes of each strategy when stocks and bonds fall together more often?",
        footer="Drawn from the past with other weights, and no forecast.",
    )
    return render_stress_page(words, (section,), names), list(section.every(Table))
