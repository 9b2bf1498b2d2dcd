"""The least memory that a command may be limited to: with less the libraries' own code ends the process, or never ends.

OpenBLAS, in numpy and in scipy, leaves with status 1 or tries for ever, and no exception reaches Python.
"""

import contextlib

import click

LEAST_MEGABYTES = {"RLIMIT_AS": (1500, "ulimit -v"), "RLIMIT_DATA": (500, "ulimit -d")}  # as measured, and half more


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
