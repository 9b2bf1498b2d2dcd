"""The templates and static files of this package."""

import functools
import importlib.resources

import jinja2

from backtester.tearsheet.format import breakable
from backtester.tearsheet.parts.csv_text import data_uri


def static(name: str) -> str:
    """One of our own static files."""
    return (importlib.resources.files("backtester.tearsheet") / "static" / name).read_text(encoding="utf-8")


@functools.cache
def environment() -> jinja2.Environment:
    """The templates, in which everything is escaped unless it is marked as our own, and a missing name is an error."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("backtester.tearsheet"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["breakable"] = breakable
    made.filters["data_uri"] = data_uri
    return made
