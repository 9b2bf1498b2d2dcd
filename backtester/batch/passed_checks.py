"""A record in a study's folder that its strategies passed the short check, so that it is not made again.

The short check tries the rules of `contract` on a few cuts of the history, as every run does.
"""

import json
from pathlib import Path

from backtester.contract.check_cache import code_version
from backtester.files import read_limited, sha256, write_text
from backtester.histories.market import Market
from backtester.plugins.strategy import Strategy
from backtester.runs.folder import LARGEST_JSON

CHECKED_FILE = "checked.json"


def check_key(recipes: dict[Strategy, str], market: Market, execution: str) -> str:
    """The hash of all that the check of some strategies depends on: their source, the recipe in which each is checked,
    the market's figures, the settings of execution as text, and the code that runs and checks them."""
    checked = [(strategy.name, strategy.sha256, recipe) for strategy, recipe in recipes.items()]
    return sha256(json.dumps([code_version(), market.sha256, execution, checked]).encode())


def has_passed(folder: Path, key: str) -> bool:
    """Whether the folder records that the check of that key found nothing."""
    try:
        recorded: object = json.loads(read_limited(folder / CHECKED_FILE, LARGEST_JSON))
    except (OSError, ValueError):  # the file is missing or damaged: the check is made again
        return False
    return recorded == {"sound": key}


def record_pass(folder: Path, key: str) -> None:
    """Record that the check of that key found nothing; raise OutputError if the folder cannot be written."""
    write_text(folder / CHECKED_FILE, json.dumps({"sound": key}) + "\n")
