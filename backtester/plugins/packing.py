"""Sending a strategy to another process or machine: a file as its bytes, an installed one by its distribution."""

import importlib.metadata
from dataclasses import dataclass

from backtester.errors import PluginError
from backtester.plugins.loader import load_installed, load_strategy
from backtester.plugins.names import ENTRY_POINTS, normal_name
from backtester.plugins.strategy import Strategy


@dataclass(frozen=True)
class PackedStrategy:
    """A strategy in the form in which it is sent: a file's `source`, or the `distribution` that the receiver must have
    with the same hash."""

    name: str
    origin: str
    sha256: str
    source: bytes = b""
    distribution: str = ""


def pack_strategy(strategy: Strategy) -> PackedStrategy:
    """The strategy in the form in which it is sent."""
    if strategy.installed is None:
        return PackedStrategy(strategy.name, strategy.origin, strategy.sha256, source=strategy.source)
    return PackedStrategy(strategy.name, strategy.origin, strategy.sha256, distribution=strategy.installed.distribution)


def unpack_strategy(parcel: PackedStrategy) -> Strategy:
    """The strategy that was sent. Raise PluginError if its distribution is not installed here, or has other files."""
    if not parcel.distribution:
        return load_strategy(parcel.name, parcel.origin, parcel.source)
    where = f"strategy {parcel.name!r} of the distribution {parcel.distribution!r}"
    for point in importlib.metadata.entry_points(group=ENTRY_POINTS):
        if point.dist is not None and (point.dist.name, normal_name(point.name)) == (parcel.distribution, parcel.name):
            strategy = load_installed(point)
            if strategy.sha256 != parcel.sha256:
                raise PluginError(f"{where} has other files here than where it was sent from; install the same there")
            return strategy
    raise PluginError(f"{where} is not here; install it")
