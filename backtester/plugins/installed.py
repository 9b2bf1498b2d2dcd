"""Strategies in installed distributions: the module of an entry point, and all Python files of its distribution.

Such a strategy is identified, on this machine or another, by its distribution and one hash of all its .py files. Name
and version would not suffice: an editable installation keeps both while its files change.
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

FUNCTION = "weights"
MAX_PLUGIN_BYTES = 10_000_000  # of one file


@dataclass(frozen=True)
class Installed:
    """An installed strategy: its distribution, its module, the package for relative imports, and all .py files of the
    distribution by path."""

    distribution: str
    module: str
    package: str
    files: Mapping[Path, bytes]

    @property
    def sha256(self) -> str:
        """The hash of all its files: of their paths, from the top package on, and their bytes."""
        parts = sorted((_importable(path, self.module), sha256(content)) for path, content in self.files.items())
        return sha256("\n".join(f"{name} {content}" for name, content in parts).encode())


def module_file(point: EntryPoint) -> Path:
    """The file of the module that an entry point names, as `package.module` or `package.module:weights`.

    Raise PluginError if there is none, or it names another function.
    """
    return Path(str(_spec(point).origin)).resolve()


def read_installed(point: EntryPoint) -> Installed:
    """The installed strategy of an entry point. Raise PluginError if its files cannot be read."""
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
    """Have the distribution's modules count as not imported in the block, and restore them after it."""
    places = {str(path) for path in installed.files}
    own = {name: module for name, module in sys.modules.items() if getattr(module, "__file__", None) in places}
    for name in own:
        del sys.modules[name]
    try:
        yield
    finally:
        sys.modules.update(own)


def _spec(point: EntryPoint) -> ModuleSpec:
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
    """The .py files that the distribution lists, and those of the strategy's own package, which an editable
    installation does not list."""
    for path in (distribution.files if distribution else None) or ():
        file = Path(str(path.locate()))
        if file.suffix == ".py" and file.is_file():
            yield file.resolve()
    top = importlib.util.find_spec(module.partition(".")[0])
    for folder in (top.submodule_search_locations if top else None) or ():
        yield from (file.resolve() for file in Path(folder).rglob("*.py"))
    if top and top.origin and not top.submodule_search_locations:
        yield Path(top.origin).resolve()


def _importable(path: Path, module: str) -> str:
    """The path from the strategy's top package on, or the file's name if it lies elsewhere."""
    parts = path.parts
    top = module.partition(".")[0]
    return "/".join(parts[len(parts) - 1 - parts[::-1].index(top) :] if top in parts else parts[-1:])
