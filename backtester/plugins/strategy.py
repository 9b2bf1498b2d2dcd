"""A strategy: a file with a function `weights`, as loaded."""

import ast
import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from backtester.plugins.declaration import STATE, Declaration
from backtester.plugins.installed import Installed

OVERLAY_READS = ("base", "portfolio")
DOCSTRING_SECTIONS = ("Hypothesis", "Fails when", "Source")


@dataclass(frozen=True, eq=False)
class Strategy:
    """One plugin. `origin` is the file it came from, `source` its bytes, `sha256` their hash; of an `installed` one the
    hash of all that came with it.

    `state`, if it has one, returns when it acts. `declaration` is what the strategy reads and can be set to;
    `own_declaration` is that of `weights` alone, and `state_declaration` that of `state`.

    A strategy `made_of` a file is executed again for each check; one made of weights cannot be checked for look-ahead.
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

    def __repr__(self) -> str:
        """Its name and where it came from."""
        return f"<Strategy {self.name!r} ({self.origin})>"

    def answer(self, inputs: Mapping[str, object], settings: Mapping[str, object]) -> object:
        """The answer of `weights`; if it reads `state`, it is given what the function `state` returns."""
        own = self.own_declaration or self.declaration
        said = {STATE: self.state_answer(inputs, settings)} if STATE in own.reads else {}
        return _called(self.weights, own, {**inputs, **said}, settings)

    def state_answer(self, inputs: Mapping[str, object], settings: Mapping[str, object]) -> object:
        """The answer of `state`, for a strategy that has one."""
        assert self.state is not None
        assert self.state_declaration is not None
        return _called(self.state, self.state_declaration, inputs, settings)

    @property
    def is_overlay(self) -> bool:
        """Whether it changes another strategy's weights."""
        return any(name in OVERLAY_READS for name in self.declaration.reads)

    @functools.cached_property
    def words(self) -> frozenset[str]:
        """Every name and text in its source, among them the roles that it may hold if it spells them out.

        For a table of weights, the words of its headings.
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
        """Whether it can be the base of a recipe: it does not need another strategy's weights or portfolio."""
        return not any(name in OVERLAY_READS for name in self.declaration.needs)

    @property
    def summary(self) -> str:
        """The first line of its docstring."""
        return self.docstring.partition("\n")[0].strip()

    @property
    def sections(self) -> dict[str, str]:
        """The texts of its docstring under Hypothesis, Fails when and Source."""
        marks = "|".join(DOCSTRING_SECTIONS)
        parts = re.split(rf"\b({marks}):\s*", self.docstring.partition("\n")[2])
        return {title: " ".join(text.split()) for title, text in zip(parts[1::2], parts[2::2], strict=True)}


def _called(
    function: Callable[..., object],
    declared: Declaration,
    inputs: Mapping[str, object],
    settings: Mapping[str, object],
) -> object:
    return function(*map(inputs.get, declared.reads), **{name: settings[name] for name in declared.settings})


def _parsed(source: bytes) -> ast.Module:
    """The syntax tree of the source; empty if it is not valid Python, as a file of a distribution may be."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        return ast.Module([], [])
