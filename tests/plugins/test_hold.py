"""The built-in `hold`: one asset, alone or paid for by the portfolio below it."""

import pandas as pd
import pytest

from backtester.errors import PluginError, RecipeError
from backtester.plugins.declaration import read_declaration
from backtester.plugins.loader import Library
from backtester.plugins.recipes import parse_recipe

BASE = {"stocks": [0.6, 0.0], "bonds": [0.4, 0.05], "gold": [0.0, 0.2]}


def held(library: Library, base: pd.DataFrame | None, **settings: object) -> pd.DataFrame:
    """What `hold` answers to a base."""
    return pd.DataFrame(library.find("hold").weights(base, **settings), index=None if base is not None else [0])


@pytest.mark.parametrize(
    ("fund", "expected"),
    [
        ("bills", {"stocks": [0.6, 0.0], "bonds": [0.4, 0.05], "gold": [0.1, 0.3]}),
        ("prorata", {"stocks": [0.54, 0.0], "bonds": [0.36, 0.045], "gold": [0.1, 0.28]}),
        ("stocks", {"stocks": [0.5, 0.0], "bonds": [0.4, 0.05], "gold": [0.1, 0.2]}),
        ("bonds", {"stocks": [0.6, 0.0], "bonds": [0.3, 0.0], "gold": [0.1, 0.25]}),
    ],
)
def test_is_paid_for_as_it_says(library: Library, fund: str, expected: dict[str, list[float]]) -> None:
    """Gold is paid for by bills, by all holdings, or by one as far as it is held; the base stays as it was."""
    base = pd.DataFrame(BASE)
    pd.testing.assert_frame_equal(held(library, base, asset="gold", fund=fund), pd.DataFrame(expected))
    pd.testing.assert_frame_equal(base, pd.DataFrame(BASE))


def test_holds_an_asset_alone(library: Library) -> None:
    """Without a base it holds all of the asset, or as much as is said."""
    assert held(library, None, asset="gold").to_dict("list") == {"gold": [1.0]}
    assert held(library, None, asset="gold", size=0.25).to_dict("list") == {"gold": [0.25]}


def test_stands_first_and_after_a_plus(library: Library) -> None:
    """One plugin is a base and an overlay, and is known as both; one that needs its base is an overlay alone."""
    hold, gold = library.find("hold"), library.find("gold_overlay")
    assert (hold.is_base, hold.is_overlay, gold.is_base, gold.is_overlay) == (True, True, False, True)
    text = "hold(asset='gold') + hold(asset='bonds', size=0.1)"
    assert parse_recipe(text, library).name == text
    with pytest.raises(RecipeError, match="gold_overlay is an overlay; put a strategy below it"):
        parse_recipe("gold_overlay", library)


def test_only_none_is_a_default_of_what_is_read() -> None:
    """What every call is given has no default, and nothing that is read has another than None."""

    def portfolio(base: object = None, portfolio: object = None) -> None: ...

    def number(base: object = 1) -> None: ...

    for function, name in ((portfolio, "portfolio"), (number, "base")):
        with pytest.raises(PluginError, match=f"parameter '{name}' has a default; put settings after"):
            read_declaration(function)
