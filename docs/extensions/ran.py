"""Directives that carry out what a page shows while the documentation is built, and show what came of it.

    ```{run}            commands, a line each; `:status: 2` where they are refused, `:lines: 3-9` of what they print
    ```{python}         Python; the value of its last line is shown below; `:hide:` shows only that,
                        `:markdown:` reads it as part of the page
    ```{file} name      a file that the commands below it find
    {value}`text`       a Python expression within a sentence

A page has one folder and one namespace. What fails, or prints a warning of ours, stops the build.
"""

import ast
import contextlib
import io
import os
import shlex
import sys
import tempfile
from pathlib import Path
from typing import Any, ClassVar
from unittest import mock

import pandas as pd
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective, SphinxRole

from backtester.cli.main import main
from backtester.errors import first_line

ROOT = Path(__file__).parents[2]
PLACE = Path(tempfile.mkdtemp(prefix="backtester-docs-"))
Names = set[str]
KEPT: dict[str, dict[str, Any]] = {}  # the names that a page's Python has made


def folder_of(page: str) -> Path:
    """The folder in which a page's commands run."""
    place = PLACE / page.replace("/", "-")
    place.mkdir(exist_ok=True)
    return place


def called(words: list[str], folder: Path) -> tuple[int, str, str]:
    """The exit status of the command, carried out in this process, and what it printed on stdout and stderr."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(folder),
        mock.patch.object(sys, "argv", words),
        mock.patch.dict(os.environ, COLUMNS="88"),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as end:
            return int(end.code or 0), *(one.getvalue().replace(f"{ROOT}/", "") for one in (out, err))


def evaluated(code: str, page: str) -> tuple[str, object]:
    """What the code printed, and the value of its last line if that is an expression; names stay with the page."""
    names, out, value = KEPT.setdefault(page, {}), io.StringIO(), None
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    with contextlib.chdir(folder_of(page)), contextlib.redirect_stdout(out):
        exec(compile(tree, page, "exec"), names)  # noqa: S102 - the documentation's own code
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), page, "eval"), names)  # noqa: S307 - likewise
    return out.getvalue(), value


def literal(text: str, language: str) -> nodes.literal_block:
    """A block of code or output."""
    return nodes.literal_block(text, text, language=language, classes=["printed"] if language == "text" else [])


class Code(SphinxDirective):
    """What the directives for code share."""

    has_content = True
    option_spec: ClassVar = {"status": int, "lines": str, "hide": directives.flag, "markdown": directives.flag}

    def lines(self, text: str) -> str:
        """Those lines of a text that `:lines:` asks for, `2-5`, `7-` or none, without spaces at their ends."""
        lines = [line.rstrip() for line in text.strip("\n").splitlines()]
        first, _, last = str(self.options.get("lines", "1-")).partition("-")
        return "" if first == "none" else "\n".join(lines[int(first) - 1 : int(last) if last else None])


class Run(Code):
    """Commands and what they print."""

    def run(self) -> list[nodes.Node]:
        """The commands, then their output; an error of the build where one ends in another status."""
        printed, expected = [], self.options.get("status", 0)
        for line in "\n".join(self.content).replace("\\\n", " ").splitlines():
            status, out, err = called(shlex.split(line), folder_of(self.env.docname))
            if status != expected or (expected == 0 and "Warning:" in err):
                raise self.error(f"{line!r} ended with status {status}:\n{err}{out}")
            printed.append(err if expected == 2 else out)
        shown = self.lines("\n".join(printed))
        code = [] if "hide" in self.options else [literal("\n".join(self.content), "bash")]
        return [*code, *([literal(shown, "text")] if shown else [])]


class Python(Code):
    """Python, and what it comes to: a table for a DataFrame, else text."""

    def run(self) -> list[nodes.Node]:
        """The code, what it prints and its last value."""
        try:
            out, value = evaluated("\n".join(self.content), self.env.docname)
        except Exception as error:
            raise self.error(first_line(error)) from error
        shown: list[nodes.Node] = [] if "hide" in self.options else [literal("\n".join(self.content), "python")]
        if text := self.lines(out):
            shown.append(literal(text, "text"))
        if "markdown" in self.options:
            return [*shown, *self.parse_text_to_nodes(str(value), allow_section_headings=True)]
        if isinstance(value, pd.DataFrame | pd.Series):
            value = value.to_frame() if isinstance(value, pd.Series) else value
            shown.append(nodes.raw("", as_html(value), format="html"))
        elif value is not None:
            shown.append(literal(str(value), "text"))
        return shown


def as_html(frame: pd.DataFrame) -> str:
    """A frame as a table, in a box that scrolls where a screen is too narrow; names of its index are headings too."""
    named = any(frame.index.names)
    table = (frame.reset_index() if named else frame).to_html(border=0, classes="table", na_rep="", index=not named)
    return f'<div class="pst-scrollable-table-container">{table}</div>'


class File(SphinxDirective):
    """A file, written where the page's commands find it, and shown."""

    has_content = True
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The file under its name."""
        text = "\n".join(self.content) + "\n"
        path = folder_of(self.env.docname) / self.arguments[0]
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        language = {".py": "python", ".toml": "toml", ".csv": "text"}[path.suffix]
        name = nodes.caption("", "", nodes.literal("", self.arguments[0]))
        return [
            nodes.container("", name, literal(text, language), classes=["literal-block-wrapper"], literal_block=True)
        ]


class Value(SphinxRole):
    """The value of an expression in the page's namespace."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Its text."""
        try:
            return [nodes.Text(str(evaluated(self.text, self.env.docname)[1]))], []
        except Exception as error:
            return [], [self.inliner.reporter.error(f"{self.text}: {first_line(error)}")]


def forget(app: Sphinx, page: str, source: list[str]) -> None:
    """A page that is read again begins with no names."""
    KEPT.pop(page, None)


def everything(app: Sphinx, env: BuildEnvironment, added: Names, changed: Names, removed: Names) -> Names:
    """All pages are read at each build: what they show comes from the program, which can have changed."""
    return set(env.found_docs)


def setup(app: Sphinx) -> dict[str, bool]:
    """Hand the directives and the role to Sphinx."""
    for name, directive in {"run": Run, "python": Python, "file": File}.items():
        app.add_directive(name, directive)
    app.add_role("value", Value())
    app.connect("source-read", forget)
    app.connect("env-get-outdated", everything)
    return {"parallel_read_safe": False}
