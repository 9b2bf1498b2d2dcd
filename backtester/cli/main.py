"""The program `backtester`: it runs the command asked for, and reports the user's mistakes in one or two lines."""

import contextlib
import errno
import gc
import importlib
import importlib.metadata
import os
import signal
import sys
from typing import NoReturn

import click

from backtester.cli.least_memory import check_memory
from backtester.cli.missing import missing_package
from backtester.cli.streams import end_output, open_streams
from backtester.errors import BacktesterError, did_you_mean, lacks_memory, one_line

COMMANDS = {  # by name the module that declares it, and its line in --help, for which no module is imported
    "run": ("backtester.cli.run", "Backtest recipes and write a tearsheet on joint stock-bond drawdowns."),
    "compare": (
        "backtester.cli.compare",
        "Put several runs side by side on one page, or say what changed.",
    ),
    "report": ("backtester.cli.report", "Make the tearsheet of a run's folder again, without simulating."),
    "stress": ("backtester.cli.stress", "Put strategies through scenarios of what has not happened."),
    "verify": (
        "backtester.cli.verify",
        "Run a run, or some of a study's jobs, again, and print the largest difference from the folder.",
    ),
    "batch": ("backtester.cli.batch", "Run a study: many recipes over grids of settings."),
    "strategies": ("backtester.cli.strategies", "List, show, write and check strategies, and their evidence."),
    "data": ("backtester.cli.data", "List, show, check, build, fetch, import and remove histories."),
}


LIBRARY_SETTINGS = {  # environment variables that libraries read when they are imported
    "OPENBLAS_NUM_THREADS": "1",  # matrices are small here, and threads that lack memory raise SIGINT
    "ARROW_DEFAULT_MEMORY_POOL": "system",  # Arrow's own pool keeps 40 MB more for a few small files
}
# Garbage collection starts after so many new objects; at Python's default, 700, it takes a tenth of a short command.
COLLECT_AFTER = 1_000_000
# errors of a path that the user named; even the question whether it exists can raise them
PATH_ERRORS = (errno.EACCES, errno.ELOOP, errno.ENAMETOOLONG)


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands, in the order in which they are usually used."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, whose module is imported now; None if there is none."""
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(COMMANDS[cmd_name][0]), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the words name. Raise UsageError, with the nearest name, if there is none."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f"unknown command {args[0]!r}; {did_you_mean(args[0], COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each command with its line."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


def _print_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(f"backtester {importlib.metadata.version('crisis-backtester')}")
        ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version, help="Show the version."
)
def cli() -> None:
    """Does this hedge pay when stocks and bonds fall together, how surely, and what does it cost the rest of the time?

    `backtester run` with nothing else backtests 60/40 and five hedged variants on the history that comes with it.
    """


def main() -> NoReturn:
    """Run the command line and exit: 0 done, 1 some job or check failed, 2 the user's mistake."""
    open_streams()
    for name, value in LIBRARY_SETTINGS.items():
        os.environ.setdefault(name, value)
    _interrupt_on_signals()
    gc.set_threshold(COLLECT_AFTER)
    try:
        check_memory()
        _refuse_undecodable()
        status = cli.main(prog_name="backtester", standalone_mode=False) or 0
        sys.stdout.flush()
        sys.exit(status)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(2)
    except click.UsageError as error:
        hint = f"see '{error.ctx.command_path} --help'" if error.ctx else "see 'backtester --help'"
        _fail([error.format_message(), hint], error.exit_code)
    except click.ClickException as error:
        _fail([error.format_message()], 2)
    except click.Abort:
        _fail(["stopped"], 130)
    except BacktesterError as error:
        _fail(error.lines(), 2)
    except KeyboardInterrupt:
        _fail(["stopped"], 130)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in PATH_ERRORS:
            _fail([one_line(f"cannot use {error.filename}: {error.strerror}; name another file or folder")], 2)
        if lacks_memory(error):
            _end_without_memory()
        if line := missing_package(error):
            _fail([line], 2)
        raise
    finally:
        end_output()
        gc.freeze()  # else Python searches all objects for cycles several times while it ends


def _end_without_memory() -> NoReturn:
    """Say that memory ran out and end at once: an orderly end needs memory, for want of which libraries may crash."""
    with contextlib.suppress(OSError):
        os.write(2, b"Error: out of memory; allow this process more of it, or ask for less\n")
    os._exit(2)


def _refuse_undecodable() -> None:
    """Raise UsageError if an argument, or the data folder, cannot be encoded in UTF-8, as the files of a run are."""
    for word in (*sys.argv[1:], os.environ.get("BACKTESTER_DATA", "")):
        try:
            word.encode()
        except UnicodeEncodeError as error:
            raise click.UsageError(f"{word!r} is not UTF-8; give the file or folder another name") from error


def _interrupt_on_signals() -> None:
    """Have SIGTERM and SIGHUP raise KeyboardInterrupt, so that temporary files are removed.

    A signal that is ignored, as under nohup, stays ignored.
    """
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


def _fail(lines: list[str], status: int) -> NoReturn:
    """Print the first line as the error, the others on one line below it as its context, and exit."""
    click.echo(f"{click.style('Error:', fg='red', bold=True)} {lines[0]}", err=True)
    if lines[1:]:
        click.echo("  " + "; ".join(lines[1:]), err=True)
    sys.exit(status)
