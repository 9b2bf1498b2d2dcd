"""Completion of recipes for the shell: strategies, and the settings inside their brackets.

A recipe, such as `sixty_forty + gold_overlay(size=0.10)`, is a base strategy and overlays; each of them is a step.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import click
from click.shell_completion import CompletionItem

OPENING_BRACKETS, CLOSING_BRACKETS, QUOTES = "([{", ")]}", "'\""


class RecipeEnd(NamedTuple):
    """The position at which an unfinished recipe ends.

    `depth` counts the open brackets, and `is_quoted` says whether a quote is open. The other fields are the indices of
    the characters at which the last step, the text in that step's brackets, and its last setting begin.
    """

    depth: int
    is_quoted: bool
    step: int
    settings: int
    last_setting: int


def complete_recipe(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The recipe with its last word completed: by strategies that can be there, or by settings that are not given."""
    from backtester.plugins.loader import load_library  # executes the strategies; only the shell asks for this

    end = _end_of(incomplete)
    if end.is_quoted or end.depth > 1:
        return []
    library = load_library(ctx.params.get("plugins") or ())
    if end.depth == 0:
        summaries = {
            strategy.name: strategy.summary
            for strategy in library.strategies.values()
            if (strategy.is_overlay if end.step else strategy.is_base)
        }
        return list(_completed(incomplete, end.step, summaries))
    name = incomplete[end.step : end.settings - 1].strip().lower().replace("-", "_")
    strategy = library.strategies.get(name)
    given = re.findall(r"(\w+)\s*=", incomplete[end.settings : end.last_setting])
    settings = strategy.declaration.settings.values() if strategy else ()
    words = {f"{setting.name}=": setting.accepts for setting in settings if setting.name not in given}
    return list(_completed(incomplete, end.last_setting, words))


def _completed(text: str, start: int, words: dict[str, str]) -> Iterator[CompletionItem]:
    """The text with the word that begins at `start` completed by each of the `words` that fit, which map to help."""
    incomplete_word = text[start:].lstrip()
    before = text[: len(text) - len(incomplete_word)]
    for word, help_text in words.items():
        if word.startswith(incomplete_word):
            yield CompletionItem(before + word, help=help_text)


def _end_of(text: str) -> RecipeEnd:
    """The position at which an unfinished recipe ends."""
    depth, quote, step, settings, last_setting = 0, "", 0, 0, 0
    for after, character in enumerate(text, start=1):  # `after` is the index of the next character
        if quote:
            quote = "" if character == quote else quote
        elif character in QUOTES:
            quote = character
        elif character in OPENING_BRACKETS:
            depth += 1
            if depth == 1:
                settings = last_setting = after
        elif character in CLOSING_BRACKETS:
            depth -= 1
        elif character == "+" and depth == 0:
            step = after
        elif character == "," and depth == 1:
            last_setting = after
    return RecipeEnd(depth, is_quoted=bool(quote), step=step, settings=settings, last_setting=last_setting)
