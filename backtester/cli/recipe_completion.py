"""Completion of recipes for the shell: strategies, and the settings inside their brackets."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import click
from click.shell_completion import CompletionItem

OPENING_BRACKETS, CLOSING_BRACKETS, QUOTES = "([{", ")]}", "'\""


class RecipeEnd(NamedTuple):
    """Where a recipe breaks off: how deep in brackets, or in a quoted text; and the places at which its last part, the
    inside of this part's brackets and its last setting begin."""

    depth: int
    quoted: bool
    part: int
    inside: int
    setting: int


def complete_recipe(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The recipe with its last word completed: a strategy that can stand there, or a setting that is not given yet."""
    from backtester.plugins.loader import load_library  # executes the strategies; only the shell asks for this

    place = _end_of(incomplete)
    if place.quoted or place.depth > 1:
        return []
    library = load_library(ctx.params.get("plugins") or ())
    if place.depth == 0:
        found = {
            one.name: one.summary
            for one in library.strategies.values()
            if (one.is_overlay if place.part else one.is_base)
        }
        return list(_completed(incomplete, place.part, found))
    strategy = library.strategies.get(incomplete[place.part : place.inside - 1].strip().lower().replace("-", "_"))
    given = re.findall(r"(\w+)\s*=", incomplete[place.inside : place.setting])
    settings = strategy.declaration.settings.values() if strategy else ()
    words = {f"{one.name}=": one.accepts for one in settings if one.name not in given}
    return list(_completed(incomplete, place.setting, words))


def _completed(text: str, start: int, words: dict[str, str]) -> Iterator[CompletionItem]:
    begun = text[start:].lstrip()
    kept = text[: len(text) - len(begun)]
    for word, about in words.items():
        if word.startswith(begun):
            yield CompletionItem(kept + word, help=about)


def _end_of(text: str) -> RecipeEnd:
    depth, quote, part, inside, setting = 0, "", 0, 0, 0
    for place, sign in enumerate(text, start=1):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in QUOTES:
            quote = sign
        elif sign in OPENING_BRACKETS:
            depth += 1
            if depth == 1:
                inside = setting = place
        elif sign in CLOSING_BRACKETS:
            depth -= 1
        elif sign == "+" and depth == 0:
            part = place
        elif sign == "," and depth == 1:
            setting = place
    return RecipeEnd(depth, bool(quote), part, inside, setting)
