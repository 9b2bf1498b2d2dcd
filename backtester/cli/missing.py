"""A package that is not installed, in a line with the command that installs it."""

import importlib.metadata
import re

REQUIREMENT = re.compile(r"(?P<spec>(?P<name>[\w.-]+)(\[[^]]*\])?[^;\s]*)")


def missing_package(error: BaseException | None) -> str | None:
    """The line, where the exception, or one that led to it, is that a package which we require or offer an extra for
    cannot be found; else None: a module that is missing from our own code, or from a package, is no user's mistake."""
    while error is not None:
        if isinstance(error, ModuleNotFoundError) and (spec := _requirement(error.name or "")):
            return f"the package {error.name!r} is not installed; pip install '{spec}' installs it"
        error = error.__cause__ or error.__context__
    return None


def _requirement(module: str) -> str | None:
    """The requirement of our metadata for the package of a module, such as `quantstats>=0.0.86`; None without one."""
    for text in importlib.metadata.requires("crisis-backtester") or ():
        found = REQUIREMENT.match(text)
        if found and _normal(found["name"]) == _normal(module):
            return found["spec"]
    return None


def _normal(name: str) -> str:
    """A name as packages and modules share it."""
    return re.sub(r"[-_.]+", "_", name).lower()
