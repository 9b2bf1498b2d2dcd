"""Small changes to a source file, by rule: what a test suite that sees its code should notice.

Left alone: texts (docstrings, errors, all f-strings), type annotations but for the calls in them, which set bounds, and
what stands under `if TYPE_CHECKING`.
"""

import ast
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

COMPARISONS: dict[type[ast.AST], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
}
SIGNS: dict[type[ast.AST], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
}
CONJUNCTIONS: dict[type[ast.AST], tuple[str, str]] = {ast.And: ("and", "or"), ast.Or: ("or", "and")}


@dataclass(frozen=True, order=True)
class Mutation:
    """One change: the bytes from `start` to `end` of a source become `after`; `line` counts from 1."""

    start: int
    end: int
    line: int
    before: str
    after: str

    def applied(self, source: str) -> str:
        """The source with the change."""
        content = source.encode()
        return (content[: self.start] + self.after.encode() + content[self.end :]).decode()


class Source:
    """A source text with the places of its nodes in bytes."""

    def __init__(self, text: str) -> None:
        self.content = text.encode()
        lengths = [len(line) for line in self.content.splitlines(keepends=True)]
        self.starts = [sum(lengths[:row]) for row in range(len(lengths) + 1)]

    def start(self, node: ast.expr | ast.stmt) -> int:
        """Where a node begins."""
        return self.starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt) -> int:
        """Where a node ends."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.starts[node.end_lineno - 1] + node.end_col_offset

    def changed(self, start: int, end: int, after: str) -> Mutation:
        """The mutation of what stands between two places."""
        line = self.content[:start].count(b"\n") + 1
        return Mutation(start, end, line, self.content[start:end].decode(), after)

    def operator(self, left: int, right: int, spelled: tuple[str, str]) -> Mutation:
        """The mutation of the operator that stands between two operands, beside brackets and comments."""
        between = re.sub(rb"#[^\n]*", lambda found: b" " * len(found[0]), self.content[left:right])
        start = left + between.index(spelled[0].encode())
        return self.changed(start, start + len(spelled[0]), spelled[1])


def mutations(text: str) -> list[Mutation]:
    """Every change that a rule makes to a source, in the order of their places."""
    source = Source(text)
    return sorted({mutation for node in _changeable(ast.parse(text)) for mutation in _of_node(node, source)})


def _changeable(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below one that the rules look at."""
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST):
                continue
            if name in ("annotation", "returns"):
                calls = [one for one in ast.walk(child) if isinstance(one, ast.Call)]
                for call in calls:
                    yield from _changeable(call)
            elif not _is_left_alone(child):
                yield child
                yield from _changeable(child)


def _is_left_alone(node: ast.AST) -> bool:
    if isinstance(node, ast.If):
        return ast.unparse(node.test).endswith("TYPE_CHECKING")
    return isinstance(node, ast.JoinedStr)


def _of_node(node: ast.AST, source: Source) -> Iterator[Mutation]:
    if isinstance(node, ast.Compare):
        operands = [node.left, *node.comparators]
        for left, operator, right in zip(operands, node.ops, operands[1:], strict=False):
            if type(operator) in COMPARISONS:
                yield source.operator(source.end(left), source.start(right), COMPARISONS[type(operator)])
    elif isinstance(node, ast.BoolOp):
        for left, right in zip(node.values, node.values[1:], strict=False):
            yield source.operator(source.end(left), source.start(right), CONJUNCTIONS[type(node.op)])
    elif isinstance(node, ast.BinOp) and type(node.op) in SIGNS and not (_is_text(node.left) or _is_text(node.right)):
        yield source.operator(source.end(node.left), source.start(node.right), SIGNS[type(node.op)])
    elif isinstance(node, ast.AugAssign) and type(node.op) in SIGNS and not _is_text(node.value):
        yield source.operator(source.end(node.target), source.start(node.value), SIGNS[type(node.op)])
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield source.changed(source.start(node), source.start(node) + 1, "")
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield source.changed(source.start(node), source.start(node) + 3, "")
    elif isinstance(node, ast.Slice):
        for bound in (node.lower, node.upper):
            if bound is not None and not isinstance(bound, ast.Constant):
                text = source.content[source.start(bound) : source.end(bound)].decode()
                yield source.changed(source.start(bound), source.end(bound), f"({text}) + 1")
    elif isinstance(node, ast.Constant):
        yield from _of_constant(node, source)


def _of_constant(node: ast.Constant, source: Source) -> Iterator[Mutation]:
    if isinstance(node.value, bool):
        yield source.changed(source.start(node), source.end(node), str(not node.value))
    elif isinstance(node.value, int | float):
        yield source.changed(source.start(node), source.end(node), repr(node.value + 1))


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))


def draw(files: Iterable[str], root: Path, *, seed: int, number: int) -> list[tuple[str, Mutation]]:
    """So many mutations of the files below the root, each place as likely as any other.

    They are those of the lowest hashes of seed, file, line and change: a smaller draw is the beginning of a larger one,
    and an edit elsewhere leaves it as it is.
    """
    ranked = []
    for file in files:
        text = (root / file).read_text(encoding="utf-8")
        lines, seen = text.splitlines(), Counter[str]()
        for mutation in mutations(text):
            place = f"{seed} {file} {lines[mutation.line - 1].strip()} {mutation.before} {mutation.after}"
            seen[place] += 1
            ranked.append((hashlib.sha256(f"{place} {seen[place]}".encode()).digest(), file, mutation))
    return [(file, mutation) for _, file, mutation in sorted(ranked)[:number]]
