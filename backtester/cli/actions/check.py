"""`strategies check`: every rule of the contract on each strategy named."""

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
    """Check each, print what was found, exit with 1 when a rule was broken."""
    paths = (*plugins, *(Path(name) for name in names if _is_path(name)))
    places = strategy_places(paths)
    find_history(history, data)  # raises what would otherwise be raised in every process
    candidates = [Candidate(name, paths, history, data) for name in _names(names) or places]
    for one in candidates:
        if one.strategy not in places:
            raise unknown_strategy(one.strategy, places)
    with shown_progress() as progress:
        progress(f"Checking {', '.join(one.name for one in candidates)}")
        verdicts = check_candidates(candidates)
    if as_json:
        print_json([_document(one) for one in verdicts])
    else:
        for verdict in verdicts:
            _print(verdict)
    if not all(verdict.passed for verdict in verdicts):
        raise SystemExit(1)


def _is_path(name: str) -> bool:
    """Whether it names a file or a folder of strategies; a run's folder may be called like a strategy."""
    return name.endswith(".py") or "/" in name or any(Path(name).glob("*.py"))


def _names(names: tuple[str, ...]) -> list[str]:
    """The names of the strategies to check: of a file its stem, of a folder every file in it."""
    found: list[str] = []
    for name in names:
        path = Path(name)
        if not _is_path(name):
            found.append(name)
        elif path.is_dir():
            stems = [file.stem for file in sorted(path.glob("*.py")) if not file.name.startswith("_")]
            if not stems:
                raise PluginError(f"no strategy in the folder {path}; a strategy is a .py file")
            found += stems
        else:
            found.append(path.stem)
    return found


def _document(verdict: CheckOutcome) -> dict[str, object]:
    return {
        "name": verdict.name,
        "passed": verdict.passed,
        "cuts": verdict.cuts,
        "findings": [str(finding) for finding in verdict.findings if not finding.warning],
        "warnings": [str(finding) for finding in verdict.findings if finding.warning],
    }


def _print(verdict: CheckOutcome) -> None:
    mark = click.style("pass", fg="green") if verdict.passed else click.style("FAIL", fg="red", bold=True)
    cuts = f"  ({verdict.cuts} cuts)" if verdict.cuts else ""
    click.echo(f"{mark}  {verdict.name}{cuts}", file=answer_stream())
    for finding in verdict.findings:
        say(f"      {finding}")
