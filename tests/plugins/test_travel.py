"""Strategies that are sent elsewhere, by hand."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from backtester.errors import PluginError
from backtester.plugins import travel
from backtester.plugins.strategy import Strategy
from backtester.plugins.travel import Sent, received, sent


def strategy(distribution: str | None) -> Strategy:
    """A strategy of a file, or of a distribution."""
    own = None if distribution is None else SimpleNamespace(distribution=distribution)
    return cast(Strategy, SimpleNamespace(name="hedge", origin="h.py", sha256="s", source=b"text", installed=own))


def test_what_is_sent() -> None:
    """A file as its bytes, an installed strategy as its distribution's name."""
    assert sent(strategy(None)) == Sent("hedge", "h.py", "s", b"text", "")
    assert sent(strategy("hedges")) == Sent("hedge", "h.py", "s", b"", "hedges")


def test_what_is_received(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is loaded from its bytes; of installed strategies that of the name in the distribution, with its hash."""
    points = [
        SimpleNamespace(name=name, dist=None if dist is None else SimpleNamespace(name=dist))
        for name, dist in (("hedge", None), ("other", "hedges"), ("hedge", "others"), ("Hedge", "hedges"))
    ]
    loaded: list[Any] = []
    monkeypatch.setattr(travel.importlib.metadata, "entry_points", lambda group: points)
    monkeypatch.setattr(travel, "load_installed", lambda point: loaded.append(point) or strategy("hedges"))
    monkeypatch.setattr(travel, "load_strategy", lambda *given: given)
    assert received(Sent("hedge", "h.py", "s", b"text")) == ("hedge", "h.py", b"text")
    assert received(Sent("hedge", "h.py", "s", distribution="hedges")).sha256 == "s"
    assert loaded == points[3:]
    where = "^strategy 'hedge' of the distribution 'hedges' "
    with pytest.raises(PluginError, match=f"{where}has other files here than where it was sent from"):
        received(Sent("hedge", "h.py", "another", distribution="hedges"))
    points.pop()
    with pytest.raises(PluginError, match=f"{where}is not here; install it"):
        received(Sent("hedge", "h.py", "s", distribution="hedges"))
