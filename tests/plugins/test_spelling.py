"""Settings of every type: spelled in a recipe so that they read back, or refused when the file is loaded."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from backtester.cli.main import cli
from backtester.errors import PluginError, RecipeError
from backtester.plugins.recipes import parse_recipe
from backtester.plugins.spelling import spell
from builders import made_library, made_strategy

HEAD = """
import collections, datetime, decimal, enum, pathlib
from typing import Annotated, Literal
from pydantic import AfterValidator, BaseModel
class Fund(enum.Enum):
    BILLS = "bills"
    BONDS = "bonds"
class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2
class Shape(BaseModel):
    size: float = 0.5
"""
NESTED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(
    ("setting", "spelled"),
    [
        ("when = datetime.date(2020, 1, 31)", "'2020-01-31'"),
        ("when = datetime.datetime(2020, 1, 31, 16, 0)", "'2020-01-31T16:00:00'"),
        ("when: datetime.date | None = None", "None"),
        ("fund = Fund.BONDS", "'bonds'"),
        ("level = Level.HIGH", "2"),
        ("file = pathlib.Path('a') / 'b.csv'", "'a/b.csv'"),
        ("names: set[str] = {'gold', 'bonds', 'dollar'}", "{'bonds', 'dollar', 'gold'}"),
        ("names: frozenset[str] = frozenset()", "set()"),
        ("legs: tuple[float, ...] = (0.5,)", "(0.5,)"),
        ("days: tuple[datetime.date, ...] = (datetime.date(2020, 1, 1),)", "('2020-01-01',)"),
        ("funds: list[Fund] = [Fund.BILLS]", "['bills']"),
        ("shares: dict[str, float] = {'gold': 0.1}", "{'gold': 0.1}"),
        ("levels: dict[str, Level] = {'gold': Level.LOW}", "{'gold': 1}"),
        ("share = decimal.Decimal('0.10')", "'0.10'"),
        ("side: Literal['long', 'short'] = 'long'", "'long'"),
        ("tag = b'\\xff'", "b'\\xff'"),
        ("size: float = 1", "1.0"),
        ("shape: Shape = Shape()", "{'size': 0.5}"),
    ],
)
def test_a_default_is_spelled_and_reads_back(setting: str, spelled: str) -> None:
    """The full recipe states the value as Python, and parsing it gives the value again."""
    name = setting.partition(" ")[0].rstrip(":")
    library = made_library(made=f"{HEAD}def weights(*, {setting}): ...")
    recipe = parse_recipe("made", library)
    assert recipe.full == f"made({name}={spelled})"
    again = parse_recipe(recipe.full, library)
    assert again.steps[0].settings == recipe.steps[0].settings
    assert again.full == recipe.full


@pytest.mark.parametrize(
    ("setting", "why"),
    [
        ("legs: tuple[float, ...] = (0.5, float('nan'))", "a finite number is needed"),
        ("legs: list[float] = [float('inf')]", "a finite number is needed"),
        ("size = float('nan')", "a finite number is needed"),
        (
            "rule: object = object()",
            "a recipe cannot spell a value of type object; numbers, text, dates, enums, paths, and",
        ),
        ("size: Annotated[float, AfterValidator(lambda value: 2 * value)] = 0.1", "0.2 reads back as 0.4; use a type"),
    ],
)
def test_what_does_not_read_back_is_refused_at_load(setting: str, why: str) -> None:
    """A study would carry out another setting than `run`, or none, so the file does not load."""
    with pytest.raises(PluginError) as raised:
        made_strategy("made", f"{HEAD}def weights(*, {setting}): ...")
    assert f"the default of setting {setting.partition(' ')[0].rstrip(':')}=" in str(raised.value)
    assert why in str(raised.value)


def test_values_in_a_recipe_are_held_to_the_same() -> None:
    """An infinite number inside a tuple, and a value that a validator changes at each reading, are refused too."""
    changes = "Annotated[float, AfterValidator(lambda value: value / 2)]"
    library = made_library(made=f"{HEAD}def weights(*, legs: tuple[float, ...] = (0.5,), size: {changes} = 0.0): ...")
    with pytest.raises(RecipeError, match=r"setting legs=\(inf,\): a finite number is needed"):
        parse_recipe("made(legs=(1e999,))", library)
    with pytest.raises(
        RecipeError, match=r"setting size=1: 0\.5 reads back as 0\.25; use a type whose values read back"
    ):
        parse_recipe("made(size=1)", library)


@pytest.mark.parametrize(("level", "legs"), [("2.5", "(1,)"), ("'x'", "(1,)"), ("2", "('1',)"), ("2", "(True,)")])
def test_types_are_still_strict(level: str, legs: str) -> None:
    """Only what stands for a value is read as one: no fraction for a whole number, no text for a number in a tuple."""
    library = made_library(made=f"{HEAD}def weights(*, level=Level.LOW, legs: tuple[float, ...] = (0.5,)): ...")
    with pytest.raises(RecipeError, match="setting"):
        parse_recipe(f"made(level={level}, legs={legs})", library)


@given(NESTED)
def test_plain_values_read_back(value: object) -> None:
    """Whatever is made of numbers, text, lists, tuples and dicts is the same after spelling and reading."""
    assert ast.literal_eval(spell(value)) == value


def test_sets_have_one_spelling_in_every_process() -> None:
    """The order in which Python keeps a set changes with the process; its spelling does not, nor does a job's key."""
    code = "from backtester.plugins.spelling import spell\nprint(spell({str(number) for number in range(30)}))"
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1


def test_show_has_dates_and_sets_as_json(tmp_path: Path) -> None:
    """`strategies show --json` has defaults of every type as JSON does, and the table shows them too."""
    settings = "when=datetime.date(2020, 1, 31), names: set[str] = {'gold'}, fund=Fund.BONDS"
    (tmp_path / "made.py").write_text(f"{HEAD}def weights(*, {settings}): ...\n")
    words = ["strategies", "show", "made", "--plugins", str(tmp_path / "made.py")]
    told = json.loads(CliRunner().invoke(cli, [*words, "--json"], catch_exceptions=False).stdout)
    assert [one["default"] for one in told["settings"]] == ["2020-01-31", ["gold"], "bonds"]
    assert "2020-01-31" in CliRunner().invoke(cli, words, catch_exceptions=False).stdout
