"""The JSON Schema files in `backtester/schemas`: what is printed with --json is as they say, and all of it is said."""

import json
import shlex
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mistakes import called

SMALL = "--history small --data data"
COMMANDS = {
    "run": [
        f"run 'sixty_forty + gold_overlay' 'sixty_forty + vol_target' {SMALL} --resamples 100"
        " --stress 'Dash for cash' --as-of",
        f"run 'sixty_forty + vol_target' {SMALL} --resamples 0 --start 2020-06-01 --audit",
        "run 'sixty_forty + funding_stress' --resamples 0 --start 2019-01-01",
    ],
    "batch": ["batch study.toml --workers 1"],
    "verify": ["verify a_run", "verify a_study"],
    "stress_run": ["stress run 'sixty_forty + gold_overlay' --scenario capital_war"],
    "stress_reverse": ["stress reverse 'sixty_forty + gold_overlay' --scenario capital_war --lose 0.2"],
    "stress_frequency": ["stress frequency sixty_forty --paths 4 --dynamic-paths 0 --years 2"],
    "stress_basis": ["stress basis"],
}  # fmt: skip
MADE_BEFORE = {
    "verify": [f"run sixty_forty {SMALL} --resamples 0 --out a_run", "batch study.toml --workers 1 --out a_study"],
}
STUDY = """
name = "two"
history = "small"
data = "data"
[[grid]]
recipe = "sixty_forty + gold_overlay(size={size})"
size = [0.05, 0.1]
"""


def schema_of(name: str) -> Any:
    """The schema of that name."""
    return json.loads(files("backtester").joinpath("schemas", f"{name}.json").read_text(encoding="utf-8"))


def undescribed(value: Any, schema: Mapping[str, Any], path: str = "$") -> Iterator[str]:
    """The places of a document of which the schema says nothing."""
    for choice in schema.get("anyOf", ()):
        if choice.get("type") in ("object", "array"):
            schema = choice
    if isinstance(value, dict):
        rest = schema.get("additionalProperties")
        for key, part in value.items():
            below = schema.get("properties", {}).get(key, rest)
            if below is None:
                yield f"{path}.{key}"
            elif below is not True:
                yield from undescribed(part, below, f"{path}.{key}")
    elif isinstance(value, list):
        for part in value:
            yield from undescribed(part, schema.get("items", {}), f"{path}[]")


@pytest.mark.parametrize("name", COMMANDS)
def test_documents_are_as_their_schema_says(name: str, small: Path, tmp_path: Path) -> None:
    """Every document that a command prints keeps to its schema, which describes every key in it."""
    (tmp_path / "data").symlink_to(small)
    (tmp_path / "study.toml").write_text(STUDY)
    schema = schema_of(name)
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    for line in MADE_BEFORE.get(name, ()):
        assert called(tmp_path, *shlex.split(line))[0] == 0
    place = [] if name in MADE_BEFORE else ["--out", "out"]
    for line in COMMANDS[name]:
        status, out, err = called(tmp_path, *shlex.split(line), "--json", *place)
        assert status == 0, err
        found = json.loads(out)
        assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(found)] == []
        assert sorted(set(undescribed(found, schema))) == [], f"describe these in backtester/schemas/{name}.json"


def test_a_schema_can_be_broken() -> None:
    """A document of another shape is refused, and a key that nobody described is found."""
    schema = schema_of("stress_reverse")
    assert not jsonschema.Draft202012Validator(schema).is_valid({"schema": "three"})
    assert list(undescribed({"lose": 0.2, "won": 1}, schema)) == ["$.won"]


def test_every_schema_has_a_command() -> None:
    """No schema stays behind when its command goes."""
    there = {file.name for file in files("backtester").joinpath("schemas").iterdir()}
    assert there == {f"{name}.json" for name in COMMANDS}
