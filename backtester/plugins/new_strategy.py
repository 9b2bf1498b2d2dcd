"""The files of a new strategy to start from: it works, passes `strategies check`, and has a docstring to fill in."""

import re
from collections.abc import Collection

from backtester.errors import PluginError
from backtester.plugins.names import normal_name

STRATEGY_NAME = re.compile(r"[a-z][a-z0-9_]*")
TEMPLATE_HEAD = '''"""FILL IN, in one line: what {name} does.

Hypothesis: FILL IN why it should pay when stocks and bonds fall together.
Fails when: FILL IN when it does not, with a date.
Source: FILL IN the paper, or say that it is a choice.
"""

from typing import Annotated

import pandas as pd
from pydantic import Field


'''
BASE_TEMPLATE = '''def weights(
    stocks: pd.Series, sessions_a_year: float, *, share: Annotated[float, Field(ge=0, le=1)] = 0.60
) -> dict[str, pd.Series | float]:
    """`share` in stocks, or in bills while they stand below their mean of a year; the rest in bonds."""
    below = stocks < stocks.rolling(round(sessions_a_year)).mean()
    return {"stocks": (share * ~below), "bonds": 1 - share}
'''
OVERLAY_TEMPLATE = '''def weights(
    base: pd.DataFrame, stocks: pd.Series, sessions_a_year: float, *, less: Annotated[float, Field(ge=0, le=1)] = 0.50
) -> pd.DataFrame:
    """The base, `less` of it in bills while stocks stand below their mean of a year."""
    below = stocks < stocks.rolling(round(sessions_a_year)).mean()
    return base.mul(1 - less * below, axis=0)
'''
PROJECT_TEMPLATE = """[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "{project}"
version = "0.1.0"
description = "Strategies for the Crisis Backtester"
requires-python = ">=3.11"
dependencies = ["crisis-backtester"]

[project.entry-points."backtester.strategies"]
{name} = "{package}.{name}"

[tool.hatch.build.targets.wheel]
packages = ["{package}"]
"""


def new_name(given: str, known: Collection[str]) -> str:
    """The strategy name that the user gave, in normal form. Raise PluginError if it is not allowed, or in `known`."""
    name = normal_name(given)
    if not STRATEGY_NAME.fullmatch(name):
        raise PluginError(f"{given!r} is no name for a strategy; take letters, digits and _, a letter first")
    if name in known:
        raise PluginError(f"there is a strategy {name!r} already; take another name")
    return name


def strategy_text(name: str, *, overlay: bool) -> str:
    """The text of the file of a new base strategy, or a new overlay."""
    return TEMPLATE_HEAD.format(name=name) + (OVERLAY_TEMPLATE if overlay else BASE_TEMPLATE)


def distribution_files(name: str, folder: str, *, overlay: bool) -> dict[str, str]:
    """The texts of a distribution's files by path, with that strategy in a package named after the folder.

    Raise PluginError if the folder's name is not allowed for a package.
    """
    package = normal_name(folder)
    if not STRATEGY_NAME.fullmatch(package):
        raise PluginError(f"{folder!r} is no name for a distribution; take letters, digits, - and _, a letter first")
    project = PROJECT_TEMPLATE.format(project=package.replace("_", "-"), package=package, name=name)
    return {
        "pyproject.toml": project,
        f"{package}/__init__.py": '"""Strategies for the Crisis Backtester."""\n',
        f"{package}/{name}.py": strategy_text(name, overlay=overlay),
    }
