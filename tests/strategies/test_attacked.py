"""Every built-in strategy, asked for what cannot be: two lines at most say what, and nothing else comes out."""

import numpy as np
import pandas as pd
import pytest

from backtester.engine.evaluate import evaluate
from backtester.engine.execution import Execution
from backtester.errors import BacktesterError
from backtester.histories.market import Market
from backtester.plugins.loader import Library, load_library
from backtester.plugins.recipes import parse_recipe
from builders import made_market

STRATEGIES = load_library(installed=False).strategies
NAMES = sorted(STRATEGIES)
NEVER = (
    "1e999",
    "'nan'",
    "[1]",
    "{}",
    "True",
    "-1e9",
    "1e9",
    "float('nan')",
    "3.7j",
)  # that no number of theirs may be
UNFUNDED = ("short_bonds_future", "bonds_future", "long_bonds_future", "put", "call", "put_spread")
FUNDED = ("stocks", "bonds", "long_bonds", "short_bonds", "linkers", "gold", "dollar")
COUNT = 40


def refusal(error: BacktesterError) -> str:
    """What is said of it, in two lines at most."""
    text = "\n".join([str(error), *getattr(error, "__notes__", ())])
    assert text.count("\n") <= 1, text
    return text


def recipe(name: str, settings: str = "", base: str = "sixty_forty") -> str:
    """A recipe of it, on a base if it needs one."""
    return f"{base} + {name}({settings})" if STRATEGIES[name].is_overlay else f"{name}({settings})"


@pytest.mark.parametrize("name", NAMES)
def test_settings_that_cannot_be(name: str, library: Library) -> None:
    """What is no number, lies far outside the bounds, is misspelled or comes twice is refused with the setting's name;
    so is what does not pay, where something must."""
    for setting, one in STRATEGIES[name].declaration.settings.items():
        numeric = isinstance(one.default, int | float)
        wrong = [f"{setting}={value}" for value in NEVER] if numeric else []
        wrong += [f"{setting}x=1", f"{setting}=1, {setting}=1"]
        wrong += [f"{setting}='cash'", f"{setting}=None"] if setting == "fund" else []
        for settings in wrong:
            with pytest.raises(BacktesterError) as caught:
                parse_recipe(recipe(name, settings), library)
            assert setting in refusal(caught.value)


def markets() -> dict[str, Market]:
    """Odd ones: nothing but gold, a leg missing, too short, standing still, all gone, beginning or ending halfway, with
    observables that are not known, negative or huge, and with sessions a month apart."""
    random = np.random.default_rng(3)
    levels = {role: np.cumprod(1 + random.normal(0, 0.01, COUNT)) for role in (*FUNDED, *UNFUNDED)}
    seen = {role: 2 + random.random(COUNT) for role in ("vix", "yield_2y", "yield_30y", "fed_target", "funding_stress")}
    half, nan = COUNT // 2, np.full(COUNT // 2, np.nan)

    def made(own: dict[str, np.ndarray], watched: dict[str, np.ndarray] = seen, **others: list[str]) -> Market:
        short = {role: values[: len(next(iter(own.values())))].tolist() for role, values in watched.items()}
        unfunded = [role for role in UNFUNDED if role in own]
        kept = {role: values.tolist() for role, values in own.items()}
        return made_market(kept, observables=short, unfunded=unfunded, **others)  # type: ignore[arg-type]

    return {
        "gold alone": made({"gold": levels["gold"]}),
        "no bonds": made({role: own for role, own in levels.items() if role != "bonds"}),
        "one session": made({role: own[:1] for role, own in levels.items()}),
        "two": made({role: own[:2] for role, own in levels.items()}),
        "still": made({role: np.ones(COUNT) for role in levels}),
        "all gone": made({role: np.r_[own[:half], np.full(half, 1e-9)] for role, own in levels.items()}),
        "late": made({role: own if role == "stocks" else np.r_[nan, own[half:]] for role, own in levels.items()}),
        "ending": made({role: own if role == "stocks" else np.r_[own[:half], nan] for role, own in levels.items()}),
        "blind": made(levels, {role: np.full(COUNT, np.nan) for role in seen}),
        "negative": made(levels, {role: -own for role, own in seen.items()}),
        "huge": made(levels, {role: own * 1e8 for role, own in seen.items()}),
        "monthly": made(
            levels, dates=pd.date_range("2000-01-31", periods=COUNT, freq="BME").strftime("%Y-%m-%d").tolist()
        ),
    }


@pytest.fixture(scope="module")
def odd() -> dict[str, Market]:
    """The markets."""
    return markets()


@pytest.mark.parametrize("name", NAMES)
def test_histories_that_nobody_meant(name: str, library: Library, odd: dict[str, Market]) -> None:
    """Every value of the portfolio is a number, or what is missing is said by name: no error of the code's own."""
    for what, market in odd.items():
        text = recipe(name, base=f"static_mix(shares={{'{market.assets[0]}': 0.5}})")
        try:
            nav = evaluate(parse_recipe(text, library), market, Execution()).accounts.nav
            assert np.isfinite(nav).all(), what
        except BacktesterError as error:
            said = refusal(error)
            assert "KeyError" not in said or "which is no asset of history" in said, (what, said)


def test_an_asset_that_is_not_there(library: Library, odd: dict[str, Market]) -> None:
    """A base without the asset that an overlay sells, and assets by wrong names, are refused with the nearest name."""
    for text, words in (
        (
            "static_mix(shares={'gold': 1.0}) + short_duration",
            "KeyError: 'bonds', which is no asset of history 'made'; ",
        ),
        ("risk_parity(assets=('stocks', 'bonds'))", "weights name 'bonds', which cannot be held; did you mean"),
        ("static_mix(shares={'gold': 1.0}) + trend_shield(assets=('gold', 'silver'))", "assets names 'silver', which"),
        ("static_mix(shares={'gold': 1.0}) + hold(asset='silver')", "weights name 'silver', which cannot be held"),
    ):
        with pytest.raises(BacktesterError) as caught:
            evaluate(parse_recipe(text, library), odd["no bonds"], Execution())
        assert words in refusal(caught.value)
