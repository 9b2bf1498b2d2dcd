"""Recipes such as `sixty_forty + gold_overlay(size=0.10)`: parsed into steps, and written in one spelling."""

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
NEEDS_PARSING = re.compile(r"['\"\[\]{}]|\)[^+]*\(")
MAX_DEFAULTS = 6
EXAMPLE = "write it like 'sixty_forty + gold_overlay(size=0.10)'"


@dataclass(frozen=True)
class Step:
    """A strategy with all its settings, and the names of those that the recipe states."""

    strategy: Strategy
    settings: dict[str, object]
    stated: tuple[str, ...]

    @cached_property
    def full(self) -> str:
        """The step with every setting, defaults too."""
        return self.spelled(tuple(self.settings))

    @cached_property
    def short(self) -> str:
        """The step with the settings that were stated."""
        return self.spelled(self.stated)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every text in its settings, which may be the name of a role."""
        return frozenset(_words(self.settings))

    def spelled(self, names: tuple[str, ...]) -> str:
        """The step with the settings of those names."""
        inside = ", ".join(f"{name}={spell(self.settings[name])}" for name in names)
        return f"{self.strategy.name}({inside})" if inside else self.strategy.name

    @property
    def label(self) -> str:
        """The step's name for readers: its LABEL, else its name with spaces; stated settings that the LABEL does not
        name follow in brackets."""
        label, words = self.strategy.label, self.strategy.name.replace("_", " ")
        text = words[:1].upper() + words[1:] if label is None else label_text(label, self.settings)
        named = () if label is None else named_settings(label)
        _, bracket, rest = self.spelled(tuple(name for name in self.stated if name not in named)).partition("(")
        return f"{text} ({rest}" if bracket else text


@dataclass(frozen=True)
class Recipe:
    """A base strategy and its overlays, in order; `title` is a name that the user gave it."""

    steps: tuple[Step, ...]
    title: str = ""

    @cached_property
    def name(self) -> str:
        """Its title or, without one, the recipe in one spelling, with the settings that were stated."""
        return self.title or " + ".join([step.short for step in self.steps])

    @cached_property
    def full(self) -> str:
        """The recipe with every setting, defaults too: the same backtest under any later default."""
        return " + ".join([step.full for step in self.steps])


def parse_recipe(text: str, library: Library, *, known: dict[str, Step] | None = None) -> Recipe:
    """The recipe that the text spells; raise RecipeError or PluginError if a part is not understood.

    `known` keeps steps by their text from one call to the next: a step in it is not parsed again, and a step whose
    settings are immutable is added.
    """
    steps: list[Step] = []
    for part in _split(text):
        if known is not None and part in known:
            steps.append(known[part])
            continue
        try:
            steps.append(_parse_step(part, library))
            if known is not None and _is_fixed(steps[-1]):
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
    """The labels of recipes, the reference first: a recipe's title, else the labels of its steps.

    The reference's steps are left out below a recipe's overlays. Recipes with the same label are labelled by their
    names.
    """
    labels = [_label(recipe, recipes[0]) for recipe in recipes]
    return [recipe.name if labels.count(label) > 1 else label for recipe, label in zip(recipes, labels, strict=True)]


def _label(recipe: Recipe, reference: Recipe) -> str:
    own, below = [step.full for step in recipe.steps], [step.full for step in reference.steps]
    is_above = len(own) > len(below) and own[: len(below)] == below
    return recipe.title or " + ".join(step.label for step in recipe.steps[len(below) if is_above else 0 :])


def default_recipes(library: Library, reference: str) -> list[str]:
    """The recipes of a run without recipes: those that strategies state in DEFAULT_RECIPE, in order of their names.

    One that begins with an overlay is put on the reference. Raise RecipeError if there are more than six."""
    stated = {name: one.default_recipe for name, one in library.strategies.items() if one.default_recipe is not None}
    if len(stated) > MAX_DEFAULTS:
        raise RecipeError(
            f"{len(stated)} strategies have a DEFAULT_RECIPE: {', '.join(stated)}; a run without recipes shows "
            f"{MAX_DEFAULTS} at most: name recipes, or take it out of some"
        )
    found = []
    for name, text in stated.items():
        if not isinstance(text, str):
            raise RecipeError(f"DEFAULT_RECIPE of strategy {name!r} is {text!r}; {EXAMPLE}")
        is_overlay = _parse_step(_split(text)[0], library).strategy.is_overlay
        found.append(f"{reference} + {text}" if is_overlay else text)
    return found


def _split(text: str) -> list[str]:
    """The parts between the plus signs outside brackets and quotes. Raise RecipeError if one is empty."""
    parts = text.split("+")
    if not NEEDS_PARSING.search(text) and all(part.strip() and part.count("(") == part.count(")") for part in parts):
        return parts  # the same as the loop below, five times as fast, for nearly every recipe of a study
    parts, depth, quote, escaped = [""], 0, "", False
    for sign in text:
        if quote:
            quote = "" if sign == quote and not escaped else quote
            escaped = sign == "\\" and not escaped
        elif sign in "'\"":
            quote = sign
        elif sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        elif sign == "+" and depth == 0:
            parts.append("")
            continue
        parts[-1] += sign
    if not all(part.strip() for part in parts):
        raise RecipeError(f"recipe {text!r} has an empty part; {EXAMPLE}")
    return parts


def _is_fixed(step: Step) -> bool:
    """Whether all settings are immutable values."""
    return all(value is None or isinstance(value, bool | int | float | str) for value in step.settings.values())


def _parse_step(part: str, library: Library) -> Step:
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
    try:
        call = ast.parse(f"_({text})", mode="eval").body
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.args:
            raise ValueError("only one pair of brackets, and name=value inside")
        names = [word.arg for word in call.keywords]
        if None in names:
            raise ValueError("each setting has a name")
        for setting in names:
            if names.count(setting) > 1:
                raise RecipeError(f"{name}: setting {setting!r} comes twice; give it once")
        return {str(word.arg): ast.literal_eval(word.value) for word in call.keywords}
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError) as error:
        raise RecipeError(f"{name}: settings ({text}) are not name=value pairs of plain values; {EXAMPLE}") from error


def _words(setting: object) -> Iterator[str]:
    """Every text in a setting, which may be the name of a role."""
    if isinstance(setting, str):
        yield setting
    elif isinstance(setting, dict):
        yield from _words([*setting, *setting.values()])
    elif isinstance(setting, list | tuple | set | frozenset):
        for part in setting:
            yield from _words(part)
