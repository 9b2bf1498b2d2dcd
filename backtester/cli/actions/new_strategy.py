"""Carrying out `strategies new`: writing the file of a new strategy, or a distribution with one."""

import shlex
from pathlib import Path

from backtester.cli.actions.screen import say
from backtester.errors import OutputError
from backtester.files import empty_removed, make_folder, staged, write_text
from backtester.plugins.loader import strategy_places
from backtester.plugins.new_strategy import distribution_files, new_name, strategy_text


def write_strategy(name_given: str, folder: Path, distribution: Path | None, *, overlay: bool) -> None:
    """Write the file, or the distribution, and print what to do next.

    Raise BacktesterError, with nothing written, if the name is not allowed or the file exists.
    """
    name = new_name(name_given, strategy_places(installed=False))
    recipe = f"sixty_forty + {name}" if overlay else name
    if distribution is not None:
        _write_distribution(name, distribution, overlay=overlay)
        say(
            f"Wrote {distribution}; fill in the docstring of {name}.py, then\n"
            f"  pip install -e {shlex.quote(str(distribution))}\n"
            f"  backtester strategies check {name}\n  backtester run '{recipe}'"
        )
        return
    file = folder / f"{name}.py"
    _refuse_existing(file)
    with empty_removed(folder):
        make_folder(folder, option="--folder")
        write_text(file, strategy_text(name, overlay=overlay))
    path = shlex.quote(str(file))
    say(
        f"Wrote {file}; fill in its docstring, then\n"
        f"  backtester strategies check {path}\n  backtester run '{recipe}' --plugins {path}"
    )


def _write_distribution(name: str, folder: Path, *, overlay: bool) -> None:
    files = distribution_files(name, folder.resolve().name, overlay=overlay)
    if not folder.is_dir() or any(folder.iterdir()):
        _refuse_existing(folder)
    with staged(folder) as stage:
        for path, text in files.items():
            (stage / path).parent.mkdir(exist_ok=True)
            write_text(stage / path, text)


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise OutputError(f"{path} is there already; take another name, or remove it")
