"""Strategies in installed distributions: the module that an entry point names, and the distribution's Python files.

Such a strategy is identified, on this machine or another, by its distribution and a hash of all .py files of it. The
version would not do: an editable installation keeps it while its files change.
"""

import contextlib
import importlib.metadata
import importlib.util
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from importlib.metadata import EntryPoint
from pathlib import Path

from backtester.errors import PluginError
from backtester.files import read_limited, sha256
from backtester.plugins.guard import plugin_code

FUNCTION = "weights"  # the only function that an entry point may name
MAX_PLUGIN_BYTES = 10_000_000  # of one file


@dataclass(frozen=True)
class Installed:
    """The files of an installed strategy: the names of its distribution and module, the package from which the module's
    relative imports start, and all .py files of the distribution by path."""

    distribution: str
    module: str
    package: str
    files: Mapping[Path, bytes]

    @property
    def sha256(self) -> str:
        """The hash of all files: of their paths from the top package on, and their content."""
        parts = sorted((_path_in_package(path, self.module), sha256(content)) for path, content in self.files.items())
        return sha256("\n".join(f"{name} {content}" for name, content in parts).encode())


def module_file(point: EntryPoint) -> Path:
    """The file of the module that an entry point names.

    Raise PluginError if there is none, or the entry point names another function than `weights`.
    """
    return Path(str(_spec(point).origin)).resolve()


def read_installed(point: EntryPoint) -> Installed:
    """The files of the strategy that an entry point names; raise PluginError if they cannot be read."""
    spec = _spec(point)
    module = spec.name
    distribution = point.dist.name if point.dist is not None else module.partition(".")[0]
    paths = {path for path in _files_of(module, point.dist) if not path.name.startswith("__editable__")}
    try:
        return Installed(
            distribution,
            module,
            spec.parent or "",
            {path: read_limited(path, MAX_PLUGIN_BYTES) for path in sorted(paths)},
        )
    except OSError as error:
        raise PluginError(f"cannot read {error.filename} of {distribution!r}: {error.strerror}") from error


@contextlib.contextmanager
def imported_anew(installed: Installed) -> Iterator[None]:
    """Import the distribution's modules anew in the block; after it, the modules imported before are back.

    So a strategy that is loaded again has no memory of calls in its other modules either.
    """
    files = {str(path) for path in installed.files}
    imported = {name: module for name, module in sys.modules.items() if getattr(module, "__file__", None) in files}
    for name in imported:
        del sys.modules[name]
    try:
        yield
    finally:
        sys.modules.update(imported)


def _spec(point: EntryPoint) -> ModuleSpec:
    """The import spec of an entry point's module; raise PluginError if it has none, or names another function."""
    try:
        with plugin_code():
            module, function = point.module, point.attr
            spec = importlib.util.find_spec(module)
    except (Exception, SystemExit):  # finding a module imports the packages above it: they may raise anything
        spec, function = None, ""
    if function not in ("", None, FUNCTION):
        raise PluginError(
            f"entry point {point.name!r} names {point.value!r}; a module is needed, or its function {FUNCTION!r}"
        )
    if spec is None or spec.origin is None:
        raise PluginError(f"entry point {point.name!r} names no module {point.value!r}; reinstall its distribution")
    return spec


def _files_of(module: str, distribution: importlib.metadata.Distribution | None) -> Iterator[Path]:
    """The .py files that the distribution lists, and those in the strategy's top package, which an editable
    installation does not list; a file may come twice."""
    for path in (distribution.files if distribution else None) or ():
        file = Path(str(path.locate()))
        if file.suffix == ".py" and file.is_file():
            yield file.resolve()
    top = importlib.util.find_spec(module.partition(".")[0])
    for folder in (top.submodule_search_locations if top else None) or ():
        yield from (file.resolve() for file in Path(folder).rglob("*.py"))
    if top and top.origin and not top.submodule_search_locations:
        yield Path(top.origin).resolve()


def _path_in_package(path: Path, module: str) -> str:
    """The path from the strategy's top package on, or the file's name if it is not in the package.

    It is the same on every machine, whatever folder the package is installed in.
    """
    parts = path.parts
    top = module.partition(".")[0]
    if top not in parts:
        return path.name
    last_index_of_top = len(parts) - 1 - parts[::-1].index(top)
    return "/".join(parts[last_index_of_top:])
