"""The parts of a self-contained page: scripts, the policy that allows only these by their hashes, arrays as base64."""

import base64
import codecs
import functools
import hashlib
import importlib.resources
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly
from markupsafe import Markup

from backtester.arrays import Array

SCRIPT_END = re.compile(b"</script|<!--", re.IGNORECASE)  # what a browser may take for the end of a script
UNSAFE = {  # characters that are escaped in JSON inside a page
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\N{LINE SEPARATOR}": "\\u2028",
    "\N{PARAGRAPH SEPARATOR}": "\\u2029",
}


SCRIPT_PIECE_BYTES = 65_536  # of plotly.js, which is written piece by piece
QUANTISATION_STEPS = 65_534  # equal steps from the lowest value of an array to the highest, in 16 bits
NAN_CODE = 65_535  # the 16-bit number that stands for NaN


@dataclass(frozen=True, eq=False)
class DatedArrays:
    """A named group of arrays (T,) that share their dates (T,); in the page, values are rounded to a 65,534th of their
    array's range."""

    name: str
    dates: pd.DatetimeIndex
    arrays: dict[str, Array]

    def packed(self) -> dict[str, Any]:
        """The group as `charts.js` reads it, numbers as base64, little-endian.

        `first` is the first date in days since 1970, `days` the days from each date to the next, in 8 bits or, if
        `wide`, 16; `arrays` are as `quantised` returns them.
        """
        days = ((self.dates - pd.Timestamp("1970-01-01")) // pd.Timedelta(days=1)).to_numpy()
        first = int(days[0]) if len(days) else 0
        arrays = {name: quantised(values) for name, values in self.arrays.items()}
        gaps = np.diff(days, prepend=first)
        wide = bool((gaps > 255).any())
        return {"first": first, "wide": wide, "days": packed(gaps, "<u2" if wide else "u1"), "arrays": arrays}


def quantised(values: Array) -> list[Any]:
    """The lowest value, the size of a step, and each value as a number of steps above the lowest, as base64.

    NaN and infinite values become `NAN_CODE`.
    """
    known = np.isfinite(values)
    low, high = (float(values[known].min()), float(values[known].max())) if known.any() else (0.0, 0.0)
    step = (high - low) / QUANTISATION_STEPS
    steps = np.rint((np.where(known, values, low) - low) / (step or np.inf))
    return [low, step, packed(np.where(known, steps, NAN_CODE), "<u2")]


def packed(values: "np.ndarray[Any, Any]", dtype: str) -> str:
    """The values, converted to a numpy type such as `<u2`, as base64."""
    return base64.b64encode(np.ascontiguousarray(values, dtype=dtype).tobytes()).decode()


def json_for_script(value: Any) -> Markup:
    """The value as JSON inside a script element: <, >, & and line separators in its strings are escaped."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character, escaped in UNSAFE.items():
        text = text.replace(character, escaped)
    return Markup(text)  # noqa: S704 - the characters that HTML knows have just been escaped


def script(source: str) -> Markup:
    """One of our own scripts as markup. Raise ValueError if a browser would end its element early."""
    _refuse_script_end(source.encode())
    return Markup(source)  # noqa: S704 - a file of this package


@functools.cache
def plotly_js() -> bytes:
    """The plotly.js of the installed package, in UTF-8. Raise ValueError if a browser would end its element early."""
    source = (importlib.resources.files(plotly) / "package_data" / "plotly.min.js").read_bytes()
    _refuse_script_end(source)
    return source


def plotly_pieces() -> Iterator[Markup]:
    """The text of `plotly_js` in pieces: of the whole, which is 10 MB, a template would make copies."""
    source = plotly_js()
    pieces = (source[start : start + SCRIPT_PIECE_BYTES] for start in range(0, len(source), SCRIPT_PIECE_BYTES))
    for piece in codecs.iterdecode(pieces, "utf-8"):
        yield Markup(piece)  # noqa: S704 - plotly's own file, checked above


def _refuse_script_end(source: bytes) -> None:
    """Raise ValueError if a browser would end the script early."""
    if SCRIPT_END.search(source):
        raise ValueError("a script that is put into a page must hold neither </script nor <!--")


def policy(scripts: Sequence[str | bytes], *, beside: bool = False) -> str:
    """The Content-Security-Policy of a page with these scripts: nothing is loaded, and no other script runs.

    With `beside`, scripts from the page's own folder may run too. Browsers do not check the hashes of scripts that a
    page loads from a disk, so the policy cannot name them.

    Styles may be inline, since plotly.js writes a style element and style attributes; they cannot send data, as nothing
    may be loaded. Images are allowed for plotly.js, which makes one when a chart is saved.
    """
    allowed = " ".join([*(["'self'"] if beside else []), *(f"'{hash_source(source)}'" for source in scripts)])
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def stylesheet_policy(styles: str) -> str:
    """The Content-Security-Policy of a page without scripts: this stylesheet alone, and images inside the page."""
    return f"default-src 'none'; style-src '{hash_source(styles)}'; img-src data:; base-uri 'none'; form-action 'none'"


def hash_source(source: str | bytes) -> str:
    """The hash of a script or a stylesheet in the form in which a policy names it."""
    content = source.encode() if isinstance(source, str) else source
    return "sha256-" + base64.b64encode(hashlib.sha256(content).digest()).decode()
