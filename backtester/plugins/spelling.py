"""Spelling the value of a setting in a recipe, as a Python literal that `ast.literal_eval` reads back."""

import math
from typing import Any

from pydantic_core import to_jsonable_python

REPR_TYPES = (bool, int, str, bytes, type(None))  # spelled by `repr`
CAN_BE_SPELLED = "numbers, text, dates, enums, paths, and tuples, lists, sets and dicts of them"


def spell(value: object) -> str:
    """The value as a Python literal, the same in every process. Raise ValueError if it cannot be spelled.

    The items of a set are sorted. A date, path or enum is spelled as the text or number that it stands for.
    """
    value_type = type(value)
    if value_type in REPR_TYPES:
        return repr(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("a finite number is needed")
        return repr(float(value))
    if value_type is list or value_type is tuple:
        return _spell_sequence(value)  # type: ignore[arg-type]  # mypy does not narrow by `type`
    if isinstance(value, set | frozenset):
        return f"{{{', '.join(sorted(map(spell, value)))}}}" if value else "set()"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{spell(key)}: {spell(item)}' for key, item in value.items())}}}"
    try:
        return spell(to_jsonable_python(value))
    except ValueError as error:
        name = value_type.__name__
        raise ValueError(f"a recipe cannot spell a value of type {name}; {CAN_BE_SPELLED} can be spelled") from error


def _spell_sequence(values: list[Any] | tuple[Any, ...]) -> str:
    """A list or tuple as a Python literal; a tuple of one item has a comma after it."""
    items = ", ".join(map(spell, values))
    if isinstance(values, list):
        return f"[{items}]"
    return f"({items},)" if len(values) == 1 else f"({items})"
