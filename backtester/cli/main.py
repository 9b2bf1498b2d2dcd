"""The command `backtester`: finds the command asked for, and reports the user's mistakes in one or two lines."""

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

COMMANDS = {  # name: the module that declares it, and its line in --help, so that --help imports none of them
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


LIBRARY_SETTINGS = {  # of libraries, which read them when they are imported
    "OPENBLAS_NUM_THREADS": "1",  # no product here is large; where memory is short it raises SIGINT
    "ARROW_DEFAULT_MEMORY_POOL": "system",  # its own keeps 40 MB more for a few small files
}
COLLECT_AFTER = 1_000_000  # objects more than were given up; Python's own 700 takes a tenth of a short command
NOT_OURS = (errno.EACCES, errno.ELOOP, errno.ENAMETOOLONG)  # asking whether a path is there can already end in these


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(COMMANDS[cmd_name][0]), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the words name; an unknown one is answered with the nearest."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f"unknown command {args[0]!r}; {did_you_mean(args[0], COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each command with its line."""
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
    _end_like_an_interrupt()
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
        if isinstance(error, OSError) and error.errno in NOT_OURS:
            _fail([one_line(f"cannot use {error.filename}: {error.strerror}; name another file or folder")], 2)
        if lacks_memory(error):
            _end_for_want_of_memory()
        if line := missing_package(error):
            _fail([line], 2)
        raise
    finally:
        end_output()
        gc.freeze()  # else Python, which ends here, looks for cycles in all that there is, several times


def _end_for_want_of_memory() -> NoReturn:
    """Say so and end at once, with as little as that takes: libraries may crash where they are to end in order."""
    with contextlib.suppress(OSError):
        os.write(2, b"Error: out of memory; allow this process more of it, or ask for less\n")
    os._exit(2)


def _refuse_undecodable() -> None:
    """Raise UsageError if a word, which may become part of a file in UTF-8, is no text that can be written so."""
    for word in (*sys.argv[1:], os.environ.get("BACKTESTER_DATA", "")):
        try:
            word.encode()
        except UnicodeEncodeError as error:
            raise click.UsageError(f"{word!r} is not UTF-8; give the file or folder another name") from error


def _end_like_an_interrupt() -> None:
    """Have the signals that end a process raise KeyboardInterrupt, so that nothing is left half-written.

    One that is ignored, as under nohup, stays so.
    """
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


def _fail(lines: list[str], status: int) -> NoReturn:
    """Print the first line as the error, the others on one line as where it happened, and exit."""
    click.echo(f"{click.style('Error:', fg='red', bold=True)} {lines[0]}", err=True)
    if lines[1:]:
        click.echo("  " + "; ".join(lines[1:]), err=True)
    sys.exit(status)
