"""Reading scenarios from TOML files, embedded ones and the user's. An error names the line of the mistake."""

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
MOST_BASES = 5  # a base may have a base itself; more than this is taken for a circle
SHOCK_HEADER = re.compile(r"\s*\[\[\s*shock\s*\]\]")


def scenario_names() -> list[str]:
    """The names of the embedded scenarios, in alphabetical order."""
    return sorted(path.stem for path in (bundled("data") / "scenarios").glob("*.toml"))


def read_scenario(text: str, depth: int = 0) -> Scenario:
    """The embedded scenario that the text names, or the one in the file that it names (`*.toml`).

    `depth` counts the scenarios that this one is a base of. Raise ScenarioError, with the file and the line, if there
    is no such scenario or it has a mistake.
    """
    name = text.lower().replace("-", "_")
    if name in scenario_names():
        return _read(bundled("data") / "scenarios" / f"{name}.toml", depth)
    if text.endswith(".toml"):
        return _read(FilePath(text), depth)
    raise ScenarioError(f"unknown scenario {text!r}; {did_you_mean(name, scenario_names())}")


def _read(path: FilePath, depth: int) -> Scenario:
    """The scenario in a file, with its base; raise ScenarioError, with the line, if there is a mistake."""
    try:
        text = read_limited(path, MAX_SCENARIO_BYTES).decode("utf-8-sig")
        table = tomllib.loads(text)
    except OSError as error:
        raise ScenarioError(f"cannot read the scenario {path}: {error.strerror}; it is a TOML file") from error
    except (ValueError, RecursionError) as error:
        raise ScenarioError(f"{path} is not TOML: {str(error).partition(';')[0]}") from error
    try:
        _check_program_keys(path, text, table)
        lines = [number for number, line in enumerate(text.splitlines(), start=1) if SHOCK_HEADER.match(line)]
        scenario = Scenario.model_validate({**table, "name": path.stem, "file": path.name, "lines": lines})
    except ValidationError as error:
        raise ScenarioError(_mistake(path, text, error)) from error
    if scenario.base is None:
        return scenario
    if depth >= MOST_BASES:
        raise ScenarioError(f"{path} has itself as a base, or more than {MOST_BASES} others below it; leave one out")
    return scenario.model_copy(update={"base_scenario": read_scenario(scenario.base, depth + 1)})


def _check_program_keys(path: FilePath, text: str, table: dict[str, Any]) -> None:
    """Raise ScenarioError if a file has a key that only the program sets."""
    for key in PROGRAM_KEYS:
        if key in table:  # a field of the model, so pydantic would accept it
            raise ScenarioError(f"{path}, line {line_of(text, [key])}: [{key}] unknown key; leave it out")


def _mistake(path: FilePath, text: str, error: ValidationError) -> str:
    """The message of one mistake, with file and line: of an unknown key if there is one, since a misspelt key is also
    missing under its right name, else of the first."""
    mistakes = error.errors()
    first = next((mistake for mistake in mistakes if mistake["type"] == "extra_forbidden"), mistakes[0])
    what = first["msg"].removeprefix("Value error, ")
    words = [part for part in first["loc"] if isinstance(part, int) or not set("[(") & set(part)]  # no names of types
    if first["type"] == "extra_forbidden":
        models: dict[object, type[BaseModel]] = {"shock": Shock, "replay": Replayed, "spiral": Spiral, "fed": Purchases}
        fields = models.get(words[0] if len(words) > 1 else "", Scenario).model_fields
        what = f"unknown key; {did_you_mean(str(words[-1]), [name for name in fields if name not in PROGRAM_KEYS])}"
    elif first["type"] == "literal_error":
        what = f"{first['input']!r} is no shape; {did_you_mean(str(first['input']), SHAPES)}"
    where = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in words)
    return f"{path}, line {line_of(text, words)}: {f'[{where}] ' if where else ''}{what}"


def line_of(text: str, words: list[Any]) -> int:
    """The line, from 1, of a TOML file on which a key stands, or the header of its table if the key is missing.

    `words` is the key's path, such as ["shock", 2, "percent"]: the third [[shock]] table's key `percent`.
    """
    lines, start = text.splitlines(), 0
    table_number = next((part for part in words if isinstance(part, int)), 0)
    if words:
        header = re.compile(rf"\s*\[\[?\s*{re.escape(str(words[0]))}\s*\]\]?")
        headers = [number for number, line in enumerate(lines) if header.match(line)]
        if headers:
            start = headers[table_number] if table_number < len(headers) else headers[-1]
    for word in (str(part) for part in reversed(words) if not isinstance(part, int)):
        key = re.compile(rf"\s*[\"']?{re.escape(word)}[\"']?\s*=")
        for number in range(start, len(lines)):
            if key.match(lines[number]):
                return number + 1
            if number > start and lines[number].lstrip().startswith("["):
                break
    return start + 1


def check_roles(scenario: Scenario, roles: set[str]) -> None:
    """Raise ScenarioError if a shock of the scenario or its base is to a series that is neither well known (`UNITS`)
    nor among a history's `roles`, the names of its series."""
    if scenario.base_scenario:
        check_roles(scenario.base_scenario, roles)
    for number, shock in enumerate(scenario.shock):
        if shock.role not in UNITS and shock.role not in roles:
            raise ScenarioError(
                f"{scenario.where(number)}: [shock.{number + 1}.role] unknown role {shock.role!r}; "
                f"{did_you_mean(shock.role, {*UNITS, *roles})}"
            )
