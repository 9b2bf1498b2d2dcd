"""A cache of the short checks that passed, so that a run does not check an unchanged layer again.

A layer is a strategy with the settings and inputs that it had in a recipe, and the weights that it returned.

An entry is an empty file in the user's cache folder, or in `BACKTESTER_CACHE`. Its name is a hash of the plugin's
source, its settings, all figures that it was given, its weights and the code of the rules, then a dash and the number
of cuts (ends of shortened histories) that the check made. `strategies check` does not use the cache. An entry that is
not used for 90 days is removed.
"""

import contextlib
import functools
import hashlib
import platform
import time
from pathlib import Path

import numpy as np
import pandas as pd

from backtester.contract.check import CheckResult, check_layer
from backtester.engine.layers import Layer
from backtester.histories.market import Market
from backtester.places import cache_folder

KEPT_SECONDS = 90 * 86_400


def check_once(layer: Layer, market: Market) -> CheckResult:
    """The result of `check_layer`, without a check if the same layer passed before."""
    folder = cache_folder("checked")
    key = _key(layer, market)
    entry = next(folder.glob(f"{key}-*"), None)
    if entry is not None:
        with contextlib.suppress(OSError):
            entry.touch()  # its time of change is when it was last used
        return CheckResult((), cuts=int(entry.name.partition("-")[2]))
    check = check_layer(layer, market)
    if not check.findings:
        with contextlib.suppress(OSError):  # if it cannot be stored, the next run checks again
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{key}-{check.cuts}").touch()
            _sweep(folder)
    return check


def _key(layer: Layer, market: Market) -> str:
    """A hash of all that the result of a check depends on."""
    strategy, settings = layer.step.strategy, layer.step.spelled(tuple(layer.step.settings))
    digest = hashlib.sha256(f"{code_version()} {strategy.sha256} {settings} {market.sha256}".encode())
    for name, value in (layer.inputs | {"answer": layer.raw}).items():
        digest.update(f" {name} {type(value).__name__} {np.shape(value)} ".encode())
        if isinstance(value, pd.DataFrame):
            digest.update(repr([*value.columns]).encode())
        digest.update(np.ascontiguousarray(value, dtype=float).tobytes())
    return digest.hexdigest()


@functools.cache
def code_version() -> str:
    """The versions of Python, NumPy and pandas, and a hash of the rules: of all files of this package."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    rules = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    return f"{platform.python_version()} {np.__version__} {pd.__version__} {rules}"


def _sweep(folder: Path) -> None:
    """Remove entries that were not used for 90 days."""
    for file in folder.iterdir():
        if time.time() - file.stat().st_mtime > KEPT_SECONDS:
            file.unlink(missing_ok=True)
