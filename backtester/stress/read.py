"""Reading scenarios, embedded ones and files; errors name the line of a mistake."""

import re
import tomllib
from pathlib import Path as FilePath
from typing import Any

from pydantic import BaseModel, ValidationError

from backtester.errors import ScenarioError, did_you_mean
from backtester.files import bundled, read_limited
from backtester.stress.scenario import PROGRAM_KEYS, UNITS, Purchases, Replayed, Scenario, Shock, Spiral
from backtester.stress.shapes import SHAPES

MAX_SCENARIO_BYTES = 1_000_000
MOST_BASES = 5  # of scenarios on scenarios
SHOCK_HEADER = re.compile(r"\s*\[\[\s*shock\s*\]\]")


def scenario_names() -> list[str]:
    """The names of the scenarios that come with the program, in order."""
    return sorted(path.stem for path in (bundled("data") / "scenarios").glob("*.toml"))


def read_scenario(text: str, depth: int = 0) -> Scenario:
    """The scenario of that name, or in that file.

    Raise ScenarioError, with the file and the line, if there is none or it has a mistake.
    """
    name = text.lower().replace("-", "_")
    if name in scenario_names():
        return _read(bundled("data") / "scenarios" / f"{name}.toml", depth)
    if text.endswith(".toml"):
        return _read(FilePath(text), depth)
    raise ScenarioError(f"unknown scenario {text!r}; {did_you_mean(name, scenario_names())}")


def _read(path: FilePath, depth: int) -> Scenario:
    try:
        text = read_limited(path, MAX_SCENARIO_BYTES).decode("utf-8-sig")
        table = tomllib.loads(text)
    except OSError as error:
        raise ScenarioError(f"cannot read the scenario {path}: {error.strerror}; it is a TOML file") from error
    except (ValueError, RecursionError) as error:
        raise ScenarioError(f"{path} is not TOML: {str(error).partition(';')[0]}") from error
    try:
        _refuse_program_keys(path, text, table)
        lines = [number for number, line in enumerate(text.splitlines(), start=1) if SHOCK_HEADER.match(line)]
        found = Scenario.model_validate({**table, "name": path.stem, "file": path.name, "lines": lines})
    except ValidationError as error:
        raise ScenarioError(_mistake(path, text, error)) from error
    if found.base is None:
        return found
    if depth >= MOST_BASES:
        raise ScenarioError(f"{path} has itself as a base, or more than {MOST_BASES} others below it; leave one out")
    return found.model_copy(update={"on": read_scenario(found.base, depth + 1)})


def _refuse_program_keys(path: FilePath, text: str, table: dict[str, Any]) -> None:
    """Raise ScenarioError if a file has a key that only the program sets."""
    for key in PROGRAM_KEYS:
        if key in table:  # a field of the model, so pydantic would accept it
            raise ScenarioError(f"{path}, line {line_of(text, [key])}: [{key}] unknown key; leave it out")


def _mistake(path: FilePath, text: str, error: ValidationError) -> str:
    """The message of the first mistake, with file and line; an unknown key comes first, since another may lack for
    it."""
    mistakes = error.errors()
    first = next((mistake for mistake in mistakes if mistake["type"] == "extra_forbidden"), mistakes[0])
    what = first["msg"].removeprefix("Value error, ")
    words = [part for part in first["loc"] if isinstance(part, int) or not set("[(") & set(part)]  # not pydantic's own
    if first["type"] == "extra_forbidden":
        models: dict[object, type[BaseModel]] = {"shock": Shock, "replay": Replayed, "spiral": Spiral, "fed": Purchases}
        fields = models.get(words[0] if len(words) > 1 else "", Scenario).model_fields
        what = f"unknown key; {did_you_mean(str(words[-1]), [name for name in fields if name not in PROGRAM_KEYS])}"
    elif first["type"] == "literal_error":
        what = f"{first['input']!r} is no shape; {did_you_mean(str(first['input']), SHAPES)}"
    where = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in words)
    return f"{path}, line {line_of(text, words)}: {f'[{where}] ' if where else ''}{what}"


def line_of(text: str, words: list[Any]) -> int:
    """The line of a TOML file on which the key of such a path stands, or the header of the table that lacks it."""
    lines, start = text.splitlines(), 0
    place = next((part for part in words if isinstance(part, int)), 0)
    if words:
        header = re.compile(rf"\s*\[\[?\s*{re.escape(str(words[0]))}\s*\]\]?")
        found = [number for number, line in enumerate(lines) if header.match(line)]
        if found:
            start = found[place] if place < len(found) else found[-1]
    for word in (str(part) for part in reversed(words) if not isinstance(part, int)):
        key = re.compile(rf"\s*[\"']?{re.escape(word)}[\"']?\s*=")
        for number in range(start, len(lines)):
            if key.match(lines[number]):
                return number + 1
            if number > start and lines[number].lstrip().startswith("["):
                break
    return start + 1


def check_roles(scenario: Scenario, roles: set[str]) -> None:
    """Raise ScenarioError if a shock of the scenario or its base names neither a well-known role nor one in `roles`."""
    if scenario.on:
        check_roles(scenario.on, roles)
    for place, shock in enumerate(scenario.shock):
        if shock.role not in UNITS and shock.role not in roles:
            raise ScenarioError(
                f"{scenario.where(place)}: [shock.{place + 1}.role] unknown role {shock.role!r}; "
                f"{did_you_mean(shock.role, {*UNITS, *roles})}"
            )
