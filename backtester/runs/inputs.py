"""Reading what a run's settings name: the history with added series, the strategies, and notes on both.

A role is the name under which a history has a series, such as `stocks`; a recipe, a base strategy and the overlays that
change its weights.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from backtester.errors import DataError, RecipeError
from backtester.files import read_limited, sha256
from backtester.histories.added import absent_at_end, add_series, refuse_slower
from backtester.histories.blueprints.columns import choose_column
from backtester.histories.forms import FORM_WORDS, as_levels, infer_form
from backtester.histories.manifest import History, find_history
from backtester.histories.market import Market, build_market
from backtester.histories.providers.parse import CsvTable, read_csv_table
from backtester.histories.providers.rows import MAX_CSV_BYTES, Dialect
from backtester.histories.rhythm import moved_to_period_ends
from backtester.pages.format import numbered
from backtester.plugins.from_code import weights_strategy
from backtester.plugins.loader import Library, load_library
from backtester.plugins.names import normal_name
from backtester.plugins.recipes import STEP_TEXT, Recipe, default_recipes, parse_recipe
from backtester.runs.manifest import run_command
from backtester.runs.settings import RunSettings, SeriesFile, refuse_too_many

Note = Callable[[str], None]  # called with a remark for the user


@dataclass(frozen=True)
class RunInputs:
    """What a run works on.

    `recipes` are distinct, the reference first. `market` is None unless it was built already from the history. `notes`
    are shown with the results, and `command` repeats the run. Verdicts allow for `tried` strategies, None for the
    number of recipes.
    """

    recipes: list[Recipe]
    history: History
    market: Market | None
    notes: tuple[str, ...]
    command: str
    tried: int | None = None


def read_inputs(settings: RunSettings) -> RunInputs:
    """The inputs that the settings name."""
    notes: list[str] = []
    history, library = read_history(settings, notes.append), read_library(settings, notes.append)
    compared = settings.compared
    if not compared:
        compared = tuple(default_recipes(library, settings.reference))
        notes += [f"{name} is left out: 'strategies show {name}' says why it does not load" for name in library.broken]
    recipes = distinct([parse_recipe(text, library) for text in (settings.reference, *compared)])
    return RunInputs(recipes, history, market=None, notes=tuple(notes), command=run_command(settings))


def read_history(settings: RunSettings, note: Note) -> History:
    """The history with the series of the settings' files added; `note` is called with remarks on them."""
    history = find_history(settings.history, settings.data)
    if settings.series:
        market = build_market(history, roles=["stocks"], rhythm=settings.rhythm)
        for role, file in settings.series.items():
            history = _with_series(history, market, role, file, settings, note)
    return history


def read_library(settings: RunSettings, note: Note) -> Library:
    """The available strategies, with one for each file of weights in the settings.

    `note` is called with remarks on the files. Raise RecipeError if a name is invalid or taken.
    """
    library = load_library(settings.plugins)
    for title, file in settings.weights.items():
        name = normal_name(title)
        if not STEP_TEXT.fullmatch(name) or "(" in name:
            raise RecipeError(
                f"--weights {title}={file.name}: {title!r} is no name for a strategy; take letters, digits, _"
            )
        if name in library.strategies or name in library.broken:
            raise RecipeError(f"--weights {title}={file.name}: there is a strategy {name!r} already; take another name")
        content, table = _read(file, settings, name, note)
        frame = pd.DataFrame({heading: table.column(heading) for heading in table.headings})
        library.strategies[name] = weights_strategy(name, file.name, content, frame)
        span = f"{frame.index[0].date()} to {frame.index[-1].date()}"
        text = f"{name}: {numbered(len(frame), 'row')} of weights, {span}, from {file.name}"
        note(f"{text}; whether they look ahead cannot be checked")

    return library


def distinct(recipes: list[Recipe]) -> list[Recipe]:
    """The recipes without repetitions, in order; raise RecipeError if they are too many for one page."""
    first_of: dict[str, Recipe] = {}
    for recipe in recipes:
        first_of.setdefault(recipe.full, recipe)
    refuse_too_many(len(first_of) - 1)
    return list(first_of.values())


def _with_series(
    history: History, market: Market, role: str, file: SeriesFile, settings: RunSettings, note: Note
) -> History:
    """The history with the series of a file added as `role`, converted to levels; `market` has its sessions."""
    name = file.file.name
    content, table = _read(file.file, settings, role, note)
    try:
        heading, why = choose_column(table, file.column, "total_return")
    except DataError as error:
        error.add_note(f"of --series {role}={name}; say --column {role}=COLUMN")
        raise
    values = table.column(heading).dropna()
    if not len(values):
        raise DataError(f"{name} has no value in its column {heading!r}; take another with --column {role}=COLUMN")
    if settings.period_starts:
        values.index = moved_to_period_ends(pd.DatetimeIndex(values.index))
    refuse_slower(name, values, history.name, market.rhythm)
    form = file.form or infer_form(name, values)
    column = f", column {heading!r}{f' ({why})' if why else ''}" if len(table.headings) > 1 else ""
    span = f"{values.index[0].date()} to {values.index[-1].date()}"
    note(f"{role}: {len(values):,} {FORM_WORDS[form]}, {span}, from {name}{column}")
    levels = as_levels(name, values, form, market.sessions)
    last = market.sessions[-1] if settings.end is None else min(market.sessions[-1], pd.Timestamp(settings.end))
    absent, ended = absent_at_end(role, levels, last)
    keys = {"kind": "total_return", "unit": FORM_WORDS[form], "source": name, "licence": "not stated", **absent}
    added = add_series(history, role, keys, levels, (name, sha256(content)))
    for text in (*ended, *added.notes):
        note(text)
    return added.history


def _read(file: Path, settings: RunSettings, name: str, note: Note) -> tuple[bytes, CsvTable]:
    """The content of a csv file and the table in it; raise DataError if the file cannot be read.

    `note` is called with remarks, which begin with `name`, that of the series or the strategy.
    """
    try:
        content = read_limited(file, MAX_CSV_BYTES)
    except OSError as error:
        raise DataError(f"cannot read {file}: {error.strerror}") from error
    dialect = Dialect(settings.date_format, settings.decimal, settings.sep)
    return content, read_csv_table(content, file.name, dialect, note=lambda text: note(f"{name}: {text}"))
