"""What the signatures of `weights` and `state` declare: the series that they read and the settings that they take.

`weights` returns target weights, `state` a word for each session in which the strategy acts. A series is named by its
role, the name under which a history has it, such as `stocks`, or by a reserved word, such as `base`: the weights of the
steps before this one in the recipe.
"""

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

BOUNDS = {  # the words for the keys of JSON schema
    "minimum": "at least",
    "exclusiveMinimum": "above",
    "maximum": "at most",
    "exclusiveMaximum": "below",
}
DEFAULT_HINT = "put settings after '*'; a role, or base, may be '= None' where the strategy can do without it"
STATE = "state"  # the name of a function, and of the parameter of `weights` that gets what it returns
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
        except PydanticUserError:  # a type that JSON does not have, such as a function
            return "value"
        types = [part for part in schema.get("anyOf", ()) if part != {"type": "null"}]
        if len(types) == 1:  # of a type or None, the type
            [schema] = types
        bounds = [f"{word} {schema[key]}" for key, word in BOUNDS.items() if key in schema]
        kind = f"one of {', '.join(map(repr, schema['enum']))}" if "enum" in schema else schema.get("type", "value")
        return ", ".join([str(kind), *bounds])

    def validate(self, value: object) -> object:
        """The value, converted to the setting's type.

        Raise RecipeError if the type refuses it, or its spelling in a recipe does not give the same value again.
        """
        valid = self._checked(value)
        try:
            read_back = self._checked(ast.literal_eval(spell(valid)))
        except ValueError as error:
            raise RecipeError(f"setting {self.name}={value!r}: {error}") from error
        if read_back != valid:
            raise RecipeError(
                f"setting {self.name}={value!r}: {valid!r} reads back as {read_back!r}; use a type whose values read "
                "back as they are"
            )
        return valid

    def _checked(self, value: object) -> object:
        """The value in the setting's type; raise RecipeError if the type refuses it."""
        try:
            return self.adapter.validate_python(value, strict=not isinstance(value, str))
        except ValidationError as error:
            with contextlib.suppress(ValidationError, ValueError):
                if not isinstance(value, str):  # JSON spells what strict Python refuses: an enum by value, a date
                    return self.adapter.validate_json(to_json(value), strict=True)
            raise RecipeError(f"setting {self.name}={value!r}: {error.errors()[0]['msg']}") from error
        except Exception as error:  # a validator is the plugin's code: it may raise anything
            raise RecipeError(f"setting {self.name}={value!r}: {first_line(error)}") from error


@dataclass(frozen=True)
class Declaration:
    """The names that a strategy reads, in order, its settings, and the names that are optional (`= None`)."""

    reads: tuple[str, ...]
    settings: dict[str, Setting]
    optional: frozenset[str] = frozenset()

    @property
    def needs(self) -> tuple[str, ...]:
        """The names that it reads that are not optional."""
        return tuple(name for name in self.reads if name not in self.optional)

    def validate(self, given: dict[str, object]) -> dict[str, object]:
        """Every setting with its value, validated, or its default; raise RecipeError if a name or value is wrong."""
        for name in given:
            if name not in self.settings:
                raise RecipeError(f"unknown setting {name!r}; {did_you_mean(name, self.settings)}")
        with plugin_code():  # a validator can be the plugin's own
            return {
                name: setting.validate(given[name]) if name in given else setting.default
                for name, setting in self.settings.items()
            }


def read_declaration(function: Callable[..., object], known: Mapping[str, Setting] | None = None) -> Declaration:
    """The declaration of a function; positional parameters are what it reads, keyword-only ones are settings.

    A setting without a default is taken from `known`. Raise PluginError if a parameter is of neither form.
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
                raise PluginError(f"parameter {name!r} has a default; {DEFAULT_HINT}")
            reads.append(name)
        elif parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            has_default = parameter.default is not parameter.empty
            settings[name] = known[name] if name in known and not has_default else _setting(parameter)
        else:
            raise PluginError(f"parameter {name!r} takes any argument; name each series and each setting")
    return Declaration(tuple(reads), settings, frozenset(optional))


def read_state_declaration(function: object, of_weights: Declaration) -> Declaration:
    """The declaration of a function `state`; its settings without a default are those of `weights`.

    Unless `weights` reads `state`, `state` may only have inputs and settings that `weights` has too. Raise PluginError
    if it has others, or is no function.
    """
    if not inspect.isfunction(function):
        raise PluginError(
            f"'state' is of type {type(function).__name__}; it is a function that says when the strategy acts"
        )
    try:
        declared = read_declaration(function, of_weights.settings)
    except PluginError as error:
        raise PluginError(f"state: {error}") from error
    if STATE in declared.reads:
        raise PluginError("state takes 'state', which is what it returns; leave it out")
    if STATE in of_weights.reads:
        return declared
    for names, known in ((declared.reads, of_weights.reads), (declared.settings, of_weights.settings)):
        for name in names:
            if name not in known:
                raise PluginError(f"state takes {name!r}, which weights does not; {did_you_mean(name, known)}")
    return declared


def joined_declaration(weights: Declaration, state: Declaration | None) -> Declaration:
    """The declaration of a strategy: that of `weights` or, if `weights` reads `state`, of both functions together.

    A name is optional if neither function needs it; a setting that both have is that of `weights`. Raise PluginError if
    `weights` reads `state` and there is no such function.
    """
    if STATE not in weights.reads:
        return weights
    if state is None:
        raise PluginError("weights reads 'state', but there is no function 'state'; write one that says when it acts")
    reads = dict.fromkeys((*weights.reads, *state.reads))
    del reads[STATE]
    needed = {*weights.needs, *state.needs}
    return Declaration(tuple(reads), weights.settings | state.settings, frozenset(reads.keys() - needed))


def _setting(parameter: inspect.Parameter) -> Setting:
    """The setting that a keyword-only parameter declares; raise PluginError if it has no default, or a wrong one."""
    name, default = parameter.name, parameter.default
    if default is parameter.empty:
        raise PluginError(f"setting {name!r} has no default; give it one")
    annotation: Any = type(default) if parameter.annotation is parameter.empty else parameter.annotation
    try:
        adapter = TypeAdapter(annotation)
        valid_default = Setting(name, default, adapter).validate(default)
        return Setting(name, valid_default, adapter)
    except (PydanticUserError, PydanticUndefinedAnnotation) as error:
        raise PluginError(f"setting {name!r} has an annotation that cannot be checked: {annotation!r}") from error
    except RecipeError as error:
        raise PluginError(f"the default of {error}") from error
