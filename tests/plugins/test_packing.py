"""Strategies that are sent elsewhere, by hand."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from backtester.errors import PluginError
from backtester.plugins import packing
from backtester.plugins.packing import PackedStrategy, pack_strategy, unpack_strategy
from backtester.plugins.strategy import Strategy


def strategy(distribution: str | None) -> Strategy:
    """A strategy of a file, or of a distribution."""
    own = None if distribution is None else SimpleNamespace(distribution=distribution)
    return cast(Strategy, SimpleNamespace(name="hedge", origin="h.py", sha256="s", source=b"text", installed=own))


def test_what_is_sent() -> None:
    """A file as its bytes, an installed strategy as its distribution's name."""
    assert pack_strategy(strategy(None)) == PackedStrategy("hedge", "h.py", "s", b"text", "")
    assert pack_strategy(strategy("hedges")) == PackedStrategy("hedge", "h.py", "s", b"", "hedges")


def test_what_is_received(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is loaded from its bytes; of installed strategies that of the name in the distribution, with its hash."""
    points = [
        SimpleNamespace(name=name, dist=None if dist is None else SimpleNamespace(name=dist))
        for name, dist in (("hedge", None), ("other", "hedges"), ("hedge", "others"), ("Hedge", "hedges"))
    ]
    loaded: list[Any] = []
    monkeypatch.setattr(packing.importlib.metadata, "entry_points", lambda group: points)
    monkeypatch.setattr(packing, "load_installed", lambda point: loaded.append(point) or strategy("hedges"))
    monkeypatch.setattr(packing, "load_strategy", lambda *given: given)
    assert unpack_strategy(PackedStrategy("hedge", "h.py", "s", b"text")) == ("hedge", "h.py", b"text")
    assert unpack_strategy(PackedStrategy("hedge", "h.py", "s", distribution="hedges")).sha256 == "s"
    assert loaded == points[3:]
    where = "^strategy 'hedge' of the distribution 'hedges' "
    with pytest.raises(PluginError, match=f"{where}has other files here than where it was sent from"):
        unpack_strategy(PackedStrategy("hedge", "h.py", "another", distribution="hedges"))
    points.pop()
    with pytest.raises(PluginError, match=f"{where}is not here; install it"):
        unpack_strategy(PackedStrategy("hedge", "h.py", "s", distribution="hedges"))
