"""Carrying out `backtester run`: the run, its folder with a tearsheet, and the summary on the terminal.

The document is a run's results as JSON. A rhythm is how often sessions come, daily to quarterly.
"""

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from backtester.cli.actions.run_screen import print_summary, shown_progress, warn_if_uncached
from backtester.cli.actions.screen import note, print_json, say, warn
from backtester.engine.execution import Execution
from backtester.errors import did_you_mean
from backtester.histories.age import age_note
from backtester.histories.forms import FORM_WORDS
from backtester.pages.format import percent
from backtester.runs.folder import check_run_place, write_run_files
from backtester.runs.manifest import run_key
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings
from backtester.runs.summary import summary
from backtester.tearsheet.publish import Pages, publish

NOT_SETTINGS = (  # options that are no settings of a run, or need to be converted first
    "allow_look_ahead",
    "out",
    "plotly",
    "classic",
    "as_json",
    "cost_bps",
    "series",
    "column",
    "form",
    "sep",
)
EXECUTION_OPTIONS = tuple(name for name in Execution.model_fields if name != "costs")


def run_settings(params: Mapping[str, Any]) -> RunSettings:
    """The settings that the options of `run` state; raise UsageError if one refuses its value."""
    others = {name: value for name, value in params.items() if name not in (*NOT_SETTINGS, *EXECUTION_OPTIONS)}
    others["series"] = _series(params)
    others["sep"] = "\t" if params["sep"] == "tab" else params["sep"]
    try:
        execution = Execution(costs=params["cost_bps"], **{name: params[name] for name in EXECUTION_OPTIONS})
        return RunSettings(execution=execution, **others)
    except ValidationError as error:
        first = error.errors()[0]
        option = "".join(f"--{part} ".replace("_", "-") for part in first["loc"])
        raise click.UsageError(option + first["msg"].removeprefix("Value error, ")) from error


def _series(params: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The file, column and form of each --series. Raise UsageError if a column or form is of another name."""
    series = {name: {"file": file} for name, file in params["series"].items()}
    for option in ("column", "form"):
        for name, value in params[option].items():
            if name not in series:
                raise click.UsageError(f"--{option} {name}={value}: there is no --series {name}=FILE.csv")
            if option == "form" and value not in FORM_WORDS:
                raise click.UsageError(f"--form {name}={value}: {did_you_mean(value, FORM_WORDS)}")
            series[name][option] = value
    return series


def run_to_folder(settings: RunSettings, out: Path | None, *, beside: bool, classic: bool, as_json: bool) -> bool:
    """Carry the run out, write its folder and print the summary; return whether no strategy looks ahead.

    With `beside`, plotly.js is beside the page, not in it; `classic` adds quantstats' reports.
    """
    if out is not None:
        check_run_place(out)  # raise an error before the work, not after it
    home = Path.cwd()  # before any plugin is loaded: one may change the working folder
    with shown_progress() as progress:
        result = carry_out(settings, progress)
        folder = out or Path("runs") / f"{settings.history}-{run_key(result)[:8]}"
        results = [result]  # `pop` below takes it out, so that its memory is free while pages are made
        del result
        progress("Writing the tearsheet")
        pages = Pages(home / folder if beside else None, classic)
        document = publish(lambda stage: write_run_files(results.pop(), stage), home / folder, pages)
    warn_if_uncached()
    for message in document["notes"]:
        note(message)
    for message in document["left_out"]:
        warn(f"left out {message}")
    for strategy in document["strategies"]:
        for finding in strategy["findings"]:
            warn(f"{strategy['name']}: {finding}")
        if strategy["ruin_date"]:
            warn(f"{strategy['name']}: ruined on {strategy['ruin_date']}; its value stays at zero from there on")
        for ended in strategy["ended"]:
            what = f"{ended['asset']} ended on {ended['last']}; {percent(ended['weight'])} of the portfolio"
            warn(f"{strategy['name']}: {what}, and its weight since, went to cash")
    if as_json:
        print_json(document)
    else:
        last = datetime.date.fromisoformat(document["history"]["last"])
        may_be_old = settings.rhythm == "quarter"  # its last session may be three months ago
        today = datetime.date.today()
        if settings.end is None and not may_be_old and (text := age_note(settings.history, last, today)):
            note(text)
        print_summary(summary(document))
        say(f"\nTearsheet: {folder / document['files']['tearsheet']}")
    return all(strategy["causal"] is not False for strategy in document["strategies"])
