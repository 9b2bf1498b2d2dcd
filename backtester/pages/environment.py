"""The templates and static files of a package of pages."""

import functools
import importlib.resources
import re

import jinja2
from markupsafe import Markup

from backtester.pages.csv_text import data_uri

SHARED = "backtester.pages"


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
    return made


def breakable(text: str) -> Markup:
    """The text, escaped, with leave to break its line after an underscore, a comma or a bracket."""
    return Markup("<wbr>").join(re.split(r"(?<=[_,(])", text.replace("+ ", "+\N{NO-BREAK SPACE}")))
