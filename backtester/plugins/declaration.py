"""What the signature of `weights` declares: the series it reads and the settings it takes."""

import ast
import contextlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic.errors import PydanticUndefinedAnnotation, PydanticUserError
from pydantic_core import to_json

from backtester.errors import PluginError, RecipeError, did_you_mean, first_line
from backtester.histories.manifest_schema import RESERVED_WORDS
from backtester.plugins.guard import plugin_code
from backtester.plugins.spelling import spell

BOUNDS = {
    "minimum": "at least",
    "exclusiveMinimum": "above",
    "maximum": "at most",
    "exclusiveMaximum": "below",
}
DEFAULTS = "put settings after '*'; a role, or base, may be '= None' where the strategy can do without it"
STATE = "state"  # a parameter of `weights` that is given what the function `state` returns
POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@dataclass(frozen=True)
class Setting:
    """A keyword-only parameter: its default, and the validator made from its annotation."""

    name: str
    default: object
    adapter: TypeAdapter[object]

    @property
    def accepts(self) -> str:
        """Its type and bounds in words, such as `number, at least 0, at most 1`."""
        try:
            schema = self.adapter.json_schema()
        except PydanticUserError:  # such as a Callable
            return "value"
        other, *rest = [part for part in schema.get("anyOf", ()) if part != {"type": "null"}] or [schema]
        schema = schema if rest else other  # of a setting that can be None, its other type
        bounds = [f"{word} {schema[key]}" for key, word in BOUNDS.items() if key in schema]
        kind = f"one of {', '.join(map(repr, schema['enum']))}" if "enum" in schema else schema.get("type", "value")
        return ", ".join([str(kind), *bounds])

    def validate(self, value: object) -> object:
        """The value in the setting's type. Raise RecipeError if it is refused, or a recipe cannot spell it."""
        valid = self._checked(value)
        try:
            again = self._checked(ast.literal_eval(spell(valid)))
        except ValueError as error:
            raise RecipeError(f"setting {self.name}={value!r}: {error}") from error
        if again != valid:
            raise RecipeError(
                f"setting {self.name}={value!r}: {valid!r} reads back as {again!r}; use a type whose values read back "
                "as they are"
            )
        return valid

    def _checked(self, value: object) -> object:
        try:
            return self.adapter.validate_python(value, strict=not isinstance(value, str))
        except ValidationError as error:
            with contextlib.suppress(ValidationError, ValueError):
                if not isinstance(value, str):  # an enum by its value, dates in a tuple: JSON has words for them too
                    return self.adapter.validate_json(to_json(value), strict=True)
            raise RecipeError(f"setting {self.name}={value!r}: {error.errors()[0]['msg']}") from error
        except Exception as error:  # a validator is the plugin's code: it may raise anything
            raise RecipeError(f"setting {self.name}={value!r}: {first_line(error)}") from error


@dataclass(frozen=True)
class Declaration:
    """The names that a strategy reads, in order, those of them that are optional (`= None`), and its settings."""

    reads: tuple[str, ...]
    settings: dict[str, Setting]
    optional: frozenset[str] = frozenset()

    @property
    def needs(self) -> tuple[str, ...]:
        """The names that it reads and that are not optional."""
        return tuple(name for name in self.reads if name not in self.optional)

    def validate(self, given: dict[str, object]) -> dict[str, object]:
        """Every setting with its value: those given, validated, and the defaults of the rest."""
        for name in given:
            if name not in self.settings:
                raise RecipeError(f"unknown setting {name!r}; {did_you_mean(name, self.settings)}")
        with plugin_code():  # a validator can be the plugin's own
            return {
                name: setting.validate(given[name]) if name in given else setting.default
                for name, setting in self.settings.items()
            }


def read_declaration(function: Callable[..., object], known: Mapping[str, Setting] | None = None) -> Declaration:
    """The declaration of a `weights` function. Raise PluginError if a parameter is neither a series nor a setting.

    A setting without a default is taken from `known`.
    """
    known = known or {}
    try:
        signature = inspect.signature(function, eval_str=True)
    except Exception as error:  # an annotation is the plugin's code: it may raise anything
        raise PluginError(f"the annotations of weights cannot be read: {error}") from error
    reads, settings, optional = [], {}, set()
    for name, parameter in signature.parameters.items():
        if parameter.kind in POSITIONAL:
            if parameter.default is None and (name == "base" or name not in RESERVED_WORDS):
                optional.add(name)
            elif parameter.default is not parameter.empty:
                raise PluginError(f"parameter {name!r} has a default; {DEFAULTS}")
            reads.append(name)
        elif parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            stated = parameter.default is not parameter.empty or name not in known
            settings[name] = _setting(parameter) if stated else known[name]
        else:
            raise PluginError(f"parameter {name!r} takes any argument; name each series and each setting")
    return Declaration(tuple(reads), settings, frozenset(optional))


def read_state_declaration(function: object, whole: Declaration) -> Declaration:
    """The declaration of a `state` function, whose settings without a default are those of `weights`.

    Raise PluginError if it names something that `weights`, with the declaration `whole`, neither reads nor has as a
    setting, unless `weights` reads `state`.
    """
    if not inspect.isfunction(function):
        raise PluginError(
            f"'state' is of type {type(function).__name__}; it is a function that says when the strategy acts"
        )
    try:
        declared = read_declaration(function, whole.settings)
    except PluginError as error:
        raise PluginError(f"state: {error}") from error
    if STATE in declared.reads:
        raise PluginError("state takes 'state', which is what it returns; leave it out")
    if STATE in whole.reads:
        return declared
    for names, known in ((declared.reads, whole.reads), (declared.settings, whole.settings)):
        for name in names:
            if name not in known:
                raise PluginError(f"state takes {name!r}, which weights does not; {did_you_mean(name, known)}")
    return declared


def joined_declaration(weights: Declaration, state: Declaration | None) -> Declaration:
    """The declaration of `weights`, with `state`, if it reads that, replaced by what the function `state` declares.

    A name is optional if neither function needs it; a setting of both is that of `weights`. Raise PluginError if
    there is no function `state`."""
    if STATE not in weights.reads:
        return weights
    if state is None:
        raise PluginError("weights reads 'state', but there is no function 'state'; write one that says when it acts")
    reads = dict.fromkeys((*weights.reads, *state.reads))
    del reads[STATE]
    needed = {*weights.needs, *state.needs}
    return Declaration(tuple(reads), weights.settings | state.settings, frozenset(reads.keys() - needed))


def _setting(parameter: inspect.Parameter) -> Setting:
    name, default = parameter.name, parameter.default
    if default is parameter.empty:
        raise PluginError(f"setting {name!r} has no default; give it one")
    annotation: Any = type(default) if parameter.annotation is parameter.empty else parameter.annotation
    try:
        adapter = TypeAdapter(annotation)
        return Setting(name, Setting(name, default, adapter).validate(default), adapter)
    except (PydanticUserError, PydanticUndefinedAnnotation) as error:
        raise PluginError(f"setting {name!r} has an annotation that cannot be checked: {annotation!r}") from error
    except RecipeError as error:
        raise PluginError(f"the default of {error}") from error
