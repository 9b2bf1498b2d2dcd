"""What people call strategies and recipes."""

from pathlib import Path

import pytest

from backtester.errors import PluginError
from backtester.plugins.loader import load_file, load_library
from backtester.plugins.recipes import parse_recipe, recipe_labels

FILE = """
{label}
def weights(*, size: float = 0.1, kind: str = "call"):
    return {{"stocks": size}}
"""


def labels(*recipes: str) -> list[str]:
    """The labels of recipes of built-ins, the reference first."""
    library = load_library(installed=False)
    return recipe_labels([parse_recipe(text, library) for text in recipes])


def label_of(folder: Path, label: str, recipe: str = "mine") -> str:
    """The label of a recipe of a file whose LABEL is of such a form."""
    (folder / "mine.py").write_text(FILE.format(label=label))
    return recipe_labels([parse_recipe(recipe, load_library([folder / "mine.py"], installed=False))])[0]


def test_built_ins_have_names_made_of_their_settings() -> None:
    """A fraction is written with the decimals that it needs, and the reference is left out below overlays."""
    assert labels(
        "sixty_forty",
        "sixty_forty + gold_overlay",
        "sixty_forty + gold_overlay(size=0.075)",
        "sixty_forty + gold_overlay + vol_target(target=0.1)",
        "sixty_forty(stocks=0.5) + fed_put",
    ) == [
        "60/40",
        "Gold 10%, financed",
        "Gold 7.5%, financed",
        "Gold 10%, financed + Volatility target 10%",
        "50/50 + Fed put",
    ]


def test_stated_settings_that_the_label_does_not_name_follow_it() -> None:
    """Two settings of one strategy are not called alike."""
    assert labels("sixty_forty", "sixty_forty + vol_target(window=21)")[1] == "Volatility target 8% (window=21)"


def test_recipes_that_would_be_called_alike_are_spelled() -> None:
    """A recipe written out and one that leaves out a default have one label: both are spelled."""
    written = "sixty_forty + gold_overlay(size=0.1)"
    assert labels("sixty_forty", "sixty_forty + gold_overlay", written)[1:] == ["sixty_forty + gold_overlay", written]


def test_without_a_label_it_is_the_name_with_spaces(tmp_path: Path) -> None:
    """Settings that the recipe states follow in brackets."""
    assert label_of(tmp_path, "") == "Mine"
    assert label_of(tmp_path, "", "mine(size=0.2, kind='put')") == "Mine (size=0.2, kind='put')"


def test_a_label_is_text_or_a_function_of_settings(tmp_path: Path) -> None:
    """Either is made of the settings that it names."""
    assert label_of(tmp_path, 'LABEL = "{kind} of {size:.2f}"') == "call of 0.10"
    assert label_of(tmp_path, "LABEL = lambda size: f'{1 - size}'", "mine(size=0.25)") == "0.75"


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("'{size:>100}'", "'>100' has a width or precision above 99"),
        ("'{size:.999999999f}'", "'.999999999f' has a width or precision above 99"),
        ("7", "LABEL is 7; write it like LABEL = 'Gold {size:%}'"),
        ('"{sise}"', "LABEL names 'sise', which is no setting; did you mean 'size'?"),
        ('"{size"', "LABEL is '{size': expected '}' before end of string"),
        ('"{kind:.2f}"', "LABEL cannot be made of {'kind': 'call'}: ValueError"),
        ("lambda size: 1 / 0", "LABEL cannot be made of {'size': 0.1}: ZeroDivisionError"),
        ("lambda size: size", "LABEL makes 0.1 of {'size': 0.1}; a line of text is needed"),
        ('" "', "LABEL makes ' ' of {}; a line of text is needed"),
        ('"two\\nlines"', "a line of text is needed"),
    ],
)
def test_a_label_that_makes_no_line_is_refused_when_loaded(tmp_path: Path, label: str, said: str) -> None:
    """The error names the file and says what is wrong."""
    path = tmp_path / "mine.py"
    path.write_text(FILE.format(label=f"LABEL = {label}"))
    with pytest.raises(PluginError) as caught:
        load_file(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
