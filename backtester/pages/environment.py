"""The templates and static files of a package of pages, and the sections that the templates show.

Templates are compiled once: their code is stored in the cache folder under the hash of their text.
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

SHARED = "backtester.pages"
Part = TypeVar("Part")


@dataclass(frozen=True)
class Section:
    """A section: `name` is its anchor and its template's name, `here` has the values that the template uses."""

    name: str
    title: str
    here: dict[str, Any]

    def every(self, kind: type[Part]) -> Iterator[Part]:
        """Every table, figure or group of arrays in `here`, in its order."""
        return _every(kind, self.here)


def static(name: str, package: str = SHARED) -> str:
    """The text of a static file of a package, by default of the shared ones."""
    return (importlib.resources.files(package) / "static" / name).read_text(encoding="utf-8")


@functools.cache
def environment(package: str) -> jinja2.Environment:
    """The templates of a package and the shared macros.

    Values are escaped unless they are `Markup`, and a missing name is an error.
    """
    made = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader(package), jinja2.PackageLoader(SHARED)]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=TemplateCache(),
    )
    made.filters["breakable"] = breakable
    made.filters["marked"] = marked
    made.filters["data_uri"] = data_uri
    made.filters["period"] = period
    return made


class TemplateCache(jinja2.BytecodeCache):
    """The compiled code of templates in the cache folder; if it is missing or damaged, jinja compiles again."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket with the code, if it is there and can be read."""
        try:
            bucket.bytecode_from_string(_place(bucket).read_bytes())
        except Exception:  # unpickling a damaged file may raise anything
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store the code, if the cache folder can be written."""
        place = _place(bucket)
        with contextlib.suppress(OSError, BacktesterError):
            place.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(place, bucket.bytecode_to_string())


def _place(bucket: Bucket) -> Path:
    """The path of a template's code in the cache, one for each version of jinja and Python."""
    versions = f"{platform.python_version()}-{importlib.metadata.version('jinja2')}"
    return cache_folder("templates") / f"{versions}-{bucket.key}"


def breakable(text: str) -> Markup:
    """The text, escaped, whose line may break after an underscore, a comma or a bracket."""
    return Markup("<wbr>").join(re.split(r"(?<=[_,(])", text.replace("+ ", "+\N{NO-BREAK SPACE}")))


def marked(text: str) -> Markup:
    """The text, escaped, with the parts between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped before


def _every(kind: type[Part], value: Any) -> Iterator[Part]:
    if isinstance(value, kind):
        yield value
    elif isinstance(value, dict | tuple | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _every(kind, part)
