"""Tables, in Markdown, of what the code defines: keys of files, figures, documents, blueprints."""

import importlib
import inspect
import json
import pkgutil
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

import backtester
from backtester.analysis.figures import figures
from backtester.files import bundled

Json = dict[str, Any]


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def keys(model: type[BaseModel], meanings: Mapping[str, str]) -> str:
    """A Markdown table of a model's keys, with types and defaults from the code and `meanings` by key.

    Raises ValueError if a key has no meaning, or a meaning no key.
    """
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    if odd := fields.keys() ^ meanings.keys():
        raise ValueError(f"{model.__name__} and its meanings differ in {', '.join(sorted(odd))}")
    kinds = model.model_json_schema()
    rows = [
        [
            f"`{name}`",
            spelled_type(kinds["properties"][name], kinds),
            "needed" if field.is_required() else default(field.get_default(call_default_factory=True)),
            meanings[name],
        ]
        for name, field in fields.items()
    ]
    return table(["key", "type", "default", "meaning"], rows)


def default(value: object) -> str:
    """A default as a file would spell it; nothing for none and for tables."""
    if value in (None, (), {}, PydanticUndefined) or isinstance(value, BaseModel):
        return ""
    return f"`{json.dumps(value, default=str)}`"


def spelled_type(schema: Json, whole: Json) -> str:
    """A type of a JSON Schema in words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return spelled_type({"title": name} | whole["$defs"][name], whole)
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if parts := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return " or ".join(dict.fromkeys(spelled_type(part, whole) for part in parts))
    kind = schema.get("type", "any")
    if isinstance(kind, list):
        return " or ".join(kind)
    if kind == "array":
        return f"list of {spelled_type(schema.get('items', {}), whole)}"
    return {"object": "table"}.get(kind, f"{schema['format']}" if "format" in schema else str(kind))


def figures_table() -> str:
    """Every figure with its formula, a table a part."""
    parts: dict[str, list[Sequence[str]]] = {"measures": [], "scorecard": []}
    for key, figure in figures().items():
        part, _, name = key.partition(".")
        formula, source = (figure.card.formula, figure.card.source) if figure.card else ("", "")
        parts[part].append([f"`{name}`", figure.label, figure.unit, formula, source])
    heads = ["name", "called", "unit", "formula", "source"]
    return "\n".join(f"## {part.capitalize()}\n\n{table(heads, rows)}" for part, rows in parts.items())


def blueprints() -> str:
    """The embedded blueprints."""
    read = {
        path.stem: tomllib.loads(path.read_text()) for path in sorted((bundled("data") / "blueprints").glob("*.toml"))
    }
    rows = [[f"`{name}`", one.get("title", ""), ", ".join(one["series"])] for name, one in read.items()]
    return table(["blueprint", "title", "series"], rows)


def schema_sections(*names: str) -> str:
    """Every key of each schema that describes it, by its path."""
    made = []
    for name in names:
        schema = json.loads(files("backtester").joinpath("schemas", f"{name}.json").read_text(encoding="utf-8"))
        rows = [[f"`{path}`", kind, text] for path, kind, text in _described(schema, schema, "")]
        made.append(f"## {schema['title']}\n\n{schema['description']}\n\n{table(['key', 'type', 'meaning'], rows)}")
    return "\n".join(made)


def _described(part: Mapping[str, Any], whole: Json, path: str) -> Iterable[tuple[str, str, str]]:
    part = whole["$defs"][part["$ref"].rpartition("/")[2]] | dict(part) if "$ref" in part else part
    if "description" in part and path:
        yield path, spelled_type(dict(part), whole), part["description"]
    for name, below in part.get("properties", {}).items():
        yield from _described(below, whole, f"{path}.{name}" if path else name)
    if isinstance(part.get("additionalProperties"), dict):
        yield from _described(part["additionalProperties"], whole, f"{path}.*")
    if isinstance(part.get("items"), dict):
        yield from _described(part["items"], whole, f"{path}[]")


def packages() -> str:
    """The docstring of each package of the program, under its name."""
    named = [one.name for one in pkgutil.iter_modules(backtester.__path__) if one.ispkg]
    made = [(name, importlib.import_module(f"backtester.{name}").__doc__ or "") for name in named]
    return "\n".join(f"**{name}.** {inspect.cleandoc(text)}\n" for name, text in made if text)
