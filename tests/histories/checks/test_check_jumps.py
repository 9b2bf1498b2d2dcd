"""Changes beyond twelve standard deviations, and what many findings say together."""

import numpy as np
import pandas as pd
import pytest

from backtester.histories.checks.jumps import check_jumps
from backtester.histories.checks.series import merged_findings
from backtester.histories.checks.subject import CheckedSeries, changes_by_unit
from walks import changed, new_york, prices, steps, yields


def stepped(subject: CheckedSeries, place: int, factor: float) -> CheckedSeries:
    """The same, from a place on times a factor."""
    values = subject.values.copy()
    values.iloc[place:] *= factor
    return CheckedSeries(subject.name, values, subject.kind)


def test_a_fall_of_a_fifth_is_told_with_date_and_size() -> None:
    """As on 19 October 1987, in a market that moves 1% a session."""
    subject = stepped(prices(), 800, 0.795)
    (finding,) = check_jumps(subject)
    before, after = subject.values.iloc[[799, 800]]
    assert (finding.severity, finding.first) == ("warning", subject.dates[800].date())
    assert finding.message.startswith(f"jump from {before:.6g} to {after:.6g}, ")
    assert 15 < float(finding.message.split(", ")[1].split()[0]) < 30


def test_a_fall_of_a_tenth_is_not() -> None:
    """Ten standard deviations are within what is left untold."""
    assert check_jumps(stepped(prices(), 800, 0.91)) == []


def test_a_misprint_is_a_spike() -> None:
    """A value ten times too large is one finding, not two."""
    subject = prices()
    (finding,) = check_jumps(changed(subject, at_300=10 * float(subject.values.iloc[300])))
    assert finding.message.startswith("spike, taken back by the next value: ")
    assert finding.first == subject.dates[300].date()


def test_yields_jump_in_points() -> None:
    """A yield near zero doubles often and jumps by a point never."""
    values = np.round(0.3 + np.abs(np.cumsum(steps(1500, 0.01))) / 5, 2)
    subject = CheckedSeries("bill", pd.Series(values, new_york(1500)), "yield")
    assert check_jumps(subject) == []
    (finding,) = check_jumps(changed(subject, at_900=float(values[900]) + 1))
    assert finding.first == subject.dates[900].date()


def test_prices_below_one_move_in_logs() -> None:
    """From 50 cents to a dollar is log 2; a price of zero or below has no log, so all move in points."""
    dates = new_york(3)
    [logs] = changes_by_unit(CheckedSeries("made", pd.Series([0.5, 1.0, 0.5], dates), "price"))
    assert logs == pytest.approx([np.log(2), -np.log(2)])
    [points] = changes_by_unit(CheckedSeries("made", pd.Series([0.5, 0.0, 0.5], dates), "price"))
    assert points.tolist() == [-0.5, 0.5]


def test_an_unknown_kind_jumps_both_ways_or_not_at_all() -> None:
    """Without a kind a jump must be one in points and in logs."""
    assert len(check_jumps(stepped(prices(kind=None), 800, 0.795))) == 1


def test_a_change_over_a_hole_is_measured_by_its_days() -> None:
    """A level that moved on for three years behind a hole has not jumped."""
    whole = prices(3000)
    values = whole.values.drop(whole.dates[1000:1800])
    values.iloc[1000:] *= 1.3
    assert check_jumps(CheckedSeries("holed", values, "price")) == []


def test_a_rate_set_by_steps_does_not_jump() -> None:
    """A policy rate moves by quarters of a point, and by nothing on all other days."""
    rate = pd.Series(np.repeat(np.arange(1.0, 21.0) / 4, 45), new_york(900))
    assert check_jumps(CheckedSeries("target", rate, "rate")) == []


def test_more_than_three_findings_are_told_as_one() -> None:
    """Five jumps are one finding with five dates, the largest first in words."""
    subject = yields(3000)
    wild = changed(subject, at_300=500.0, at_900=600.0, at_1500=700.0, at_2100=800.0, at_2700=900.0)
    (finding,) = merged_findings(check_jumps(wild))
    assert len(finding.dates) == 5
    assert finding.message.startswith("5 findings, the gravest 3: ")
    assert merged_findings(check_jumps(subject)) == []
