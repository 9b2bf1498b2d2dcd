"""The past-only rule: a gallery of cheats is caught by name, the honest pass, and cuts lie where they must."""

import numpy as np
import pandas as pd
import pytest

from backtester.contract.check import CheckResult, check_layer, check_recipe
from backtester.contract.cuts import choose_cuts, cuts_at_moves
from backtester.contract.past_only import CHECK_CUTS, PAST_ONLY_RULE, SHORT_CHECK_CUTS, SHORT_HISTORY_RULE
from backtester.contract.rules import BrokenRule
from backtester.engine.evaluate import evaluate
from backtester.engine.execution import Execution
from backtester.engine.targets import fill_targets
from backtester.histories.market import Market
from backtester.plugins.loader import Library
from backtester.plugins.recipes import Recipe, parse_recipe
from builders import made_market, made_strategy
from cheats import CHEATS, HIDERS, HONEST, SETTINGS, source


def recipe_of(text: str, library: Library) -> Recipe:
    """A recipe, or a strategy of the gallery on its own or on top of 60/40."""
    if text in SETTINGS:
        return parse_recipe(text, library)
    made = made_strategy("made", source(text))
    known = Library({**library.strategies, "made": made})
    return parse_recipe("sixty_forty + made" if made.is_overlay else "made", known)


def short_check(recipe: Recipe, market: Market) -> CheckResult:
    """What every run carries."""
    return check_layer(evaluate(recipe, market, Execution()).layers[-1], market)


def market_for(name: str, us: Market) -> Market:
    """The whole history for those who hide in it; for the others six years, which take less time."""
    return us if name in HIDERS else us.cut(1500)


@pytest.mark.parametrize("name", [*CHEATS, *HIDERS])
def test_cheat_is_caught_by_name(name: str, us: Market, library: Library) -> None:
    """The check names the rule, the first date and the column of every strategy that looks ahead."""
    check = check_recipe(recipe_of(name, library), market_for(name, us))
    assert not check.causal
    finding = check.findings[-1]
    assert finding.rule == PAST_ONLY_RULE
    assert finding.date is not None
    assert f"{finding.column} on {finding.date.date()} is " in str(finding)


@pytest.mark.parametrize("name", [*CHEATS, *HIDERS])
def test_cheat_is_caught_by_the_short_check_too(name: str, us: Market, library: Library) -> None:
    """The dozen cuts that every run makes are enough for each of the gallery."""
    assert not short_check(recipe_of(name, library), market_for(name, us)).causal


@pytest.mark.parametrize("name", [*HONEST, *SETTINGS])
def test_honest_strategy_passes(name: str, us: Market, library: Library) -> None:
    """No false alarm: what knows only the past passes every rule."""
    assert check_recipe(recipe_of(name, library), market_for(name, us)).findings == ()


def test_finding_shows_enough_digits(us: Market, library: Library) -> None:
    """Weights that differ in the fifth digit are shown with the digits in which they differ."""
    message = check_recipe(recipe_of("full-sample regression", library), us).findings[-1].message
    shown = message.split(" is ")[1]
    first, last = shown.split(" ")[0], shown.split(" and ")[1].split(" ")[0]
    assert first != last


def test_look_ahead_of_a_billionth_is_rounding(us: Market) -> None:
    """What moves weights by less than 1e-9 is left to rounding, what moves them by more is found."""
    for size, passes in ((1e-10, True), (1e-8, False)):
        body = f"def weights(stocks):\n    return {{'gold': {size} * (stocks.shift(-1) > stocks)}}"
        recipe = parse_recipe("made", Library({"made": made_strategy("made", body)}))
        assert short_check(recipe, us).causal is passes


FAILS = "def weights(stocks):\n    if {when}:\n        raise ValueError('no')\n    return {{'stocks': 0.6}}"


def failing(when: str, market: Market) -> BrokenRule:
    """The one finding on a strategy that raises when its history is so long."""
    made = made_strategy("made", FAILS.format(when=when))
    [finding] = short_check(parse_recipe("made", Library({"made": made})), market).findings
    return finding


def test_failing_on_a_short_history_is_a_warning(us: Market) -> None:
    """A strategy that needs 300 sessions to answer at all has not looked ahead: it passes with a warning."""
    finding = failing("len(stocks) < 300", us)
    assert (finding.rule, finding.warning) == (SHORT_HISTORY_RULE, True)
    assert str(finding) == (
        "warning on 'copes with a short history': fails on the first 24 sessions, up to 2007-02-06: "
        "strategy 'made' (made.py, line 3): ValueError: no"
    )
    assert CheckResult((finding,), 12).passed


@pytest.mark.parametrize("when", ["300 < len(stocks) < 4000", "len(stocks) < 4300", "len(stocks) < 4870"])
def test_failing_on_a_long_history_is_a_finding(us: Market, when: str) -> None:
    """One that answers on a shorter history than it fails on, or hardly ever, may know where the whole ends."""
    finding = failing(when, us)
    assert (finding.rule, finding.warning) == (PAST_ONLY_RULE, False)
    assert finding.message.startswith("fails on the history up to 20")


def test_a_cheat_is_not_hidden_by_failing(us: Market) -> None:
    """One that raises on every cut history is still called with noise after the cut."""
    body = "    if len(stocks) < 4879:\n        raise ValueError\n    return {'stocks': (stocks < stocks.mean()) * 0.6}"
    made = made_strategy("made", f"def weights(stocks):\n{body}")
    findings = short_check(parse_recipe("made", Library({"made": made})), us).findings
    assert [finding.message[:5] for finding in findings] == ["fails", "stock"]


def test_refusing_noise_is_no_finding(us: Market) -> None:
    """A strategy may refuse what no market has done: only an answer that differs counts."""
    body = (
        "def weights(stocks):\n    if stocks.pct_change().abs().max() > 0.5:\n        raise ValueError('no market')\n"
        "    return {'stocks': 0.6}"
    )
    recipe = parse_recipe("made", Library({"made": made_strategy("made", body)}))
    assert short_check(recipe, us).causal


def test_cuts_are_48_and_lie_everywhere(us: Market) -> None:
    """48 cuts at least: some in the warm-up, some at month-ends, some on Wednesdays, never two years without."""
    cuts = choose_cuts(us, CHECK_CUTS)
    assert len(cuts) >= 48
    assert (np.diff(cuts) > 0).all()
    assert cuts[0] == 2
    assert cuts[-1] < len(us.sessions)
    assert (cuts <= 300).sum() >= 10
    assert us.calendar["month"].to_numpy()[cuts - 1].sum() >= 12
    assert (us.sessions[cuts - 1].day_of_week == 2).sum() >= 12
    assert np.diff(cuts).max() < 2 * 252


def test_short_history_is_cut_everywhere() -> None:
    """A history of ten sessions is cut after each from the second to the last but one."""
    market = made_market({"stocks": range(1, 11), "bonds": range(1, 11)})
    assert list(choose_cuts(market, CHECK_CUTS)) == list(range(2, 10))


def test_telling_cuts_follow_the_weights() -> None:
    """First and last moves, the largest, and the one that paid best: each is cut right after."""
    levels = [100.0] * 20
    levels[13:] = [50.0] * 7
    market = made_market({"stocks": levels, "bonds": [1] * 20})
    held = [0.5, 0.5, 0.6, 0.6, 0.6, 1.6, 1.6, 1.6, 1.6, 1.6, 1.4, 1.4, 1.4, 1.4, 1.4, 1.4, 1.4, 1.5, 1.5, 1.5]
    source_code = f"HELD = {held}\ndef weights(stocks):\n    return {{'stocks': stocks * 0 + HELD[:len(stocks)]}}"
    recipe = parse_recipe("made", Library({"made": made_strategy("made", source_code)}))
    targets = fill_targets(evaluate(recipe, market, Execution()).layers[-1].raw)
    assert list(cuts_at_moves(targets, market, 1)) == [3, 6, 11, 18]


def test_check_says_how_many_cuts_it_made(us: Market, library: Library) -> None:
    """The number told is the number made: 12 at least in short, 48 in full, fewer only on a short history."""
    recipe = recipe_of("sixty_forty", library)
    assert short_check(recipe, us).cuts >= SHORT_CHECK_CUTS
    assert check_recipe(recipe, us).cuts >= CHECK_CUTS
    market = made_market({"stocks": range(1, 11), "bonds": range(1, 11)})
    assert check_recipe(recipe, market).cuts == 8


def test_the_best_paid_move_is_cut_too() -> None:
    """A move that is neither first, last nor largest, and earns what follows it, is cut right after."""
    levels = [100.0] * 20
    levels[9:] = [150.0] * 11
    market = made_market({"stocks": levels, "bonds": [1] * 20})
    held = [0.5] * 3 + [1.5] * 3 + [1.6] * 6 + [1.5] * 3 + [1.4] * 2 + [1.3] * 3
    targets = pd.DataFrame({"stocks": held, "bonds": 0.0}, market.sessions)
    assert list(cuts_at_moves(targets, market, 1)) == [4, 7, 16, 18]
