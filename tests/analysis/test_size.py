"""Strategies that know nothing seldom come out as if they did; the fast part of `python -m benchmarks size`.

The bounds are those of the issue that set the ruler, for the seeds 0 to 59 with none left out: what chance allows
where the prototype's share of false calls is the true one.
"""

import pytest

from backtester.histories.market import Market
from benchmarks.size.families import planted_edge
from benchmarks.size.puts import judged_puts
from benchmarks.size.table import BOTH, FAMILIES, PLANTED, Family, judged_draws, off_zero, setting

DRAWS, RESAMPLES = 60, 200


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_who_knows_nothing_is_seldom_clear(us: Market, family: Family) -> None:
    """Of sixty draws no more 90% intervals of payoff and growth lie off zero, and no more verdicts are clear, than the
    bounds allow."""
    judged = judged_draws(family.draw, setting(us, family), DRAWS, RESAMPLES)
    assert len(judged) == DRAWS
    assert sum(off_zero([one.payoff for one in judged])) <= family.payoff[1]
    assert sum(off_zero([one.growth for one in judged])) <= (family.growth[1] or 0)
    assert sum(one.both for one in judged) <= BOTH


def test_fixed_weights_are_their_own_mix_whenever_they_trade(us: Market) -> None:
    """A fixed book that trades only after falls, which its mix does too, has a payoff and a growth over it of zero."""
    family = next(one for one in FAMILIES if one.name == "fixed, traded after falls")
    for one in judged_draws(family.draw, setting(us, family), 10, 100):
        assert abs(one.mean) <= 1e-6
        assert one.payoff == one.growth == (0.0, 0.0)


def test_a_planted_edge_is_found(us: Market) -> None:
    """Who holds bills for bonds in a quarter of the joint sell-offs is found to have paid 35 times in 60 at least."""
    judged = judged_draws(planted_edge(0.25), setting(us), DRAWS, RESAMPLES)
    assert off_zero([one.payoff for one in judged])[0] == 0
    assert off_zero([one.payoff for one in judged])[1] >= PLANTED[0.25][0]


def test_a_put_and_its_replication_pay_the_same() -> None:
    """Puts that are bought, and the same puts replicated by delta, pay within 0.1 points a window of each other."""
    bought, replicated = (100 * one.mean for one in judged_puts(resamples=100))
    assert abs(bought - replicated) <= 0.1
