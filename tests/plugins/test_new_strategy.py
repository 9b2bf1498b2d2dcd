"""Names and files of a strategy to start from."""

import pytest

from backtester.errors import PluginError
from backtester.plugins.new_strategy import distribution_files, new_name, strategy_text


@pytest.mark.parametrize(("given", "name"), [("Gold-Rush", "gold_rush"), ("a", "a"), ("a1_b", "a1_b")])
def test_a_name_has_one_spelling(given: str, name: str) -> None:
    """Small letters, with underscores between its parts."""
    assert new_name(given, ["sixty_forty"]) == name


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("1a", "'1a' is no name for a strategy; take letters, digits and _, a letter first"),
        ("a.b", "'a.b' is no name for a strategy"),
        ("Sixty-Forty", "there is a strategy 'sixty_forty' already; take another name"),
    ],
)
def test_what_is_no_new_name(given: str, words: str) -> None:
    """No letter first, another sign, or the name of one that is there."""
    with pytest.raises(PluginError, match=words):
        new_name(given, ["sixty_forty"])


@pytest.mark.parametrize(("overlay", "reads"), [(False, "stocks: pd.Series"), (True, "base: pd.DataFrame")])
def test_a_file_to_start_from(overlay: bool, reads: str) -> None:
    """Its docstring names it; an overlay reads the base."""
    text = strategy_text("rush", overlay=overlay)
    assert text.startswith('"""FILL IN, in one line: what rush does.\n')
    assert text.partition("def weights(\n")[2].strip().startswith(reads)


def test_a_distribution_to_start_from() -> None:
    """Called as its folder, with an entry point for the strategy; a name that is none of a package is refused."""
    files = distribution_files("rush", "my-gold", overlay=False)
    assert 'name = "my-gold"' in files["pyproject.toml"]
    assert 'rush = "my_gold.rush"' in files["pyproject.toml"]
    assert files["my_gold/rush.py"] == strategy_text("rush", overlay=False)
    with pytest.raises(PluginError, match="'2gold' is no name for a distribution; take letters, digits, - and _"):
        distribution_files("rush", "2gold", overlay=False)
