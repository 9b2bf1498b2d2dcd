"""The words of sentences, each made of a document's facts by hand."""

import pytest

from backtester.runs.facts import run_facts, strategy_facts
from backtester.runs.sentence_words import grew, interval_phrase, lost, run_words, strategy_words
from backtester.runs.values import Json
from documents import document, strategy


def made(*strategies: Json, moves: tuple[float, ...] = (-0.05, -0.09)) -> Json:
    """A document in whose joint sell-offs, from 4 to 10 March 2020 and to 11 March, all returned so much."""
    found = document(*strategies, windows=len(moves))
    for window, move in zip(found["joint_sell_offs"], moves, strict=True):
        window["strategies"] = {one["name"]: move for one in found["strategies"]}
    return found


def test_words_of_a_run() -> None:
    """Two strategies, of which one paid and one did worse, in two joint sell-offs."""
    gold, put = strategy("gold", verdict="paid"), strategy("put", verdict="worse", payoff=-0.002)
    put["scorecard"]["acted"] = 7
    assert run_words(run_facts(made(gold, put))) == {
        "both": "stocks and bonds",
        "Both": "Stocks and bonds",
        "windows": 2,
        "Sell_offs": "Two joint sell-offs",
        "times": "two times",
        "within": "21 sessions",
        "first_leg": "stocks",
        "second_leg": "bonds",
        "first_fall": "5.0%",
        "second_fall": "0.5%",
        "fewest_acted": 10,
        "sell_offs": "two joint sell-offs",
        "reference": "sixty_forty",
        "reference_lost": "lost 6.0%",
        "reference_returned": "returned −7.0% on average and −9.0% in the worst (4 Mar to 11 Mar 2020)",
        "reference_windows": 2,
        "start": "2 Jan 2018",
        "end": "26 May 2026",
        "only_hedge": "+ gold",
        "acted": 20,
        "hedges": "two hedges",
        "plain_mix": "a plain mix of stocks, bonds and bills",
        "highest_bound": "0.80",
        "least_loss": "+ gold",
        "least_loss_words": "lost 5.7%",
        "its_mix": "59% stocks and 31% bonds",
        "its_mix_lost": "lost 6.0%",
        "legs_above": "",
        "deepest_falls": "",
        "paid": "+ gold",
        "unpaid": "+ put",
        "worse": "+ put",
        "void": "",
        "faults": "",
        "reason": "",
    }


def test_words_of_the_reference_alone() -> None:
    """One window is once, none has a mean of nothing; what there is not is empty."""
    one, none = (run_words(run_facts(made(moves=moves))) for moves in ((-0.05,), ()))
    assert (one["times"], one["reference_windows"], none["times"], none["reference_windows"]) == (
        "once",
        1,
        "no times",
        0,
    )
    assert one["reference_returned"] == "returned −5.0% on average and −5.0% in the worst (4 Mar to 10 Mar 2020)"
    assert none["reference_returned"] == ""
    assert {one[name] for name in ("only_hedge", "acted", "paid", "unpaid")} == {""}
    assert {one[name] for name in ("least_loss", "least_loss_words", "its_mix", "its_mix_lost")} == {""}
    assert (one["hedges"], one["highest_bound"]) == ("no hedges", "n/a")


def test_words_of_what_is_void_and_of_what_never_fell() -> None:
    """The reason in brackets; a leg whose deepest fall is above the threshold, with that."""
    found = made(strategy("gold", verdict="void") | {"ruin_date": "2020-03-09"}, strategy("put", verdict="void"))
    found["deepest_falls"] = {"stocks": -0.04, "bonds": -0.07}
    words = run_words(run_facts(found))
    assert words["void"] == "+ gold and + put"
    assert words["faults"] == "+ gold (it was ruined on 2020-03-09) and + put (it has no mix)"
    assert (words["legs_above"], words["deepest_falls"]) == ("stocks", "4.0%")


def words_of(payoff: float = 0.003, **card: object) -> Json:
    """The words of a strategy whose scorecard has these changes."""
    one = strategy("gold", payoff=payoff)
    one["scorecard"] |= card
    found = made(one)
    return strategy_words(strategy_facts(found, found["strategies"][1]))


def test_words_of_a_strategy() -> None:
    """Losses, payoff, growth and intervals of one that paid a little."""
    assert words_of() == {
        "name": "+ gold",
        "faults": "",
        "windows": 2,
        "acted": 20,
        "better": 12,
        "sell_offs": "two joint sell-offs",
        "reference_lost": "lost 7.0%",
        "strategy_lost": "lost 5.7%",
        "mix_lost": "lost 6.0%",
        "mix": "59% stocks and 31% bonds",
        "payoff": "0.30 points a sell-off more than its mix",
        "interval": " (90% interval −0.20% to +0.80%)",
        "above_or_below": "above",
        "well_or_badly": "well",
        "by_chance": "13%",
        "smallest": "1.06",
        "over_mix": "0.6% a year more than",
        "over_reference": "0.8% a year less than",
        "growth_interval": " (90% interval −0.20% to +1.80%)",
        "widened": "−0.40% to +1.00%",
        "other_definitions": "falls −5% and −2%",
    }


def test_words_of_one_that_lost_more() -> None:
    """Less than its mix, and badly; of rounding it is what its mix did; without intervals there are none."""
    worse, same = words_of(payoff=-0.003, intervals={}), words_of(payoff=1e-9)
    assert worse["payoff"] == "0.30 points a sell-off less than its mix"
    assert (worse["above_or_below"], worse["well_or_badly"], worse["by_chance"]) == ("below", "badly", "88%")
    assert (worse["interval"], worse["growth_interval"], worse["widened"]) == ("", "", "")
    assert same["payoff"] == "what its mix did"
    assert [words_of(payoff=0.0)[name] for name in ("above_or_below", "well_or_badly")] == ["above", "well"]


@pytest.mark.parametrize(
    ("loss", "words"),
    [(0.071, "lost 7.1%"), (0.0, "lost 0.0%"), (-0.003, "gained 0.3%"), (None, "has no return")],
)
def test_a_loss_or_a_gain(loss: float | None, words: str) -> None:
    """Nothing is a loss."""
    one = strategy("gold")
    one["scorecard"]["mean_loss"]["mix"] = loss
    assert lost(strategy_facts(made(one), one), "mix") == words


@pytest.mark.parametrize(
    ("growth", "words"),
    [(0.0072, "0.7% a year more than"), (-0.002, "0.2% a year less than"), (0.0, "as fast as"), (None, "as fast as")],
)
def test_growth_over_something(growth: float | None, words: str) -> None:
    """In percent a year; nothing where it is rounding."""
    assert grew(growth) == words


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ([-0.002, 0.008], " (90% interval −0.20% to +0.80%)"),
        ([0.0, 0.0], " (90% interval 0.00% to 0.00%)"),
        ([None, 0.008], ""),
        ([-0.002, None], ""),
        (None, ""),
    ],
)
def test_intervals_in_brackets(ends: list[float] | None, words: str) -> None:
    """None where an end is not known."""
    assert interval_phrase(ends) == words
