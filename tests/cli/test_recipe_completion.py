"""Completion inside recipes: what can stand there, and nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from backtester.cli.recipe_completion import complete_recipe
from backtester.cli.run import run


def completed(incomplete: str, plugins: tuple[Path, ...] = ()) -> list[str]:
    """The recipes that the shell is offered."""
    context = click.Context(run)
    context.params["plugins"] = plugins
    return [str(item.value) for item in complete_recipe(context, run.params[0], incomplete)]


@pytest.mark.parametrize(
    ("incomplete", "found"),
    [
        ("sixty", ["sixty_forty"]),
        ("gold_over", []),  # an overlay does not begin a recipe
        ("sixty_forty + sixty", []),  # and a base does not follow a plus
        ("sixty_forty + gold_o", ["sixty_forty + gold_overlay"]),
        ("sixty_forty+gold_o", ["sixty_forty+gold_overlay"]),
        ("sixty_forty(stocks=0.5) + vol_t", ["sixty_forty(stocks=0.5) + vol_target"]),
        ("sixty_forty + vol_target(tar", ["sixty_forty + vol_target(target="]),
        ("sixty_forty + Vol-Target(max", ["sixty_forty + Vol-Target(max_leverage="]),
        ("sixty_forty + vol_target(target=0.1, tar", []),  # it is given already
        ("sixty_forty + hold(asset='a, b + c(', si", ["sixty_forty + hold(asset='a, b + c(', size="]),
        ("sixty_forty + hold(asset='go", []),
        ("sixty_forty(st", ["sixty_forty(stocks="]),
        ("nothing(st", []),
        ("sixty_forty + vol_target(target=(win", []),  # inside a value
        ("sixty_forty + vol_target(target=(0.1, 0.2), win", ["sixty_forty + vol_target(target=(0.1, 0.2), window="]),
        ("sixty_forty + vol_target(target=0.1 + win", []),  # a plus inside brackets begins nothing
        ("sixty_forty + vol_target(window=5, tar", ["sixty_forty + vol_target(window=5, target="]),
    ],
)
def test_what_can_stand_there(incomplete: str, found: list[str]) -> None:
    """Bases first, overlays after a plus, settings inside brackets, each once; nothing inside text."""
    assert completed(incomplete) == found


def test_everything_is_offered_where_nothing_is_begun() -> None:
    """After a plus every overlay, after a bracket every setting, with what they are."""
    overlays = completed("sixty_forty + ")
    assert "sixty_forty + gold_overlay" in overlays
    assert "sixty_forty + sixty_forty" not in overlays
    (item,) = complete_recipe(click.Context(run), run.params[0], "sixty_forty(")
    assert (item.value, item.help) == ("sixty_forty(stocks=", "number, at least 0, at most 1")


def test_strategies_of_the_user(tmp_path: Path) -> None:
    """Files named with --plugins are completed as ours are."""
    (tmp_path / "zebra.py").write_text("def weights(base, *, stripes=3):\n    return base\n")
    assert completed("sixty_forty + ze", (tmp_path,)) == ["sixty_forty + zebra"]
    assert completed("sixty_forty + zebra(", (tmp_path,)) == ["sixty_forty + zebra(stripes="]


def test_bash_is_given_the_whole_recipe() -> None:
    """The function that bash calls finds the recipe that an open quote has begun, spaces and commas in it."""
    command = Path(sys.executable).parent / "backtester"
    words = '(backtester run "\'sixty_forty + vol_target(target=0.1, win")'
    script = (
        f'eval "$(_BACKTESTER_COMPLETE=bash_source {command})"\n'
        f"COMP_WORDS={words}; COMP_CWORD=2; _backtester_completion {command}\n"
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    environment = {name: value for name, value in os.environ.items() if name != "BACKTESTER_DATA"}
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.splitlines() == ["sixty_forty + vol_target(target=0.1, window="]
