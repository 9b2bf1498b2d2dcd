"""The verdict's words, each case with its exact text."""

from backtester.tearsheet.names import cast
from backtester.tearsheet.phrases import cost_words
from backtester.tearsheet.reading import Reading, read
from backtester.tearsheet.verdict import Verdict, sentence, verdict
from documents import Json, document, drawn, pays, strategy

FALLS = (
    "sixty_forty, the reference, returned −7.5% on average in the two joint sell-offs between 2 Jan 2018 and 26 May "
    "2026, −10.0% in the worst (4 Mar to 11 Mar 2020)."
)
FEW = " Two windows are too few for an interval of any payoff: each is shown below."
PAYS = (
    "dollar softened 19 of 21 joint sell-offs; beyond simply holding less risk it helped in 18 (90% interval 69% to "
    "94% of that share), mean payoff +0.58%: it clearly paid. It cost 0.2% a year the rest of the time and earned 0.9% "
    "a year more over the whole window (give or take 0.4%)."
)


def told(*strategies: Json, windows: int = 2) -> Verdict:
    made = document(*strategies, windows=windows)
    return verdict(made, cast(made))


def reading(one: Json) -> Reading:
    return read(one, cast(document(one))[1])


def test_names_what_paid_and_what_did_not() -> None:
    """Of several strategies the headline names those whose interval lies above one half, then the others."""
    assert told(pays("dollar"), strategy("gold", hits=7)).headline == (
        "When stocks and bonds fell together, only dollar paid beyond what its own risk explains; gold did not, or not "
        "clearly."
    )


def test_says_when_none_paid() -> None:
    """Where no interval lies above one half the headline says so."""
    assert told(strategy("gold", hits=7), strategy("trend", hits=12)).headline == (
        "When stocks and bonds fell together, none of the two strategies clearly paid beyond what its own risk "
        "explains."
    )


def test_what_paid_stands_below_the_headline() -> None:
    """A negative cost is told as earning more, and the reference's own losses are the context."""
    one = told(pays("dollar"), strategy("gold"))
    assert one.below == (PAYS,)
    assert one.context == (FALLS + FEW,)


def test_many_windows_are_still_a_small_sample() -> None:
    """The number of windows is told for what it is."""
    assert (
        told(pays("dollar"), windows=21)
        .context[0]
        .endswith(" 21 windows, many in clusters, are a small sample: each is shown below.")
    )


def test_losing_more_than_the_reference_is_never_paying() -> None:
    """A strategy of higher risk that beat its twin and yet lost more than the reference does not pay."""
    risky = pays("leverage")
    risky["scorecard"]["payoff_mean"] = -0.0011
    assert told(risky, strategy("gold")).headline.startswith("When stocks and bonds fell together, none of the two")
    assert "but lost no less than the reference" in sentence(reading(risky))


def test_the_bar_is_higher_the_more_were_tried() -> None:
    """Where the interval that allows for all strategies tried holds one half, nothing is said to have paid."""
    one = pays("dollar")
    one["scorecard"]["intervals"]["beyond_twin"]["hit_rate_of_all_tried"] = [0.48, 0.97]
    assert reading(one).evidence == "unclear"


def test_acting_in_few_windows_is_no_evidence() -> None:
    """A strategy that did as the reference did in all but eight windows is too seldom at work to judge."""
    one = pays("rare")
    one["scorecard"] |= {"better": 8, "worse": 0}
    one["scorecard"]["beyond_twin"] |= {"better": 8, "worse": 0}
    assert reading(one).evidence == "few"
    assert sentence(reading(one)).startswith(
        "rare did otherwise than the reference in 8 of 21 joint sell-offs and softened 8 of these; beyond simply "
        "holding less risk it helped in 8 (90% interval 69% to 94% of that share), mean payoff +0.58%: too few to "
        "judge."
    )


def test_never_acting_is_told_so() -> None:
    """A strategy that did as the reference did throughout has neither share nor interval."""
    one = strategy("same", interval=(None, None), payoff=0.0)
    one["scorecard"] |= {"better": 0, "worse": 0}
    one["scorecard"]["beyond_twin"] |= {"better": 0, "worse": 0}
    assert sentence(reading(one)).startswith("same did as the reference did in all 21 joint sell-offs. It cost")
    assert told(one).headline == (
        "When stocks and bonds fell together, same did as the reference did in all 21 joint sell-offs."
    )


def test_says_which_softened_most_and_why() -> None:
    """Where none paid, the one that lost least against the reference is named, with what its lower risk explains."""
    softer = strategy("trend", payoff=-0.003)
    softer["scorecard"]["payoff_mean"] = 0.0157
    assert told(softer, strategy("gold")).below[0] == (
        "trend softened them most, by 1.57% a window on average; holding less risk explains all of it."
    )


def test_range_of_costs_where_none_paid() -> None:
    """Without a strategy that paid, the cheapest and the dearest are told, and what the dearest cost in calm times."""
    below = told(strategy("gold", cost=-0.009), strategy("trend", cost=0.008)).below
    assert below[1] == (
        "Over the whole window the cheapest, gold, earned 0.9% a year more; the dearest, trend, cost 0.8% a year, 1.1% "
        "a year the rest of the time."
    )


def test_one_strategy_that_pays() -> None:
    """A single strategy is the subject of the headline, with its count and the evidence."""
    one = told(pays("dollar"))
    assert one.headline == (
        "When stocks and bonds fell together, dollar clearly paid beyond what its own risk explains."
    )
    assert " ".join(one.below) == PAYS.replace("dollar", "It")


def test_spanning_one_half_is_not_evidence() -> None:
    """An interval that holds one half is no clear sign, whatever the mean payoff."""
    one = strategy("gold", hits=13, interval=(0.44, 0.77), payoff=0.02)
    assert sentence(reading(one)) == (
        "gold softened 14 of 21 joint sell-offs; beyond simply holding less risk it helped in 13 (90% interval 44% to "
        "77% of that share), mean payoff +2.00%: no clear sign either way. It cost 1.1% a year the rest of the time "
        "and 0.8% a year over the whole window (give or take 0.4%)."
    )


def test_below_one_half_is_worse() -> None:
    """An interval below one half with a mean loss is evidence against the strategy."""
    one = strategy("gold", hits=3, interval=(0.06, 0.31), payoff=-0.004)
    assert reading(one).evidence == "worse"
    assert "mean payoff −0.40%: clearly less often than not." in sentence(reading(one))


def test_rare_large_payoffs_are_told_as_such() -> None:
    """A hit rate below one half with a mean gain, as of a tail hedge, is neither praise nor blame."""
    one = strategy("puts", hits=3, interval=(0.06, 0.31), payoff=0.012)
    assert reading(one).evidence == "mixed"
    assert "less often than not, yet a gain on average: few payoffs, but large ones" in sentence(reading(one))


def test_frequent_small_gains_do_not_pay() -> None:
    """A hit rate above one half with a mean loss does not pay."""
    one = strategy("carry", hits=18, interval=(0.69, 0.94), payoff=-0.01)
    assert reading(one).evidence == "mixed"
    assert "a few large losses undo many small gains" in sentence(reading(one))


def test_equal_to_its_twin_is_not_worse() -> None:
    """A strategy that fell short of its twin often and lost nothing by it is not told to be worse."""
    assert reading(strategy("same", hits=0, interval=(0.0, 0.11), payoff=0.0)).evidence == "mixed"


def test_few_windows_are_no_evidence() -> None:
    """With fewer than ten windows nothing is called evidence, even where all of them were hits."""
    one = strategy("gold", hits=3, windows=4, interval=(0.6, 1.0), payoff=0.01)
    assert "too few to judge" in sentence(reading(one))


def test_reference_alone() -> None:
    """Without strategies the verdict describes the reference's own joint falls."""
    assert told().headline == FALLS
    assert told().below == ("No strategy was given to compare it with.",)


def test_no_joint_sell_off() -> None:
    """Where stocks and bonds never fell together nothing is said of any hedge but what it cost."""
    one = told(strategy("gold", windows=0, interval=(None, None), payoff=None), windows=0)
    assert one.headline == "Stocks and bonds did not fall together in this window, so it says nothing about any hedge."
    assert one.below == ("gold cost 0.8% a year over the whole window (give or take 0.4%).",)


def test_look_ahead_is_void() -> None:
    """A strategy that looks ahead is named as void with the finding, however good its numbers."""
    cheat = pays("cheat") | {"causal": False, "findings": ["past only: stocks differ on 2020-03-04"]}
    headline = told(cheat, strategy("gold")).headline
    assert headline.endswith("its own risk explains (cheat: void, see below).")
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
    assert headline.endswith("b, c, d and 3 others did not, or not clearly.")


def test_resampled_intervals_are_quoted() -> None:
    """With resamples the sentence has the interval of the mean payoff and that of the cost."""
    one = drawn(strategy("gold", hits=9, payoff=0.003), twin=(-0.002, 0.008), mix=(-0.003, 0.007))
    assert sentence(reading(one)) == (
        "gold softened 10 of 21 joint sell-offs; beyond simply holding less risk it helped in 9, mean payoff +0.30% "
        "(90% interval −0.20% to +0.80%): no clear sign either way. It cost 1.1% a year the rest of the time and 0.8% "
        "a year over the whole window (90% interval −0.2% to +1.8%)."
    )


def test_interval_of_a_gain_is_turned_round() -> None:
    """Where the cost is told as earning more its interval is that of the gain."""
    one = drawn(strategy("gold", cost=-0.009), twin=(-0.002, 0.008), mix=(-0.003, 0.007))
    one["scorecard"]["intervals"]["resampled"]["cost_annual"]["total"] = [-0.02, 0.001]
    assert sentence(reading(one)).endswith(
        "and earned 0.9% a year more over the whole window (90% interval −0.1% to +2.0%)."
    )


def test_pays_beyond_twin_and_mix() -> None:
    """With resamples only what lies above zero beyond both twin and mix has paid, whatever the counts say."""
    one = drawn(strategy("dollar", hits=12), twin=(0.001, 0.008), mix=(0.002, 0.006))
    assert reading(one).evidence == "pays"
    assert (
        "and beyond a fixed mix of stocks, bonds and bills in 11, +0.40% (90% interval +0.20% to +0.60%): it clearly"
        in (sentence(reading(one)))
    )


def test_resampled_bar_is_higher_the_more_were_tried() -> None:
    """The intervals that decide are those widened for all that were tried."""
    one = drawn(strategy("dollar", hits=20), twin=(0.001, 0.008), mix=(0.002, 0.006), wide=0.0015)
    assert reading(one).evidence == "unclear"


def test_what_a_mix_explains_has_not_paid() -> None:
    """Beyond its twin but not beyond the mix of its own legs, a strategy is not said to have paid."""
    one = drawn(strategy("fewer_bonds", hits=18), twin=(0.001, 0.008), mix=(-0.002, 0.003))
    assert reading(one).evidence == "mix"
    assert told(one).headline == (
        "When stocks and bonds fell together, fewer_bonds paid beyond holding less risk, but a fixed mix with fewer "
        "bonds or stocks may explain that."
    )
    assert "none of the two strategies clearly paid" in told(one, strategy("gold")).headline


def test_resamples_below_zero_are_worse() -> None:
    """An interval below zero beyond the twin, the mix's not above, is evidence against; one on either side is mixed."""
    worse = drawn(strategy("gold"), twin=(-0.008, -0.001), mix=(-0.004, 0.002))
    mixed = drawn(strategy("gold"), twin=(0.001, 0.008), mix=(-0.008, -0.001))
    assert [reading(worse).evidence, reading(mixed).evidence] == ["worse", "mixed"]
    assert "clearly worse than holding less risk would have been" in sentence(reading(worse))
    assert "better than one of holding less risk and a fixed mix, worse than the other" in sentence(reading(mixed))


def test_what_only_a_mix_outdid_is_not_told_to_be_worse_than_its_own_risk() -> None:
    """Below zero beyond the mix alone the twin is no evidence against it, and the mix's interval is shown."""
    one = drawn(strategy("dollar", hits=8, payoff=-0.0003), twin=(-0.0011, 0.0003), mix=(-0.0012, -0.0001))
    assert reading(one).evidence == "outdone"
    assert told(one, windows=21).headline == (
        "When stocks and bonds fell together, dollar did not clearly pay beyond what its own risk explains, and a "
        "fixed mix would clearly have done better."
    )
    assert (
        "(90% interval −0.11% to +0.03%), and beyond a fixed mix of stocks, bonds and bills in 11, −0.07% (90% "
        "interval −0.12% to −0.01%): no clear sign against holding less risk, but a fixed mix would clearly have done "
        "better."
    ) in sentence(reading(one))


def test_an_interval_off_zero_that_is_not_clear_says_why() -> None:
    """Where only the interval widened for all that were tried holds zero, the sentence says that this decides."""
    one = drawn(strategy("dollar", hits=12), twin=(0.001, 0.008), mix=(0.002, 0.006), wide=0.0015)
    assert "+0.80%): no clear sign, with room for the number of strategies tried." in sentence(reading(one))


def test_few_windows_are_not_blamed_on_the_strategy() -> None:
    """A strategy that acted in every one of too few windows is not told to have acted too seldom."""
    one = strategy("gold", hits=3, windows=7)
    assert told(one, windows=7).headline == "Stocks and bonds fell together too seldom to judge gold."


def test_beyond_its_twin_and_losing_more_than_the_reference_is_mixed() -> None:
    """What beat its twin, but not clearly its mix, and lost more than the reference is told as such."""
    risky = drawn(strategy("leverage", hits=18), twin=(0.001, 0.008), mix=(-0.002, 0.006))
    risky["scorecard"]["payoff_mean"] = -0.001
    assert "it beat its own risk, but lost no less than the reference" in sentence(reading(risky))


def test_resamples_of_a_loser_do_not_pay() -> None:
    """A payoff beyond twin and mix that still loses more than the reference is no hedge."""
    risky = drawn(strategy("leverage", hits=18), twin=(0.001, 0.008), mix=(0.002, 0.006))
    risky["scorecard"]["payoff_mean"] = -0.002
    assert reading(risky).evidence == "mixed"
    assert "beat its own risk, but lost no less than the reference" in sentence(reading(risky))


def test_acting_seldom_is_few_with_resamples_too() -> None:
    """Ten windows in which it acted are asked for whatever the resamples say."""
    one = drawn(strategy("rare"), twin=(0.001, 0.008), mix=(0.002, 0.006))
    one["scorecard"] |= {"better": 8, "worse": 1}
    assert reading(one).evidence == "few"
