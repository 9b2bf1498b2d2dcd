"""The templates and static files of a package of pages, and the sections that the templates show."""

import functools
import importlib.resources
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import jinja2
from markupsafe import Markup

from backtester.pages.csv_text import data_uri
from backtester.pages.format import period

SHARED = "backtester.pages"
Part = TypeVar("Part")


@dataclass(frozen=True)
class Section:
    """A section: `name` is its anchor and its template's name, `here` what the template knows by that name."""

    name: str
    title: str
    here: dict[str, Any]

    def every(self, kind: type[Part]) -> Iterator[Part]:
        """Every table, figure or group of arrays in `here`, in its order."""
        return _every(kind, self.here)


def static(name: str, package: str = SHARED) -> str:
    """The text of a static file of a package: those that every page shares unless another is named."""
    return (importlib.resources.files(package) / "static" / name).read_text(encoding="utf-8")


@functools.cache
def environment(package: str) -> jinja2.Environment:
    """The templates of a package and the shared macros.

    Everything is escaped unless it is marked as our own, and a missing name is an error.
    """
    made = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader(package), jinja2.PackageLoader(SHARED)]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["breakable"] = breakable
    made.filters["data_uri"] = data_uri
    made.filters["period"] = period
    return made


def breakable(text: str) -> Markup:
    """The text, escaped, with leave to break its line after an underscore, a comma or a bracket."""
    return Markup("<wbr>").join(re.split(r"(?<=[_,(])", text.replace("+ ", "+\N{NO-BREAK SPACE}")))


def _every(kind: type[Part], value: Any) -> Iterator[Part]:
    if isinstance(value, kind):
        yield value
    elif isinstance(value, dict | tuple | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _every(kind, part)
