"""Carrying out `strategies check`: every rule of `backtester.contract` is checked on each strategy."""

from pathlib import Path

import click

from backtester.batch.checks import Candidate, CheckOutcome, check_candidates
from backtester.cli.actions.run_screen import shown_progress
from backtester.cli.actions.screen import print_json, say
from backtester.cli.streams import answer_stream
from backtester.errors import PluginError
from backtester.histories.manifest import find_history
from backtester.plugins.loader import strategy_places, unknown_strategy


def check_strategies(
    names: tuple[str, ...], plugins: tuple[Path, ...], history: str, data: Path | None, *, as_json: bool
) -> None:
    """Check the strategies and print the findings. Raise SystemExit with status 1 if a rule was broken."""
    paths = (*plugins, *(Path(name) for name in names if _is_path(name)))
    places = strategy_places(paths)
    find_history(history, data)  # raise an error here, and not in each process
    candidates = [Candidate(name, paths, history, data) for name in _names(names) or places]
    for candidate in candidates:
        if candidate.strategy not in places:
            raise unknown_strategy(candidate.strategy, places)
    with shown_progress() as progress:
        progress(f"Checking {', '.join(candidate.name for candidate in candidates)}")
        verdicts = check_candidates(candidates)
    if as_json:
        print_json([_document(verdict) for verdict in verdicts])
    else:
        for verdict in verdicts:
            _print(verdict)
    if not all(verdict.passed for verdict in verdicts):
        raise SystemExit(1)


def _is_path(name: str) -> bool:
    """Whether an argument names a file or a folder of strategies, and not a strategy.

    A folder counts only if it has .py files: the folder of a run may have the name of a strategy.
    """
    return name.endswith(".py") or "/" in name or any(Path(name).glob("*.py"))


def _names(names: tuple[str, ...]) -> list[str]:
    """The names of the strategies to check: a file's name without .py, and those of all files in a folder.

    Raise PluginError if a folder has none.
    """
    strategy_names: list[str] = []
    for name in names:
        path = Path(name)
        if not _is_path(name):
            strategy_names.append(name)
        elif path.is_dir():
            stems = [file.stem for file in sorted(path.glob("*.py")) if not file.name.startswith("_")]
            if not stems:
                raise PluginError(f"no strategy in the folder {path}; a strategy is a .py file")
            strategy_names += stems
        else:
            strategy_names.append(path.stem)
    return strategy_names


def _document(verdict: CheckOutcome) -> dict[str, object]:
    """The verdict as JSON."""
    return {
        "name": verdict.name,
        "passed": verdict.passed,
        "cuts": verdict.cuts,
        "findings": [str(finding) for finding in verdict.findings if not finding.warning],
        "warnings": [str(finding) for finding in verdict.findings if finding.warning],
    }


def _print(verdict: CheckOutcome) -> None:
    """Print the verdict in a line, with the number of cut histories that were tried, and each finding below it."""
    mark = click.style("pass", fg="green") if verdict.passed else click.style("FAIL", fg="red", bold=True)
    cuts = f"  ({verdict.cuts} cuts)" if verdict.cuts else ""
    click.echo(f"{mark}  {verdict.name}{cuts}", file=answer_stream())
    for finding in verdict.findings:
        say(f"      {finding}")
