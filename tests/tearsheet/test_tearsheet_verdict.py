"""The verdict's words, each case with its exact text."""

from backtester.tearsheet.names import cast
from backtester.tearsheet.phrases import cost_words
from backtester.tearsheet.reading import Reading, read
from backtester.tearsheet.verdict import Verdict, sentence, verdict
from documents import Json, document, pays, strategy

FALLS = (
    "sixty_forty, the reference, lost in 2 of 2 joint sell-offs between 2 Jan 2018 and 26 May 2026: −7.5% on average, "
    "−10.0% in the worst (4 Mar to 11 Mar 2020)."
)


def told(*strategies: Json, windows: int = 2) -> Verdict:
    made = document(*strategies, windows=windows)
    return verdict(made, cast(made))


def reading(one: Json) -> Reading:
    return read(one, cast(document(one))[1])


def test_names_what_paid_and_what_did_not() -> None:
    """Of several strategies the headline names those whose interval lies above one half, then the others."""
    assert told(pays("dollar"), strategy("gold", hits=7)).headline == (
        "When stocks and bonds fell together, only dollar paid more often than chance beyond simply holding less risk; "
        "gold did not, or not demonstrably."
    )


def test_says_when_none_paid() -> None:
    """Where no interval lies above one half the headline says so."""
    assert told(strategy("gold", hits=7), strategy("trend", hits=12)).headline == (
        "When stocks and bonds fell together, none of the two strategies demonstrably paid beyond simply holding less "
        "risk."
    )


def test_costs_of_what_paid_stand_below_the_headline() -> None:
    """A negative cost is told as earning more, and the reference's own losses follow."""
    assert told(pays("dollar"), strategy("gold")).below == (
        "Against the reference over the whole window, dollar earned 0.9% a year more.",
        FALLS,
    )


def test_says_when_what_paid_still_lost_more() -> None:
    """A strategy of higher risk that beat its twin and yet lost more than the reference is told so."""
    risky = pays("leverage")
    risky["scorecard"]["payoff_mean"] = -0.0011
    assert told(risky, strategy("gold")).below[1] == (
        "Yet leverage lost more than the reference in these sell-offs, by 0.11% on average: it beat a portfolio of its "
        "own, higher risk (beta 1.10)."
    )


def test_range_of_costs_where_none_paid() -> None:
    """Without a strategy that paid, the cheapest and the dearest are told."""
    below = told(strategy("gold", cost=-0.009), strategy("trend", cost=0.008)).below
    assert below[0] == (
        "Against the reference over the whole window, the cheapest earned 0.9% a year more; the dearest cost 0.8% a "
        "year."
    )


def test_one_strategy_that_pays() -> None:
    """A single strategy is the subject of the headline, with its count and the evidence."""
    one = told(pays("dollar"))
    assert one.headline == (
        "When stocks and bonds fell together, dollar beat simply holding less risk in 18 of 21 sell-offs: more often "
        "than chance, by 0.58% a window on average."
    )
    assert one.below == (
        "That share has a 90% interval of 69% to 94%. It lost less than the reference in 19 of 21. It earned 0.9% a "
        "year more than the reference over the whole window.",
        FALLS,
    )


def test_spanning_one_half_is_not_evidence() -> None:
    """An interval that holds one half is not distinguishable from chance, whatever the mean payoff."""
    one = strategy("gold", hits=13, interval=(0.44, 0.77), payoff=0.02)
    assert sentence(reading(one)) == (
        "gold lost less than the reference in 14 of 21 joint sell-offs, and beat its twin in 13 (90% interval of 44% "
        "to 77%): not distinguishable from chance. It cost 0.8% a year against the reference over the whole window."
    )


def test_below_one_half_is_worse() -> None:
    """An interval below one half with a mean loss is evidence against the strategy."""
    one = strategy("gold", hits=3, interval=(0.06, 0.31), payoff=-0.004)
    assert reading(one).evidence == "worse"
    assert "less often than chance, and it lost 0.40% a window to it on average" in sentence(reading(one))


def test_rare_large_payoffs_are_told_as_such() -> None:
    """A hit rate below one half with a mean gain, as of a tail hedge, is neither praise nor blame."""
    one = strategy("puts", hits=3, interval=(0.06, 0.31), payoff=0.012)
    assert reading(one).evidence == "mixed"
    assert "yet it gained 1.20% a window on average: few payoffs, but large ones" in sentence(reading(one))


def test_frequent_small_gains_do_not_pay() -> None:
    """A hit rate above one half with a mean loss does not pay."""
    one = strategy("carry", hits=18, interval=(0.69, 0.94), payoff=-0.01)
    assert reading(one).evidence == "mixed"
    assert "a few large losses undo many small gains" in sentence(reading(one))


def test_equal_to_its_twin_is_not_worse() -> None:
    """A strategy without any payoff, such as the reference again, is not told to be worse than chance."""
    assert reading(strategy("same", hits=0, interval=(0.0, 0.11), payoff=0.0)).evidence == "chance"


def test_few_windows_are_no_evidence() -> None:
    """With fewer than ten windows nothing is called evidence, even where all of them were hits."""
    one = strategy("gold", hits=3, windows=4, interval=(0.6, 1.0), payoff=0.01)
    assert "too few windows to tell it from chance" in sentence(reading(one))


def test_reference_alone() -> None:
    """Without strategies the verdict describes the reference's own joint falls."""
    assert told().headline == FALLS
    assert told().below == ("No strategy was given to compare it with.",)


def test_no_joint_sell_off() -> None:
    """Where stocks and bonds never fell together nothing is said of any hedge but what it cost."""
    one = told(strategy("gold", windows=0, interval=(None, None), payoff=None), windows=0)
    assert one.headline == "Stocks and bonds did not fall together in this window, so it says nothing about any hedge."
    assert one.below == ("gold cost 0.8% a year against the reference over the whole window.",)


def test_look_ahead_is_void() -> None:
    """A strategy that looks ahead is named as void with the finding, however good its numbers."""
    cheat = pays("cheat") | {"causal": False, "findings": ["past only: stocks differ on 2020-03-04"]}
    headline = told(cheat, strategy("gold")).headline
    assert headline.endswith("simply holding less risk (cheat: void, see below).")
    assert told(cheat).headline == (
        "The numbers of cheat are no evidence (looks ahead: past only: stocks differ on 2020-03-04)."
    )


def test_ruin_is_void() -> None:
    """A ruined strategy has no evidence and no cost, and the date of its ruin is told."""
    ruined = pays("leverage") | {"ruin_date": "2020-03-12"}
    assert told(ruined).headline == (
        "The numbers of leverage are no evidence (ruined: net asset value fell to zero on 12 Mar 2020)."
    )


def test_cost_words() -> None:
    """A cost has its sign in words, and what rounds to nothing is nothing."""
    assert cost_words(0.0084) == "cost 0.8% a year"
    assert cost_words(-0.0091) == "earned 0.9% a year more"
    assert cost_words(-0.0001) == "cost nothing to the nearest 0.1% a year"
    assert cost_words(None) == "has no defined cost"


def test_many_names_are_counted() -> None:
    """Beyond four names the headline counts the rest instead of naming them."""
    headline = told(pays("a"), *(strategy(name) for name in "bcdefg")).headline
    assert headline.endswith("b, c, d and 3 others did not, or not demonstrably.")
