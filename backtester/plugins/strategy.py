"""A strategy as it is loaded: its function `weights`, what that reads, its source, and its module constants."""

import ast
import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from backtester.files import bundled
from backtester.plugins.declaration import STATE, Declaration
from backtester.plugins.installed import Installed

OVERLAY_READS = ("base", "portfolio")
DOCSTRING_SECTIONS = ("Hypothesis", "Fails when", "Source")


@dataclass(frozen=True, eq=False)
class Strategy:
    """A loaded strategy.

    `origin` is the file that it came from, `source` its bytes, and `sha256` their hash; the hash of an `installed`
    strategy is of all files of its distribution.

    `state` is the module's function of that name, which says at which sessions the strategy acts; None without one.
    `declaration` is what the strategy reads and its settings: those of `weights`, `own_declaration`, together with
    those of `state`, `state_declaration`, if `weights` reads `state`.

    The module constants, if it has them, are its schedule of trades `rebalance`, the `band` that its holdings may drift
    before they are traded, `max_leverage`, the recipe of it that is shown by default, and its `label` for readers.

    A strategy `made_of` a file is loaded again for each check. One made of a table of weights cannot be checked for
    look-ahead.
    """

    name: str
    origin: str
    source: bytes
    sha256: str
    docstring: str
    weights: Callable[..., object]
    declaration: Declaration
    rebalance: str | None = None
    installed: Installed | None = None
    max_leverage: object = None
    band: float | None = None
    default_recipe: object = None
    label: object = None
    made_of: Literal["file", "function", "weights"] = "file"
    state: Callable[..., object] | None = None
    state_declaration: Declaration | None = None
    own_declaration: Declaration | None = None

    @property
    def file(self) -> str:
        """The file as messages name it: of a strategy that comes with the program, without the folders above."""
        path = Path(self.origin)
        return f"strategies/{path.name}" if path.parent == bundled("strategies") else self.origin

    def __repr__(self) -> str:
        """Its name and where it came from."""
        return f"<Strategy {self.name!r} ({self.origin})>"

    def answer(self, inputs: Mapping[str, object], settings: Mapping[str, object]) -> object:
        """What `weights` returns; if it reads `state`, it gets what the function `state` returns."""
        declared = self.own_declaration or self.declaration
        state = {STATE: self.state_answer(inputs, settings)} if STATE in declared.reads else {}
        return _called(self.weights, declared, {**inputs, **state}, settings)

    def state_answer(self, inputs: Mapping[str, object], settings: Mapping[str, object]) -> object:
        """What `state` returns; the strategy must have one."""
        assert self.state is not None
        assert self.state_declaration is not None
        return _called(self.state, self.state_declaration, inputs, settings)

    @property
    def is_overlay(self) -> bool:
        """Whether it changes another strategy's weights."""
        return any(name in OVERLAY_READS for name in self.declaration.reads)

    @functools.cached_property
    def words(self) -> frozenset[str]:
        """Every name and text in its source, or in the headings of a table of weights.

        Roles, the names of a history's series, that it holds without reading them are found among these.
        """
        if self.made_of != "file":
            text = self.source.decode(errors="replace")
            return frozenset(re.findall(r"\w+", text.partition("\n")[0] if self.made_of == "weights" else text))
        sources = self.installed.files.values() if self.installed else [self.source]
        nodes = (node for source in sources for node in ast.walk(_parsed(source)))
        found = (getattr(node, key, None) for node in nodes for key in ("id", "arg", "value"))
        return frozenset(word for word in found if isinstance(word, str))

    @property
    def is_base(self) -> bool:
        """Whether it can be the base of a recipe, as it does not need another strategy's weights or portfolio."""
        return not any(name in OVERLAY_READS for name in self.declaration.needs)

    @property
    def summary(self) -> str:
        """The first line of its docstring."""
        return self.docstring.partition("\n")[0].strip()

    @property
    def sections(self) -> dict[str, str]:
        """The texts of its docstring after Hypothesis, Fails when and Source, by these words."""
        titles = "|".join(DOCSTRING_SECTIONS)
        parts = re.split(rf"\b({titles}):\s*", self.docstring.partition("\n")[2])
        return {title: " ".join(text.split()) for title, text in zip(parts[1::2], parts[2::2], strict=True)}


def _called(
    function: Callable[..., object],
    declared: Declaration,
    inputs: Mapping[str, object],
    settings: Mapping[str, object],
) -> object:
    """What a function of the plugin returns for the inputs and settings that it declares."""
    return function(*map(inputs.get, declared.reads), **{name: settings[name] for name in declared.settings})


def _parsed(source: bytes) -> ast.Module:
    """The syntax tree of the source; empty if it is not valid Python, which a file of a distribution may not be."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        return ast.Module([], [])
