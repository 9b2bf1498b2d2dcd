"""What a search amounts to, in sentences."""

import dataclasses

from backtester.analysis.overfitting import Overfitting
from backtester.batch.contest_result import Choice, ContestResult, RealityCheck, WalkForward
from backtester.batch.page.finding import _lower, finding_headline, search_lines
from backtester.batch.search import Search

CHECK = RealityCheck("job a", 0.0123, 0.0, -0.002, 0.026, 0.3, 0.25, 500, 63)
WALKED = WalkForward(0.004, (Choice("2010", "2011", "a"), Choice("2011", "2012", "b")))
CONTESTED = ContestResult(
    "beyond_mix_payoff_mean", 200, 1000, 0.987, "2007-01-03", CHECK, WALKED, None, 0.011, 0.0, None
)
SEARCH = Search(1000, 0, 200, 12.3, "job b", 0.8, 0.91, Overfitting(12870, 0.4, 0.1), CONTESTED)


def test_the_best_is_said_with_what_choosing_it_costs() -> None:
    """The headline has the figure, the interval after the choice, and whether luck would do."""
    assert finding_headline(SEARCH) == (
        "The best of 1,000 jobs has a mean payoff (beyond its mix) of +1.23% a window; allowing for its having been "
        "chosen, the 90% interval is −0.20% to +2.60%: no more than the search would find by luck."
    )
    clear = dataclasses.replace(CONTESTED, check=dataclasses.replace(CHECK, low=0.001))
    assert finding_headline(dataclasses.replace(SEARCH, contested=clear)).endswith(
        ": more than the search would find by luck."
    )


def test_the_best_is_clear_of_its_benchmark() -> None:
    """Beyond it, with the whole interval on its own side, whichever side is better; without a benchmark nothing is
    said of luck."""
    cases = [
        (0.02, 0.01, 0.03, 0.0, True), (0.0, 0.01, 0.03, 0.0, False), (0.02, 0.0, 0.03, 0.0, False),
        (0.01, 0.03, 0.04, 0.02, False), (0.02, 0.01, 0.03, 0.015, False),
        (0.02, 0.01, 0.03, 0.01, False), (0.04, 0.01, 0.03, 0.03, False), (0.04, 0.01, 0.03, 0.031, True),
        (-0.02, -0.03, -0.01, 0.0, False), (0.02, -0.03, -0.01, 0.0, True),
    ]  # fmt: skip
    for figure, low, high, benchmark, clear in cases:
        check = dataclasses.replace(CHECK, figure=figure, low=low, high=high, benchmark=benchmark)
        said = finding_headline(dataclasses.replace(SEARCH, contested=dataclasses.replace(CONTESTED, check=check)))
        assert said.endswith(": more than the search would find by luck.") is clear, (figure, low, high, benchmark)
    alone = dataclasses.replace(CONTESTED, check=dataclasses.replace(CHECK, hansen=None))
    assert finding_headline(dataclasses.replace(SEARCH, contested=alone)).endswith("is \N{MINUS SIGN}0.20% to +2.60%.")


def test_without_both_tests_no_probability_is_said() -> None:
    """Where nothing is a figure's natural benchmark its interval ends the sentence."""
    for changes in ({"hansen": None}, {"white": None}, {"hansen": None, "white": None}):
        found = dataclasses.replace(CONTESTED, check=dataclasses.replace(CHECK, **changes))
        *_, check, _ = search_lines(dataclasses.replace(SEARCH, contested=found))
        assert check.endswith("its interval after choosing the best is \N{MINUS SIGN}0.20% to +2.60%.")


def test_what_stands_for_the_others_is_said() -> None:
    """Of a thousand jobs two hundred were resampled, and the sentence says for whom they stand, and what was walked."""
    *_, check, walk = search_lines(SEARCH)
    assert "together with 200 jobs, which stand for all 1,000 (each correlates by 0.9870 or more with" in check
    assert "appear with probability 25% (Hansen; 30% by White)" in check
    assert walk == (
        "Choosing the best job anew every year, by its mean payoff (beyond its mix) so far, would have had +0.40% "
        "judged by all the past (one change in two choices); the best with hindsight had +1.10%."
    )


def test_jobs_that_were_all_resampled_stand_for_none() -> None:
    """Where all thousand were resampled, no closeness is said."""
    whole = dataclasses.replace(CONTESTED, jobs=1000)
    *_, check, _ = search_lines(dataclasses.replace(SEARCH, contested=whole))
    assert "Resampled 500 times together with all 1,000 jobs, its interval" in check


def test_what_cannot_be_said_is_not_said() -> None:
    """Without a search, or where nothing was resampled, the headline says why."""
    assert "too few jobs or months" in finding_headline(None)
    few = dataclasses.replace(CONTESTED, check=None, reason="there are 3 joint sell-offs")
    assert finding_headline(dataclasses.replace(SEARCH, contested=few)) == (
        "Whether the best job is more than the luck of a search cannot be said: there are 3 joint sell-offs."
    )


def test_how_much_the_search_flatters_is_said() -> None:
    """Independent trials, the best by monthly returns with its probability, and the halves, word for word."""
    assert search_lines(dataclasses.replace(SEARCH, contested=None)) == [
        "The best of many is good partly by luck. These 1,000 jobs move so much alike that they count as about 12 "
        "independent trials.",
        "The highest Sharpe ratio of monthly returns, 0.80 of job b, is above what the best of as many trials without "
        "skill would show with probability 91.0%.",
        "The job that is best in one half of the months is below the median in the other half in 40% of 12,870 splits.",
    ]
    left, *_ = search_lines(dataclasses.replace(SEARCH, left_out=3))
    assert "These 1,000 jobs (3 without all 200 months left out) move" in left


def test_a_label_inside_a_sentence() -> None:
    """With a small letter, unless it is an abbreviation or a name; its group in brackets."""
    labels = ("Mean payoff, beyond its mix", "CDaR, tail", "Sharpe ratio", "Hit rate")
    assert [_lower(label) for label in labels] == [
        "mean payoff (beyond its mix)", "CDaR (tail)", "Sharpe ratio", "hit rate",
    ]  # fmt: skip
