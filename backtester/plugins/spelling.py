"""How a recipe spells the value of a setting: as Python that `ast.literal_eval` reads back."""

import math
from typing import Any

from pydantic_core import to_jsonable_python

PLAIN_TYPES = (bool, int, str, bytes, type(None))
SPELLED = "numbers, text, dates, enums, paths, and tuples, lists, sets and dicts of them"


def spell(value: object) -> str:
    """The value as Python text, the same in every process. Raise ValueError if it cannot be spelled.

    Sets are spelled in order. A date, path or enum is spelled as the text or number that it stands for.
    """
    kind = type(value)
    if kind in PLAIN_TYPES:
        return repr(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("a finite number is needed")
        return repr(float(value))
    if kind is tuple or kind is list:
        return _listed(value)
    if isinstance(value, set | frozenset):
        return f"{{{', '.join(sorted(map(spell, value)))}}}" if value else "set()"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{spell(key)}: {spell(one)}' for key, one in value.items())}}}"
    try:
        return spell(to_jsonable_python(value))
    except ValueError as error:
        raise ValueError(f"a recipe cannot spell a value of type {kind.__name__}; {SPELLED} can be spelled") from error


def _listed(values: Any) -> str:
    inside = ", ".join(map(spell, values))
    return f"[{inside}]" if isinstance(values, list) else f"({inside}{',' * (len(values) == 1)})"
