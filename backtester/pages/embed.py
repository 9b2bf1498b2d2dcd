"""The parts of a self-contained page: scripts, the policy that allows only these by their hashes, packed arrays."""

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

SCRIPT_END = re.compile(b"</script|<!--", re.IGNORECASE)
UNSAFE = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\N{LINE SEPARATOR}": "\\u2028",
    "\N{PARAGRAPH SEPARATOR}": "\\u2029",
}


PIECE = 65_536  # bytes of a script
QUANTISATION_STEPS = 65_534  # equal steps from the lowest value of an array to the highest, which stay exact
NAN_CODE = 65_535  # stands for NaN


@dataclass(frozen=True, eq=False)
class DatedArrays:
    """Arrays (T,) that share their dates (T,); values are precise to a 65,534th of their array's range."""

    name: str
    dates: pd.DatetimeIndex
    arrays: dict[str, Array]

    def packed(self) -> dict[str, Any]:
        """The group as the page's script reads it: the first date in days since 1970, the days to each from the one
        before in 8 bits or, if `wide`, 16, and each array as `stepped` has it; in base64 of little-endian numbers."""
        days = ((self.dates - pd.Timestamp("1970-01-01")) // pd.Timedelta(days=1)).to_numpy()
        first = int(days[0]) if len(days) else 0
        arrays = {name: stepped(values) for name, values in self.arrays.items()}
        steps = np.diff(days, prepend=first)
        wide = bool((steps > 255).any())
        return {"first": first, "wide": wide, "days": packed(steps, "<u2" if wide else "u1"), "arrays": arrays}


def stepped(values: Array) -> list[Any]:
    """The lowest value, the step of quantisation, and each value as a packed number of steps; NaN has its own code."""
    known = np.isfinite(values)
    low, high = (float(values[known].min()), float(values[known].max())) if known.any() else (0.0, 0.0)
    step = (high - low) / QUANTISATION_STEPS
    levels = np.rint((np.where(known, values, low) - low) / (step or np.inf))
    return [low, step, packed(np.where(known, levels, NAN_CODE), "<u2")]


def packed(values: "np.ndarray[Any, Any]", kind: str) -> str:
    """The values as numbers of a kind, in base64."""
    return base64.b64encode(np.ascontiguousarray(values, dtype=kind).tobytes()).decode()


def json_for_script(value: Any) -> Markup:
    """The value as JSON inside a script element: <, >, & and line separators in its strings are escaped."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign, escaped in UNSAFE.items():
        text = text.replace(sign, escaped)
    return Markup(text)  # noqa: S704 - the signs that HTML knows have just been escaped


def script(source: str) -> Markup:
    """One of our own scripts for the page. Raise ValueError if it would end its element early."""
    _check(source.encode())
    return Markup(source)  # noqa: S704 - a file of this package


@functools.cache
def plotly_js() -> bytes:
    """The plotly.js of the installed package, in UTF-8. Raise ValueError if it would end its element early."""
    source = (importlib.resources.files(plotly) / "package_data" / "plotly.min.js").read_bytes()
    _check(source)
    return source


def plotly_pieces() -> Iterator[Markup]:
    """The text of `plotly_js` in pieces: a template would make copies of the whole, which is 10 MB."""
    source = plotly_js()
    pieces = (source[start : start + PIECE] for start in range(0, len(source), PIECE))
    for piece in codecs.iterdecode(pieces, "utf-8"):
        yield Markup(piece)  # noqa: S704 - plotly's own file, checked above


def _check(source: bytes) -> None:
    if SCRIPT_END.search(source):
        raise ValueError("a script that is put into a page must hold neither </script nor <!--")


def policy(scripts: Sequence[str | bytes], *, beside: bool = False) -> str:
    """The Content-Security-Policy: nothing is loaded, only these scripts run.

    With `beside` scripts may come from the page's own folder. Browsers do not check hashes of scripts that a page loads
    from a disk, so the policy cannot require one.

    Styles may be inline: plotly.js writes a style element and style attributes. They can send nothing, since no source
    may be loaded. Images are those that plotly.js makes when a chart is saved.
    """
    allowed = " ".join([*(["'self'"] if beside else []), *(f"'{hash_source(source)}'" for source in scripts)])
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def stylesheet_policy(styles: str) -> str:
    """The policy of a page without scripts: this one stylesheet, and pictures inside the page."""
    return f"default-src 'none'; style-src '{hash_source(styles)}'; img-src data:; base-uri 'none'; form-action 'none'"


def hash_source(source: str | bytes) -> str:
    """The hash of a script or a stylesheet as a policy names it."""
    content = source.encode() if isinstance(source, str) else source
    return "sha256-" + base64.b64encode(hashlib.sha256(content).digest()).decode()
