"""What sentences depend on, by hand."""

from typing import Any

import pytest

from backtester.runs.facts import names_in_words, run_facts, strategy_facts
from documents import document, strategy


def made(**others: Any) -> dict[str, Any]:
    """A strategy with other figures."""
    return strategy("gold") | others


def test_facts_of_a_strategy() -> None:
    """A payoff of 0.3 points in two windows, and its mix in words."""
    one = strategy_facts(document(), made())
    assert (one.label, one.verdict, one.windows, one.faults, one.payoff) == ("+ gold", "unclear", 2, "", 0.003)
    assert (one.widened, one.placebo_share, one.growth_over_mix, one.growth_over_reference) == (
        [-0.004, 0.010],
        0.13,
        0.006,
        -0.0084,
    )
    assert (one.mix_words, one.opposite_sign_at) == ("59% stocks and 31% bonds", ["falls −5% and −2%"])


def test_faults_are_listed() -> None:
    """What looks ahead, or was ruined, is no evidence; one that was not checked has no fault."""
    assert strategy_facts(document(), made(causal=False)).faults == "it looks ahead"
    both = made(causal=False, ruin_date="2020-03-23")
    assert strategy_facts(document(), both).faults == "it looks ahead and it was ruined on 2020-03-23"
    assert strategy_facts(document(), made(causal=None)).faults == ""


@pytest.mark.parametrize(("payoff", "share"), [(0.003, 0.13), (0.0, 0.13), (-0.003, 0.88)])
def test_chance_is_of_the_same_side(payoff: float, share: float) -> None:
    """Of a loss the shifts that did as badly."""
    assert strategy_facts(document(), strategy("gold", payoff=payoff)).placebo_share == share


@pytest.mark.parametrize(
    ("own", "other", "turns"),
    [
        (0.003, -0.004, True),
        (0.003, 0.004, False),
        (-0.003, -0.004, False),
        (0.003, 0.0, False),
        (6e-5, -6e-5, True),
        (4e-5, -6e-5, False),
        (0.003, None, False),
        (-0.003, None, False),
    ],
)
def test_definitions_at_which_the_sign_turns(own: float, other: float | None, turns: bool) -> None:
    """Both sides count from a twentieth of a thousandth on, the first definition being the run's own."""
    one = strategy("gold", payoff=own)
    one["scorecard"]["sensitivity"][1]["payoff_mean"] = other
    assert bool(strategy_facts(document(), one).opposite_sign_at) == turns


@pytest.mark.parametrize(
    ("widened", "by_chance", "vetoed"),
    [
        ([0.001, 0.01], 0.2, True),
        ([0.001, 0.01], 0.01, False),
        ([0.001, 0.01], 0.05, False),
        ([0.001, 0.01], 0.0501, True),
        ([0.001, 0.01], None, False),
        ([-0.01, -0.001], 0.2, True),
        ([-0.01, 0.01], 0.2, False),
        ([0.0, 0.01], 0.2, False),
        ([-0.01, 0.0], 0.2, False),
        (None, 0.2, False),
    ],
)
def test_chance_vetoes_an_interval_off_zero(widened: list[float] | None, by_chance: float | None, vetoed: bool) -> None:
    """On either side of zero; one that touches it needs no veto."""
    assert (
        strategy_facts(document(), made())._replace(widened=widened, placebo_share=by_chance).refuted_by_placebo
        is vetoed
    )


def two() -> dict[str, Any]:
    """A run of two strategies, the second of which lost less, and one that is void and lost nothing."""
    first, second, void = (strategy(name, payoff=payoff) for name, payoff in (("a", 0.01), ("b", 0.02), ("c", 0.06)))
    second["scorecard"]["intervals"]["beyond_mix"]["payoff_mean"] = [-0.001, 0.03]
    void["verdict"] = "void"
    run = document(first, second, void)
    for window, move in zip(run["joint_sell_offs"], (-0.07, None), strict=True):
        window["strategies"] = {"sixty_forty": move}
    return run


def test_facts_of_a_run() -> None:
    """What is void saves nothing; the highest upper end is of those that are sound."""
    run = run_facts(two())
    assert (run.both_legs, run.windows, run.no_intervals, run.only_verdict) == ("stocks and bonds", 2, "", "")
    assert [move for move, _ in run.reference_returns] == [-0.07]
    assert [one.label for one in run.not_void] == ["+ a", "+ b"]
    assert run.least_loss is not None
    assert (run.least_loss.label, run.least_loss_payoff, run.highest_bound) == ("+ b", 0.02, 0.03)
    assert run.largest_saving == pytest.approx(0.07 - 0.04)
    named = run.names_with("unclear"), run.names_with("paid"), run.names_with("unclear", "void")
    assert named == (
        "+ a and + b",
        "",
        "+ a, + b and + c",
    )


def test_what_is_not_known_of_a_run() -> None:
    """Without losses nobody saves; without one interval there is no highest; one strategy has the only verdict."""
    made = two()
    made["strategies"] = made["strategies"][:2]
    made["strategies"][1]["scorecard"]["mean_loss"]["strategy"] = None
    made["strategies"][1]["scorecard"]["intervals"] = {}
    run = run_facts(made)
    assert (run.least_loss, run.least_loss_payoff, run.largest_saving, run.highest_bound, run.only_verdict) == (
        None,
        0.0,
        0.0,
        None,
        "unclear",
    )


@pytest.mark.parametrize(
    ("stocks", "bonds", "never"),
    [(-0.05, -0.005, []), (-0.049, -0.006, ["stocks"]), (-0.06, -0.004, ["bonds"]), (0.0, 0.0, ["stocks", "bonds"])],
)
def test_legs_that_never_fell_so_far(stocks: float, bonds: float, never: list[str]) -> None:
    """The settings ask for falls of 5% and 0.5%; just so far is enough."""
    run = two() | {"deepest_falls": {"stocks": stocks, "bonds": bonds}}
    assert run_facts(run).legs_above_threshold == never


def test_without_a_payoff_it_is_nothing() -> None:
    """It turns nowhere, and the shifts are those that did as well."""
    one = strategy("gold")
    one["scorecard"]["beyond_mix"]["payoff_mean"] = None
    facts = strategy_facts(document(), one)
    assert (facts.payoff, facts.opposite_sign_at, facts.placebo_share) == (0.0, [], 0.13)


@pytest.mark.parametrize(
    ("count", "words"),
    [(2, "+ 0 and + 1"), (4, "+ 0, + 1, + 2 and + 3"), (6, "+ 0, + 1, + 2 and 3 others")],
)
def test_four_names_at_most(count: int, words: str) -> None:
    """Of more the first three, and how many others."""
    assert names_in_words([strategy_facts(document(), strategy(str(place))) for place in range(count)]) == words
