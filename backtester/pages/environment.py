"""The templates and static files of pages, and the sections that the templates show.

Compiled templates are stored in the cache folder, by the hash of their text, so that each is compiled once.
"""

import contextlib
import functools
import importlib.metadata
import importlib.resources
import platform
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import jinja2
from jinja2.bccache import Bucket
from markupsafe import Markup, escape

from backtester.errors import BacktesterError
from backtester.files import write_bytes
from backtester.pages.csv_text import data_uri
from backtester.pages.format import period
from backtester.places import cache_folder

SHARED = "backtester.pages"  # the package whose templates and static files all pages share
Part = TypeVar("Part")


@dataclass(frozen=True)
class Section:
    """A section of a page: `name` is its anchor and the name of its template, `values` are what the template shows."""

    name: str
    title: str
    values: dict[str, Any]

    def every(self, kind: type[Part]) -> Iterator[Part]:
        """Every object of a kind, such as `Table`, in the values and in lists and dicts of them, in order."""
        return _every(kind, self.values)


def static(name: str, package: str = SHARED) -> str:
    """The text of a file in the folder `static` of a package."""
    return (importlib.resources.files(package) / "static" / name).read_text(encoding="utf-8")


@functools.cache
def environment(package: str) -> jinja2.Environment:
    """The jinja environment of a package's templates and the shared macros.

    Values are escaped unless they are `Markup`, and a missing name is an error.
    """
    templates = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader(package), jinja2.PackageLoader(SHARED)]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=TemplateCache(),
    )
    templates.filters["breakable"] = breakable
    templates.filters["marked"] = marked
    templates.filters["data_uri"] = data_uri
    templates.filters["period"] = period
    return templates


class TemplateCache(jinja2.BytecodeCache):
    """A cache of compiled templates in the cache folder; a template whose code is missing or damaged is compiled."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket with the stored code, or reset it if there is none."""
        try:
            bucket.bytecode_from_string(_path(bucket).read_bytes())
        except Exception:  # unpickling a damaged file may raise anything
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store the code, if the cache folder can be written."""
        path = _path(bucket)
        with contextlib.suppress(OSError, BacktesterError):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(path, bucket.bytecode_to_string())


def _path(bucket: Bucket) -> Path:
    """The path of a template's code in the cache; each version of jinja and Python has its own."""
    versions = f"{platform.python_version()}-{importlib.metadata.version('jinja2')}"
    return cache_folder("templates") / f"{versions}-{bucket.key}"


def breakable(text: str) -> Markup:
    """The text, escaped, with places for a line break after underscores, commas and brackets, and none after a plus."""
    return Markup("<wbr>").join(re.split(r"(?<=[_,(])", text.replace("+ ", "+\N{NO-BREAK SPACE}")))


def marked(text: str) -> Markup:
    """The text, escaped, with the parts between backticks marked up as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped before


def _every(kind: type[Part], value: Any) -> Iterator[Part]:
    """Every object of a kind in a value, which may be a nested list, tuple or dict."""
    if isinstance(value, kind):
        yield value
    elif isinstance(value, dict | tuple | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _every(kind, part)
