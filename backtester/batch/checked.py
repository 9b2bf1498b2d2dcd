"""The record, in a study's folder, of strategies that passed the short check, so that they need no second one."""

import json
from pathlib import Path

from backtester.contract.check_cache import code_version
from backtester.files import read_limited, sha256, write_text
from backtester.histories.market import Market
from backtester.plugins.strategy import Strategy
from backtester.runs.folder import LARGEST_JSON

CHECKED_FILE = "checked.json"


def check_key(recipes: dict[Strategy, str], market: Market, execution: str) -> str:
    """The hash of all that checks of the strategies depend on: their bytes, the recipe that each stands in, all figures
    of the market, how the recipes are traded, and the code that runs and checks them."""
    stands = [(strategy.name, strategy.sha256, recipe) for strategy, recipe in recipes.items()]
    return sha256(json.dumps([code_version(), market.sha256, execution, stands]).encode())


def were_sound(folder: Path, key: str) -> bool:
    """Whether the strategies of that key were checked, and nothing was found."""
    try:
        known: object = json.loads(read_limited(folder / CHECKED_FILE, LARGEST_JSON))
    except (OSError, ValueError):  # there is none, or none that can be read: they are checked again
        return False
    return known == {"sound": key}


def note_sound(folder: Path, key: str) -> None:
    """Keep that nothing was found; raise OutputError if the folder cannot be written."""
    write_text(folder / CHECKED_FILE, json.dumps({"sound": key}) + "\n")
