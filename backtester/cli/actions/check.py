"""`strategies check`: every rule of the contract on each strategy named."""

from pathlib import Path
from typing import Any

import click

from backtester.cli.actions.screen import print_json, say, told_progress
from backtester.contract.check import Check, check_recipe
from backtester.errors import BacktesterError, PluginError
from backtester.histories.manifest import History, find_history
from backtester.histories.market import build_market
from backtester.plugins.loader import Library, load_library
from backtester.plugins.recipes import Recipe, parse_recipe
from backtester.runs.reads import roles_read

BASE = "sixty_forty"


def check_strategies(
    names: tuple[str, ...], plugins: tuple[Path, ...], history: str, data: Path | None, *, as_json: bool
) -> None:
    """Check each, print what was found, exit with 1 when a rule was broken."""
    files = [Path(name) for name in names if _is_path(name)]
    library = load_library([*plugins, *files])
    whole = find_history(history, data)
    told = []
    with told_progress() as tell:
        for name in _names(names, library):
            tell(f"Checking {name}")
            told.append(_told(name, library, whole))
    if as_json:
        print_json(told)
    else:
        for one in told:
            _print(one)
    if not all(one["passed"] for one in told):
        raise SystemExit(1)


def _is_path(name: str) -> bool:
    """Whether it names a file or a folder of strategies; a run's folder may be called like a strategy."""
    return name.endswith(".py") or "/" in name or any(Path(name).glob("*.py"))


def _names(names: tuple[str, ...], library: Library) -> list[str]:
    """What to check, by name: of a file its stem, of a folder every file in it, without names everything at hand."""
    if not names:
        return [*library.strategies, *library.broken]
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


def _told(name: str, library: Library, history: History) -> dict[str, Any]:
    try:
        recipe = _recipe(name, library)
    except BacktesterError as error:
        if name not in library.broken:
            raise
        return {"name": name, "passed": False, "cuts": 0, "findings": [f"does not load: {error}"]}
    check: Check = check_recipe(recipe, build_market(history, roles=roles_read([recipe], history)))
    return {
        "name": recipe.steps[-1].spelled(recipe.steps[-1].stated),
        "passed": check.passed,
        "cuts": check.cuts,
        "findings": [str(finding) for finding in check.findings],
    }


def _recipe(name: str, library: Library) -> Recipe:
    """The strategy as a recipe of its own, an overlay on top of 60/40."""
    strategy = library.find(name.partition("(")[0].strip())
    return parse_recipe(f"{BASE} + {name}" if strategy.is_overlay else name, library)


def _print(told: dict[str, Any]) -> None:
    mark = click.style("pass", fg="green") if told["passed"] else click.style("FAIL", fg="red", bold=True)
    cuts = f"  ({told['cuts']} cuts)" if told["cuts"] else ""
    click.echo(f"{mark}  {told['name']}{cuts}")
    for finding in told["findings"]:
        say(f"      {finding}")
