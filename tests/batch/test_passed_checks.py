"""Checks that a study's folder remembers."""

from pathlib import Path

from backtester.batch.passed_checks import CHECKED_FILE, check_key, has_passed, record_pass
from builders import made_market, made_strategy

HOLD = "def weights(base):\n    return base\n"


def test_only_what_passed_in_this_folder_is_sound(tmp_path: Path) -> None:
    """A folder knows the key that was noted last, and no other; a damaged file is none."""
    assert not has_passed(tmp_path, "a")
    record_pass(tmp_path, "a")
    assert has_passed(tmp_path, "a")
    assert not has_passed(tmp_path, "b")
    (tmp_path / CHECKED_FILE).write_bytes(b'{"sound": "a\xff')
    assert not has_passed(tmp_path, "a")


def test_key_is_of_bytes_recipe_figures_and_trading() -> None:
    """Another source, recipe, figure or way to trade is to be checked anew; the same is not."""
    prices = {"stocks": [1.0, 1.1, 1.2], "bonds": [1.0, 1.0, 1.0], "bills": [1.0, 1.0, 1.0]}
    market, other = made_market(prices), made_market(prices | {"bonds": [1.0, 1.0, 1.1]})
    mine, edited = made_strategy("mine", HOLD), made_strategy("mine", HOLD + "\n")
    key = check_key({mine: "sixty_forty + mine"}, market, "{}")
    assert key == check_key({made_strategy("mine", HOLD): "sixty_forty + mine"}, market, "{}")
    assert key != check_key({edited: "sixty_forty + mine"}, market, "{}")
    assert key != check_key({mine: "sixty_forty + mine + mine"}, market, "{}")
    assert key != check_key({mine: "sixty_forty + mine"}, other, "{}")
    assert key != check_key({mine: "sixty_forty + mine"}, market, '{"lag":0}')
