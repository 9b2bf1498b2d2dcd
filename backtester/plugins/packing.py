"""Packing a strategy for another process or machine: a file as its bytes, an installed one as its distribution."""

import importlib.metadata
from dataclasses import dataclass

from backtester.errors import PluginError
from backtester.plugins.loader import load_installed, load_strategy
from backtester.plugins.names import ENTRY_POINTS, normal_name
from backtester.plugins.strategy import Strategy


@dataclass(frozen=True)
class PackedStrategy:
    """A strategy as it is sent to another process: the `source` of its file, which was at `origin`, or, of an installed
    strategy, the `distribution` that must be installed there too, with files of the same `sha256`."""

    name: str
    origin: str
    sha256: str
    source: bytes = b""
    distribution: str = ""


def pack_strategy(strategy: Strategy) -> PackedStrategy:
    """The strategy as it is sent to another process."""
    if strategy.installed is None:
        return PackedStrategy(strategy.name, strategy.origin, strategy.sha256, source=strategy.source)
    distribution = strategy.installed.distribution
    return PackedStrategy(strategy.name, strategy.origin, strategy.sha256, distribution=distribution)


def unpack_strategy(packed: PackedStrategy) -> Strategy:
    """The strategy, loaded in this process. Raise PluginError if its distribution is missing or has other files."""
    if not packed.distribution:
        return load_strategy(packed.name, packed.origin, packed.source)
    text = f"strategy {packed.name!r} of the distribution {packed.distribution!r}"
    for point in importlib.metadata.entry_points(group=ENTRY_POINTS):
        if point.dist is not None and (point.dist.name, normal_name(point.name)) == (packed.distribution, packed.name):
            strategy = load_installed(point)
            if strategy.sha256 != packed.sha256:
                raise PluginError(f"{text} has other files here than where it was sent from; install the same there")
            return strategy
    raise PluginError(f"{text} is not here; install it")
