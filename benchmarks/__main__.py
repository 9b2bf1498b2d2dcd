"""Runs one benchmark: `python -m benchmarks [NAME] [its own options]`; the engine's if none is named.

A benchmark is a file or package in this folder that runs by itself; nothing is registered.
"""

import pkgutil
import runpy
import sys
from pathlib import Path

DEFAULT = "engine"


def main(words: list[str]) -> None:
    """Run the named benchmark with the rest of the words as its own."""
    modules = pkgutil.iter_modules([str(Path(__file__).parent)])
    known = sorted(module.name for module in modules if module.name != "__main__")
    name, rest = (words[0], words[1:]) if words and not words[0].startswith("-") else (DEFAULT, words)
    if name not in known:
        sys.stderr.write(f"unknown benchmark {name!r}; known: {', '.join(known)}\n")
        sys.exit(2)
    sys.argv = [f"python -m benchmarks {name}", *rest]
    runpy.run_module(f"benchmarks.{name}", run_name="__main__")


main(sys.argv[1:])
