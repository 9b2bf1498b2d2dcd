"""Resampled intervals in a run: what they are of, the reasons where there are none, and what repeats them."""

from pathlib import Path

import numpy as np
import pytest

from backtester.analysis.resample import interval, smallest_clear, widened
from backtester.analysis.scorecard import SCORECARD_FIGURES
from backtester.runs.document import document
from backtester.runs.manifest import manifest, run_command, run_key
from backtester.runs.result import Result
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings
from small import small_folder

RECIPES = ("sixty_forty + gold_overlay", "sixty_forty + bills_for_bonds")
RUINED = '"""Lose it all."""\ndef weights():\n    return {"stocks": 20.0}\n'


@pytest.fixture(scope="module")
def result() -> Result:
    return carry_out(RunSettings(recipes=RECIPES, resamples=200, seed=3))


def test_every_figure_has_an_interval(result: Result) -> None:
    """All strategies, the reference too, have one for each figure of the card; bounds are in order."""
    assert (result.resampling.plan.resamples, result.resampling.plan.block_sessions) == (200, 134)
    assert result.resampling.used == 200
    for one in result.strategies:
        known = [ends for ends in one.card.intervals.values() if ends is not None]
        assert set(one.card.intervals) == set(SCORECARD_FIGURES)
        assert len(known) > len(SCORECARD_FIGURES) - 5
        assert all(low <= high for low, high in known)


def test_the_reference_is_its_own_mix(result: Result) -> None:
    """Nothing is clear of 60/40 beyond 60/40: the interval of its payoff is zero at both ends, to the last digit."""
    card = result.strategies[0].card
    assert card.intervals["beyond_mix.payoff_mean"] == (0.0, 0.0)
    assert card.intervals["growth_annual.over_mix.total"] == (0.0, 0.0)


def test_widened_intervals_hold_the_plain_ones(result: Result) -> None:
    """That of all tried is the quantiles at 2.5% and 97.5% of the payoffs that the folder keeps, for two strategies."""
    for one in result.strategies[1:]:
        payoffs = result.resampling.payoffs[one.name].to_numpy()
        assert one.card.payoff_widened == pytest.approx(tuple(np.quantile(payoffs, [0.025, 0.975])), abs=1e-15)
        assert one.card.intervals["beyond_mix.payoff_mean"] == pytest.approx(tuple(np.quantile(payoffs, [0.05, 0.95])))
        z = 1.959963984540054 + 0.8416212335729143
        assert one.card.smallest_clear == pytest.approx(z * payoffs.std(ddof=1), rel=1e-12)


def test_smallest_clear_by_hand() -> None:
    """Alone: 1.645 + 0.842 standard deviations of the means; undefined for one mean."""
    assert smallest_clear(np.array([-0.01, 0.01]), 1) == pytest.approx(2.4864747 * 0.014142136, rel=1e-6)
    assert np.isnan(smallest_clear(np.array([0.01]), 1))
    assert widened(np.linspace(0, 1, 101), 5) == pytest.approx((0.01, 0.99))


def test_bounds_within_a_millionth_are_zero() -> None:
    """A bound of a millionth or less is zero, one beyond it is not."""
    used = np.ones(3, bool)
    assert interval(np.array([-1e-6, 0.0, 1e-6]), used, level=0.999) == (0.0, 0.0)
    low, high = interval(np.array([-2e-6, 0.0, 2e-6]), used, level=0.9999) or (0.0, 0.0)
    assert (low < 0, high > 0) == (True, True)


def test_payoffs_at_other_definitions(result: Result) -> None:
    """The first row is the run's own rule and payoff; each has an interval, from 200 resamples."""
    for one in result.strategies:
        own, *others = one.card.sensitivity
        assert own.payoff_mean == pytest.approx(one.card.figures["beyond_mix.payoff_mean"], abs=1e-12)
        assert own.interval == pytest.approx(one.card.intervals["beyond_mix.payoff_mean"])
        assert len(others) == 8
        assert all(other.interval is not None for other in others)
    names = [other.name for other in result.strategies[1].card.sensitivity]
    assert names[-2:] == ["joint drawdowns of the pair", "long bonds for bonds"]


def test_few_windows_speak_for_themselves(tmp_path: Path) -> None:
    """With three joint sell-offs there is no interval and no verdict but `few`, and the reason is in the document."""
    small = small_folder(tmp_path)
    result = carry_out(RunSettings(recipes=RECIPES[:1], history="small", data=small))
    assert result.strategies[1].card.intervals == {"beyond_reference.hit_rate": pytest.approx((0, 0.47), abs=0.01)}
    assert result.strategies[1].card.payoff_widened is None
    assert result.strategies[1].verdict == "few"
    reason = document(result)["resampling"]["reason"]
    assert reason.endswith("joint sell-offs, and with fewer than 10 each window must speak for itself")


def test_no_resamples_no_intervals() -> None:
    """Who asks for none gets none, with the reason; and no clear verdict."""
    result = carry_out(RunSettings(recipes=RECIPES[:1], resamples=0))
    assert document(result)["resampling"] == {
        "resamples": 0, "used": 0, "block_sessions": None, "joint_sell_offs": None,
        "reason": "no resamples were asked for",
    }  # fmt: skip
    assert result.strategies[1].verdict == "unclear"


def test_what_is_ruined_is_not_drawn_again(tmp_path: Path) -> None:
    """A ruined strategy is void and has no intervals, the others keep theirs; with a ruined reference none has any."""
    (tmp_path / "ruined.py").write_text(RUINED)
    settings = RunSettings(recipes=("ruined", RECIPES[0]), plugins=(tmp_path / "ruined.py",), resamples=100)
    ruined, gold = carry_out(settings).strategies[1:]
    assert ruined.card.intervals["beyond_reference.hit_rate"] is not None
    assert [name for name, ends in ruined.card.intervals.items() if ends] == ["beyond_reference.hit_rate"]
    assert (ruined.verdict, np.isnan(ruined.card.smallest_clear)) == ("void", True)
    alone = carry_out(RunSettings(recipes=(RECIPES[0],), resamples=100)).strategies[1]
    assert gold.card.intervals == alone.card.intervals
    other = carry_out(settings.model_copy(update={"reference": "ruined", "recipes": (RECIPES[0],)}))
    assert other.resampling.reason == "the reference was ruined, and what is ruined cannot be drawn again"
    assert other.strategies[1].card.figures["beyond_mix.payoff_mean"] == pytest.approx(
        alone.card.figures["beyond_mix.payoff_mean"], abs=1e-12
    )


def test_how_much_is_done_is_shown() -> None:
    """Whoever listens hears shares that rise to one."""
    heard: list[tuple[str, float | None]] = []

    def hear(message: str, share: float | None = None, /) -> None:
        heard.append((message, share))

    carry_out(RunSettings(recipes=RECIPES[:1], resamples=100), hear)
    shares = [share for _, share in heard if share is not None]
    assert shares == sorted(shares)
    assert ("Resampling 2 scorecards 100 times", 1.0) in heard


def test_the_seed_repeats_the_run(result: Result) -> None:
    """Command and manifest name resamples and seed; another seed is another run."""
    assert run_command(result.settings).endswith("--resamples 200 --seed 3")
    assert manifest(result)["seed"] == 3
    assert "--seed" not in run_command(RunSettings())
    assert "--resamples" not in run_command(RunSettings())
    other = carry_out(result.settings.model_copy(update={"seed": 4}))
    assert run_key(other) != run_key(result)
    assert other.strategies[1].card.intervals != result.strategies[1].card.intervals
