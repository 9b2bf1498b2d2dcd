"""What every command takes, a line an argument or option, as scripts depend on it."""

from collections.abc import Iterator
from pathlib import Path

import click

from backtester.cli.main import cli

WRITTEN = Path(__file__).with_name("interface.txt")


def written(first: str) -> list[str]:
    """The lines of `interface.txt` for commands that begin with a word."""
    return [line for line in WRITTEN.read_text().splitlines() if line.split()[0] == first]


def taken(first: str) -> list[str]:
    """The same of the program: name, type with bounds, default, and what else it says of itself."""
    context = click.Context(cli)
    command = cli.get_command(context, first)
    assert command is not None
    return list(_lines(first, command))


def _lines(name: str, command: click.Command) -> Iterator[str]:
    if isinstance(command, click.Group):
        for own, one in sorted(command.commands.items()):
            yield from _lines(f"{name} {own}", one)
        return
    for parameter in command.params:
        yield " ".join((name, *_words(parameter)))


def _words(parameter: click.Parameter) -> Iterator[str]:
    yield "/".join(parameter.opts)
    if isinstance(parameter.type, click.Path):
        kinds = {"file": parameter.type.file_okay, "folder": parameter.type.dir_okay}
        yield " or ".join(kind for kind, is_taken in kinds.items() if is_taken)
    else:
        yield repr(parameter.type)
    said = parameter.to_info_dict()
    if said["default"] is not None and "UNSET" not in str(said["default"]).upper():
        yield f"default {said['default']!r}"
    yield from (name for name in ("required", "multiple", "is_flag", "hidden") if said.get(name))
    if parameter.nargs != 1:
        yield f"{parameter.nargs} values"
