"""Finding and loading strategies, in the same way for built-ins, users' files and installed distributions."""

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

FoundPlace = Path | EntryPoint | PluginError  # a file, an entry point, or the error of a name that two share


@dataclass(frozen=True)
class Library:
    """The loaded strategies by name, and the errors of those that could not be loaded."""

    strategies: dict[str, Strategy] = field(default_factory=dict)
    broken: dict[str, PluginError] = field(default_factory=dict)

    def find(self, name: str) -> Strategy:
        """The strategy of that name, whatever its case and hyphens; raise PluginError if there is none that loads."""
        plain = normal_name(name)
        if plain in self.broken:
            raise PluginError(str(self.broken[plain])) from self.broken[plain]
        if plain not in self.strategies:
            raise unknown_strategy(name, self.strategies)
        return self.strategies[plain]


def unknown_strategy(name: str, known: Iterable[str]) -> UnknownStrategyError:
    """The error for a name that no strategy has."""
    near = did_you_mean(normal_name(name), known)
    near += "" if near.startswith("did") else " (--plugins adds your own)"
    return UnknownStrategyError(f"unknown strategy {name!r}; {near}")


def load_library(paths: Iterable[Path] = (), *, installed: bool = True, only: Collection[str] | None = None) -> Library:
    """Every strategy: built-ins, then the files and folders in `paths`, then those of installed distributions.

    With `only`, just those of these names. Strategies that fail to load, and names that two distributions use, are kept
    with their errors. Raise PluginError if two files have one name.
    """
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
    """The place of every strategy by name; none is executed. Raise PluginError as `load_library` does."""
    places: dict[str, FoundPlace] = {}
    for name, place in _found(paths, installed):
        known = places.get(name)
        if known is None:
            places[name] = place
        if known is None or isinstance(known, PluginError) or _shown(known).resolve() == _shown(place).resolve():
            continue
        clash = PluginError(f"two strategies are named {name!r}: {_shown(known)} and {_shown(place)}; rename one")
        if isinstance(place, Path):
            raise clash
        places[name] = clash  # the user who installed it may not know this name
    return places


def _found(paths: Iterable[Path], installed: bool) -> Iterator[tuple[str, Path | EntryPoint]]:
    for path in [bundled("strategies"), *paths]:
        if path.is_dir():
            files = sorted(file for file in path.glob("*.py") if not file.name.startswith("_"))
        elif path.is_file():
            files = [path]
        else:
            raise PluginError(f"no strategy file or folder at {path}; --plugins takes a .py file or a folder of them")
        yield from ((normal_name(file.stem), file) for file in files)
    for point in importlib.metadata.entry_points(group=ENTRY_POINTS) if installed else ():
        yield normal_name(point.name), point


def _shown(place: Path | EntryPoint) -> Path:
    """The file of a place, or the name of an entry point whose module cannot be found."""
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
    """The strategy in these bytes, which are hashed and executed. Raise PluginError if it does not load.

    An installed one can import from its own distribution, also relatively; all its modules are executed again.
    """
    with _executed(name, origin, source, installed) as module:
        own = _read(module, name, origin, source)
    return replace(own, sha256=installed.sha256, installed=installed) if installed else own


def load_anew(strategy: Strategy) -> Strategy:
    """The strategy with its source executed again, so that it has no memory of calls; its declaration is kept."""
    with _executed(strategy.name, strategy.origin, strategy.source, strategy.installed) as module:
        return replace(strategy, weights=_weights(module), state=getattr(module, "state", None))


@contextlib.contextmanager
def _executed(name: str, origin: str, source: bytes, installed: Installed | None) -> Iterator[types.ModuleType]:
    """The module of a strategy's source, executed. Raise PluginError for any error in it or in the block."""
    try:
        with plugin_code(), imported_anew(installed) if installed else contextlib.nullcontext():
            yield _execute(name, origin, source, installed.package if installed else "")
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # the plugin's code may raise anything
        message = str(error) if isinstance(error, PluginError) else first_line(error)
        raise PluginError(f"strategy {name!r} ({origin}): {message}") from error


def _weights(module: types.ModuleType) -> Callable[..., object]:
    weights = getattr(module, "weights", None)
    if not inspect.isfunction(weights):
        raise PluginError("no function 'weights'; a strategy is a file with one function of that name")
    return weights


def _read(module: types.ModuleType, name: str, origin: str, source: bytes) -> Strategy:
    weights = _weights(module)
    own, label = read_declaration(weights), getattr(module, "LABEL", None)
    state = getattr(module, "state", None)
    declared = None if state is None else read_state_declaration(state, own)
    declaration = joined_declaration(own, declared)
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
        state_declaration=declared,
        own_declaration=own,
        label=label,
    )


def _execute(name: str, origin: str, source: bytes, package: str) -> types.ModuleType:
    linecache.checkcache(origin)
    module = sys.modules[f"backtester_strategy_{name}"] = types.ModuleType(f"backtester_strategy_{name}")
    module.__file__, module.__package__ = origin, package  # in sys.modules, where dataclasses look it up by name
    try:
        exec(compile(source, origin, "exec"), module.__dict__)  # noqa: S102 - a plugin is code that the user named or installed
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        line = _last_line(error, origin)
        raise PluginError(f"line {line}: {first_line(error)}" if line else first_line(error)) from error
    return module


def _last_line(error: BaseException, origin: str) -> int | None:
    """The deepest line of the plugin's own file in the error's traceback, or the line that is not Python."""
    if isinstance(error, SyntaxError) and error.filename == origin:
        return error.lineno
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == origin:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def describe_failure(strategy: Strategy, error: BaseException) -> str:
    """One line on an exception that `weights` raised: where in the plugin, which kind, its first line."""
    line = _last_line(error, strategy.origin)
    place = f", line {line}" if line else ""
    return f"strategy {strategy.name!r} ({strategy.origin}{place}): {first_line(error)}"
