"""The message on a package that is not installed, with the command that installs it."""

import importlib.metadata
import re

REQUIREMENT = re.compile(r"(?P<spec>(?P<name>[\w.-]+)(\[[^]]*\])?[^;\s]*)")


def missing_package(error: BaseException | None) -> str | None:
    """The message if an exception, or one that led to it, is that a required or optional package is not installed.

    Else None: a module that is missing from the program or from inside a package is not the user's mistake.
    """
    while error is not None:
        if isinstance(error, ModuleNotFoundError) and (spec := _requirement(error.name or "")):
            return f"the package {error.name!r} is not installed; pip install '{spec}' installs it"
        error = error.__cause__ or error.__context__
    return None


def _requirement(module: str) -> str | None:
    """The program's requirement for the package of a module, such as "quantstats>=0.0.86"; None without one."""
    for text in importlib.metadata.requires("crisis-backtester") or ():
        found = REQUIREMENT.match(text)
        if found and _normal(found["name"]) == _normal(module):
            return found["spec"]
    return None


def _normal(name: str) -> str:
    """The name of a package or module in one form, since packages write hyphens where modules have underscores."""
    return re.sub(r"[-_.]+", "_", name).lower()
