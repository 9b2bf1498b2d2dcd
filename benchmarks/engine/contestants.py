"""Who takes part, and what each is given, does and answers."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from backtester.arrays import Array
from backtester.engine.simulate import simulate
from benchmarks.engine import bare, ours, peers
from benchmarks.engine.work import Work


@dataclass(frozen=True)
class Contestant:
    """`prepare` makes of the work what `run` takes, and is not timed; `finals` reads the final values of the answer, as
    multiples of the start. `convention` is whose loop in `conventions` it must agree with.
    """

    prepare: Callable[[Work], Any]
    run: Callable[[Any], Any]
    finals: Callable[[Any], Array]
    convention: str = "after"
    library: str = "backtester"

    @property
    def is_missing(self) -> bool:
        """Whether its library is not installed."""
        return find_spec(self.library) is None


def same(what: Any) -> Any:
    """What it is given."""
    return what


def last(navs: Array) -> Array:
    """The final values of net asset values (B, T)."""
    return navs[:, -1]


NAV = ("nav",)
ALL = ("nav", "weights", "gains", "lines", "turnover")
CONTESTANTS = {
    "this engine": Contestant(same, ours.kept(NAV, 1), ours.ends),
    "this engine, 2 threads": Contestant(same, ours.kept(NAV, 2), ours.ends),
    "this engine, all accounts": Contestant(same, ours.kept(ALL, 1), ours.ends),
    "this engine, measures": Contestant(same, ours.measured(1), ours.measured_ends),
    "this engine, measures, 2 threads": Contestant(same, ours.measured(2), ours.measured_ends),
    "this engine, simulate": Contestant(ours.book, simulate, ours.end),
    "this engine, evaluate": Contestant(ours.recipe, ours.evaluated, ours.end),
    "bare kernel": Contestant(bare.prepared, bare.net_asset_values, last),
    "bare kernel, all accounts": Contestant(bare.prepared, bare.accounts, lambda kept: last(kept[0])),
    "bare kernel, final values": Contestant(bare.prepared, bare.final_values, same),
    "vectorbt, Rust": Contestant(peers.tiled, peers.vectorbt("rust"), peers.worths, "before", "vectorbt_rust"),
    "vectorbt, Numba": Contestant(peers.tiled, peers.vectorbt("numba"), peers.worths, "before", "vectorbt"),
    "qis": Contestant(peers.framed, peers.qis, peers.ends, "before", "qis"),
    "bt": Contestant(peers.framed, peers.bt, peers.ends, "within", "bt"),
}
