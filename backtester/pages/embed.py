"""What a self-contained page carries: scripts with their hashes, the policy that lets only these run, packed arrays."""

import base64
import functools
import hashlib
import importlib.resources
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly
from markupsafe import Markup

from backtester.arrays import Array

UNSAFE = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\N{LINE SEPARATOR}": "\\u2028",
    "\N{PARAGRAPH SEPARATOR}": "\\u2029",
}


@dataclass(frozen=True, eq=False)
class Group:
    """Arrays that share their dates: dates once as days since 1970, values as float32; each array (T,)."""

    name: str
    dates: pd.DatetimeIndex
    arrays: dict[str, Array]

    def packed(self) -> dict[str, Any]:
        """The group as the page's script reads it: base64 of little-endian int32 and float32."""
        days = ((self.dates - pd.Timestamp("1970-01-01")) // pd.Timedelta(days=1)).to_numpy()
        arrays = {name: packed(values, "<f4") for name, values in self.arrays.items()}
        return {"dates": packed(days, "<i4"), "arrays": arrays}


def packed(values: "np.ndarray[Any, Any]", kind: str) -> str:
    """The values as numbers of a kind, in base64."""
    return base64.b64encode(np.ascontiguousarray(values, dtype=kind).tobytes()).decode()


def json_for_script(value: Any) -> Markup:
    """The value as JSON that no HTML parser ends early: <, >, & and line separators are escaped inside its strings."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign, escaped in UNSAFE.items():
        text = text.replace(sign, escaped)
    return Markup(text)  # noqa: S704 - the signs that HTML knows have just been escaped


def script(source: str) -> Markup:
    """One of our own scripts as it stands in the page; it must not end its element early."""
    if "</script" in source.lower() or "<!--" in source:
        raise ValueError("a script that is put into a page must hold neither </script nor <!--")
    return Markup(source)  # noqa: S704 - a file of this package or of plotly, checked above


@functools.cache
def plotly_js() -> str:
    """The plotly.js that the installed package carries."""
    return (importlib.resources.files(plotly) / "package_data" / "plotly.min.js").read_text(encoding="utf-8")


def policy(scripts: list[Markup], *, beside: bool = False) -> str:
    """The Content-Security-Policy: nothing is loaded, only these scripts run.

    With `beside` scripts may come from where the page lies. Browsers check no hash of a script that a page opened from
    a disk loads, so its hash cannot be asked for.

    Styles may be inline: plotly.js writes a style element and style attributes. Without any source to load from they
    can take nothing out. Images are those that plotly.js makes itself when a chart is saved.
    """
    allowed = " ".join([*(["'self'"] if beside else []), *(f"'{hash_source(source)}'" for source in scripts)])
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def stylesheet_policy(styles: str) -> str:
    """The policy of a page without scripts: this one stylesheet, and pictures inside the page."""
    return f"default-src 'none'; style-src '{hash_source(styles)}'; img-src data:; base-uri 'none'; form-action 'none'"


def hash_source(source: str) -> str:
    """The hash of a script or a stylesheet as a policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
