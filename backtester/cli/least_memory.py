"""The lowest limit on memory with which a command can run: below it, libraries end the process, or hang.

OpenBLAS, which numpy and scipy contain, then exits with status 1 or tries again for ever, and raises no exception.
"""

import contextlib

import click

# by limit the megabytes, half more than were measured to suffice, and the shell's command that sets the limit
LEAST_MEGABYTES = {"RLIMIT_AS": (1500, "ulimit -v"), "RLIMIT_DATA": (500, "ulimit -d")}


def check_memory() -> None:
    """Raise ClickException if this process is limited to less memory than the libraries need."""
    with contextlib.suppress(ImportError):
        import resource  # there is none on Windows

        for name, (least, command) in LEAST_MEGABYTES.items():
            limit = resource.getrlimit(getattr(resource, name))[0]
            if limit not in (resource.RLIM_INFINITY, -1) and limit < least * 1_000_000:
                raise click.ClickException(
                    f"out of memory: {command!r} allows {limit // 1_000_000} MB, and a command needs {least}; raise it"
                )
