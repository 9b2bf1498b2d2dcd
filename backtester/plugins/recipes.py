"""Recipes such as `sixty_forty + gold_overlay(size=0.10)`: parsing them into steps, and spelling steps in one way."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from backtester.errors import BacktesterError, RecipeError
from backtester.plugins.labels import label_text, named_settings
from backtester.plugins.loader import Library
from backtester.plugins.spelling import spell
from backtester.plugins.strategy import Strategy

STEP_TEXT = re.compile(r"\s*(?P<name>[A-Za-z_][\w-]*)\s*(?:\((?P<settings>.*)\))?\s*", re.DOTALL)
NEEDS_PARSING = re.compile(r"['\"\[\]{}]|\)[^+]*\(")  # quotes, other brackets, or two pairs of brackets in a part
MAX_DEFAULTS = 6  # recipes of a run without recipes
EXAMPLE = "write it like 'sixty_forty + gold_overlay(size=0.10)'"


@dataclass(frozen=True)
class Step:
    """A strategy of a recipe with all its settings; `stated` names the settings that the recipe spells."""

    strategy: Strategy
    settings: dict[str, object]
    stated: tuple[str, ...]

    @cached_property
    def full(self) -> str:
        """The step spelled with every setting, defaults too."""
        return self.spelled(tuple(self.settings))

    @cached_property
    def short(self) -> str:
        """The step spelled with the settings that were stated."""
        return self.spelled(self.stated)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every text in its settings: each may be a role, the name under which a history has a series."""
        return frozenset(_words(self.settings))

    def spelled(self, names: tuple[str, ...]) -> str:
        """The step spelled with the settings of those names."""
        settings = ", ".join(f"{name}={spell(self.settings[name])}" for name in names)
        return f"{self.strategy.name}({settings})" if settings else self.strategy.name

    @property
    def label(self) -> str:
        """The step's name for readers: its LABEL, or else the strategy's name in words. Stated settings that are not in
        the LABEL follow in brackets."""
        label, words = self.strategy.label, self.strategy.name.replace("_", " ")
        text = words[:1].upper() + words[1:] if label is None else label_text(label, self.settings)
        named = () if label is None else named_settings(label)
        _, bracket, rest = self.spelled(tuple(name for name in self.stated if name not in named)).partition("(")
        return f"{text} ({rest}" if bracket else text


@dataclass(frozen=True)
class Recipe:
    """A base strategy and its overlays, which change its weights, in order; `title` is the user's name for it."""

    steps: tuple[Step, ...]
    title: str = ""

    @cached_property
    def name(self) -> str:
        """Its title or, without one, the recipe spelled with the settings that were stated."""
        return self.title or " + ".join([step.short for step in self.steps])

    @cached_property
    def full(self) -> str:
        """The recipe spelled with every setting, so that it stays the same backtest if a default changes."""
        return " + ".join([step.full for step in self.steps])


def parse_recipe(text: str, library: Library, *, known: dict[str, Step] | None = None) -> Recipe:
    """The recipe that the text spells; raise RecipeError or PluginError if a part is not understood.

    `known` is a cache of steps by their text: a step in it is not parsed again, and new steps are added, unless they
    have settings that a strategy could change.
    """
    steps: list[Step] = []
    for part in _split(text):
        if known is not None and part in known:
            steps.append(known[part])
            continue
        try:
            steps.append(_parse_step(part, library))
            if known is not None and _is_immutable(steps[-1]):
                known[part] = steps[-1]
        except BacktesterError as error:
            error.add_note(f"in the recipe {text!r}")
            raise
    if not steps[0].strategy.is_base:
        raise RecipeError(
            f"recipe {text!r}: {steps[0].strategy.name} is an overlay; put a strategy below it: {EXAMPLE}"
        )
    for step in steps[1:]:
        if not step.strategy.is_overlay:
            raise RecipeError(
                f"recipe {text!r}: {step.strategy.name} after '+' reads neither base nor portfolio, so it would throw "
                "away what is before it; only overlays follow a '+'"
            )
    return Recipe(tuple(steps))


def recipe_labels(recipes: Sequence[Recipe]) -> list[str]:
    """The labels of recipes for readers: each recipe's title, or else the labels of its steps.

    The first recipe is the reference, with which all are compared. If a recipe begins with all of the reference's
    steps, these are left out of its label. Recipes that would share a label are labelled by their names.
    """
    labels = [_label(recipe, recipes[0]) for recipe in recipes]
    return [recipe.name if labels.count(label) > 1 else label for recipe, label in zip(recipes, labels, strict=True)]


def _label(recipe: Recipe, reference: Recipe) -> str:
    """The label of one recipe."""
    steps, base = [step.full for step in recipe.steps], [step.full for step in reference.steps]
    is_on_reference = len(steps) > len(base) and steps[: len(base)] == base
    shown = recipe.steps[len(base) :] if is_on_reference else recipe.steps
    return recipe.title or " + ".join(step.label for step in shown)


def default_recipes(library: Library, reference: str) -> list[str]:
    """The recipes of a run without recipes: the DEFAULT_RECIPE of each strategy that has one, in the library's order.

    One that begins with an overlay is put on the reference. Raise RecipeError if there are more than six."""
    strategies = library.strategies.items()
    stated = {name: strategy.default_recipe for name, strategy in strategies if strategy.default_recipe is not None}
    if len(stated) > MAX_DEFAULTS:
        raise RecipeError(
            f"{len(stated)} strategies have a DEFAULT_RECIPE: {', '.join(stated)}; a run without recipes shows "
            f"{MAX_DEFAULTS} at most: name recipes, or take it out of some"
        )
    recipes = []
    for name, text in stated.items():
        if not isinstance(text, str):
            raise RecipeError(f"DEFAULT_RECIPE of strategy {name!r} is {text!r}; {EXAMPLE}")
        is_overlay = _parse_step(_split(text)[0], library).strategy.is_overlay
        recipes.append(f"{reference} + {text}" if is_overlay else text)
    return recipes


def _split(text: str) -> list[str]:
    """The parts between the plus signs outside brackets and quotes. Raise RecipeError if one is empty."""
    parts = text.split("+")
    if not NEEDS_PARSING.search(text) and all(part.strip() and part.count("(") == part.count(")") for part in parts):
        return parts  # five times as fast as the loop below, which would give the same for nearly every recipe
    parts, depth, quote, is_escaped = [""], 0, "", False
    for character in text:
        if quote:
            quote = "" if character == quote and not is_escaped else quote
            is_escaped = character == "\\" and not is_escaped
        elif character in "'\"":
            quote = character
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == "+" and depth == 0:
            parts.append("")
            continue
        parts[-1] += character
    if not all(part.strip() for part in parts):
        raise RecipeError(f"recipe {text!r} has an empty part; {EXAMPLE}")
    return parts


def _is_immutable(step: Step) -> bool:
    """Whether all settings are of immutable types, so that the step can be shared."""
    return all(value is None or isinstance(value, bool | int | float | str) for value in step.settings.values())


def _parse_step(part: str, library: Library) -> Step:
    """The step that one part of a recipe spells; raise RecipeError or PluginError if it is not understood."""
    match = STEP_TEXT.fullmatch(part)
    if match is None:
        raise RecipeError(f"recipe part {part.strip()!r} is not a strategy with settings; {EXAMPLE}")
    strategy = library.find(match["name"])
    given = _parse_settings(strategy.name, match["settings"] or "")
    try:
        settings = strategy.declaration.validate(given)
    except RecipeError as error:
        raise RecipeError(f"{strategy.name}: {error}") from error
    return Step(strategy, settings, tuple(name for name in settings if name in given))


def _parse_settings(name: str, text: str) -> dict[str, object]:
    """The settings in a step's brackets; raise RecipeError, with the strategy's name, if they are not understood."""
    try:
        # as the arguments of a call, so that Python's own parser reads them; literal_eval executes nothing
        call = ast.parse(f"_({text})", mode="eval").body
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.args:
            raise ValueError("only one pair of brackets, and name=value inside")
        names = [keyword.arg for keyword in call.keywords]
        if None in names:
            raise ValueError("each setting has a name")
        for setting in names:
            if names.count(setting) > 1:
                raise RecipeError(f"{name}: setting {setting!r} comes twice; give it once")
        return {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError) as error:
        raise RecipeError(f"{name}: settings ({text}) are not name=value pairs of plain values; {EXAMPLE}") from error


def _words(setting: object) -> Iterator[str]:
    """Every text in a setting, also inside lists, sets and dicts."""
    if isinstance(setting, str):
        yield setting
    elif isinstance(setting, dict):
        yield from _words([*setting, *setting.values()])
    elif isinstance(setting, list | tuple | set | frozenset):
        for part in setting:
            yield from _words(part)
