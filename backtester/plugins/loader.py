"""Finding and loading strategies, files with a function `weights`: built-ins, users' own, and installed ones."""

import contextlib
import importlib.metadata
import inspect
import linecache
import sys
import types
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from importlib.metadata import EntryPoint
from pathlib import Path

from backtester.errors import PluginError, UnknownStrategyError, did_you_mean, first_line
from backtester.files import bundled, open_regular, sha256
from backtester.plugins.declaration import joined_declaration, read_declaration, read_state_declaration
from backtester.plugins.guard import plugin_code
from backtester.plugins.installed import Installed, imported_anew, module_file, read_installed
from backtester.plugins.labels import check_label
from backtester.plugins.names import ENTRY_POINTS, normal_name
from backtester.plugins.strategy import Strategy

FoundPlace = Path | EntryPoint | PluginError  # a file, an entry point, or the error of a name that two have


@dataclass(frozen=True)
class Library:
    """The loaded strategies by name, and the errors of those that could not be loaded."""

    strategies: dict[str, Strategy] = field(default_factory=dict)
    broken: dict[str, PluginError] = field(default_factory=dict)

    def find(self, name: str) -> Strategy:
        """The strategy of that name, whatever its case and hyphens; raise PluginError if there is none that loads."""
        normal = normal_name(name)
        if error := self.broken.get(normal):
            raise PluginError(str(error)) from error
        if normal not in self.strategies:
            raise unknown_strategy(name, self.strategies)
        return self.strategies[normal]


def unknown_strategy(name: str, known: Iterable[str]) -> UnknownStrategyError:
    """The error for a name that no strategy has, with the nearest of the `known` names."""
    near = did_you_mean(normal_name(name), known)
    where = "" if near.startswith("did") else " (--plugins adds your own)"
    return UnknownStrategyError(f"unknown strategy {name!r}; {near}{where}")


def load_library(paths: Iterable[Path] = (), *, installed: bool = True, only: Collection[str] | None = None) -> Library:
    """All strategies: built-ins, those of the files and folders in `paths`, and those of installed distributions.

    With `only`, strategies of other names are not loaded. Those that fail to load, and names that two distributions
    use, are kept with their errors. Raise PluginError if two files have the same name."""
    library = Library()
    for name, place in strategy_places(paths, installed=installed).items():
        if only is not None and name not in only:
            continue
        try:
            library.strategies[name] = _load(name, place)
        except PluginError as error:
            library.broken[name] = error
    return library


def strategy_places(paths: Iterable[Path] = (), *, installed: bool = True) -> dict[str, FoundPlace]:
    """The place of every strategy by name; none is executed. Raise PluginError if two files have the same name."""
    places: dict[str, FoundPlace] = {}
    for name, place in _named_places(paths, installed):
        first = places.get(name)
        if first is None:
            places[name] = place
        if first is None or isinstance(first, PluginError) or _file_of(first).resolve() == _file_of(place).resolve():
            continue  # the first of the name, a name that clashed before, or the same file named twice
        clash = PluginError(f"two strategies are named {name!r}: {_file_of(first)} and {_file_of(place)}; rename one")
        if isinstance(place, Path):
            raise clash
        places[name] = clash  # raised only if the name is used
    return places


def _named_places(paths: Iterable[Path], installed: bool) -> Iterator[tuple[str, Path | EntryPoint]]:
    """The name and place of each strategy; a name may come twice."""
    for path in [bundled("strategies"), *paths]:
        if path.is_dir():
            files = sorted(file for file in path.glob("*.py") if not file.name.startswith("_"))
        elif path.is_file():
            files = [path]
        else:
            raise PluginError(f"no strategy file or folder at {path}; name a .py file or a folder of them")
        yield from ((normal_name(file.stem), file) for file in files)
    for point in importlib.metadata.entry_points(group=ENTRY_POINTS) if installed else ():
        yield normal_name(point.name), point


def _file_of(place: Path | EntryPoint) -> Path:
    """The file of a place; if the module of an entry point cannot be found, what the entry point names."""
    if isinstance(place, Path):
        return place
    try:
        return module_file(place)
    except PluginError:
        return Path(place.value)


def _load(name: str, place: FoundPlace) -> Strategy:
    if isinstance(place, PluginError):
        raise place
    return load_file(place, name) if isinstance(place, Path) else load_installed(place)


def load_installed(point: EntryPoint) -> Strategy:
    """The strategy that an entry point names; raise PluginError if it does not load."""
    file, installed = module_file(point), read_installed(point)
    return load_strategy(normal_name(point.name), str(file), installed.files[file], installed)


def load_file(path: Path, name: str | None = None) -> Strategy:
    """The strategy in a file, named after it unless `name` is given; raise PluginError if it does not load."""
    try:
        with open_regular(path) as file:
            source = file.read()
    except OSError as error:
        raise PluginError(f"cannot read strategy file {path}: {error.strerror}") from error
    return load_strategy(name or normal_name(path.stem), str(path), source)


def load_strategy(name: str, origin: str, source: bytes, installed: Installed | None = None) -> Strategy:
    """The strategy in the bytes `source` of the file `origin`, which are hashed and executed; an `installed` one can
    import from its own distribution, whose modules are imported anew. Raise PluginError if it does not load."""
    with _executed(name, origin, source, installed) as module:
        strategy = _read(module, name, origin, source)
    return replace(strategy, sha256=installed.sha256, installed=installed) if installed else strategy


def load_anew(strategy: Strategy) -> Strategy:
    """The strategy with its source executed again, so that it has no memory of earlier calls."""
    with _executed(strategy.name, strategy.origin, strategy.source, strategy.installed) as module:
        return replace(strategy, weights=_weights(module), state=getattr(module, "state", None))


@contextlib.contextmanager
def _executed(name: str, origin: str, source: bytes, installed: Installed | None) -> Iterator[types.ModuleType]:
    """The module made by executing a strategy's source. Raise PluginError for any error in it, or in the block."""
    try:
        with plugin_code(), imported_anew(installed) if installed else contextlib.nullcontext():
            yield _execute(name, origin, source, installed.package if installed else "")
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # the plugin's code may raise anything
        message = str(error) if isinstance(error, PluginError) else first_line(error)
        raise PluginError(f"strategy {name!r} ({origin}): {message}") from error


def _weights(module: types.ModuleType) -> Callable[..., object]:
    """The module's function `weights`; raise PluginError if it has none."""
    weights = getattr(module, "weights", None)
    if not inspect.isfunction(weights):
        raise PluginError("no function 'weights'; a strategy is a file with one function of that name")
    return weights


def _read(module: types.ModuleType, name: str, origin: str, source: bytes) -> Strategy:
    """The strategy that a module defines; raise PluginError if a function, setting or LABEL of it is not allowed."""
    weights, state, label = _weights(module), getattr(module, "state", None), getattr(module, "LABEL", None)
    own_declaration = read_declaration(weights)
    state_declaration = None if state is None else read_state_declaration(state, own_declaration)
    declaration = joined_declaration(own_declaration, state_declaration)
    check_label(label, declaration)
    return Strategy(
        name=name,
        origin=origin,
        source=source,
        sha256=sha256(source),
        docstring=inspect.cleandoc(module.__doc__ or ""),
        weights=weights,
        declaration=declaration,
        rebalance=getattr(module, "REBALANCE", None),
        max_leverage=getattr(module, "MAX_LEVERAGE", None),
        band=getattr(module, "BAND", None),
        default_recipe=getattr(module, "DEFAULT_RECIPE", None),
        state=state,
        state_declaration=state_declaration,
        own_declaration=own_declaration,
        label=label,
    )


def _execute(name: str, origin: str, source: bytes, package: str) -> types.ModuleType:
    """The module made by executing the source; raise PluginError, with the line, for any error in it."""
    linecache.checkcache(origin)  # so that a traceback shows the file as it is now
    module = types.ModuleType(f"backtester_strategy_{name}")
    module.__file__, module.__package__ = origin, package
    sys.modules[module.__name__] = module  # dataclasses look their module up there
    try:
        exec(compile(source, origin, "exec"), module.__dict__)  # noqa: S102 - a plugin is code that the user named or installed
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        line = _last_line(error, origin)
        raise PluginError(f"line {line}: {first_line(error)}" if line else first_line(error)) from error
    return module


def _last_line(error: BaseException, origin: str) -> int | None:
    """The line in the file `origin` at which an error was raised, or that is not valid Python; None if not there."""
    if isinstance(error, SyntaxError) and error.filename == origin:
        return error.lineno
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == origin:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def describe_failure(strategy: Strategy, error: BaseException) -> str:
    """One line on an exception that a strategy raised: its file and line, its type, and its message's first line."""
    at = f", line {line}" if (line := _last_line(error, strategy.origin)) else ""
    return f"strategy {strategy.name!r} ({strategy.file}{at}): {first_line(error)}"
